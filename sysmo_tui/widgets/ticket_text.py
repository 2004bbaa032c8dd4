"""How a ticket reads: its marks, its facts, its entries and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from textual.content import Content

from sysmo_tui.domain import taken_back
from sysmo_tui.domain.enums import Category, CustomerEventKind, EventKind, Sort
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.views import (
    CustomerEventLine,
    CustomerTicket,
    CustomerTicketRow,
    EventLine,
    TicketRow,
    TicketView,
)
from sysmo_tui.i18n import _
from sysmo_tui.spoken import DAY, age, duration
from sysmo_tui.widgets.changes import NOBODY, change_text, undone_text
from sysmo_tui.widgets.words import rating_text

Row = TicketRow | CustomerTicketRow

UNDELIVERABLE: Final = "✗@"
"""Stands before a ticket at whose contact address no mail arrives."""
DRAFT: Final = "≡"
"""Stands before what one began to write and has not sent."""

_BETWEEN: Final = " · "
_CATEGORY_STYLES: Final[Mapping[Category, str]] = {
    Category.NEW: "bold",
    Category.OPEN: "",
    Category.WAITING: "dim",
    Category.HOLD: "dim",
    Category.CLOSED: "dim",
}

_TOLD: Final[Mapping[EventKind, str]] = {
    EventKind.FILED: N_("{who} filed it"),
    EventKind.TAKEN: N_("{who} took it"),
    EventKind.ASSIGNED: N_("{who} assigned it"),
    EventKind.RELEASED: N_("{who} released it"),
    EventKind.REPLIED: N_("{who} replied"),
    EventKind.NOTED: N_("{who} wrote a note"),
    EventKind.ATTACHED: N_("{who} attached files"),
    EventKind.EDITED: N_("{who} changed it"),
    EventKind.CLOSED: N_("{who} closed it"),
    EventKind.REOPENED: N_("{who} reopened it"),
    EventKind.SPAMMED: N_("{who} marked it as spam"),
    EventKind.TAGGED: N_("{who} tagged it"),
    EventKind.UNTAGGED: N_("{who} took a tag away"),
    EventKind.WATCHED: N_("{who} watches it"),
    EventKind.UNWATCHED: N_("{who} watches it no more"),
    EventKind.CLONED: N_("{who} cloned it"),
    EventKind.WITHDRAWN: N_("{who} took a reply back"),
    EventKind.UNDONE: N_("{who} undid what was done"),
    EventKind.UNDELIVERED: N_("Mail did not arrive"),
    EventKind.RATED: N_("{who} rated it"),
}

_TOLD_TO_CUSTOMERS: Final[Mapping[CustomerEventKind, str]] = {
    CustomerEventKind.FILED: _TOLD[EventKind.FILED],
    CustomerEventKind.TAKEN: N_("{who} looks after it"),
    CustomerEventKind.STATUS_CHANGED: N_("It is now: {status}"),
    CustomerEventKind.ATTACHED: _TOLD[EventKind.ATTACHED],
    CustomerEventKind.CLOSED: _TOLD[EventKind.CLOSED],
    CustomerEventKind.REOPENED: _TOLD[EventKind.REOPENED],
    CustomerEventKind.RATED: _TOLD[EventKind.RATED],
}

_SAID_BY_KIND: Final = frozenset({EventKind.WATCHED, EventKind.UNWATCHED})


def person(name: str | None) -> str:
    """A name short enough for a list: the first one."""
    return name.split(" ", 1)[0] if name else NOBODY


def is_overdue(row: Row, now: datetime) -> bool:
    """Whether a date that staff set has passed on a ticket that is not closed."""
    if isinstance(row, CustomerTicketRow) or row.category is Category.CLOSED:
        return False
    return row.due_at is not None and row.due_at < now


def mark(row: Row, now: datetime) -> tuple[str, str]:
    """The glyph before a ticket, and its style: unread, else overdue."""
    if row.is_unread:
        return "●", "unread"
    return ("▲", "overdue") if is_overdue(row, now) else (" ", "")


def priority_marks(level: int) -> str:
    """``!!`` from level 4, ``!`` for 3: what stands out; the word stands in the ticket."""
    if level >= 4:
        return "!!"
    return "!" if level == 3 else ""


def age_ink(since: datetime, now: datetime) -> str:
    """The colour of a time that somebody has waited: it stands out after a day, and more after three."""
    days = (now - since).total_seconds() / DAY
    return "overdue" if days >= 3 else "warning" if days >= 1 else "quiet"


def due_brief(due_at: datetime, now: datetime) -> str:
    """How soon a date falls, or how late it is, in as few cells as possible."""
    if due_at < now:
        return _("late {age}", age=age_text(due_at, now))
    return _("in {age}", age=age_text(now, due_at))


def clock_of(row: Row, sort: Sort | None) -> datetime | None:
    """The moment that the time in a list's last column counts from: what :func:`clock_name` says."""
    if sort is Sort.CREATED:
        return row.created_at
    if sort is Sort.URGENT and isinstance(row, TicketRow):
        return None if row.waiting_since == FAR_FUTURE else row.waiting_since
    return row.updated_at


