"""A sentence for a person, kept apart from its language until it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark ``text`` for the catalogues; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Advice:
    """A command line that a sentence names for its reader to type.

    Where it is shown, it is completed by what says which desk it is for.
    """

    command: str

    def __str__(self) -> str:
        return self.command


@dataclass(frozen=True, slots=True)
class Message:
    """An English sentence with ``{named}`` places, and what goes into them.

    ``plural`` with ``count`` lets each language choose its own form.
    """

    text: str
    params: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    count: int = 1

    def __str__(self) -> str:
        chosen = self.text if self.plural is None or self.count == 1 else self.plural
        return chosen.format_map({"count": self.count, **self.params})
