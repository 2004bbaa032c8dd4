"""The list that a ticket was opened from, through which one goes without leaving the ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sysmo_tui.i18n import _


class Neighbours:
    """Which tickets of a list come before and after one, and which of them are unread."""

    def __init__(self, tickets: Sequence[tuple[int, bool]]) -> None:
        self._numbers = [number for number, _unread in tickets]
        self._unread = {number for number, is_unread in tickets if is_unread}

    @property
    def has_others(self) -> bool:
        """Whether one can go from one ticket to another."""
        return len(self._numbers) > 1

    def beside(self, number: int, step: int) -> int | None:
        """The ticket ``step`` places further, None beyond the end."""
        if number not in self._numbers:
            return None
        place = self._numbers.index(number) + step
        return self._numbers[place] if 0 <= place < len(self._numbers) else None

    def next_unread(self, number: int) -> int | None:
        """The next ticket that nobody opened here yet, after ``number`` and then from the beginning."""
        start = self._numbers.index(number) + 1 if number in self._numbers else 0
        around = [*self._numbers[start:], *self._numbers[:start]]
        return next((each for each in around if each in self._unread and each != number), None)

    def opened(self, number: int) -> None:
        """Ticket ``number`` is not unread any more."""
        self._unread.discard(number)

    def place(self, number: int) -> str:
        """Where in the list a ticket is, as ``3 of 31``; empty when it is in none."""
        if number not in self._numbers:
            return ""
        return _("{place} of {count}", place=self._numbers.index(number) + 1, count=len(self._numbers))
