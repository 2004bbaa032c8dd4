"""How an event that takes others back says which: its cause, ``undo:BATCH:KIND+KIND``."""

from __future__ import annotations

from collections.abc import Iterable

from sysmo_tui.domain.enums import Cause, EventKind

BEFORE_BATCH = f"{Cause.UNDO}:"
"""What a cause begins with when a batch follows that was undone."""

BATCH_LENGTH = 32
"""Characters of a batch's id."""


def cause_of(batch: str, kinds: Iterable[EventKind]) -> str:
    """The cause of what takes back events of these ``kinds`` of a batch."""
    return f"{BEFORE_BATCH}{batch}:{'+'.join(kinds)}"


def batch_of(cause: str) -> str | None:
    """The batch that an event of this cause took back, None for any other cause."""
    if not cause.startswith(BEFORE_BATCH):
        return None
    return cause[len(BEFORE_BATCH) :][:BATCH_LENGTH]


def kinds_of(cause: str) -> tuple[EventKind, ...]:
    """The kinds of the events that an event of this cause took back."""
    if batch_of(cause) is None:
        return ()
    return tuple(EventKind(kind) for kind in cause[len(BEFORE_BATCH) + BATCH_LENGTH + 1 :].split("+") if kind)
