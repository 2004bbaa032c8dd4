"""How often people are told: at once, once a day in one mail, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import MailFrequency, Standing, Template
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.mail.digesting import gather_due
from sysmo_tui.mail.facts import NotToBeSent
from sysmo_tui.mail.sending import write
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.models import Entry, Outbox, TopicMember, table
from sysmo_tui.services import (
    digests,
    mail_queue,
    passwords,
    profile,
    tagging,
    thread,
    tickets,
)
from sysmo_tui.services.profile import ProfileEdits
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from sysmo_tui.worker import Worker
from tests.cast import Cast, Clock, hold_all_mail
from tests.mail.conftest import file
from tests.mail.test_compose import each_owed, plain


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """A desk in a file: what is tested here is the same on every database."""
    return sqlite_store


def wants(door: Door, frequency: str) -> None:
    door.write(profile.edit, ProfileEdits(mail_frequency=frequency))


def rows(store: Store, *columns: str) -> list[sa.Row]:
    outboxes = table(Outbox)
    with store.reading() as session:
        return list(
            session.execute(sa.select(*(outboxes.c[name] for name in columns)).order_by(outboxes.c.id))
        )


def told(cast: Cast) -> dict[str, list[tuple[Template, str]]]:
    """What leaves now, by recipient."""
    found: dict[str, list[tuple[Template, str]]] = {}
    for mail in each_owed(cast):
        text = plain(write(cast.desk, mail)[1])
        found.setdefault(mail.address.partition("@")[0], []).append((mail.template, text))
    return found


def test_who_wants_no_mail_gets_none_but_what_concerns_safety(cast: Cast) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(carla, "off")
    wants(luis, "off")
    number = file(carla)
    luis.write(thread.reply, number, Outgoing("Is it plugged in?"))
    cast.admin().write(tickets.assign, number, cast.email("luis"))
    assert {"carla", "luis"} & set(told(cast)) == set()
    passwords.reset(cast.admin(), cast.email("luis"))
    assert [template for template, _text in told(cast)["luis"]] == [Template.RESET]


def test_what_staff_are_asked_to_do_is_told_at_once(cast: Cast) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(luis, "digest")
    number = file(carla)
    assert "luis" not in told(cast)
    cast.admin().write(tickets.assign, number, cast.email("luis"))
    assert [template for template, _text in told(cast)["luis"]] == [Template.ASSIGNED]
    carla.write(thread.reply, number, Outgoing("Hello?"))
    assert "luis" not in told(cast)
    cast.admin().write(thread.note, number, Outgoing("@luis, please."))
    assert [template for template, _text in told(cast)["luis"]] == [Template.MENTIONED]


def test_a_digest_tells_what_its_reader_may_see_then(cast: Cast, clock: Clock, store: Store) -> None:
    luis, lola, carla = cast.operator("luis"), cast.operator("lola"), cast.customer()
    wants(lola, "digest")
    number = file(carla)
    lola.write(thread.note, number, Outgoing("I look."))
    luis.write(thread.note, number, Outgoing("CANARY of the staff"))
    clock.advance(days=1)
    gather_due(cast.desk)
    lolas = next(mail for mail in each_owed(cast) if mail.address.startswith("lola"))
    assert "CANARY" in plain(write(cast.desk, lolas)[1])
    members = table(TopicMember)
    with store.writing() as session:
        session.execute(sa.delete(members).where(members.c.account_id == cast.ids["lola"]))
    with pytest.raises(NotToBeSent):
        write(cast.desk, lolas)


def test_an_answer_that_was_taken_back_takes_no_other_news_out_of_a_digest(
    cast: Cast, clock: Clock, store: Store
) -> None:
    lola, luis, carla = cast.operator("lola"), cast.operator("luis"), cast.customer()
    wants(lola, "digest")
    first, second = file(carla), file(carla)
    for number in (first, second):
        lola.write(tagging.watch, number)
        luis.write(thread.reply, number, Outgoing(f"CANARY {number}"))
    clock.advance(days=1)
    gather_due(cast.desk)
    entries = table(Entry)
    with store.writing() as session:
        taken_back = sa.update(entries).where(entries.c.body == f"CANARY {first}")
        session.execute(taken_back.values(withdrawn_at=clock()))
    [digest] = [mail for mail in each_owed(cast) if mail.address.startswith("lola")]
    text = plain(write(cast.desk, digest)[1])
    assert f"#{second}" in text
    assert f"CANARY {first}" not in text


def test_a_worker_makes_and_sends_what_is_due(cast: Cast, clock: Clock, store: Store) -> None:
    carla = cast.customer()
    wants(carla, "digest")
    file(carla)
    Worker(cast.desk, NullTransport()).run_once()
    assert [row.sent_at for row in rows(store, "address", "sent_at") if "carla" in row.address] == [None]
    clock.advance(days=1)
    Worker(cast.desk, NullTransport()).run_once()
    mine = [row for row in rows(store, "address", "sent_at", "template") if "carla" in row.address]
    assert [row.template for row in mine] == [Template.ACKNOWLEDGED, Template.DIGEST]
    assert None not in {row.sent_at for row in mine}


def test_whoever_turned_mail_off_meanwhile_gets_no_digest(cast: Cast, clock: Clock, store: Store) -> None:
    carla = cast.customer()
    wants(carla, "digest")
    file(carla)
    wants(carla, "off")
    clock.advance(days=1)
    gather_due(cast.desk)
    assert "carla" not in told(cast)
    assert not [row for row in rows(store, "address") if "carla" in row.address]


def test_what_waits_for_a_digest_holds_up_no_other_mail_and_is_seen_in_the_queue(
    cast: Cast, clock: Clock
) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(carla, "digest")
    number = file(carla)
    wants(carla, "immediate")
    luis.write(thread.reply, number, Outgoing("Yes?"))
    assert [template for template, _text in told(cast)["carla"]] == [Template.REPLIED]
    manager = cast.manager()
    (waiting,) = manager.read(mail_queue.queue, standing=Standing.DIGEST).items
    assert waiting.template is Template.ACKNOWLEDGED
    assert waiting.next_attempt_at == datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
    assert manager.read(mail_queue.queue, standing=Standing.WAITING).items == ()
    assert manager.read(mail_queue.waiting_summary).waiting == 0
    manager.write(mail_queue.retry, waiting.id)
    assert [template for template, _text in told(cast)["carla"]] == [Template.ACKNOWLEDGED]


def test_held_mail_is_gathered_only_after_it_was_released(cast: Cast, clock: Clock) -> None:
    carla = cast.customer()
    cast.manager("mara")
    wants(carla, "digest")
    file(carla)
    hold_all_mail(cast)
    clock.advance(days=1)
    gather_due(cast.desk)
    assert "carla" not in told(cast)
    cast.sign_in("mara").write(mail_queue.release)
    gather_due(cast.desk)
    assert [template for template, _text in told(cast)["carla"]] == [Template.DIGEST]


def test_only_the_desk_itself_gathers(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        cast.manager().write(digests.gather, cast.ids["ada"], "ada@desk.example")


def test_how_often_is_one_of_three(cast: Cast) -> None:
    carla = cast.customer()
    with pytest.raises(Invalid, match="immediate, digest, off"):
        wants(carla, "daily")
    wants(carla, " At once ")
    assert carla.read(profile.show).mail_frequency is MailFrequency.IMMEDIATE
    wants(carla, " DIGEST ")
    assert carla.read(profile.show).mail_frequency is MailFrequency.DIGEST
    with pytest.raises(Forbidden):
        carla.write(profile.edit, ProfileEdits(signature="Carla"))
    with pytest.raises(Invalid):
        cast.operator().write(profile.edit, ProfileEdits(signature="x\n" * 11))


ZONES = st.sampled_from(
    ["UTC", "America/Argentina/Buenos_Aires", "Europe/Madrid", "Pacific/Apia", "Asia/Kolkata"]
)


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)), ZONES)
def test_the_next_digest_is_at_eight_within_a_day(naive: datetime, name: str) -> None:
    now, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)
    due = digests.next_at(now, zone)
    assert (due.astimezone(zone).hour, due.astimezone(zone).minute) == (8, 0)
    assert timedelta() < due - now <= timedelta(hours=25) or name == "Pacific/Apia"
