"""``sysmo db copy``: the whole desk in another database."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli.context import Here, address_if_anyone, here, require_no_secret
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _, ngettext

if TYPE_CHECKING:
    from rich.progress import TaskID

    from sysmo_tui.storage.moving import Copied, Stage, Told

app = Noun()

_DOING = {"copying": N_("Copying"), "indexing": N_("Making the search index"), "proving": N_("Comparing")}


@app.verb(
    "copy",
    help=_("Copy the desk into another, empty database: from a file to PostgreSQL, or back."),
    example="sysmo db copy postgresql://desk@db.example.com/desk",
)
def _copy(
    context: typer.Context,
    url: Annotated[
        str,
        typer.Argument(
            metavar=_("URL"),
            help=_("Where to: an empty database of a server, or a new sqlite:////folder/file."),
        ),
    ],
) -> None:
    run = here(context)
    from sysmo_tui.services import leases, proof
    from sysmo_tui.storage import moving

    require_no_secret(url, field="url", variable="PGPASSWORD")
    run.require_desk()
    by = address_if_anyone(run)
    holders = sorted({str(held.label or held.holder) for held in run.itself.read(leases.holders)})
    if holders:
        run.out.say(_("The desk is in use by: {who}. The copy is of this moment.", who=", ".join(holders)))
    try:
        with _stopped_like_by_hand(), _progress() as told:
            copied = moving.copy(run.store, url, proof.documents, told)
    except DeskError as refusal:
        # The desk itself is open already: what is wrong is where it shall go.
        refusal.field = "url" if refusal.field == "database" else refusal.field
        raise
    _note(run, url, copied, by)
    _tell(run, copied, holders)


@contextmanager
def _stopped_like_by_hand() -> Iterator[None]:
    """Have SIGTERM and a window that is closed do what Ctrl+C does: nothing of the copy stays."""
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar for each stage, for whoever looks at standard error."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def told(stage: Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_(_DOING[stage]))
            bars.update(tasks[stage], completed=done, total=total)

        yield told


def _note(run: Here, url: str, copied: Copied, by: str) -> None:
    """Keep on both desks that it was copied, by whom, and where the other one is."""
    from sysmo_tui.assembly import open_desk
    from sysmo_tui.desk import Door
    from sysmo_tui.services import whole_desk

    target = open_desk(url)
    try:
        there = Door(target, run.itself.caller)
        there.write(whole_desk.note, AuditKind.COPIED, by, {"from": run.store.shown_url})
    finally:
        target.store.close()
    run.itself.write(whole_desk.note, AuditKind.COPIED, by, {"to": copied.target})


def _tell(run: Here, copied: Copied, holders: list[str]) -> None:
    """Say what was copied, and what has to be done for the copy to be the desk."""
    steps = _steps(run, copied)
    shape = {
        "from": run.store.shown_url,
        "to": copied.target,
        "revision": copied.revision,
        "tickets": copied.tickets,
        "entries": copied.entries,
        "files": copied.files,
        "rows": copied.rows,
        "held_mails": copied.held,
        "in_use_by": holders,
        "next": steps,
        "tables": {
            name: {"rows": checksum.rows, "sha256": checksum.sha256}
            for name, checksum in copied.tables.items()
        },
    }
    sentence = ngettext(
        "{where} holds {count} ticket, {rows} rows in all, and was compared with the desk.",
        "{where} holds {count} tickets, {rows} rows in all, and was compared with the desk.",
        copied.tickets,
        where=copied.target,
        rows=copied.rows,
    )
    run.out.done(shape, sentence)
    run.out.say(_("For the copy to be the desk:"))
    for number, step in enumerate(steps, 1):
        run.out.say(f"{number}. {step}")


def _steps(run: Here, copied: Copied) -> list[str]:
    steps = [
        _(
            "Stop the worker, the screens and the SSH door of the old desk. It goes on sending and fetching "
            "mail, and nothing that happens there from now on is in the copy."
        ),
        _(
            "Name the new database wherever the old one was: {name}={where}",
            name="SYSMO_DATABASE_URL",
            where=shlex.quote(copied.target),
        ),
        _("Start the worker and the SSH door there. Everybody stays signed in."),
    ]
    if copied.held:
        steps.append(
            ngettext(
                "{count} mail that was not sent yet is held there, for the old desk may send it. "
                "Look at it, then let it go: {command}",
                "{count} mails that were not sent yet are held there, for the old desk may send them. "
                "Look at them, then let them go: {command}",
                copied.held,
                command="sysmo mail queue --held · sysmo mail release --all",
            )
        )
    steps.append(
        _(
            "Put the old database {where} away, so that nobody opens it by mistake.",
            where=run.store.shown_url,
        )
    )
    return steps
