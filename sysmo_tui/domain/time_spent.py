"""Where the time of tickets went between their filing and their close: in which status, and with whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.measures import Times
from sysmo_tui.domain.text import SafeText

Turn = tuple[datetime, Mapping[str, Any]]
"""An event that moves a ticket: when it was, and its changes, of a field to [old, new]."""


MOVED = ("status_id", "assignee_id")
"""The fields whose changes end a stay; an event that changes neither is no turn."""


@dataclass(frozen=True, slots=True)
class Stay:
    """``seconds`` without a break in one status and with one person, or with nobody."""

    status_id: int | None
    holder_id: int | None
    seconds: int


@dataclass(frozen=True, slots=True)
class StatusTime:
    """The time in one status: of each ticket that was in it, all together, and its share of all time."""

    id: int
    name: SafeText
    category: Category
    times: Times
    total_seconds: int
    share: float | None


@dataclass(frozen=True, slots=True)
class HolderTime:
    """The time with one assignee, as in :class:`StatusTime`; ``account_id`` is None for nobody.

    ``paused_seconds`` are those of ``total_seconds`` in which it waited for the customer or was on hold.
    """

    account_id: int | None
    name: SafeText
    times: Times
    total_seconds: int
    share: float | None
    paused_seconds: int


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """The time of the closes that stand. Both lists add up to ``total_seconds``.

    ``total`` is the resolution time of the same closes; ``older`` says how many of the range are left out.
    """

    total: Times
    total_seconds: int
    by_status: tuple[StatusTime, ...]
    by_person: tuple[HolderTime, ...]
    older: int


def stays(turns: Iterable[Turn], seconds: int) -> Iterator[Stay]:
    """How a ticket spent its first ``seconds``: the stays add up to them; ``turns`` begin with its filing.

    A ticket that was closed at once was where it was filed, for no time.
    """
    filed_at: datetime | None = None
    status_id = holder_id = None
    since = 0
    for at, changes in turns:
        if filed_at is None:
            filed_at = at
        elif seconds:
            until = min(max(int((at - filed_at).total_seconds()), since), seconds)
            if until > since:
                yield Stay(status_id, holder_id, until - since)
            since = until
        else:
            break
        status_id = changes.get("status_id", (None, status_id))[1]
        holder_id = changes.get("assignee_id", (None, holder_id))[1]
    if seconds > since or not seconds:
        yield Stay(status_id, holder_id, seconds - since)
