"""``sysmo search``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing
from sysmo_tui.cli.accounts import print_accounts
from sysmo_tui.cli.context import here
from sysmo_tui.cli.options import After, Limit
from sysmo_tui.cli.ticket_reading import print_tickets, sheet_of
from sysmo_tui.cli.verbs import Noun, query_text
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.desk import Work
    from sysmo_tui.services.inboxes import Listing
    from sysmo_tui.services.originals import Excerpt

app = Noun()


class Place(StrEnum):
    """Where to search."""

    TICKETS = "tickets"
    PEOPLE = "people"


@app.verb(
    "search",
    help=_(
        "Find tickets, open and closed, or people.\n\n"
        "Words are looked for in subjects, texts and file names; all of them must be there. "
        '"Words in quotes" belong together; -word or not:word excludes; word* begins like that; '
        "a or b takes either; ( ) groups.\n\n"
        "is:open|closed|new|waiting|hold|unread|overdue|unassigned|undeliverable · status: topic: "
        "priority:>=high type: from: company: assignee: owner: tag: channel: number: has:attachment "
        "rating:1..2 · created:>2026-01-01 · updated:<7d (younger than seven days) · closed:2026-01..2026-03"
    ),
    example="sysmo search 'invoice* topic:sales created:<30d' -printer",
    is_query=True,
)
def _search(
    context: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(metavar=_("QUERY…"), help=_("What to look for."), autocompletion=completing.query),
    ],
    *,
    place: Annotated[Place, typer.Option("--in", help=_("Where to look."))] = Place.TICKETS,
    sort: Annotated[Sort | None, typer.Option(help=_("Which order."))] = None,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run, text = here(context), query_text(query)
    if place is Place.PEOPLE:
        from sysmo_tui.services import account_list

        print_accounts(run, run.read(account_list.page, text, after=after, limit=limit))
        return
    from sysmo_tui.services import inboxes, originals

    inbox = Inbox.ALL if run.actor.is_staff else Inbox.CREATED

    def found(work: Work) -> tuple[Listing, dict[int, Excerpt]]:
        listing = inboxes.page(work, inbox, query=text, sort=sort, after=after, limit=limit, with_closed=True)
        numbers = [each.number for each in listing.page.items]
        return listing, originals.excerpts(work, numbers) if run.out.is_for_scripts else {}

    listing, excerpts = run.read(found)
    print_tickets(run, listing, excerpts, sheet_of(inbox))
