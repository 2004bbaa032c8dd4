"""What somebody is typing in a search, and how it goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.domain.query_tree import DATE_FIELDS, FieldName, Flag, Thing
from sysmo_tui.domain.query_writing import quoted

FIELDS: Final[Mapping[FieldName, str]] = {
    FieldName.IS: N_("open, closed, unread, overdue…"),
    FieldName.STATUS: N_("its status"),
    FieldName.TOPIC: N_("its topic"),
    FieldName.PRIORITY: N_("its priority; >=high is high and more"),
    FieldName.TYPE: N_("its type"),
    FieldName.FROM: N_("who asked: a name or an address"),
    FieldName.COMPANY: N_("whose company: a name or a tax ID"),
    FieldName.ASSIGNEE: N_("who has it: me, none, a name"),
    FieldName.OWNER: N_("who answers for it: me, none, a name"),
    FieldName.TAG: N_("one of its tags"),
    FieldName.CHANNEL: N_("how it came in"),
    FieldName.CREATED: N_("when it was filed"),
    FieldName.UPDATED: N_("when it last changed"),
    FieldName.CLOSED: N_("when it was closed"),
    FieldName.HAS: N_("what it has: attachment"),
    FieldName.NUMBER: N_("its number: 42, 10..20"),
    FieldName.RATING: N_("how it was rated: 1 to 5"),
}
CALLED: Final[Mapping[FieldName, tuple[str, ...]]] = {
    FieldName.IS: (N_("Phase"),),
    FieldName.STATUS: (N_("Status"),),
    FieldName.TOPIC: (N_("Topic"),),
    FieldName.PRIORITY: (N_("Priority"),),
    FieldName.TYPE: (N_("Type"),),
    FieldName.FROM: (N_("Requester"), N_("Customer")),
    FieldName.COMPANY: (N_("Company"),),
    FieldName.ASSIGNEE: (N_("Assignee"),),
    FieldName.OWNER: (N_("Owner"),),
    FieldName.TAG: (N_("Tag"),),
    FieldName.CHANNEL: (N_("Channel"),),
    FieldName.CREATED: (N_("Filed"),),
    FieldName.UPDATED: (N_("Updated"), N_("Changed")),
    FieldName.CLOSED: (N_("closed"),),
    FieldName.HAS: (N_("Files"),),
    FieldName.NUMBER: (N_("Number"),),
    FieldName.RATING: (N_("Rating"), N_("Satisfaction")),
}
"""What people call the fields, whose names in a search are the same in every language."""
FLAGS: Final[Mapping[Flag, str]] = {
    Flag.OPEN: N_("not closed"),
    Flag.CLOSED: N_("closed"),
    Flag.NEW: N_("new"),
    Flag.WAITING: N_("waiting for the customer"),
    Flag.HOLD: N_("on hold"),
    Flag.UNREAD: N_("unread"),
    Flag.OVERDUE: N_("overdue"),
    Flag.UNASSIGNED: N_("nobody has it"),
    Flag.UNDELIVERABLE: N_("mail does not arrive"),
}
THINGS: Final[Mapping[Thing, str]] = {Thing.ATTACHMENT: N_("with files")}
DATES: Final[Mapping[str, str]] = {
    "today": N_("today"),
    "yesterday": N_("yesterday"),
    "<7d": N_("in the last 7 days"),
    "<30d": N_("in the last 30 days"),
    ">7d": N_("more than 7 days ago"),
    ">30d": N_("more than 30 days ago"),
}

_FIELD: Final = re.compile(r"([^\W\d_]+):(?:>=|<=|[=<>])?(.*)", re.DOTALL)
_NAMES: Final = frozenset(FieldName)
_NEGATION: Final = re.compile(r"(?:-|not:)+", re.IGNORECASE)
_COMPARED: Final = re.compile(r">=|<=|[=<>]")


@dataclass(frozen=True, slots=True)
class Typed:
    """The piece of a search before the cursor that may go on: a field's name, or a value of ``field``."""

    start: int
    end: int
    begun: str
    field: str = ""


def typed(text: str, cursor: int) -> Typed:
    """What is being typed at ``cursor``."""
    before = text[:cursor]
    start = _term(before)
    negation = _NEGATION.match(before, start)
    start = negation.end() if negation else start
    found = _FIELD.fullmatch(before, start)
    if found is None:
        return Typed(start, cursor, before[start:])
    if found[1].lower() not in _NAMES and not found[2]:
        # Whoever writes it as people call it finds the field's name in its place.
        return Typed(start, cursor, found[1])
    value = start + len(found[1]) + 1
    at = value + _value(before[value:])
    if _COMPARED.match(before, value) and at == value + len(_compared(before[value:])):
        is_date = found[1].lower() in DATE_FIELDS
        at = value if is_date else at
    return Typed(at, cursor, before[at:].lstrip('"'), found[1].lower())


def completed(text: str, piece: Typed, value: str) -> tuple[str, int]:
    """The search with ``value`` in place of the piece, and where the cursor stands then."""
    if piece.field:
        written = value if _COMPARED.match(value) else quoted(value)
        rest = text[piece.end :]
        written += "" if rest.startswith((" ", ",")) else " "
    else:
        written, rest = f"{value}:", text[piece.end :]
    return text[: piece.start] + written + rest, piece.start + len(written)


def _term(before: str) -> int:
    """Where the term that ends here begins: behind a space or a parenthesis that is in no quotes."""
    start, is_quoted = 0, False
    for at, character in enumerate(before):
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted and (character.isspace() or character in "()"):
            start = at + 1
    return start


def _value(values: str) -> int:
    """Where the last of several values begins, behind what it is compared by."""
    start, is_quoted = len(_compared(values)), False
    for at, character in enumerate(values):
        if character == '"':
            is_quoted = not is_quoted
        elif character == "," and not is_quoted:
            start = at + 1
    return start


def _compared(values: str) -> str:
    found = _COMPARED.match(values)
    return found.group() if found else ""
