"""``sysmo saved``: searches under a name, one's own and those that all staff share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import confirm
from sysmo_tui.cli.options import Key, Yes, among
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun, query_text
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.saved_searches import SavedEdits, SavedLine
    from sysmo_tui.services.search_counts import Count

app = Noun(help=_("Searches under a name: your own, and those that all staff share."))

Which = Annotated[
    str, typer.Argument(metavar=_("NAME"), help=_("Its name."), autocompletion=completing.saved)
]
Box = Annotated[Inbox | None, typer.Option("--inbox", help=_("In which list it looks; all if none."))]
Order = Annotated[
    str | None,
    typer.Option(
        "--sort", metavar=_("ORDER"), help=_("Which order; '' for the usual one."), autocompletion=among(Sort)
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="a,b",
        help=_("Which columns, like number,subject,status; '' for the usual ones."),
        autocompletion=completing.columns,
    ),
]
Place = Annotated[
    int | None,
    typer.Option("--position", metavar=_("PLACE"), help=_("Its place among the tabs; 1 is first.")),
]
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar=_("QUERY…"), help=_("What to look for."), autocompletion=completing.query),
]


@app.verb("list", help=_("List them, and how many tickets each of them has."), example="sysmo saved list")
def _list(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import saved_searches, search_counts

    lines = run.read(saved_searches.lines)
    counts = run.read(search_counts.counts, lines)
    columns: list[Column[SavedLine]] = [
        Column(_("Name"), lambda line: line.name),
        Column(_("Tickets"), lambda line: _number(counts.get(line.id)), is_number=True),
        Column(_("List"), lambda line: said(line.inbox)),
        Column(_("Search"), lambda line: line.query, grows=True),
        Column(_("Order"), lambda line: said(line.sort) if line.sort else ""),
        Column(_("Shared by"), lambda line: line.owner if line.is_shared else ""),
    ]
    run.out.rows(
        lines,
        columns,
        lambda line: _shape(line, counts),
        names=sheets.SAVED,
        empty=_("No search is saved. See: sysmo saved new --help"),
    )


@app.verb("show", help=_("Show a saved search."), example="sysmo saved show Late")
def _show(context: typer.Context, name: Which) -> None:
    run = here(context)
    from sysmo_tui.services import saved_searches, search_counts

    line = run.read(saved_searches.show, name)
    _tell(run, line, run.read(search_counts.counts, [line]))


@app.verb(
    "new",
    help=_("Save a search; it is a tab of the inbox, too."),
    example="sysmo saved new Late is:overdue -tag:vip --inbox topics --sort due",
    is_query=True,
)
def _new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar=_("NAME"), help=_("What it is called."))],
    query: Words = None,
    *,
    inbox: Box = None,
    sort: Order = None,
    columns: Columns = None,
    shared: Annotated[bool, typer.Option("--shared", help=_("Managers: for all staff."))] = False,
    position: Place = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import saved_searches

    edits = saved_searches.SavedEdits(
        inbox=inbox,
        query=query_text(query),
        sort=sort,
        columns=_names(columns),
        is_shared=shared or None,
        place=position,
    )
    _tell(run, run.create(key, saved_searches.new, name, edits))


@app.verb(
    "edit",
    help=_("Change a saved search."),
    example="sysmo saved edit Late --query 'is:overdue' --position 1",
)
def _edit(
    context: typer.Context,
    name: Which,
    *,
    new_name: Annotated[str | None, typer.Option("--name", help=_("What it is called."))] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar=_("QUERY"), help=_("What to look for."))
    ] = None,
    inbox: Box = None,
    sort: Order = None,
    columns: Columns = None,
    shared: Annotated[
        bool | None, typer.Option("--shared/--private", help=_("Managers: for all staff, or for yourself."))
    ] = None,
    position: Place = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import saved_searches

    edits = saved_searches.SavedEdits(
        name=new_name,
        inbox=inbox,
        query=query,
        sort=sort,
        columns=_names(columns),
        is_shared=shared,
        place=position,
    )
    _tell(run, run.write(saved_searches.edit, name, _some(edits)))


@app.verb("delete", help=_("Delete a saved search; tickets stay."), example="sysmo saved delete Late --yes")
def _delete(context: typer.Context, name: Which, *, yes: Yes = False) -> None:
    run = here(context)
    from sysmo_tui.services import saved_searches

    line = run.read(saved_searches.show, name)
    confirm(run, _("Delete the saved search “{name}”?", name=line.name), yes)
    run.write(saved_searches.delete, name)
    run.out.done({"name": line.name}, _("The saved search “{name}” is deleted.", name=line.name))


def _names(columns: str | None) -> list[str] | None:
    return None if columns is None else columns.split(",")


def _some(edits: SavedEdits) -> SavedEdits:
    if edits == type(edits)():
        raise Invalid(N_("Say what to change, like --query. See: sysmo saved edit --help"))
    return edits


def _number(count: Count | None) -> str:
    return "" if count is None else f"{count.number}+" if count.is_more else str(count.number)


def _tell(run: Here, line: SavedLine, counts: Mapping[int, Count] | None = None) -> None:
    facts = [
        (_("Name"), line.name),
        (_("List"), said(line.inbox)),
        (_("Search"), line.query),
        (_("Order"), said(line.sort) if line.sort else ""),
        (_("Columns"), ", ".join(line.columns)),
        (_("Shared by"), line.owner if line.is_shared else ""),
        (_("Place"), str(line.place)),
    ]
    if counts is not None:
        facts.append((_("Tickets"), _number(counts.get(line.id))))
    run.out.facts(_shape(line, counts or {}), facts)


def _shape(line: SavedLine, counts: Mapping[int, Count]) -> Shape:
    count = counts.get(line.id)
    return {
        "name": line.name,
        "inbox": line.inbox,
        "query": line.query,
        "sort": line.sort,
        "columns": list(line.columns),
        "is_shared": line.is_shared,
        "owner": line.owner,
        "position": line.place,
        "tickets": None if count is None else count.number,
        "has_more_tickets": count is not None and count.is_more,
    }
