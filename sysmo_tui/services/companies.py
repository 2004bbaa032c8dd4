"""Companies: one row for each tax ID, shared by its people, whose stored name only staff read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sysmo_tui.desk import Work
from sysmo_tui.domain import tax_ids
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Conflict, Invalid, NotFound
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean, clean_line, storable, storable_line
from sysmo_tui.domain.views import Page
from sysmo_tui.models import Account, Company, table
from sysmo_tui.services import audit, cursors, desk_settings

NAME_LIMIT = 120
NOTES_LIMIT = 10_000
PAGE = 50
LONGEST_PAGE = 1000
LONGEST_QUERY = 200
"""Characters of a search that are looked for: SQLite refuses very long patterns."""

_COMPANY, _ACCOUNT = table(Company), table(Account)
_BY_TAX_ID = sa.select(_COMPANY.c.id).where(
    _COMPANY.c.country == sa.bindparam("country"), _COMPANY.c.tax_id == sa.bindparam("tax_id")
)
_OWN = sa.select(_COMPANY.c.id).where(_COMPANY.c.is_own).order_by(_COMPANY.c.id)
_PEOPLE = (
    sa.select(sa.func.count())
    .where(_ACCOUNT.c.company_id == _COMPANY.c.id)
    .correlate(_COMPANY)
    .scalar_subquery()
)
_LINES = sa.select(_COMPANY, _PEOPLE.label("people")).order_by(_COMPANY.c.id)


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """A company as staff see it; ``tax_id`` is written as its country does, "" when unknown."""

    id: int
    name: SafeText
    tax_id: SafeText
    country: str
    domains: tuple[SafeText, ...]
    is_own: bool
    notes: SafeText
    people: int


@dataclass(frozen=True, slots=True)
class CompanyEdits:
    """What to change of a company; None leaves it."""

    name: str | None = None
    country: str | None = None
    tax_id: str | None = None
    domains: tuple[str, ...] | None = None
    notes: str | None = None


def page(
    work: Work,
    query: str = "",
    *,
    without: int | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[CompanyLine]:
    """Companies in the order they came, for staff; ``query`` is part of a name or of a tax ID.

    ``without`` is the id of one that is left out.
    """
    require_right(work.actor, Right.SEE_PEOPLE)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = _LINES.limit(limit + 1)
    if wanted := same_name(query[:LONGEST_QUERY]):
        matches = [_COMPANY.c.folded.contains(wanted, autoescape=True)]
        if compact := _compact(query[:LONGEST_QUERY]):
            matches.append(_COMPANY.c.tax_id.contains(compact, autoescape=True))
        statement = statement.where(sa.or_(*matches))
    if without is not None:
        statement = statement.where(_COMPANY.c.id != without)
    if after is not None:
        statement = statement.where(_COMPANY.c.id > cursors.key(after))
    rows = work.session.execute(statement).all()
    lines = tuple(_line(row) for row in rows[:limit])
    return Page(lines, None, str(lines[-1].id) if len(rows) > limit else None)


def show(work: Work, text: str) -> CompanyLine:
    """One company by its id, tax ID or whole name (case and accents ignored), for staff; else NotFound."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return _line(_found(work, text))


