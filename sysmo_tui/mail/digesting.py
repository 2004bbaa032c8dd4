"""Digests that are due become mail, one a person, whoever does it."""

from __future__ import annotations

from sysmo_tui.desk import Desk, command_for
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.services import digests


def gather_due(desk: Desk) -> None:
    """Owe everybody whose digest is due one mail, each in a transaction of its own."""
    caller = desk_caller()
    while (whom := desk.read(caller, digests.next_due)) is not None:
        desk.write(caller, command_for(digests.gather), digests.gather, *whom)
