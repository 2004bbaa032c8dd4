"""The columns of a list of tickets: for people, and for scripts under the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.output import Column
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.views import CustomerTicketRow, TicketRow
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.spoken import age
from sysmo_tui.widgets.words import said

Row = TicketRow | CustomerTicketRow

_STAFF_COLUMNS = ("number", "status", "priority", "topic", "subject", "requester", "assignee", "age")
_CUSTOMER_COLUMNS = ("number", "status", "topic", "subject", "operator", "updated")
_FIRST_TO_GO = ("topic", "operator")
_ROOMY = 100
"""Columns that a terminal of fewer cells does without."""

_VALUES: dict[str, sheets.Names] = {
    "requester": ("requester_name", "requester_email"),
    "company": ("requester_company",),
    "email": ("contact_email",),
    "assignee": ("assignee_name", "assignee_email"),
    "owner": ("owner_name", "owner_email"),
    "operator": ("operator_name",),
    "waits": ("waiting_since",),
    "age": ("created_at",),
    "created": ("created_at",),
    "updated": ("updated_at",),
    "closed": ("closed_at",),
    "due": ("due_at",),
    "follow_up": ("follow_up_at",),
}
"""What scripts get for a column of people that is called otherwise there."""
_NESTED = ("requester", "assignee", "owner", "operator")
NAMES = (
    *("number", "status", "priority", "type", "topic", "subject", "requester", "company", "email"),
    *("assignee", "owner", "operator", "channel", "waits", "age", "created", "updated", "closed", "due"),
    *("follow_up", "version"),
)
"""What ``--columns`` understands."""


def for_people(run: Here, items: Iterable[Row], chosen: str | None) -> list[Column[Row]]:
    """The columns of a list, the usual ones or those that are named."""
    known = _known(run)
    is_customer = any(isinstance(item, CustomerTicketRow) for item in items)
    usual: tuple[str, ...] = _CUSTOMER_COLUMNS if is_customer else _STAFF_COLUMNS
    if run.out.is_terminal and run.out.width < _ROOMY:
        usual = tuple(name for name in usual if name not in _FIRST_TO_GO)
    if run.out.is_for_scripts:
        return []
    return [known[name] for name in (usual if chosen is None else _listed(chosen, known))]


def for_scripts(sheet: sheets.Names, chosen: str) -> sheets.Names:
    """The columns of ``sheet`` that are named, as people name them or as they are called there."""
    values = {name: kept for name in NAMES if (kept := _of_sheet(name, sheet))} | {n: (n,) for n in sheet}
    return tuple(dict.fromkeys(value for name in _listed(chosen, values) for value in values[name]))


def keys(names: Iterable[str]) -> set[str]:
    """The keys of a document that hold these columns."""
    heads = {name: name.partition("_")[0] for name in names}
    return {head if head in _NESTED else name for name, head in heads.items()}


def _of_sheet(name: str, sheet: sheets.Names) -> sheets.Names:
    return tuple(value for value in _VALUES.get(name, (name,)) if value in sheet)


def _listed(chosen: str, known: Iterable[str]) -> list[str]:
    names = [name.strip() for name in chosen.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise Invalid(
                N_("There is no column “{name}”. Choose from: {choices}."),
                field="columns",
                name=name,
                choices=", ".join(known),
            )
    return names


def waits(run: Here, row: TicketRow) -> str:
    """Since when its customer waits for an answer; a dash where nobody does."""
    return "—" if row.waiting_since == FAR_FUTURE else run.out.when(row.waiting_since)


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
        "waits": Column(pgettext("ticket", "Waiting since"), staff(lambda row: waits(run, row))),
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
