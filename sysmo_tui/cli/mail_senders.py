"""``sysmo mail sender``: who is blocked, and who is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import After, Limit
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import SenderStanding
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.senders import SenderLine

app = Noun(help=_("Senders of mail that are blocked or allowed."))

Sender = Annotated[
    str,
    typer.Argument(
        metavar=_("SENDER"),
        help=_("An address, @example.com for that domain, or @.example.com with all domains below it."),
    ),
]
Listed = Annotated[
    str, typer.Argument(metavar=_("SENDER"), help=_("As it is listed."), autocompletion=completing.senders)
]
Note = Annotated[str, typer.Option("--note", help=_("Why, for staff."))]


@app.verb("list", help=_("The senders that are listed."), example="sysmo mail sender list --standing blocked")
def _list(
    context: typer.Context,
    *,
    standing: Annotated[
        SenderStanding | None, typer.Option("--standing", help=_("Only these; both if none."))
    ] = None,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import senders

    page = run.read(senders.page, standing=standing, after=after, limit=limit)
    columns: list[Column[SenderLine]] = [
        Column(_("Sender"), lambda line: line.pattern, is_whole=True),
        Column(_("Is"), lambda line: said(line.standing)),
        Column(_("By"), lambda line: line.by or _("The desk")),
        Column(_("Since"), lambda line: run.out.when(line.added_at)),
        Column(_("Note"), lambda line: line.note, grows=True),
    ]
    empty = _("No sender is blocked or allowed.")
    run.out.rows(page.items, columns, _shape, names=sheets.SENDERS, empty=empty, following=page.next)


@app.verb(
    "block",
    help=_("Keep a sender's mail, and do nothing with it."),
    example="sysmo mail sender block @.spam.example",
)
def _block(context: typer.Context, sender: Sender, *, note: Note = "") -> None:
    _decide(here(context), sender, SenderStanding.BLOCKED, note)


@app.verb(
    "allow",
    help=_("Let a sender through a block of its domain and the limit of tickets an hour."),
    example="sysmo mail sender allow alerts@example.com",
)
def _allow(context: typer.Context, sender: Sender, *, note: Note = "") -> None:
    _decide(here(context), sender, SenderStanding.ALLOWED, note)


@app.verb("forget", help=_("Take a sender off the list."), example="sysmo mail sender forget @.spam.example")
def _forget(context: typer.Context, sender: Listed) -> None:
    run = here(context)
    from sysmo_tui.services import senders

    run.write(senders.forget, sender)
    run.out.done({"pattern": sender}, _("{sender} is forgotten.", sender=sender))


def _decide(run: Here, sender: str, standing: SenderStanding, note: str) -> None:
    from sysmo_tui.services import senders

    line = run.write(senders.decide, sender, standing, note)
    run.out.done(_shape(line), f"{line.pattern}: {said(line.standing)}")


def _shape(line: SenderLine) -> Shape:
    return {
        "pattern": line.pattern,
        "standing": line.standing,
        "note": line.note,
        "added_by": line.by,
        "added_at": line.added_at,
    }