def known(work: Work, company_id: int) -> CompanyLine:
    """The company with this id, for staff."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return _line(work.session.execute(_LINES.where(_COMPANY.c.id == company_id)).one())


def new(work: Work, name: str, edits: CompanyEdits) -> CompanyLine:
    """Make a company, as an administrator; of the desk's country unless given.

    Invalid without a tax ID; Conflict when another one has it.
    """
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    company = Company(name="", country=desk_settings.load(work).country, tax_id="", created_at=work.now)
    if not edits.tax_id:
        raise Invalid(N_("A company has a tax ID."), field="tax_id")
    wanted = _wanted(company, replace(edits, name=name))
    given = {"country": wanted.get("country", company.country), "tax_id": wanted["tax_id"]}
    if work.session.execute(_BY_TAX_ID, given).first() is not None:
        raise Conflict(N_("Another company has this tax ID."), field="tax_id")
    for column, value in wanted.items():
        setattr(company, column, value)
    work.session.add(company)
    work.session.flush()
    changes = {column: [None, value] for column, value in wanted.items()}
    audit.record(work, AuditKind.COMPANY_EDITED, detail={"company": company.id, **changes})
    return _line(_found(work, str(company.id)))


def edit(work: Work, text: str, edits: CompanyEdits) -> CompanyLine:
    """Change a company, as an administrator; Conflict when another one has the tax ID."""
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    company = work.session.get(Company, _found(work, text).id, with_for_update=True, populate_existing=True)
    assert company is not None
    wanted = _wanted(company, edits)
    changes = {
        name: [getattr(company, name), value]
        for name, value in wanted.items()
        if getattr(company, name) != value
    }
    taken = work.session.execute(
        _BY_TAX_ID.where(_COMPANY.c.id != company.id),
        {"country": wanted.get("country", company.country), "tax_id": wanted.get("tax_id", company.tax_id)},
    ).first()
    if taken is not None:
        raise Conflict(N_("Another company has this tax ID."), field="tax_id")
    for name, (_, value) in changes.items():
        setattr(company, name, value)
    work.session.flush()
    if changes:
        audit.record(work, AuditKind.COMPANY_EDITED, detail={"company": company.id, **changes})
    return _line(_found(work, str(company.id)))


def with_tax_id(work: Work, country: str, tax_id: str, typed_name: str) -> int:
    """The id of the company with this compact tax ID, made with ``typed_name`` when it is new."""
    given = {"country": country, "tax_id": tax_id}
    found = work.session.execute(_BY_TAX_ID, given).scalar()
    if found is None:
        company = Company(name=typed_name, country=country, tax_id=tax_id, created_at=work.now)
        try:
            with work.session.begin_nested():
                work.session.add(company)
                work.session.flush()
        except IntegrityError:  # somebody of the same company was faster
            return int(work.session.execute(_BY_TAX_ID, given).scalar_one())
        found = company.id
    return int(found or 0)


def own(work: Work) -> int | None:
    """The id of the company that runs the desk."""
    return work.session.execute(_OWN).scalar()


def checked_name(text: str) -> str:
    """A company's name as it is stored: one line of at most 120 characters."""
    name = storable_line(text)
    if not name:
        raise Invalid(N_("The name of the company is missing."), field="company")
    if len(name) > NAME_LIMIT:
        raise Invalid(
            N_("The name of a company has up to {limit} characters."), field="company", limit=NAME_LIMIT
        )
    return name


def _wanted(company: Company, edits: CompanyEdits) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if edits.name is not None:
        wanted["name"] = checked_name(edits.name)
    country = company.country
    if edits.country is not None:
        country = wanted["country"] = desk_settings.read("country", edits.country)
    if edits.tax_id is not None:
        given = edits.tax_id.strip()
        wanted["tax_id"] = tax_ids.normalise(given, country) if given else None
    elif edits.country is not None and company.tax_id:
        wanted["tax_id"] = tax_ids.normalise(company.tax_id, country)
    if edits.domains is not None:
        wanted["domains"] = list(desk_settings.read("own_domains", list(edits.domains)))
    if edits.notes is not None:
        wanted["notes"] = storable(edits.notes)[:NOTES_LIMIT]
    return wanted


def _found(work: Work, text: str) -> Any:
    wanted = storable_line(text)
    matches = [_COMPANY.c.folded == same_name(wanted), _COMPANY.c.tax_id == _compact(wanted)]
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 11:
        matches.append(_COMPANY.c.id == int(wanted))
    rows = work.session.execute(_LINES.where(sa.or_(*matches)).limit(2)).all()
    if len(rows) > 1:
        raise Invalid(
            N_("Several companies are called “{company}”. Use the tax ID."), field="company", company=wanted
        )
    if not rows:
        raise NotFound(
            N_("There is no company “{company}”."), field="company", company=clean_line(wanted, 80)
        )
    return rows[0]


def _compact(text: str) -> str:
    """A tax ID as it is stored, whatever it is written with."""
    return "".join(c for c in text.upper() if c.isalnum())


def _line(row: Any) -> CompanyLine:
    return CompanyLine(
        id=row.id,
        name=clean_line(row.name),
        tax_id=clean_line(tax_ids.show(row.tax_id, row.country) if row.tax_id else ""),
        country=row.country,
        domains=tuple(clean_line(domain) for domain in row.domains),
        is_own=row.is_own,
        notes=clean(row.notes),
        people=row.people,
    )
