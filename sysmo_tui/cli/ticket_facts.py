"""Verbs that tell what stands behind a ticket: its customer, what decided it, where its links lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sysmo_tui.cli import own_addresses, shapes, sheets
from sysmo_tui.cli.context import here
from sysmo_tui.cli.options import Number
from sysmo_tui.cli.output import Column
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.i18n import LANGUAGE_NAMES, _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.explaining import Reason
    from sysmo_tui.services.links import TicketLink

app = Noun()


@app.verb(
    "customer",
    help=_("Staff: the customer of a ticket, their company and their tickets."),
    example="sysmo ticket customer 42",
)
def _customer(context: typer.Context, number: Number) -> None:
    run = here(context)
    run.out.refuse_csv()
    from sysmo_tui.services import customers

    card = run.read(customers.card, parse_number(number))
    company = card.company
    shape = {
        "name": card.name,
        "email": card.email,
        "emails": own_addresses.shapes(card.emails),
        "phone": card.phone,
        "locale": card.locale,
        "time_zone": card.time_zone,
        "created_at": card.since,
        "typed_company": card.typed_company,
        "company": shapes.company(company) if company else None,
        "ticket_count": card.ticket_count,
        "open_tickets": card.open_count,
        "tickets": [shapes.row(row) for row in card.tickets],
    }
    listed = [f"#{row.number}  {_(row.status)}  {row.subject}" for row in card.tickets]
    run.out.facts(
        shape,
        [
            (_("Name"), card.name),
            (_("Company"), company.name if company else card.typed_company),
            (_("Tax ID"), company.tax_id if company else ""),
            (_("Phone"), card.phone or ""),
            (_("E-mail"), ", ".join(each.email for each in card.emails)),
            (_("Language"), LANGUAGE_NAMES.get(card.locale, card.locale)),
            (_("Time zone"), card.time_zone or ""),
            (_("Since"), run.out.when(card.since)),
            (_("Notes"), company.notes if company else ""),
            (_("Tickets"), _("{count}, {open} open", count=card.ticket_count, open=card.open_count)),
            *(("", line) for line in listed),
        ],
    )


@app.verb(
    "why",
    help=_("Staff: what made a ticket what it is: who, when, through which channel, by which rule."),
    example="sysmo ticket why 42",
)
def _why(context: typer.Context, number: Number) -> None:
    run = here(context)
    from sysmo_tui.services import explaining
    from sysmo_tui.widgets.changes import cause_text, field_text, undone_text, value_text
    from sysmo_tui.widgets.ticket_text import deed_text

    def decided(reason: Reason) -> str:
        cause = reason.event.cause
        return deed_text(reason.event) + (
            f" ({cause_text(cause)})" if cause and not undone_text(cause) else ""
        )

    columns: list[Column[Reason]] = [
        Column(_("What"), lambda reason: field_text(reason.field)),
        Column(_("Is"), lambda reason: value_text(reason.field, reason.value)),
        Column(_("Because"), decided, grows=True),
        Column(_("Channel"), lambda reason: said(reason.event.channel)),
        Column(_("Since"), lambda reason: run.out.when(reason.event.at)),
    ]
    reasons = run.read(explaining.why, parse_number(number))
    empty = _("Nothing happened.")
    run.out.rows(reasons, columns, shapes.reason, names=sheets.REASONS, empty=empty)


@app.verb(
    "links",
    help=_("List the links of a ticket and where they really lead; nothing is opened."),
    example="sysmo ticket links 42",
)
def _links(context: typer.Context, number: Number) -> None:
    run = here(context)
    from sysmo_tui.services import links
    from sysmo_tui.widgets.doubts import doubts_text

    found = run.read(links.of_ticket, parse_number(number))
    columns: list[Column[TicketLink]] = [
        Column(_("Leads to"), lambda each: each.link.host),
        Column(_("Doubtful"), lambda each: doubts_text(each.link)),
        Column(_("Address"), lambda each: each.link.url, grows=True),
        Column(_("Who"), lambda each: each.author or _("the desk")),
        Column(_("When"), lambda each: run.out.when(each.at)),
    ]
    empty = _("#{number} has no links.", number=parse_number(number))
    run.out.rows(found, columns, shapes.link, names=sheets.LINKS, empty=empty)
