"""Every key of the terminal interface, as one list, and what a person's own keymap may change of it.

Nothing here needs the toolkit: the command line reads and sets the same keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.key_names import Context, Key
from sysmo_tui.key_table.dialogs import DIALOGS
from sysmo_tui.key_table.everywhere import EVERYWHERE
from sysmo_tui.key_table.incoming import INCOMING
from sysmo_tui.key_table.lists import LISTED
from sysmo_tui.key_table.places import FIELDS
from sysmo_tui.key_table.reports import REPORTS
from sysmo_tui.key_table.tickets import TICKETS
from sysmo_tui.key_table.writing import WRITING

TYPING: Final = frozenset(FIELDS)
"""Where a letter is text."""

KEYS: Final[tuple[Key, ...]] = (*EVERYWHERE, *TICKETS, *WRITING, *LISTED, *INCOMING, *REPORTS, *DIALOGS)

BY_ID: Final[Mapping[str, Key]] = {key.id: key for key in KEYS}

_SHOWN = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "number_sign": "#",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "underscore": "_",
    "exclamation_mark": "!",
    "at": "@",
    "dollar_sign": "$",
    "percent_sign": "%",
    "ampersand": "&",
    "semicolon": ";",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "vertical_line": "|",
    "tilde": "~",
    "apostrophe": "'",
    "quotation_mark": '"',
    "backslash": "\\",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "circumflex_accent": "^",
    "grave_accent": "`",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pagedown": "pgdn",
    "pageup": "pgup",
}
_WAY_BACK: Final = "app.back"
_WRITTEN = {shown: name for name, shown in _SHOWN.items()}

_FORBIDDEN = frozenset({"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+c"})
"""Keys that a terminal sends for tab, enter, backspace and newline, or that must stay what they are."""

_BUTTONS: Final = frozenset({"enter", "tab", "shift+tab"})
_OF_FOCUS: Final[Mapping[Context, frozenset[str]]] = {
    Context.QUESTION: _BUTTONS,
    Context.ISSUED: _BUTTONS,
    Context.FILTERS: frozenset({"enter"}),
}
"""Keys that press a button, go to another or take a line: there they do nothing else."""

_FUNCTION = re.compile(r"(?:[a-z]+\+)*f(?:[1-9]|1\d|2[0-4])")
_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "meta", "hyper"})
_NAMED = frozenset(
    {
        *_SHOWN,
        *("comma", "enter", "tab", "space", "backspace", "delete", "insert"),
        *("home", "end", "pageup", "pagedown"),
    }
)


def of_context(*contexts: Context) -> tuple[Key, ...]:
    """The keys that mean something in any of ``contexts``, in the order of the list."""
    return tuple(key for key in KEYS if any(context in key.contexts for context in contexts))


def spelled(keys: str, *, is_short: bool = False) -> tuple[str, ...]:
    """Keys as people read them: ``?``, ``esc``, ``ctrl+r`` (short: ``^r``)."""
    names = [_SHOWN.get(key, key) for key in long(keys).split(",")]
    return tuple(name.replace("ctrl+", "^") if is_short else name for name in names)


def shown(key: Key, keymap: Mapping[str, str], *, is_short: bool = False) -> tuple[str, ...]:
    """The keys of a binding as people read them: those of their own ``keymap``, else its own."""
    return spelled(keymap.get(key.id, key.keys), is_short=is_short)


def long(keys: str) -> str:
    """Keys as the toolkit names them, from that or from how people write them."""
    return ",".join(_WRITTEN.get(key.strip(), key.strip()) for key in keys.split(","))


def checked_keymap(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[Message]]:
    """The part of a person's own keymap that can be used, and what is wrong with the rest.

    ``wanted`` gives keys by binding id. A key that another binding of the same place has is refused.
    """
    problems: list[Message] = []
    accepted: dict[str, str] = {}
    for name, keys in wanted.items():
        problem = problem_of(name, keys, {**_known(wanted), **accepted})
        if problem is None:
            accepted[name] = long(keys)
        else:
            problems.append(problem)
    return accepted, problems


def combined(of_file: Mapping[str, str], of_account: Mapping[str, str]) -> dict[str, str]:
    """Both keymaps as one: what an account chose goes before what a settings file says."""
    kept = {name: keys for name, keys in of_file.items() if name not in of_account}
    for name, keys in _known(of_account).items():
        for other in clashing(name, keys, {**_known(kept), **_known(of_account)}):
            kept.pop(other.id, None)
    return {**kept, **of_account}


def problem_of(name: str, keys: str, keymap: Mapping[str, str]) -> Message | None:
    """What is wrong with ``keys`` for the binding ``name``, where the others have those of ``keymap``."""
    if name not in BY_ID or not BY_ID[name].bound:
        return Message(N_("There is no key named “{name}”."), {"name": name})
    mine = set(long(keys).split(","))
    taken = _FORBIDDEN.union(*(_OF_FOCUS.get(context, ()) for context in BY_ID[name].contexts))
    if not all(map(_is_sent, mine)) or mine & taken:
        return Message(N_("“{keys}” cannot be used for {name}."), {"keys": keys, "name": name})
    typed = {key for key in mine if _is_typed(key)}
    if (BY_ID[name].priority and typed) or (name == _WAY_BACK and typed == mine):
        # Who types would leave the program with a letter, or would find no way out of a field.
        told = N_("{keys} is typed in texts: {name} needs a function key, or one with ctrl.")
        return Message(told, {"keys": ", ".join(spelled(keys)), "name": name})
    for other in clashing(name, keys, keymap):
        shared = mine & set(long(keymap.get(other.id, other.keys)).split(","))
        place = {"keys": ", ".join(spelled(",".join(sorted(shared)))), "name": name, "other": other.id}
        return Message(N_("{keys} is already the key of {other}; {name} keeps its own."), place)
    return None


def clashing(name: str, keys: str, keymap: Mapping[str, str]) -> tuple[Key, ...]:
    """The other bindings of the places of ``name`` that have one of ``keys``."""
    mine = set(long(keys).split(","))
    return tuple(
        other
        for other in KEYS
        if other.id != name
        and _meet(BY_ID[name], other)
        and mine & set(long(keymap.get(other.id, other.keys)).split(","))
    )


def table_rows() -> Iterable[tuple[str, str, str]]:
    """What the documentation shows: keys, id and help of every binding, in English."""
    for key in KEYS:
        yield ", ".join(spelled(key.keys)), key.id, key.help


def _is_sent(key: str) -> bool:
    """Whether a terminal may send a key of this name: what nobody can press does nothing."""
    *modifiers, last = key.split("+")
    is_letter = len(last) == 1 and last.isalnum()
    return _MODIFIERS.issuperset(modifiers) and bool(is_letter or last in _NAMED or _FUNCTION.fullmatch(last))


def _is_typed(key: str) -> bool:
    """Whether a key means something in a text, so that nothing else can have it there."""
    return not (key == "escape" or key.startswith(("ctrl+", "alt+")) or _FUNCTION.fullmatch(key))


def _known(wanted: Mapping[str, str]) -> dict[str, str]:
    return {name: keys for name, keys in wanted.items() if name in BY_ID}


def _meet(one: Key, other: Key) -> bool:
    both = {*one.contexts, *other.contexts}
    return Context.EVERYWHERE in both or bool(set(one.contexts) & set(other.contexts))
