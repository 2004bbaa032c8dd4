"""The keys of the program itself, and those that move in what is read."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key
from sysmo_tui.key_table.places import CHOSEN_FROM, LISTS

_PLACES = (Context.INBOX, Context.TICKET, Context.REPORT, Context.ADMINISTRATION)
_READ_AGAIN = (*_PLACES, *LISTS, Context.BEHIND, Context.MERGING)
_READING = (*_READ_AGAIN, *CHOSEN_FROM, Context.TEXT, Context.WHOLE_MAIL, Context.REFUSALS)
_ALL = (Context.EVERYWHERE,)

EVERYWHERE: Final[tuple[Key, ...]] = (
    Key("app.help", "?,f1", "help", N_("keys and colours of this screen"), _ALL, Group.PROGRAM, N_("Help")),
    Key(
        "app.palette",
        "ctrl+p,:",
        "command_palette",
        N_("every action by name, and go to a number"),
        _ALL,
        Group.PROGRAM,
        N_("Commands"),
    ),
    Key("app.back", "escape,q", "back", N_("back one level"), _ALL, Group.PROGRAM, N_("Back")),
    Key(
        "app.quit",
        "ctrl+q",
        "quit",
        N_("leave the program; drafts are kept"),
        _ALL,
        Group.PROGRAM,
        N_("Quit"),
        priority=True,
    ),
    Key(
        "app.suspend",
        "ctrl+z",
        "suspend_process",
        N_("suspend (fg comes back); in a text: undo typing"),
        _ALL,
        Group.PROGRAM,
        of_machine=True,
    ),
    Key("app.refresh", "ctrl+r", "reload", N_("read again"), _READ_AGAIN, Group.PROGRAM, N_("Refresh")),
    Key("move.down", "j", "move_down", N_("one line down"), _READING, Group.MOVE),
    Key("move.up", "k", "move_up", N_("one line up"), _READING, Group.MOVE),
    Key("move.top", "g", "move_top", N_("to the beginning"), _READING, Group.MOVE),
    Key("move.bottom", "G", "move_bottom", N_("to the end"), _READING, Group.MOVE),
    Key("move.half_down", "ctrl+d", "move_half_down", N_("half a page down"), _READING, Group.MOVE),
    Key("move.half_up", "ctrl+u", "move_half_up", N_("half a page up"), _READING, Group.MOVE),
)
