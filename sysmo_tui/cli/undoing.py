"""``sysmo undo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import shapes
from sysmo_tui.cli.context import here
from sysmo_tui.cli.options import DryRun
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.i18n import _, render
from sysmo_tui.widgets.changes import change_text

if TYPE_CHECKING:
    from sysmo_tui.cli.context import Here
    from sysmo_tui.services.undoing import Undone

app = Noun()


@app.verb(
    "undo",
    help=_(
        "Undo the last thing that you did to tickets since you signed in: status, assignment, fields, tags, "
        "closing, spam, several tickets at once, a note, a ticket filed, and a reply whose mail has not "
        "left. Once more undoes what you did before that.\n\n"
        "What somebody changed or answered since is not overwritten: it is said what stands in the way, "
        "and nothing is undone. A BATCH, as “ticket history --json” shows it, names another thing you did."
    ),
    example="sysmo undo --dry-run",
)
def _undo(
    context: typer.Context,
    batch: Annotated[
        str | None, typer.Argument(metavar="BATCH", help=_("What you did, by its batch; the last if none."))
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import undoing

    result = run.rehearse(undoing.undo, batch) if dry_run else run.write(undoing.undo, batch)
    shape = shapes.undone(result) | ({"dry_run": True} if dry_run else {})
    run.out.done(shape, "\n".join(_told(run, result, dry_run=dry_run)))


def _told(run: Here, result: Undone, *, dry_run: bool) -> list[str]:
    what = ", ".join(render(each) for each in result.what)
    when = run.out.when(result.at)
    if dry_run:
        lines = [_("Would be undone: {what} ({when}).", what=what, when=when)]
    else:
        lines = [_("Undone: {what} ({when}).", what=what, when=when)]
        if result.texts:
            lines[0] += f" {_('It is a draft again.')}"
    for ticket in result.tickets:
        changes = ", ".join(change_text(change) for change in ticket.changes)
        lines.append(f"  #{ticket.number}  {changes or _(ticket.status)}")
    return lines
