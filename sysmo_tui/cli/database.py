"""``sysmo db``: the database itself, for those who hold it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import database_copy, database_roles, sheets
from sysmo_tui.cli.context import Here, address_if_anyone, here
from sysmo_tui.cli.input import confirm
from sysmo_tui.cli.local_options import DeskPlace
from sysmo_tui.cli.options import Yes
from sysmo_tui.cli.output import Column
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, ngettext, render
from sysmo_tui.spoken import file_size

if TYPE_CHECKING:
    from sysmo_tui.services.proof import Discrepancy

app = Noun(help=_("The database itself, for those who hold it."))

app.include(database_roles.app)

UNSOUND = 2
"""The exit code when a check found something."""


@app.verb("status", help=_("Show where the desk is and how large."), example="sysmo db status")
def _status(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import whole_desk
    from sysmo_tui.storage import schema

    desk, path = run.desk, run.desk.store.path
    size = path.stat().st_size if path else None
    held = run.itself.read(whole_desk.size)
    shape = {
        "database": desk.store.shown_url,
        "dialect": desk.store.dialect,
        "revision": schema.HEAD,
        "size": size,
        "tickets": held.tickets,
        "entries": held.entries,
    }
    run.out.facts(
        shape,
        [
            (_("Database"), desk.store.shown_url),
            (_("Version"), schema.HEAD),
            (_("Size"), file_size(size) if size is not None else ""),
            (_("Tickets"), str(held.tickets)),
            (_("Entries"), str(held.entries)),
        ],
    )


@app.verb(
    "upgrade",
    help=_("Bring the desk to this version of the program; a file is copied first."),
    example="sysmo db upgrade --check",
)
def _upgrade(
    context: typer.Context,
    *,
    check: Annotated[
        bool, typer.Option("--check", help=_("Only try it, on a copy or in a transaction that is undone."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui.storage import upgrading

    url = run.database_url
    done = upgrading.rehearse(url) if check else upgrading.upgrade(url, _backup_folder(run))
    shape = {
        "from": done.from_revision,
        "to": done.to_revision,
        "backup": str(done.backup_path) if done.backup_path else None,
        "is_rehearsal": check,
    }
    if done.from_revision == done.to_revision:
        sentence = _("The desk is of this version already ({version}).", version=done.to_revision)
    elif check:
        sentence = _("Going from {old} to {new} works.", old=done.from_revision, new=done.to_revision)
    else:
        sentence = _("The desk went from {old} to {new}.", old=done.from_revision, new=done.to_revision)
    run.out.done(shape, sentence)
    if done.backup_path:
        run.out.say(_("A copy from before is in {path}", path=done.backup_path))


@app.verb(
    "check",
    help=_("Prove that the database is sound and that its history gives what it shows."),
    example="sysmo db check",
)
def _check(
    context: typer.Context,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help=_("Make the measures and the search index anew first."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import proof
    from sysmo_tui.storage import integrity

    if rebuild:
        made = run.itself.write(proof.rebuild)
        run.out.say(
            _(
                "Made anew: {cycles} cycles, {entries} searchable entries.",
                cycles=made.cycles,
                entries=made.entries,
            )
        )
    wrong = [render(message, clean=clean_line) for message in integrity.check(run.desk.store)]
    # What cannot be read proves nothing: it was named, and is mended first.
    if not integrity.unreadable(run.desk.store):
        wrong += [_discrepancy(each) for each in run.itself.read(proof.check)]
        wrong += _damaged_setting(run)
    columns: list[Column[str]] = [Column(_("What is wrong"), str, grows=True)]
    empty = _("Everything is as it should be.")
    run.out.rows(wrong, columns, lambda text: {"problem": text}, names=sheets.PROBLEMS, empty=empty)
    if wrong:
        raise typer.Exit(UNSOUND)


@app.verb(
    "backup", help=_("Copy the desk into a new file, while others work."), example="sysmo db backup desk.bak"
)
def _backup(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar=DeskPlace(_("FILE")), help=_("Where to; it must not exist."))
    ],
) -> None:
    run = here(context)
    if file == "-":
        raise Invalid(N_("A backup is verified where it lies: name a file, not -."), field="file")
    from sysmo_tui.services import whole_desk
    from sysmo_tui.storage import backup

    report = backup.backup(run.desk.store, Path(file))
    run.itself.write(whole_desk.note, AuditKind.BACKED_UP, address_if_anyone(run))
    shape = {
        "path": str(report.path),
        "size": report.size,
        "revision": report.revision,
        "tickets": report.tickets,
        "entries": report.entries,
    }
    run.out.done(
        shape,
        ngettext(
            "{path} holds {count} ticket ({size}), and was verified.",
            "{path} holds {count} tickets ({size}), and was verified.",
            report.tickets,
            path=report.path,
            size=file_size(report.size),
        ),
    )


@app.verb("restore", help=_("Put a backup in the place of the desk."), example="sysmo db restore desk.bak")
def _restore(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar=DeskPlace(_("FILE")), help=_("The backup."))],
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help=_("Replace the desk that is there."))
    ] = False,
    yes: Yes = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import whole_desk
    from sysmo_tui.storage import backup, schema

    if overwrite:
        confirm(run, _("Replace the desk that is there?"), yes)
    by = address_if_anyone(run)
    run.close()
    report = backup.restore(Path(file), run.database_url, overwrite=overwrite)
    run.itself.write(whole_desk.note, AuditKind.RESTORED, by)
    shape = {
        "revision": schema.HEAD,
        "from_revision": report.from_revision,
        "tickets": report.tickets,
        "entries": report.entries,
        "held_mails": report.held,
        "ended_sessions": report.sessions,
    }
    said = ngettext(
        "The desk is back, with {count} ticket.", "The desk is back, with {count} tickets.", report.tickets
    )
    run.out.done(shape, said)
    if report.from_revision != schema.HEAD:
        run.out.say(_("The desk went from {old} to {new}.", old=report.from_revision, new=schema.HEAD))
    run.out.say(_("Everybody signs in anew: sessions and codes from before have ended."))
    if report.held:
        run.out.say(
            ngettext(
                "{count} mail is held: it may have gone out already. See: {command}",
                "{count} mails are held: they may have gone out already. See: {command}",
                report.held,
                command=Advice("sysmo mail queue"),
            )
        )


def _damaged_setting(run: Here) -> list[str]:
    from sysmo_tui.services import desk_settings

    try:
        run.visitor.read(desk_settings.load)
    except Invalid as refusal:
        return [render(refusal.message, clean=clean_line)]
    return []


def _backup_folder(run: Here) -> Path:
    """Where copies from before an upgrade go."""
    from sysmo_tui.storage.engine import Dialect, dialect_of, parse

    url = parse(run.database_url)
    if dialect_of(url) is Dialect.SQLITE:
        return Path(url.database or "").parent / "backups"
    return run.settings.data_dir / "backups"


def _discrepancy(each: Discrepancy) -> str:
    if each.part == "sealed":
        return _(
            "{name}: what is sealed ({stored}) is not what its history gives ({proven}).",
            name=each.name,
            stored=each.stored or "-",
            proven=each.proven,
        )
    return _(
        "#{number}: {part} {name} is {stored}, its history gives {proven}.",
        number=each.number,
        part=each.part,
        name=each.name,
        stored=each.stored,
        proven=each.proven,
    )


app.include(database_copy.app)
