"""What a listener is told: which tickets something happened to, and where somebody came or went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

GONE_AFTER = timedelta(seconds=30)
"""How long after the last beat somebody still counts as present in a ticket."""


MOST = 500
"""Events that are told ticket by ticket; when more are new, everything is to be read again."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new on a desk, without content: whoever listens reads for itself, as its own actor.

    ``tickets`` are the numbers of those whose history grew, ``presence`` of those where somebody came, went,
    or began or ceased to write. With ``is_all`` so much happened, or may have, that everything is to be read
    again.
    """

    tickets: frozenset[int] = frozenset()
    presence: frozenset[int] = frozenset()
    is_all: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything new at all."""
        return bool(self.tickets or self.presence or self.is_all)

    def __or__(self, later: Changes) -> Changes:
        """These changes and ``later`` ones, to be followed at once; when they are many, everything."""
        tickets, presence = self.tickets | later.tickets, self.presence | later.presence
        is_all = self.is_all or later.is_all or len(tickets) > MOST
        return EVERYTHING if is_all else Changes(tickets, presence)

    @property
    def has_tickets(self) -> bool:
        """Whether something happened to any ticket, or may have."""
        return self.is_all or bool(self.tickets)

    def touches(self, number: int) -> bool:
        """Whether something happened to that ticket, or may have."""
        return self.is_all or number in self.tickets

    def touches_presence(self, number: int) -> bool:
        """Whether somebody came to that ticket or went from it, or may have."""
        return self.is_all or number in self.presence


NOTHING = Changes()
EVERYTHING = Changes(is_all=True)