def clock_name(sort: Sort | None, *, is_customers: bool) -> str:
    """What the time in a list's last column counts from: what the list is sorted by, or the last change."""
    if sort is Sort.CREATED:
        return _("Age")
    if sort is Sort.DUE and not is_customers:
        return _("Due")
    return _("Waits") if sort is Sort.URGENT and not is_customers else _("Changed")


def age_text(since: datetime, now: datetime) -> str:
    """How long ago something was."""
    return age((now - since).total_seconds())


def state_style(category: Category) -> str:
    """How strongly a status is written; its word says the rest."""
    return _CATEGORY_STYLES[category]


def due_text(due_at: datetime, now: datetime) -> str:
    """When a date falls, seen from now."""
    seconds = (due_at - now).total_seconds()
    if seconds < 0:
        return _("overdue by {time}", time=duration(-seconds))
    return _("due in {time}", time=duration(seconds))


def facts_line(row: Row, now: datetime, view: TicketView | CustomerTicket | None = None) -> Content:
    """One line of facts, what is acted on first: state, priority, due, who has it, topic, company, age.

    With ``view`` also what the list does not know: its rating, and the tickets that it goes on with or in.
    """
    return Content(_BETWEEN).join(_facts(row, now, view))


def facts_lines(row: Row, now: datetime, width: int) -> Content:
    """The same facts in lines of ``width`` cells, broken between them where it can be."""
    lines: list[Content] = []
    for fact in _facts(row, now, None):
        if lines and lines[-1].cell_length + len(_BETWEEN) + fact.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], _BETWEEN, fact)
        else:
            lines.append(fact)
    return Content("\n").join(lines)


def _facts(row: Row, now: datetime, view: TicketView | CustomerTicket | None) -> list[Content]:
    parts: list[Content] = [Content.styled(_(row.status), "bold"), *_told_beside(view)]
    if row.has_draft:
        parts.append(Content.styled(f"{DRAFT} {_('your draft')}", "$accent"))
    if isinstance(row, TicketRow):
        if row.undeliverable_at is not None:
            parts.append(Content.styled(f"{UNDELIVERABLE} {_('no mail arrives')}", "$error"))
        marks = priority_marks(row.level)
        word = f"{marks} {_(row.priority)}" if marks else _(row.priority)
        parts.append(Content.styled(word, "$urgent" if marks else ""))
        if row.due_at is not None and row.category is not Category.CLOSED:
            parts.append(Content.styled(due_text(row.due_at, now), "$overdue" if row.due_at < now else ""))
        parts.append(Content(row.assignee.name if row.assignee else _("unassigned")))
        parts += [Content(_(row.topic)), Content(row.requester.company or row.requester.name)]
    else:
        parts += [Content(_(row.topic)), Content(row.operator or _("nobody has it yet"))]
    parts.append(Content(_("{age} old", age=age_text(row.created_at, now))))
    return parts


def _told_beside(view: TicketView | CustomerTicket | None) -> Iterator[Content]:
    if view is None:
        return
    if view.rating is not None:
        yield Content(_("rated {rating}", rating=view.rating))
    if view.continues is not None:
        yield Content(_("goes on with #{number}", number=view.continues))
    if view.continued_by is not None:
        yield Content(_("goes on in #{number}", number=view.continued_by))


def event_text(event: EventLine | CustomerEventLine) -> str:
    """What happened, in one sentence: who, and what from and what to."""
    if isinstance(event, CustomerEventLine):
        return customer_event_text(event)
    said = deed_text(event)
    changes = [] if event.kind in _SAID_BY_KIND else [change_text(change) for change in event.changes]
    return f"{said}: {', '.join(changes)}" if changes else said


def brief_event_text(event: EventLine | CustomerEventLine) -> str:
    """The same without what the deed says by itself: who takes a ticket has it, and answers for it."""
    if isinstance(event, EventLine) and event.kind is EventKind.TAKEN:
        told = tuple(
            change
            for change in event.changes
            if not (
                change.field in ("assignee", "owner") and change.old is None and change.new == event.actor
            )
        )
        event = replace(event, changes=told)
    return event_text(event)


def deed_text(event: EventLine) -> str:
    """Who did what, without what it changed."""
    who = event.actor or _("The desk")
    said = _(_TOLD[event.kind], who=who)
    undone = undone_text(event.cause)
    if undone and event.kind is EventKind.UNDONE:
        said = _("{who} undid “{what}”", who=who, what=undone)
    elif EventKind.NOTED in taken_back.kinds_of(event.cause):
        said = _("{who} took a note back", who=who)
    return said + (f" ({_('undone since')})" if event.is_undone else "")


def customer_event_text(event: CustomerEventLine) -> str:
    """What happened, as a customer may know it."""
    who, status = event.who or _("The desk"), _(event.status or "")
    said = _(_TOLD_TO_CUSTOMERS[event.kind], who=who, status=status)
    return said if event.rating is None else f"{said}: {rating_text(event.rating)}"
