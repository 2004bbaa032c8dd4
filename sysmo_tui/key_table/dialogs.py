"""The keys of what opens over a screen: lists to choose from, questions, one line to type."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key
from sysmo_tui.key_table.places import acts

_CHOOSING = (Context.DIALOG, Context.RESPONDING, Context.FILES, Context.TICKET_LISTS)
_TYPING, _QUESTION, _FILES = (Context.PROMPT,), (Context.QUESTION,), (Context.FILES,)
_COLUMNS, _FILTERS, _RESPONDING = (Context.COLUMNS,), (Context.FILTERS,), (Context.RESPONDING,)

DIALOGS: Final[tuple[Key, ...]] = (
    Key("dialog.choose", "enter", "choose", N_("choose"), _CHOOSING, Group.MOVE, N_("Choose"), bound=False),
    Key("dialog.yes", "y", "answer(True)", N_("yes"), _QUESTION, Group.MANAGE, N_("Yes")),
    Key("dialog.no", "n", "answer(False)", N_("no"), _QUESTION, Group.MANAGE, N_("No")),
    Key(
        "prompt.done",
        "enter",
        "accept",
        N_("take what is typed"),
        _TYPING,
        Group.MOVE,
        N_("Done"),
        bound=False,
    ),
    Key(
        "prompt.complete",
        "tab",
        "complete",
        N_("write the rest of what is suggested"),
        _TYPING,
        Group.MOVE,
        N_("Complete"),
        bound=False,
    ),
    Key(
        "ticket_lists.save",
        "s",
        "save_file",
        N_("save the file"),
        _FILES,
        Group.MANAGE,
        N_("Save"),
    ),
    Key(
        "files.attach",
        "f8,+",
        "attach",
        N_("attach a file"),
        _FILES,
        Group.MANAGE,
        N_("Attach"),
        of_machine=True,
    ),
    Key(
        "columns.accept",
        "enter",
        "accept",
        N_("show what is chosen"),
        _COLUMNS,
        Group.MOVE,
        N_("Done"),
        bound=False,
    ),
    acts("columns.show", "space", "show_or_hide", N_("show or hide a column"), N_("Show or hide"), *_COLUMNS),
    acts("columns.later", "J,shift+down", "shift(1)", N_("put it further behind"), N_("Later"), *_COLUMNS),
    acts("columns.earlier", "K,shift+up", "shift(-1)", N_("put it further ahead"), N_("Earlier"), *_COLUMNS),
    acts("columns.usual", "0", "usual", N_("the usual columns again"), N_("Usual"), *_COLUMNS),
    acts("filters.choose", "space", "choose", N_("choose it, or no more"), N_("Choose"), *_FILTERS),
    acts("filters.clear", "0", "clear", N_("choose none of these values"), N_("Clear"), *_FILTERS),
    Key("filters.side", "tab", "other_side", N_("the other side"), _FILTERS, Group.MOVE, N_("Side")),
    Key("filters.left", "h,left", "side(False)", N_("the left side"), _FILTERS, Group.MOVE),
    Key("filters.right", "l,right", "side(True)", N_("the right side"), _FILTERS, Group.MOVE),
    Key(
        "responding.down",
        "pagedown",
        "scroll_preview(1)",
        N_("read on in the response"),
        _RESPONDING,
        Group.MOVE,
        N_("Scroll"),
    ),
    Key(
        "responding.up",
        "pageup",
        "scroll_preview(-1)",
        N_("read back in the response"),
        _RESPONDING,
        Group.MOVE,
    ),
    acts("issued.copy", "y", "copy", N_("copy the code"), N_("Copy"), Context.ISSUED),
    Key(
        "refusals.close",
        "enter",
        "back",
        N_("back to the list"),
        (Context.REFUSALS,),
        Group.MOVE,
        N_("Close"),
    ),
)
