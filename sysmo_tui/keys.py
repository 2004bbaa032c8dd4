"""The keys of the terminal interface as bindings: of a screen, and as people read them beside a field.

``key_table`` holds them by places, ``keymap`` joins them to one list. Bindings, hints, the help screen,
the documentation and remapping all read it. A capital letter does the opposite of its small one, or more
of it.
"""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

from sysmo_tui.key_names import CONTEXT_NAMES, GROUP_NAMES, Context, Group, Key
from sysmo_tui.keymap import (
    BY_ID,
    KEYS,
    TYPING,
    checked_keymap,
    combined,
    long,
    of_context,
    problem_of,
    shown,
    spelled,
    table_rows,
)

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
    "combined",
    "of_context",
    "problem_of",
    "shown",
    "spelled",
    "table_rows",
]

OF_MACHINE: Final = frozenset(key.action for key in KEYS if key.of_machine)
"""Actions that no kiosk has."""


def bindings(*contexts: Context) -> list[BindingType]:
    """Bindings for a screen: those of ``contexts``, without those that its widgets handle."""
    return [
        Binding(
            long(key.keys), key.action, key.help, show=False, id=key.id, priority=key.priority, system=True
        )
        for key in of_context(*contexts)
        if key.bound
    ]


def beside_text(names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the names of a key those that act where one types, where a letter is text."""
    return tuple(name for name in names if len(name) > 1) or names
