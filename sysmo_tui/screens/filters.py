"""Filters as words of the search: choosing one writes it into the query, choosing it again takes it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sysmo_tui.i18n import _
from sysmo_tui.screens.picker import Item

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices


def filter_items(known: Choices, *, is_staff: bool) -> list[Item]:
    """What can be filtered by, with the words that it writes."""
    plain = [
        (_("open"), "is:open"),
        (_("closed"), "is:closed"),
        (_("unread"), "is:unread"),
        (_("waiting for the customer"), "is:waiting"),
        (_("with files"), "has:attachment"),
        (_("created in the last 7 days"), "created:<7d"),
        (_("not touched for 7 days"), "updated:>7d"),
    ]
    if is_staff:
        plain += [
            (_("overdue"), "is:overdue"),
            (_("on hold"), "is:hold"),
            (_("nobody has it"), "is:unassigned"),
            (_("mail does not arrive"), "is:undeliverable"),
            (_("assigned to me"), "assignee:me"),
        ]
    offered = [Item(token, label, token) for label, token in plain]
    offered += _of("topic", _("topic"), known.topics)
    if is_staff:
        offered += _of("status", _("status"), known.statuses)
        offered += _of("priority", _("priority"), known.priorities)
        offered += _of("type", _("type"), known.types)
        offered += _of("assignee", _("assigned to"), known.staff)
    return offered


def toggled(query: str, token: str) -> str:
    """The query with ``token`` added, or taken out where it is already."""
    words = query.split()
    if token in words:
        return " ".join(word for word in words if word != token)
    return f"{query.strip()} {token}".strip()


def _of(field: str, label: str, known: Sequence[Choice]) -> list[Item]:
    return [
        Item(f"{field}:{choice.value}", f"{label} {_(choice.name)}", f"{field}:{choice.value}")
        for choice in known
    ]
