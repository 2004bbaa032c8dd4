"""Verbs that read tickets: list, show, history, files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, following, shapes, sheets, ticket_columns, ticket_text
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import After, Limit, Number
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun, query_text
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.message import Advice
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.domain.query_writing import both
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import CustomerTicketRow, TicketRow, TicketView
from sysmo_tui.i18n import _, render
from sysmo_tui.spoken import file_size

if TYPE_CHECKING:
    from sysmo_tui.desk import Work
    from sysmo_tui.domain.views import EventLine, File, MailLine
    from sysmo_tui.services.inboxes import Listing
    from sysmo_tui.services.originals import Excerpt

app = Noun()

Row = TicketRow | CustomerTicketRow
Query = Annotated[
    list[str] | None,
    typer.Argument(
        metavar=_("QUERY…"),
        help=_("Words, is:open, topic:x, -word; see: sysmo search --help"),
        autocompletion=completing.query,
    ),
]


@app.verb(
    "list",
    help=_("List tickets."),
    example="sysmo ticket list is:open -printer --sort updated",
    is_query=True,
)
def _list(
    context: typer.Context,
    query: Query = None,
    *,
    inbox: Annotated[Inbox | None, typer.Option(help=_("Which list; all of yours if none."))] = None,
    saved: Annotated[
        str | None,
        typer.Option(
            "--saved",
            metavar=_("NAME"),
            help=_("A saved search; what you add narrows it."),
            autocompletion=completing.saved,
        ),
    ] = None,
    sort: Annotated[Sort | None, typer.Option(help=_("Which order."))] = None,
    limit: Limit = 50,
    after: After = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="a,b",
            help=_("Which columns, like number,subject,status."),
            autocompletion=completing.columns,
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help=_("Go on with what is new or changes, until Ctrl+C."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import inboxes, originals, saved_searches

    text = query_text(query)
    if saved is not None:
        kept = run.read(saved_searches.show, saved)
        inbox, text = inbox or kept.inbox, both(kept.query, text)
        sort, columns = sort or kept.sort, columns or ",".join(kept.columns) or None
    chosen = inbox or (Inbox.ALL if run.actor.is_staff else Inbox.CREATED)
    excerpts: dict[int, Excerpt] = {}

    def page(work: Work, order: Sort | None, behind: str | None, size: int) -> Listing:
        found = inboxes.page(work, chosen, query=text, sort=order, after=behind, limit=size)
        if run.out.is_for_scripts:
            excerpts.update(originals.excerpts(work, [each.number for each in found.page.items]))
        return found

    sheet = sheet_of(chosen)

    def print_list() -> None:
        print_tickets(run, run.read(page, sort, after, limit), excerpts, sheet, columns)

    def newest(behind: str | None) -> tuple[Sequence[Row], str | None]:
        found = run.read(page, Sort.UPDATED, behind, following.AT_ONCE).page
        return found.items, found.next

    def in_list(work: Work, numbers: Sequence[int]) -> Sequence[Row]:
        news = inboxes.among(work, chosen, numbers, query=text)
        listed = [row for row in news.rows if row.number not in news.left]
        if run.out.is_for_scripts:
            excerpts.update(originals.excerpts(work, [each.number for each in listed]))
        return listed

    def among(numbers: Sequence[int]) -> Sequence[Row]:
        return run.read(in_list, numbers)

    def print_more(items: Sequence[Row]) -> None:
        shape = _shapes(excerpts, _names(run, sheet, columns))
        run.out.further(items, ticket_columns.for_people(run, items, columns), shape)

    if follow:
        following.refuse_unfollowable(run, after)
        following.follow(run, print_list, newest, among, print_more)
    else:
        print_list()


def print_tickets(
    run: Here,
    found: Listing,
    excerpts: dict[int, Excerpt],
    sheet: sheets.Names,
    columns: str | None = None,
) -> None:
    """A page of tickets, and what in the query was not understood."""
    problems = [render(problem.message, clean=clean_line) for problem in found.problems]
    for problem in problems:
        run.out.say(_("In the query: {problem}", problem=problem))
    items: Sequence[Row] = found.page.items
    names = _names(run, sheet, columns)
    run.out.rows(
        items,
        ticket_columns.for_people(run, items, columns),
        _shapes(excerpts, names),
        names=names,
        empty=_("No tickets here."),
        total=found.page.total,
        following=found.page.next,
        more={"problems": problems},
    )


def sheet_of(inbox: Inbox) -> sheets.Names:
    """The columns of a list: who looks at their own requests sees them as customers do."""
    return sheets.CUSTOMER_TICKETS if inbox is Inbox.CREATED else sheets.TICKETS


def _names(run: Here, sheet: sheets.Names, chosen: str | None) -> sheets.Names:
    """The columns for scripts, all or those that were chosen."""
    return ticket_columns.for_scripts(sheet, chosen) if chosen and run.out.is_for_scripts else sheet


def _shapes(excerpts: dict[int, Excerpt], names: sheets.Names) -> Callable[[Row], Shape]:
    keys = ticket_columns.keys(names)

    def shape(ticket: Row) -> Shape:
        excerpt = excerpts[ticket.number]
        whole = shapes.row(ticket) | {"content": excerpt.content, "tags": list(excerpt.tags)}
        return {key: value for key, value in whole.items() if key in keys}

    return shape


@app.verb("show", help=_("Show a ticket with its thread."), example="sysmo ticket show 42 --events")
def _show(
    context: typer.Context,
    number: Number,
    *,
    events: Annotated[bool, typer.Option("--events", help=_("With its history."))] = False,
    full: Annotated[
        bool, typer.Option("--full", help=_("With quotes and signatures, which a terminal shows folded."))
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help=_("The texts as they were written, not made safe."))
    ] = False,
) -> None:
    run, ticket = here(context), parse_number(number)
    run.out.refuse_csv()
    from sysmo_tui.services import history, presence, reading
    from sysmo_tui.services.thread_pages import Page

    view = run.read(reading.show, ticket, page=Page(_ALL), with_history=events)
    refused: tuple[MailLine, ...] = ()
    if isinstance(view, TicketView) and view.undelivered:
        refused = run.read(history.undelivered, ticket)
    present = run.read(presence.of_ticket, ticket) if isinstance(view, TicketView) else ()
    shape = shapes.whole(view, with_events=events, undelivered=refused, present=present)
    if raw:
        _print_raw(run, ticket, shape)
        return
    is_folded = run.out.is_terminal and not full and not run.out.is_for_scripts
    text = ticket_text.whole(
        run, view, with_events=events, undelivered=refused, present=present, is_folded=is_folded
    )
    run.out.one(shape, text)
    if is_folded and ticket_text.folds(view):
        run.out.say(
            _(
                "Quotes and signatures are folded. The whole text: {command}",
                command=Advice(f"sysmo ticket show {ticket} --full"),
            )
        )
    if not run.out.is_for_scripts:
        run.door.touch(reading.mark_read, ticket, view.entries[-1].key)


@app.verb(
    "history", help=_("Staff: everything that happened to a ticket."), example="sysmo ticket history 42"
)
def _history(context: typer.Context, number: Number) -> None:
    run = here(context)
    from sysmo_tui.services import history

    lines = run.read(history.show, parse_number(number))
    columns: list[Column[EventLine]] = [
        Column(_("When"), lambda line: run.out.when(line.at)),
        Column(_("Who"), lambda line: line.actor or _("the desk")),
        Column(_("What"), ticket_text.what_happened, grows=True),
    ]
    empty = _("Nothing happened.")
    run.out.rows(lines, columns, lambda line: shapes.events([line])[0], names=sheets.EVENTS, empty=empty)


@app.verb("files", help=_("List the files of a ticket."), example="sysmo ticket files 42")
def _files(context: typer.Context, number: Number) -> None:
    run = here(context)
    from sysmo_tui.services import files

    found = run.read(files.of_ticket, parse_number(number))
    columns: list[Column[File]] = [
        Column(_("File"), lambda file: file.filename, grows=True),
        Column(_("Type"), lambda file: file.media_type),
        Column(_("Size"), lambda file: file_size(file.size), is_number=True),
        Column(_("Key"), lambda file: file.key),
    ]
    empty = _("#{number} has no files.", number=parse_number(number))
    run.out.rows(found, columns, shapes.file, names=sheets.FILES, empty=empty)


_ALL = 1_000_000
"""More entries than any thread has."""


def _print_raw(run: Here, number: int, shape: Shape) -> None:
    from sysmo_tui.services import originals

    found = run.read(originals.of_ticket, number)
    if run.out.is_for_scripts:
        bodies = dict(found.bodies)
        entries = [entry | {"body": bodies.get(entry["key"], "")} for entry in shape["entries"]]
        run.out.raw({**shape, "subject": found.subject, "entries": entries})
        return
    sys.stdout.write("\n\n".join([found.subject, *(body for _key, body in found.bodies)]) + "\n")
