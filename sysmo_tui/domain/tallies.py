"""Cases added up by group, and packed: what the days and months of the reports are kept as.

Packed, a tally of one count is ``<q`` how many groups there are, six ``<q`` a group (closer, account
and topic, 0 for none; cases; values; sum of the values), then the values of group after group,
each ``<I`` and sorted within its group: seconds of at most 136 years, or ratings.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from sysmo_tui.domain.cycles import Closer


class Count(StrEnum):
    """What can be counted. The personal ones belong to whoever did it."""

    RECEIVED = "received"
    OPENED = "opened"
    CLOSED = "closed"
    RESOLVED = "resolved"
    RESPONDED = "responded"
    REOPENED = "reopened"
    RATED = "rated"
    STILL_OPEN = "still_open"
    ASSIGNED = "assigned"

    @property
    def is_personal(self) -> bool:
        """Whether a single operator's figure makes sense."""
        return self in _PERSONAL


_PERSONAL = frozenset((Count.RESOLVED, Count.RESPONDED, Count.REOPENED, Count.RATED, Count.ASSIGNED))

SEALED = (
    Count.RECEIVED,
    Count.OPENED,
    Count.CLOSED,
    Count.RESOLVED,
    Count.RESPONDED,
    Count.REOPENED,
    Count.RATED,
)
"""The counts that a period of the past has once and for all, as long as no cycle of it changes."""

Key = tuple[Closer | None, int | None, int | None]
"""A group: who closed it, and as which account, and under which topic."""

Run = Sequence[int]
"""Values in ascending order."""


@dataclass(slots=True)
class Cases:
    """The cases of a group; those that have a value have it in one of the sorted ``runs``."""

    n: int = 0
    total: int = 0
    runs: list[Run] = field(default_factory=list)

    def add(self, n: int, total: int, run: Run) -> None:
        """Count ``n`` cases more, whose values add up to ``total``."""
        self.n += n
        if run:
            self.total += total
            self.runs.append(run)


Groups = Mapping[Key, Cases]


class Tally:
    """The cases of some counts, by group."""

    def __init__(self) -> None:
        self.groups: dict[Count, defaultdict[Key, Cases]] = {}

    def of(self, count: Count) -> defaultdict[Key, Cases]:
        """The groups of ``count``."""
        return self.groups.setdefault(count, defaultdict(Cases))

    def n(self, count: Count) -> int:
        """All cases of ``count``."""
        return sum(cases.n for cases in self.groups.get(count, {}).values())


_CLOSERS = (None, Closer.OPERATOR, Closer.CUSTOMER, Closer.AUTOMATIC)
_HEAD, _GROUP = struct.Struct("<q"), struct.Struct("<6q")
_SWAPS = sys.byteorder == "big"


def pack(groups: Groups) -> bytes:
    """The groups of one count as bytes; the same groups give the same bytes."""
    head, values = [_HEAD.pack(len(groups))], array("I")
    for key in sorted(groups, key=_numbers):
        cases = groups[key]
        own = sorted(chain.from_iterable(cases.runs))
        head.append(_GROUP.pack(*_numbers(key), cases.n, len(own), cases.total))
        values.extend(own)
    if _SWAPS:
        values.byteswap()
    return b"".join((*head, values.tobytes()))


def unpack(packed: bytes) -> Iterator[tuple[Key, int, int, Run]]:
    """Each packed group, how many cases it has, the sum of their values, and the values."""
    (count,) = _HEAD.unpack_from(packed)
    end = _HEAD.size + count * _GROUP.size
    values = array("I")
    values.frombytes(memoryview(packed)[end:])
    if _SWAPS:
        values.byteswap()
    at = 0
    for closer, account, topic, n, length, total in _GROUP.iter_unpack(packed[_HEAD.size : end]):
        yield (_CLOSERS[closer], account or None, topic or None), n, total, values[at : at + length]
        at += length


def _numbers(key: Key) -> tuple[int, int, int]:
    closer, account, topic = key
    return _CLOSERS.index(closer), account or 0, topic or 0
