"""Making one company of two that are the same: its people and its tickets move, and the history says so."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.enums import AuditKind, Cause, EventKind
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText
from sysmo_tui.models import Account, Company, Ticket, table
from sysmo_tui.services import audit, companies, events
from sysmo_tui.services.companies import NOTES_LIMIT, CompanyLine

_COMPANY, _ACCOUNT, _TICKET = table(Company), table(Account), table(Ticket)
_BOTH = (
    sa.select(Company).where(_COMPANY.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(_COMPANY.c.id)
)
_TICKETS = (
    sa.select(Ticket)
    .where(_TICKET.c.company_id == sa.bindparam("company"))
    .order_by(_TICKET.c.number)
    .with_for_update()
)
_MOVE_PEOPLE = (
    sa.update(_ACCOUNT)
    .where(_ACCOUNT.c.company_id == sa.bindparam("gone"))
    .values(company_id=sa.bindparam("kept"))
)


@dataclass(frozen=True, slots=True)
class Merged:
    """The company that stays, the name of the one that is gone, and how much moved."""

    company: CompanyLine
    gone: SafeText
    people: int
    tickets: int


def merge(work: Work, text: str, into: str) -> Merged:
    """Move the people and tickets of company ``text`` to ``into`` and delete it, as an administrator.

    What ``into`` does not know (tax ID, domains, notes) it takes over. Conflict when the two
    have different tax IDs: those are two companies. Tickets keep their place in time for customers.
    """
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    gone_line, kept_line = companies.show(work, text), companies.show(work, into)
    gone, kept = _locked(work, gone_line.id, kept_line.id)
    people = work.affected(_MOVE_PEOPLE, {"gone": gone.id, "kept": kept.id})
    tickets = work.session.execute(_TICKETS, {"company": gone.id}).scalars().all()
    for ticket in tickets:
        ticket.company_id = kept.id
        changes = {"company_id": (gone.id, kept.id)}
        events.record(work, ticket, EventKind.EDITED, changes=changes, cause=Cause.COMPANY_MERGED)
    known = (gone.tax_id, gone.country, list(gone.domains), gone.notes)
    work.session.delete(gone)
    work.session.flush()
    _take_over(kept, *known)
    work.session.flush()
    audit.record(
        work,
        AuditKind.COMPANY_EDITED,
        detail={
            "company": kept.id,
            "merged": [gone_line.id, gone_line.name, gone_line.tax_id],
            "people": people,
            "tickets": len(tickets),
        },
    )
    return Merged(companies.show(work, str(kept.id)), gone_line.name, people, len(tickets))


def plan(door: Door, text: str, into: str) -> Merged:
    """What :func:`merge` would do, or how it would be refused, without doing it."""
    return door.rehearse(merge, text, into)


def _locked(work: Work, gone_id: int, kept_id: int) -> tuple[Company, Company]:
    """Both companies, locked in one order, when they can be made one."""
    if gone_id == kept_id:
        raise Invalid(N_("These are the same company."), field="into")
    rows = work.session.execute(
        _BOTH.with_for_update().execution_options(populate_existing=True), {"ids": [gone_id, kept_id]}
    )
    found = {company.id: company for company in rows.scalars()}
    if len(found) < 2:
        raise Conflict(N_("Somebody else merged one of these companies at this moment. Look again."))
    gone, kept = found[gone_id], found[kept_id]
    if gone.is_own:
        raise Invalid(N_("The desk's own company stays. Merge the other one into it."), field="company")
    if gone.tax_id and kept.tax_id and (gone.tax_id, gone.country) != (kept.tax_id, kept.country):
        raise Conflict(N_("The two have different tax IDs: these are two companies."), field="into")
    return gone, kept


def _take_over(kept: Company, tax_id: str | None, country: str, domains: list[str], notes: str) -> None:
    """Let the company that stays know what only the other one knew."""
    if tax_id and not kept.tax_id:
        kept.tax_id, kept.country = tax_id, country
    kept.domains = [*kept.domains, *(domain for domain in domains if domain not in kept.domains)]
    if notes and notes not in kept.notes:
        kept.notes = f"{kept.notes}\n{notes}".strip()[:NOTES_LIMIT]
