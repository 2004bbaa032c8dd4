"""Why a ticket is as it is: for each of its facts, the event that last decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sysmo_tui.desk import Work
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import EventLine
from sysmo_tui.services import history

FIELDS = (
    *("status", "assignee", "owner", "topic", "type", "priority", "urgency", "impact"),
    *("follow_up", "action_due", "close_reason", "requester", "contact_email"),
)
"""What is explained, in this order."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact of a ticket, and what made it so: who did it, when, through which channel, by which rule."""

    field: str
    value: SafeText
    event: EventLine


def why(work: Work, number: int) -> tuple[Reason, ...]:
    """What decided each fact that a ticket has now, for its staff."""
    return decided(history.show(work, number))


def decided(events: Iterable[EventLine]) -> tuple[Reason, ...]:
    """The same from a whole history, oldest first; of what is empty now nothing is told."""
    last: dict[str, Reason | None] = {}
    for event in events:
        for change in event.changes:
            last[change.field] = None if change.new is None else Reason(change.field, change.new, event)
    return tuple(reason for field in FIELDS if (reason := last.get(field)) is not None)
