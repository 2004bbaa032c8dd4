"""Tickets as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.output import Column
from sysmo_tui.domain.enums import Visibility
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import cell_width
from sysmo_tui.domain.views import (
    CustomerEntry,
    CustomerEventLine,
    CustomerTicket,
    CustomerTicketRow,
    Entry,
    EventLine,
    TicketRow,
    TicketView,
)
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.spoken import age, file_size, words_of
from sysmo_tui.widgets.changes import cause_text, change_text
from sysmo_tui.widgets.words import said

Row = TicketRow | CustomerTicketRow

_STAFF_COLUMNS = ("number", "status", "priority", "topic", "subject", "requester", "assignee", "age")
_CUSTOMER_COLUMNS = ("number", "status", "topic", "subject", "operator", "updated")
_FIRST_TO_GO = ("topic", "operator")
_ROOMY = 100
"""Columns that a terminal of fewer cells does without."""
_INDENT = "   "
"""Before every line that somebody wrote: what begins at the margin is the desk's own."""


def columns(run: Here, items: Iterable[Row], chosen: str | None) -> list[Column[Row]]:
    """The columns of a list, the usual ones or those that are named."""
    known = _known(run)
    is_customer = any(isinstance(item, CustomerTicketRow) for item in items)
    usual: tuple[str, ...] = _CUSTOMER_COLUMNS if is_customer else _STAFF_COLUMNS
    if run.out.is_terminal and run.out.width < _ROOMY:
        usual = tuple(name for name in usual if name not in _FIRST_TO_GO)
    names = usual if chosen is None else [name.strip() for name in chosen.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise Invalid(
                N_("There is no column “{name}”. Choose from: {choices}."),
                field="columns",
                name=name,
                choices=", ".join(known),
            )
    return [known[name] for name in names]


def whole(run: Here, ticket: TicketView | CustomerTicket, *, with_events: bool) -> str:
    """A ticket: its facts, then its thread, then its history if that is wanted."""
    parts = ["\n".join(_facts(run, ticket))]
    parts += [_entry(run, entry) for entry in ticket.entries]
    if with_events:
        parts.append("\n".join([_("History"), *(_event(run, line) for line in ticket.events)]))
    text = "\n\n".join(parts)
    return _folded(text, run.out.width) if run.out.is_terminal else text


def what_happened(line: EventLine) -> str:
    """An event with what it changed."""
    changes = [change_text(change) for change in line.changes]
    cause = f" ({cause_text(line.cause)})" if line.cause else ""
    return f"{said(line.kind)}{cause}" + (f" · {', '.join(changes)}" if changes else "")


def _facts(run: Here, ticket: TicketView | CustomerTicket) -> Iterator[str]:
    row = ticket.row
    yield f"#{row.number}  {row.subject}"
    facts = [
        (_("Status"), _(row.status)),
        (_("Priority"), _(row.priority)),
        (_("Topic"), _(row.topic)),
        (_("Channel"), said(row.channel)),
        (_("Filed"), run.out.when(row.created_at)),
        (_("Updated"), run.out.when(row.updated_at)),
        (pgettext("ticket", "Closed"), run.out.when(row.closed_at)),
    ]
    facts += _staff_facts(ticket) if isinstance(ticket, TicketView) else _customer_facts(ticket)
    shown = [(name, value) for name, value in facts if value]
    width = max(len(name) for name, _value in shown)
    yield from (f"{name:{width}}  {value}" for name, value in shown)


def _staff_facts(ticket: TicketView) -> list[tuple[str, str]]:
    row = ticket.row
    company = f" · {row.requester.company}" if row.requester.company else ""
    return [
        (_("Type"), _(row.type)),
        (_("Requester"), f"{row.requester.name} <{row.requester.email}>{company}"),
        (_("Phone"), ticket.requester_phone or ""),
        (_("Assignee"), row.assignee.name if row.assignee else _("nobody")),
        (_("Owner"), row.owner.name if row.owner else ""),
        (_("Follow up"), str(row.follow_up_at or "")),
        (_("Action due"), str(row.action_due_at or "")),
        (_("Tags"), " ".join(ticket.tags)),
        (_("Watchers"), ", ".join(watcher.name for watcher in ticket.watchers)),
        (_("Not delivered"), ", ".join(ticket.undelivered)),
        (_("Version"), str(row.version)),
    ]


def _customer_facts(ticket: CustomerTicket) -> list[tuple[str, str]]:
    return [(_("Operator"), ticket.row.operator or "")]


def _entry(run: Here, entry: Entry | CustomerEntry) -> str:
    head = f"── {entry.author or _('the desk')} · {_side(entry)} · {run.out.when(entry.at)}"
    words = words_of(entry.kind, entry.body)
    body = [f"{_INDENT}{line}" if line else "" for line in words.split("\n")] if words else []
    files = [f"[{file.filename} · {file_size(file.size)} · {file.key}]" for file in entry.files]
    return "\n".join([head, *body, *files])


def _side(entry: Entry | CustomerEntry) -> str:
    if isinstance(entry, Entry) and entry.visibility is Visibility.INTERNAL:
        return _("INTERNAL")
    return _("desk") if entry.is_by_staff else _("customer")


def _folded(text: str, width: int) -> str:
    """Fold lines where the terminal would, so that what goes on in the next row is indented too."""
    from rich.console import Console
    from rich.text import Text

    room = max(width - len(_INDENT), 1)
    console = Console(width=width)
    rows = []
    for line in text.expandtabs(4).split("\n"):
        first, *others = Text(line).wrap(console, room) if cell_width(line) > width else [line]
        rows += [str(first), *(f"{_INDENT}{other}" for other in others)]
    return "\n".join(rows)


def _event(run: Here, line: EventLine | CustomerEventLine) -> str:
    if isinstance(line, EventLine):
        return f"  {run.out.when(line.at)}  {line.actor or _('the desk')}  {what_happened(line)}"
    status = f" · {_(line.status)}" if line.status else ""
    return f"  {run.out.when(line.at)}  {line.who or _('the desk')}  {said(line.kind)}{status}"


def _known(run: Here) -> dict[str, Column[Row]]:
    def number(row: Row) -> str:
        is_marked = row.is_unread and run.out.is_terminal
        return f"{'●' if is_marked else ''}{row.number}"

    def staff(value: Callable[[TicketRow], str]) -> Callable[[Row], str]:
        return lambda row: value(row) if isinstance(row, TicketRow) else ""

    return {
        "number": Column(_("No."), number, is_number=True),
        "status": Column(_("Status"), lambda row: _(row.status)),
        "priority": Column(_("Priority"), lambda row: _(row.priority)),
        "type": Column(_("Type"), staff(lambda row: _(row.type))),
        "topic": Column(_("Topic"), lambda row: _(row.topic)),
        "subject": Column(_("Subject"), lambda row: row.subject, grows=True),
        "requester": Column(
            _("Requester"), lambda row: row.requester.name if isinstance(row, TicketRow) else row.requester
        ),
        "company": Column(_("Company"), staff(lambda row: row.requester.company or "")),
        "email": Column(_("E-mail"), lambda row: row.contact_email),
        "assignee": Column(_("Assignee"), staff(lambda row: row.assignee.name if row.assignee else "—")),
        "owner": Column(_("Owner"), staff(lambda row: row.owner.name if row.owner else "—")),
        "operator": Column(
            _("Operator"), lambda row: (row.operator or "") if isinstance(row, CustomerTicketRow) else ""
        ),
        "channel": Column(_("Channel"), lambda row: said(row.channel)),
        "age": Column(
            _("Age"), lambda row: age((run.clock() - row.created_at).total_seconds()), is_number=True
        ),
        "created": Column(_("Filed"), lambda row: run.out.when(row.created_at)),
        "updated": Column(_("Updated"), lambda row: run.out.when(row.updated_at)),
        "closed": Column(pgettext("ticket", "Closed"), lambda row: run.out.when(row.closed_at)),
        "due": Column(_("Due"), staff(lambda row: run.out.when(row.due_at))),
        "follow_up": Column(_("Follow up"), staff(lambda row: str(row.follow_up_at or ""))),
        "version": Column(_("Version"), staff(lambda row: str(row.version)), is_number=True),
    }
