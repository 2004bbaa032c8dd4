"""Owing the report of a week, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from sysmo_tui.desk import command_for
from sysmo_tui.domain.enums import Template
from sysmo_tui.services import outbox, profile, weekly_reports
from tests.cast import Cast, Clock


def test_the_same_week_is_owed_once_even_by_two_who_both_found_it_due(cast: Cast, clock: Clock) -> None:
    cast.manager().write(profile.prefer, {weekly_reports.PREFERENCE: True})
    clock.now = datetime(2026, 3, 9, 11, 0, tzinfo=UTC)
    [due] = cast.itself.read(weekly_reports.due)
    for _ in range(2):
        command = command_for(weekly_reports.owe, key=due.key)
        assert cast.itself.write_once(command, weekly_reports.owe, due.account_id, due.monday) is True
    assert cast.itself.read(weekly_reports.due) == ()
    claimed = cast.desk.touch(cast.itself.caller, outbox.claim, "me", 100)
    assert [mail.template for mail in claimed] == [Template.WEEKLY_REPORT]
