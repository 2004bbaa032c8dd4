"""Where a page ended, as a text that callers hand back: a key, those of a sort, or a matching entry.

A cursor names values, not positions, so it stays good while rows come, go and change. It is
not secret: it gives no more than the last row did, and what it opens is checked each time.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sysmo_tui.domain.enums import Sort
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

_MATCH = "match"
_LONGEST = 200
_LARGEST = 2**62
_SMALL = {"rank": 2**31, "priority_level": 2**31}
"""Columns of the smaller kind of whole number."""
_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a search for common words ended: at entry ``last``.

    Entries after ``first`` are not its own.
    """

    last: int
    first: int


def by_sort(sort: Sort, keys: Sequence[Any]) -> str:
    """The cursor behind the row with these keys."""
    return _coded([sort.value, *(key.isoformat() if isinstance(key, datetime) else key for key in keys)])


def by_match(place: Place) -> str:
    """The cursor behind a page of a search for common words."""
    return _coded([_MATCH, place.last, place.first])


def key(cursor: str) -> int:
    """The key that a page of a list in the order of its keys ended with; Invalid for anything else."""
    if cursor.isascii() and cursor.isdecimal() and len(cursor) < _DIGITS:
        return int(cursor)
    raise unknown()


def read(cursor: str | None, sort: Sort, columns: Sequence[str]) -> tuple[Any, ...] | Place | None:
    """The keys of a row in this sort, or the place of a search; Invalid for anything else."""
    if cursor is None:
        return None
    try:
        named, *plain = json.loads(base64.urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor) % 4)))
        if named == _MATCH:
            last, first = map(_whole, plain)
            return Place(last, first)
        if named != sort.value:
            raise unknown()
        return tuple(_key(name, value) for name, value in zip(columns, plain, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise unknown() from error


def unknown() -> Invalid:
    """What is said of a cursor that belongs elsewhere."""
    return Invalid(N_("This page does not exist. Start again from the first."), field="after")


def _key(column: str, value: Any) -> datetime | int:
    if not column.endswith(("_at", "_since")):
        return _whole(value, _SMALL.get(column, _LARGEST))
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def _whole(value: Any, largest: int = _LARGEST) -> int:
    if type(value) is not int or not -largest < value < largest:
        raise ValueError(value)
    return value


def _coded(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
