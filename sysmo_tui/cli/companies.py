"""``sysmo company``: the customers' companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import shapes, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import confirm
from sysmo_tui.cli.options import After, DryRun, Key, Limit, Yes
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.services.companies import CompanyLine
    from sysmo_tui.services.company_merging import Merged

app = Noun(help=_("The customers' companies."))

Which = Annotated[str, typer.Argument(metavar=_("COMPANY"), help=_("Its id, tax ID or name."))]


@app.verb("list", help=_("List companies."), example="sysmo company list acme")
def _list(
    context: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(metavar=_("TEXT…"), help=_("Part of a name or tax ID."))
    ] = None,
    *,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import companies

    page = run.read(companies.page, " ".join(query or ()), after=after, limit=limit)
    columns: list[Column[CompanyLine]] = [
        Column(_("Id"), lambda line: str(line.id), is_number=True),
        Column(_("Name"), lambda line: line.name, grows=True),
        Column(_("Tax ID"), lambda line: line.tax_id),
        Column(_("Country"), lambda line: line.country),
        Column(_("People"), lambda line: str(line.people), is_number=True),
    ]
    run.out.rows(
        page.items,
        columns,
        shapes.company,
        names=sheets.COMPANIES,
        empty=_("No such companies."),
        total=page.total,
        following=page.next,
    )


@app.verb("show", help=_("Show a company."), example="sysmo company show 30-71659554-0")
def _show(context: typer.Context, company: Which) -> None:
    run = here(context)
    from sysmo_tui.services import companies

    _tell(run, run.read(companies.show, company))


@app.verb(
    "new",
    help=_("Make a company."),
    example="sysmo company new 'Acme S.A.' --tax-id 30-71659554-0 --domain acme.example",
)
def _new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar=_("NAME"), help=_("Its name."))],
    *,
    tax_id: Annotated[str, typer.Option(help=_("Its tax ID."))],
    country: Annotated[
        str | None, typer.Option(help=_("Its country: two letters; the desk's if none."))
    ] = None,
    domain: Annotated[
        list[str] | None, typer.Option(help=_("A mail domain of its own; may be repeated."))
    ] = None,
    notes: Annotated[str | None, typer.Option(help=_("Notes for staff."))] = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import companies

    domains = tuple(each for each in domain or () if each)
    edits = companies.CompanyEdits(country=country, tax_id=tax_id, domains=domains, notes=notes)
    _tell(run, run.create(key, companies.new, name, edits))


@app.verb("edit", help=_("Change a company."), example="sysmo company edit 3 --name 'Acme S.A.'")
def _edit(
    context: typer.Context,
    company: Which,
    *,
    name: Annotated[str | None, typer.Option(help=_("Its name."))] = None,
    country: Annotated[str | None, typer.Option(help=_("Its country: two letters."))] = None,
    tax_id: Annotated[str | None, typer.Option(help=_("Its tax ID."))] = None,
    domain: Annotated[
        list[str] | None, typer.Option(help=_("A mail domain of its own; may be repeated."))
    ] = None,
    notes: Annotated[str | None, typer.Option(help=_("Notes for staff."))] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import companies

    domains = None if domain is None else tuple(each for each in domain if each)
    edits = companies.CompanyEdits(name=name, country=country, tax_id=tax_id, domains=domains, notes=notes)
    if edits == companies.CompanyEdits():
        raise Invalid(N_("Say what to change, like --name. See: sysmo company edit --help"))
    _tell(run, run.write(companies.edit, company, edits))


@app.verb(
    "merge", help=_("Make one company of two that are the same."), example="sysmo company merge 7 --into 3"
)
def _merge(
    context: typer.Context,
    company: Which,
    *,
    into: Annotated[
        str, typer.Option(metavar=_("COMPANY"), help=_("The one that stays: its id, tax ID or name."))
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import company_merging

    if dry_run or not yes:
        planned = company_merging.plan(run.door, company, into)
        said = _said(
            planned,
            N_("“{gone}” goes into “{kept}”. People that move: {people}. Tickets that move: {tickets}."),
        )
        if dry_run:
            run.out.done(_merged(planned) | {"dry_run": True}, said)
            return
        confirm(run, _("{plan} This cannot be undone. Go on?", plan=said), yes)
    merged = run.write(company_merging.merge, company, into)
    run.out.done(
        _merged(merged),
        _said(
            merged,
            N_("“{gone}” went into “{kept}”. People that moved: {people}. Tickets that moved: {tickets}."),
        ),
    )


def _said(merged: Merged, sentence: str) -> str:
    return _(
        sentence,
        gone=merged.gone,
        kept=merged.company.name,
        people=merged.people,
        tickets=merged.tickets,
    )


def _merged(merged: Merged) -> Shape:
    return {
        "company": shapes.company(merged.company),
        "merged": merged.gone,
        "people": merged.people,
        "tickets": merged.tickets,
    }


def _tell(run: Here, line: CompanyLine) -> None:
    run.out.facts(
        shapes.company(line),
        [
            (_("Name"), line.name),
            (_("Tax ID"), line.tax_id),
            (_("Country"), line.country),
            (_("Domains"), ", ".join(line.domains)),
            (_("People"), str(line.people)),
            (_("Notes"), line.notes),
        ],
    )
