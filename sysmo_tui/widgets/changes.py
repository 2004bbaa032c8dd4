"""What an event changed, in words: fields, their values and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from sysmo_tui.domain import taken_back
from sysmo_tui.domain.closed_sets import CHANNELS, LEVELS, REASONS
from sysmo_tui.domain.enums import Cause, Channel, CloseReason, Level
from sysmo_tui.domain.fields import FIELDS
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import Change
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import rating_text, said

NOBODY: Final = "—"

_CAUSES: Final[Mapping[Cause, str]] = {
    Cause.ACCOUNT_DISABLED: N_("their account was disabled"),
    Cause.ROLE_CHANGED: N_("their role was changed"),
    Cause.CUSTOMER_REPLY: N_("the customer replied"),
    Cause.FOLLOW_UP: N_("the follow-up date was reached"),
    Cause.MENTIONED: N_("a note names them"),
    Cause.COMPANY_MERGED: N_("two companies were merged"),
    Cause.ADDRESS_PROVEN: N_("the customer has this address, too"),
    Cause.ADDRESS_REMOVED: N_("the customer gave the address up"),
    Cause.CLONE: N_("it is a copy of #{number}"),
    Cause.CONTINUES: N_("it goes on with #{number}, which stays closed"),
    Cause.LIKE: N_("like #{number}, of the same sender"),
    Cause.ROUTED: N_("by the mail route {number}"),
    Cause.UNDO: N_("it takes back: {number}"),
}

_CLOSED_SETS: Final[Mapping[str, tuple[Iterable[StrEnum], Mapping[Any, str]]]] = {
    "close_reason": (CloseReason, REASONS),
    "impact": (Level, LEVELS),
    "urgency": (Level, LEVELS),
    "channel": (Channel, CHANNELS),
}


def change_text(change: Change) -> str:
    """One field's old and new value; only the new one where there was none."""
    field = field_text(change.field)
    new = value_text(change.field, change.new)
    if change.old is None:
        return f"{field} {new}"
    return f"{field} {value_text(change.field, change.old)} → {new}"


def field_text(field: str) -> str:
    """What a field is called."""
    return _(FIELDS.get(field, field.replace("_", " ")))


def value_text(field: str, value: SafeText | None) -> str:
    """A field's value, in words."""
    if field == "undeliverable":
        return _("no") if value is None else _("yes")
    if value is None:
        return NOBODY
    if field == "is_spam":
        return _("yes") if value == str(True) else _("no")
    if field in _CLOSED_SETS:
        members, words = _CLOSED_SETS[field]
        return next((_(words[member]) for member in members if member.value == value), value)
    if field == "rating" and value.isdecimal():
        return rating_text(int(value))
    if field in ("cloned_from", "continues", "continued_by"):
        return f"#{value}"
    return _(value) if field in ("status", "priority", "type", "topic") else value


def undone_text(cause: str) -> str:
    """What an event of this cause took back, in a list of words; empty for any other cause."""
    return ", ".join(said(kind) for kind in taken_back.kinds_of(cause))


def cause_text(cause: str) -> str:
    """Why an event came about, in words."""
    kind, _colon, number = cause.partition(":")
    if taken_back.batch_of(cause) is not None:
        number = undone_text(cause)
    return _(_CAUSES[Cause(kind)], number=number)
