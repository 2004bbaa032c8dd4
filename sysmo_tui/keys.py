"""Every key of the terminal interface, once: its id, its default keys, and what it does.

Bindings, hints, the help screen, the documentation and remapping all read this list, which
``key_table`` holds by places.
A capital letter does the opposite of its small one, or more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from textual.binding import Binding, BindingType

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.key_names import CONTEXT_NAMES, GROUP_NAMES, Context, Group, Key
from sysmo_tui.key_table.everywhere import EVERYWHERE
from sysmo_tui.key_table.incoming import INCOMING
from sysmo_tui.key_table.lists import LISTED
from sysmo_tui.key_table.places import FIELDS
from sysmo_tui.key_table.reports import REPORTS
from sysmo_tui.key_table.tickets import TICKETS
from sysmo_tui.key_table.writing import WRITING

__all__ = [
    "BY_ID",
    "CONTEXT_NAMES",
    "GROUP_NAMES",
    "KEYS",
    "OF_MACHINE",
    "TYPING",
    "Context",
    "Group",
    "Key",
    "beside_text",
    "bindings",
    "checked_keymap",
    "of_context",
    "shown",
    "spelled",
    "table_rows",
]

TYPING: Final = frozenset(FIELDS)
"""Where a letter is text."""

KEYS: Final[tuple[Key, ...]] = (*EVERYWHERE, *TICKETS, *WRITING, *LISTED, *INCOMING, *REPORTS)

BY_ID: Final[Mapping[str, Key]] = {key.id: key for key in KEYS}

OF_MACHINE: Final = frozenset(key.action for key in KEYS if key.of_machine)
"""Actions that no kiosk has."""

_SHOWN = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "left": "←",
    "right": "→",
}
_WRITTEN = {shown: name for name, shown in _SHOWN.items() if len(shown) == 1}

_FORBIDDEN = frozenset({"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+c"})
"""Keys that a terminal sends for tab, enter, backspace and newline, or that must stay what they are."""


def of_context(*contexts: Context) -> tuple[Key, ...]:
    """The keys that mean something in any of ``contexts``, in the order of the list."""
    return tuple(key for key in KEYS if any(context in key.contexts for context in contexts))


def bindings(*contexts: Context) -> list[BindingType]:
    """Bindings for a screen: those of ``contexts``, without those that its widgets handle."""
    return [
        Binding(
            _long(key.keys), key.action, key.help, show=False, id=key.id, priority=key.priority, system=True
        )
        for key in of_context(*contexts)
        if key.bound
    ]


def spelled(keys: str, *, is_short: bool = False) -> tuple[str, ...]:
    """Keys as people read them: ``?``, ``esc``, ``ctrl+r`` (short: ``^r``)."""
    names = [_SHOWN.get(key, key) for key in _long(keys).split(",")]
    return tuple(name.replace("ctrl+", "^") if is_short else name for name in names)


def shown(key: Key, keymap: Mapping[str, str], *, is_short: bool = False) -> tuple[str, ...]:
    """The keys of a binding as people read them: those of their own ``keymap``, else its own."""
    return spelled(keymap.get(key.id, key.keys), is_short=is_short)


def beside_text(names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the names of a key those that act where one types, where a letter is text."""
    return tuple(name for name in names if len(name) > 1) or names


def checked_keymap(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[Message]]:
    """The part of a person's own keymap that can be used, and what is wrong with the rest.

    ``wanted`` gives keys by binding id. A key that another binding of the same place has is refused.
    """
    problems: list[Message] = []
    accepted: dict[str, str] = {}
    for name, keys in wanted.items():
        problem = _problem(name, keys, {**_defaults(), **accepted, **_known(wanted)})
        if problem is None:
            accepted[name] = _long(keys)
        else:
            problems.append(problem)
    return accepted, problems


def table_rows() -> Iterable[tuple[str, str, str]]:
    """What the documentation shows: keys, id and help of every binding, in English."""
    for key in KEYS:
        yield ", ".join(spelled(key.keys)), key.id, key.help


def _long(keys: str) -> str:
    return ",".join(_WRITTEN.get(key.strip(), key.strip()) for key in keys.split(","))


def _defaults() -> dict[str, str]:
    return {key.id: key.keys for key in KEYS}


def _known(wanted: Mapping[str, str]) -> dict[str, str]:
    return {name: keys for name, keys in wanted.items() if name in BY_ID}


def _problem(name: str, keys: str, chosen: Mapping[str, str]) -> Message | None:
    if name not in BY_ID or not BY_ID[name].bound:
        return Message(N_("There is no key named “{name}”."), {"name": name})
    mine = set(_long(keys).split(","))
    if not all(mine) or mine & _FORBIDDEN:
        return Message(N_("“{keys}” cannot be used for {name}."), {"keys": keys, "name": name})
    for other in KEYS:
        if other.id == name or not _meet(BY_ID[name], other):
            continue
        shared = mine & set(_long(chosen[other.id]).split(","))
        if shared:
            place = {"keys": ", ".join(spelled(",".join(sorted(shared)))), "name": name, "other": other.id}
            return Message(N_("{keys} is already the key of {other}; {name} keeps its own."), place)
    return None


def _meet(one: Key, other: Key) -> bool:
    both = {*one.contexts, *other.contexts}
    return Context.EVERYWHERE in both or bool(set(one.contexts) & set(other.contexts))
