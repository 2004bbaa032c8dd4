"""The report of the week that is over: on Monday morning, once, to those who want it, as they may see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.enums import Role, Template
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.domain.text import cell_width
from sysmo_tui.mail.facts import NotToBeSent
from sysmo_tui.mail.sending import write
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.mail.weekly import owe_due
from sysmo_tui.models import Account, Outbox, table
from sysmo_tui.services import accounts, profile, reports, weekly_reports
from sysmo_tui.services.outbox import OwedMail
from sysmo_tui.services.profile import ProfileEdits
from sysmo_tui.services.reports import Ask
from sysmo_tui.storage.engine import Store
from sysmo_tui.worker import Worker
from tests.cast import Cast, Clock, hold_all_mail
from tests.mail.test_compose import each_owed, page, plain
from tests.moving_desk import work_for_weeks

MONDAY = datetime(2026, 3, 9, 11, 0, tzinfo=UTC)
"""Eight in the morning in Buenos Aires."""


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """A desk in a file: what is tested here is the same on every database."""
    return sqlite_store


def wants(door: Door, **more: str) -> None:
    door.write(profile.edit, ProfileEdits(**more), {weekly_reports.PREFERENCE: True})


def owed(cast: Cast) -> list[OwedMail]:
    """The weekly reports that are owed and were not looked at yet."""
    owe_due(cast.desk)
    return [mail for mail in each_owed(cast) if mail.template is Template.WEEKLY_REPORT]


def sent(cast: Cast) -> list[sa.Row[Any]]:
    """The rows of all weekly reports, whatever became of them."""
    outbox = table(Outbox)
    with cast.desk.store.reading() as session:
        found = sa.select(outbox.c.account_id, outbox.c.payload, outbox.c.sent_at)
        return list(session.execute(found.where(outbox.c.template == Template.WEEKLY_REPORT)))


def text_of(cast: Cast, mail: OwedMail) -> str:
    return plain(message_from_bytes(write(cast.desk, mail)[1].as_bytes(), policy=policy.default))


def test_it_is_owed_once_on_monday_at_eight_whoever_does_it(cast: Cast, clock: Clock) -> None:
    wants(cast.manager())
    cast.operator()
    clock.now = MONDAY - timedelta(seconds=1)
    assert owed(cast) == []
    clock.now = MONDAY
    for label in ("one", "another"):
        worker = Worker(cast.desk, NullTransport(), holder=label)
        worker.run_once()
        worker.stop()
    [mail] = sent(cast)
    assert (mail.account_id, mail.payload["first"], mail.payload["last"]) == (
        cast.ids["mara"],
        "2026-03-02",
        "2026-03-08",
    )
    clock.advance(hours=5)
    assert owed(cast) == []
    clock.now = MONDAY + timedelta(days=7)
    assert [each.payload["first"] for each in owed(cast)] == ["2026-03-09"]


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("America/Argentina/Buenos_Aires", 0),
        ("America/Los_Angeles", 4),
        ("Europe/Madrid", -4),
        # It is Monday in Auckland while the desk's own week goes on: until its midnight.
        ("Pacific/Auckland", -8),
    ],
)
def test_the_time_is_the_recipients_but_never_before_the_desks_week_is_over(
    cast: Cast, clock: Clock, zone: str, hours: int
) -> None:
    wants(cast.manager(), time_zone=zone)
    clock.now = MONDAY + timedelta(hours=hours) - timedelta(seconds=1)
    assert cast.itself.read(weekly_reports.due) == ()
    clock.advance(seconds=1)
    assert len(cast.itself.read(weekly_reports.due)) == 1
    clock.advance(days=1)
    assert cast.itself.read(weekly_reports.due) == ()


def test_it_says_what_the_reports_say_in_words_and_charts_that_fit(cast: Cast, clock: Clock) -> None:
    work_for_weeks(cast, clock, seed=1, steps=160)
    cast.manager()
    wants(cast.sign_in("mara"), time_zone="UTC")
    local = clock.now + timedelta(days=7 - clock.now.weekday())
    clock.now = local.replace(hour=8, minute=0, second=0, microsecond=0)
    hold_all_mail(cast)
    [mail] = [each for each in owed(cast) if each.account_id == cast.ids["mara"]]
    ask = Ask(first=mail.payload["first"], last=mail.payload["last"], compare="previous")
    summary = cast.sign_in("mara").read(reports.summary, ask).now
    team = cast.sign_in("mara").read(reports.team, ask).now
    text = text_of(cast, mail)
    [received] = [line for line in text.splitlines() if re.match(r"Received +\d", line)]
    assert received.split()[1] == str(summary.received)
    for row in team.rows:
        shown = [line for line in text.splitlines() if line.strip().startswith(row.name) and "█" in line]
        assert [int(line.split()[-1]) for line in shown] == ([row.resolved] if row.resolved else [])
    assert all(cell_width(line) <= 72 for line in text.splitlines())
    # A command has a line of its own, from which it can be copied.
    assert f"    sysmo report --range {ask.first}..{ask.last} --compare previous" in text.splitlines()
    assert "    sysmo profile edit --set weekly_report=off" in text.splitlines()
    message = message_from_bytes(write(cast.desk, mail)[1].as_bytes(), policy=policy.default)
    assert "<pre" in page(message)


def test_an_operator_gets_their_own_figures_and_a_customer_none(cast: Cast, clock: Clock) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(luis, locale="es")
    wants(carla)
    clock.now = MONDAY
    [mail] = owed(cast)
    assert (mail.account_id, mail.payload["scope"], mail.locale) == (cast.ids["luis"], "own", "es")
    assert "weekly_report=off" in text_of(cast, mail)
    with pytest.raises(Forbidden):
        cast.sign_in("luis").read(weekly_reports.due)


def test_who_wants_it_no_more_or_is_gone_gets_none(cast: Cast, clock: Clock) -> None:
    cast.admin()
    wants(cast.manager())
    wants(cast.operator())
    cast.sign_in("mara").write(profile.prefer, {weekly_reports.PREFERENCE: None})
    clock.now = MONDAY
    [mail] = owed(cast)
    assert mail.account_id == cast.ids["luis"]
    accounts_ = table(Account)

    def demote(work: object) -> None:
        work.session.execute(  # type: ignore[attr-defined]
            sa.update(accounts_).where(accounts_.c.id == cast.ids["luis"]).values(role="customer")
        )

    cast.desk.touch(desk_caller(), demote)
    with pytest.raises(NotToBeSent):
        write(cast.desk, mail)


def test_who_has_to_choose_a_new_password_first_stands_in_nobodys_way(cast: Cast, clock: Clock) -> None:
    wants(cast.operator())
    wants(cast.manager())
    accounts_ = table(Account)
    luis = sa.update(accounts_).where(accounts_.c.id == cast.ids["luis"])
    cast.itself.touch(lambda work: work.session.execute(luis.values(must_change_password=True)))
    clock.now = MONDAY
    assert [mail.account_id for mail in owed(cast)] == [cast.ids["mara"]]


def test_who_is_no_manager_any_more_gets_no_figures_of_the_desk(cast: Cast, clock: Clock) -> None:
    wants(cast.manager())
    clock.now = MONDAY
    [mail] = owed(cast)
    cast.sign_in("ada").write(accounts.set_role, "mara@desk.example", Role.OPERATOR)
    with pytest.raises(NotToBeSent):
        write(cast.desk, mail)
