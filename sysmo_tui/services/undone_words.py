"""What a command did, in a few words that fit “Undone: …”."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sysmo_tui.domain.enums import EventKind
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.services.acts import Act

_WORDS: Mapping[str, tuple[str, str]] = {
    EventKind.FILED: (N_("filing #{number}"), N_("filing {count} tickets")),
    EventKind.CLONED: (N_("copying #{number}"), N_("copying {count} tickets")),
    EventKind.REPLIED: (N_("the reply to #{number}"), N_("the replies to {count} tickets")),
    EventKind.NOTED: (N_("the note in #{number}"), N_("the notes in {count} tickets")),
    EventKind.ATTACHED: (N_("the files in #{number}"), N_("the files in {count} tickets")),
    EventKind.SPAMMED: (N_("marking #{number} as spam"), N_("marking {count} tickets as spam")),
    EventKind.CLOSED: (N_("closing #{number}"), N_("closing {count} tickets")),
    EventKind.REOPENED: (N_("reopening #{number}"), N_("reopening {count} tickets")),
    EventKind.ASSIGNED: (N_("assigning #{number}"), N_("assigning {count} tickets")),
    EventKind.TAKEN: (N_("taking #{number}"), N_("taking {count} tickets")),
    EventKind.RELEASED: (N_("releasing #{number}"), N_("releasing {count} tickets")),
    EventKind.RATED: (N_("rating #{number}"), N_("rating {count} tickets")),
    EventKind.WATCHED: (N_("watching #{number}"), N_("watching {count} tickets")),
    EventKind.UNWATCHED: (N_("no longer watching #{number}"), N_("no longer watching {count} tickets")),
    "tag": (N_("the tags of #{number}"), N_("the tags of {count} tickets")),
    "topic_id": (N_("moving #{number}"), N_("moving {count} tickets")),
    "status_id": (N_("the status of #{number}"), N_("the status of {count} tickets")),
    "priority_id": (N_("the priority of #{number}"), N_("the priority of {count} tickets")),
    "type_id": (N_("the type of #{number}"), N_("the type of {count} tickets")),
    "snoozed": (N_("putting off #{number}"), N_("putting off {count} tickets")),
    "woken": (N_("taking #{number} up again"), N_("taking {count} tickets up again")),
    "follow_up_at": (N_("the follow-up date of #{number}"), N_("the follow-up date of {count} tickets")),
    EventKind.EDITED: (N_("editing #{number}"), N_("editing {count} tickets")),
}
"""Of one ticket, and of several, by kind of event, or by the field that alone was edited."""

_IMPLIED: Mapping[EventKind, frozenset[EventKind]] = {
    EventKind.FILED: frozenset({EventKind.TAKEN, EventKind.ASSIGNED, EventKind.CLONED, EventKind.TAGGED}),
    EventKind.REPLIED: frozenset({EventKind.TAKEN}),
    EventKind.NOTED: frozenset({EventKind.WATCHED}),
}
"""What goes without saying."""

_FOLLOWERS: Mapping[str, frozenset[str]] = {
    "status_id": frozenset({"category", "label", "closed_at", "close_reason"}),
    "priority_id": frozenset({"priority_level"}),
    "follow_up_at": frozenset({"next_due_at"}),
}

_COMMANDS: Mapping[str, str] = {"snoozing.snooze": "snoozed", "snoozing.wake": "woken"}
"""What edits that tickets have from their own command are called, whatever each of them changed."""


def what(command: str, done: Sequence[Act]) -> tuple[Message, ...]:
    """What a command did, each thing once: to which ticket, or to how many."""
    found: dict[str, list[int]] = {}
    edited = _edited(command, done)
    for act in done:
        for key in dict.fromkeys(_keys(act, edited)):
            found.setdefault(key, []).append(act.number)
    return tuple(_said(key, found[key]) for key in _WORDS if key in found)


def _said(key: str, numbers: Sequence[int]) -> Message:
    one, several = _WORDS[key]
    return Message(one, {"number": numbers[0]}, plural=several, count=len(numbers))


def _keys(act: Act, edited: str) -> Iterator[str]:
    implied = {other for kind in act.kinds for other in _IMPLIED.get(kind, ())}
    for event in act.events:
        if event.kind in implied:
            continue
        if event.kind in (EventKind.TAGGED, EventKind.UNTAGGED):
            yield "tag"
        elif event.kind is EventKind.EDITED:
            yield edited
        else:
            yield event.kind


def _edited(command: str, done: Sequence[Act]) -> str:
    """What the edits of a command are called: one act, also where one ticket had some of it already."""
    fields = {_field(event.changes) for act in done for event in act.events if event.kind is EventKind.EDITED}
    return _COMMANDS.get(command) or (fields.pop() if len(fields) == 1 else EventKind.EDITED)


def _field(changes: Mapping[str, Any]) -> str:
    """The field that is the whole of an edit, or that it was one."""
    names = set(changes)
    for name, followers in {**dict.fromkeys(("topic_id", "type_id"), frozenset()), **_FOLLOWERS}.items():
        if name in names and names <= {name, *followers}:
            return name
    return EventKind.EDITED
