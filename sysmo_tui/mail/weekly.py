"""Weekly reports that are due become mail, one a person and week, whoever does it."""

from __future__ import annotations

from sysmo_tui.desk import Desk, command_for
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.services import weekly_reports


def owe_due(desk: Desk) -> None:
    """Owe everybody whose report is due one mail, each in a transaction of its own."""
    caller = desk_caller()
    for each in desk.read(caller, weekly_reports.due):
        command = command_for(weekly_reports.owe, key=each.key)
        desk.write(caller, command, weekly_reports.owe, each.account_id, each.monday)
