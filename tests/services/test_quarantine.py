"""Who sees which mail that came in, and deciding about what waits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import AuditKind, MailReason, SenderStanding, Verdict
from sysmo_tui.domain.errors import Conflict, DeskError, Forbidden, NotFound
from sysmo_tui.i18n import render
from sysmo_tui.services import audit, kept_mail, quarantine, senders, tagging, tickets
from sysmo_tui.services.files import CHUNK
from sysmo_tui.storage.engine import Dialect
from tests.cast import Cast
from tests.kept import RAW, keep
from tests.services import requests as ask

ACTS: dict[str, Callable[[Door, int], object]] = {
    "show": lambda door, mail: door.read(kept_mail.show, mail),
    "find": lambda door, mail: door.read(kept_mail.find, str(mail)),
    "raw": lambda door, mail: door.read(kept_mail.read_chunk, mail, 0),
    "reject": lambda door, mail: door.rehearse(quarantine.reject, mail),
}


@pytest.fixture
def mails(cast: Cast) -> dict[str, int]:
    """One that belongs to a ticket of the topic "general", one for another topic, one for none."""
    number = ask.file(cast.customer("carla"))
    spare = cast.topic("Spare")
    return {
        "ticket": keep(cast, ticket_number=number, topic_id=spare),
        "topic": keep(cast, topic_id=spare, reason=MailReason.TOO_MANY),
        "neither": keep(cast, reason=MailReason.NO_SENDER),
        "number": number,
    }


def seen(door: Door, mails: dict[str, int]) -> set[str]:
    listed = {line.id for line in door.read(quarantine.page).items}
    assert door.read(quarantine.count) == len(listed)
    names = {name for name in ("ticket", "topic", "neither") if mails[name] in listed}
    for name in ("ticket", "topic", "neither"):
        for what, act in ACTS.items():
            refused = refusal(act, door, mails[name])
            assert (refused is None) is (name in names), (name, what, refused)
            if refused is not None:
                missing = refusal(act, door, 10_000)
                assert refused.replace(str(mails[name]), "10000") == missing, (name, what)
    return names


def refusal(act: Callable[[Door, int], object], door: Door, mail: int) -> str | None:
    try:
        act(door, mail)
    except NotFound as error:
        return render(error.message)
    return None


def test_a_mail_is_seen_by_the_staff_of_its_ticket_or_topic(cast: Cast, mails: dict[str, int]) -> None:
    assert seen(cast.operator("luis"), mails) == {"ticket"}
    assert seen(cast.operator("sofia", topics=["spare"]), mails) == {"topic"}
    assert seen(cast.operator("rita", topics=[]), mails) == set()
    for everywhere in (cast.manager(), cast.admin()):
        assert seen(everywhere, mails) == {"ticket", "topic", "neither"}


def test_who_works_on_the_ticket_sees_its_mail_whatever_the_topic(cast: Cast, mails: dict[str, int]) -> None:
    manager, rita, wanda = cast.manager(), cast.operator("rita", topics=[]), cast.operator("wanda", topics=[])
    manager.write(tickets.assign, mails["number"], cast.email("rita"))
    assert seen(rita, mails) == {"ticket"}
    assert seen(wanda, mails) == set()
    manager.write(tickets.assign, mails["number"], cast.email("wanda"))
    wanda.write(tagging.watch, mails["number"])
    manager.write(tickets.release, mails["number"])
    assert seen(wanda, mails) == {"ticket"}


def test_customers_see_no_mail_not_even_their_own(cast: Cast, mails: dict[str, int]) -> None:
    customer = cast.customer("carla")
    assert customer.read(quarantine.count) == 0
    for act in ACTS.values():
        with pytest.raises(Forbidden):
            act(customer, mails["ticket"])
    for refused in (
        lambda: customer.read(quarantine.page),
        lambda: customer.read(kept_mail.page),
        lambda: customer.read(kept_mail.of_ticket, mails["number"]),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_a_decided_mail_waits_no_more_and_only_one_decides(cast: Cast, mails: dict[str, int]) -> None:
    operator = cast.operator()
    record = operator.write(quarantine.reject, mails["ticket"])
    assert (record.line.verdict, record.line.reason) == (Verdict.DROPPED, MailReason.REJECTED)
    assert record.decided_by == "Luis"
    assert operator.read(quarantine.page).items == ()
    with pytest.raises(Conflict):
        cast.manager().write(quarantine.reject, mails["ticket"], blocks=True)
    assert cast.itself.read(senders.standing, "otto@stranger.example") is None
    noted = cast.admin().read(audit.page, kind=AuditKind.MAIL_DECIDED).items
    assert [line.detail["mail"] for line in noted] == [str(mails["ticket"])]


def test_of_many_who_reject_at_once_one_does(cast: Cast, mails: dict[str, int]) -> None:
    doors = [cast.operator("luis"), cast.manager(), cast.admin(), cast.manager("mila")]

    def reject(door: Door) -> str:
        try:
            door.write(quarantine.reject, mails["ticket"], blocks=True)
        except DeskError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(doors)) as pool:
        assert sorted(pool.map(reject, doors)) == ["Conflict", "Conflict", "Conflict", "done"]
    assert cast.itself.read(senders.standing, "otto@stranger.example") is SenderStanding.BLOCKED


def test_the_waiting_mail_is_read_page_by_page(cast: Cast) -> None:
    ids = [keep(cast) for _ in range(5)]
    got, after = [], None
    while True:
        page = cast.manager().read(quarantine.page, after=after, limit=2)
        got += [line.id for line in page.items]
        after = page.next
        if after is None:
            break
    assert got == ids


def test_the_counter_needs_no_more_than_the_partial_index(cast: Cast) -> None:
    is_sqlite = cast.desk.store.dialect is Dialect.SQLITE
    for sees_all in (True, False):
        page, count = quarantine._READS[sees_all]
        with cast.desk.store.reading() as session:
            if not is_sqlite:
                session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # which suits an empty table
            for statement in (page, count):
                given: Any = {"me": 1, "my_topics": [1], "after": 0, "limit": 9}
                compiled = statement.params(given).compile(
                    session.connection(), compile_kwargs={"literal_binds": True, "render_postcompile": True}
                )
                explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
                plan = session.execute(sa.text(f"{explain} {compiled}")).all()
                assert any("ix_inbound_quarantined" in str(row) for row in plan), plan


def test_managers_list_all_that_came_in_and_the_counts_add_up(cast: Cast, mails: dict[str, int]) -> None:
    for verdict in Verdict:
        keep(cast, verdict=verdict, reason=None)
    manager = cast.manager()
    found = manager.read(kept_mail.tally)
    assert found[Verdict.QUARANTINED] == 4
    assert sum(found.values()) == len(manager.read(kept_mail.page).items) == 3 + len(Verdict)
    dropped = manager.read(kept_mail.page, verdict=Verdict.DROPPED).items
    assert [line.verdict for line in dropped] == [Verdict.DROPPED]
    for refused in (kept_mail.page, kept_mail.tally):
        with pytest.raises(Forbidden):
            cast.operator().read(refused)


def test_a_message_id_finds_every_mail_that_bears_it_and_that_one_sees(
    cast: Cast, mails: dict[str, int]
) -> None:
    for text in ("<one@stranger.example>", "one@stranger.example"):
        found = cast.manager().read(kept_mail.find, text)
        assert {each.line.id for each in found} == {mails["ticket"], mails["topic"], mails["neither"]}
    found = cast.operator().read(kept_mail.find, "one@stranger.example")
    assert [each.line.id for each in found] == [mails["ticket"]]
    nobody = cast.operator("rita", topics=[])
    for text in ("one@stranger.example", "two@stranger.example", "", "<>", "9" * 30):
        with pytest.raises(NotFound):
            nobody.read(kept_mail.find, text)


def test_the_bytes_come_back_as_they_were(cast: Cast) -> None:
    for content in (RAW, b"", b"x" * CHUNK, bytes(range(256)) * (CHUNK // 128) + b"end"):
        mail = keep(cast, content)
        assert b"".join(kept_mail.raw(cast.manager(), mail)) == content


def test_the_mails_of_a_ticket_are_its_staffs(cast: Cast, mails: dict[str, int]) -> None:
    found = cast.operator().read(kept_mail.of_ticket, mails["number"])
    assert [each.line.id for each in found] == [mails["ticket"]]
    assert cast.operator().read(kept_mail.of_ticket, mails["number"], "none") == ()
    with pytest.raises(NotFound):
        cast.operator("rita", topics=[]).read(kept_mail.of_ticket, mails["number"])


def test_nothing_hostile_leaves_a_mail_unsafe(cast: Cast) -> None:
    evil = "\x1b]0;own\x07\u202eevil\nline\x9b"
    mail = keep(
        cast,
        sender=f"a{evil}@x.example",
        sender_name=evil,
        subject=evil,
        message_id=f"<{evil}@x>",
        error=evil,
        mailbox=evil,
        decision=[{"rule": evil, "hit": True, "detail": evil}],
    )
    record = cast.manager().read(kept_mail.show, mail)
    line = record.line
    texts = (
        line.sender,
        line.sender_name,
        line.subject,
        line.message_id,
        line.mailbox,
        record.error,
        record.steps[0].rule,
        record.steps[0].detail,
    )
    assert all(text and not set(text) & set("\x1b\x07\u202e\n\x9b") for text in texts)
