"""What a search says, as a tree: the nodes and the closed lists of what may be asked."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias


class FieldName(StrEnum):
    """What may stand before a colon."""

    IS = "is"
    STATUS = "status"
    TOPIC = "topic"
    PRIORITY = "priority"
    TYPE = "type"
    FROM = "from"
    COMPANY = "company"
    ASSIGNEE = "assignee"
    OWNER = "owner"
    TAG = "tag"
    CHANNEL = "channel"
    CREATED = "created"
    UPDATED = "updated"
    CLOSED = "closed"
    HAS = "has"
    NUMBER = "number"
    RATING = "rating"


class Flag(StrEnum):
    """What may stand after ``is:``. ``open`` is everything that is not closed."""

    OPEN = "open"
    CLOSED = "closed"
    NEW = "new"
    WAITING = "waiting"
    HOLD = "hold"
    UNREAD = "unread"
    OVERDUE = "overdue"
    UNASSIGNED = "unassigned"
    UNDELIVERABLE = "undeliverable"


class Thing(StrEnum):
    """What may stand after ``has:``."""

    ATTACHMENT = "attachment"


class Op(StrEnum):
    """How a value is compared."""

    EQ = "="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


ALL_FIELDS = frozenset(FieldName)
ALL_FLAGS = frozenset(Flag)
CUSTOMER_FIELDS = frozenset(
    {
        FieldName.IS,
        FieldName.STATUS,
        FieldName.TOPIC,
        FieldName.PRIORITY,
        FieldName.FROM,
        FieldName.CREATED,
        FieldName.UPDATED,
        FieldName.CLOSED,
        FieldName.HAS,
        FieldName.NUMBER,
        FieldName.RATING,
    }
)
"""What customers may ask: nothing that only staff see."""
CUSTOMER_FLAGS = frozenset({Flag.OPEN, Flag.CLOSED, Flag.NEW, Flag.WAITING, Flag.UNREAD})
"""Hold reads as open to customers, so they cannot ask for it; unread is their own."""

DATE_FIELDS = frozenset({FieldName.CREATED, FieldName.UPDATED, FieldName.CLOSED})
COMPARED_FIELDS = DATE_FIELDS | {FieldName.PRIORITY, FieldName.NUMBER, FieldName.RATING}


@dataclass(frozen=True, slots=True)
class Ago:
    """An instant, so long before the search runs."""

    age: timedelta


@dataclass(frozen=True, slots=True)
class DaysAgo:
    """A local day counted back from the one on which the search runs: 0 is today."""

    days: int


@dataclass(frozen=True, slots=True)
class Period:
    """A local year, month or day: ``month`` or ``day`` are None where it is longer."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day, itself inside."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def step(self, direction: int) -> Period:
        """The period of the same length directly after (1) or before (-1)."""
        beside = (self.last if direction > 0 else self.first) + timedelta(days=direction)
        return Period(
            beside.year,
            beside.month if self.month is not None else None,
            beside.day if self.day is not None else None,
        )


Bound: TypeAlias = Ago | DaysAgo | Period


@dataclass(frozen=True, slots=True)
class And:
    """Everything of it holds; two parts or more, none of them an And."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of it holds; two parts or more, none of them an Or."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold; never a Not within a Not."""

    part: Node


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words side by side in one document; with ``is_prefix`` the last may go on. Never empty."""

    text: str
    tokens: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """A flag is set."""

    flag: Flag


@dataclass(frozen=True, slots=True)
class Field:
    """A field compares with one of ``values``, which are as typed; ``me`` and ``none`` in lower case."""

    field: FieldName
    op: Op
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """A moment lies between the beginning of ``earliest`` and the end of ``latest``; None is unbounded."""

    field: FieldName
    earliest: Bound | None
    latest: Bound | None


@dataclass(frozen=True, slots=True)
class Has:
    """There is at least one such thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ticket's number lies within one of ``ranges``, both ends included."""

    ranges: tuple[tuple[int, int], ...]


Node: TypeAlias = And | Or | Not | Words | Is | Field | Dates | Has | Numbers
