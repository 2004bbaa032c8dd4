"""How much an open ticket weighs on whoever has it."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.enums import Category

LOW, NORMAL, HIGH, URGENT = 1, 2, 3, 4
"""The levels of the priorities that a new desk has."""

_WEIGHTS: Final = {LOW: 0.5, NORMAL: 1.0, HIGH: 2.0, URGENT: 4.0}
PAUSED: Final = 0.25
"""The share of its weight that a ticket has while it waits for the customer or is on hold."""


def weight(level: int, category: Category) -> float:
    """What a ticket of a priority's ``level`` weighs: ½, 1, 2 or 4; a quarter of it while it is paused.

    Levels beyond those of a new desk weigh what the nearest of these does.
    """
    return _WEIGHTS[min(max(level, LOW), URGENT)] * (PAUSED if is_paused(category) else 1)


def is_paused(category: Category) -> bool:
    """Whether others have to act before the desk can."""
    return category in (Category.WAITING, Category.HOLD)
