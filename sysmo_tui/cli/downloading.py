"""``sysmo ticket download``: files of a ticket into a folder, or one to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui import local_files
from sysmo_tui.cli import shapes, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.local_options import STREAM, LocalTarget
from sysmo_tui.cli.options import Number
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.domain.views import File

app = Noun()

_HERE = "."


@app.verb(
    "download",
    help=_("Save the files of a ticket, or send one into a pipe or a file."),
    example="sysmo ticket download 42 photo.png -o downloads",
)
def _download(
    context: typer.Context,
    number: Number,
    files: Annotated[
        list[str] | None, typer.Argument(metavar=_("FILE…"), help=_("Names or keys; all of them if none."))
    ] = None,
    *,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar=LocalTarget(_("FOLDER")),
            help=_(
                "Where to; - is standard output. If none: one file that is named goes where standard output "
                "was redirected to, all else into this folder."
            ),
        ),
    ] = None,
) -> None:
    run, ticket = here(context), parse_number(number)
    from sysmo_tui.services import files as services

    def chunks(file: File) -> Iterator[bytes]:
        return services.chunks(run.door, ticket, file.key)

    deliver(run, ticket, lambda: run.read(services.of_ticket, ticket), chunks, files or [], output)


def deliver(
    run: Here,
    ticket: int,
    found: Callable[[], Sequence[File]],
    chunks: Callable[[File], Iterator[bytes]],
    named: Sequence[str],
    output: str | None,
) -> None:
    """Save those of the files that are ``found`` which are named, or send one to standard output."""
    is_redirected = not sys.stdout.isatty() and not run.out.is_for_scripts
    usual = STREAM if len(named) == 1 and is_redirected else _HERE
    folder = usual if output is None else output
    wanted = _wanted(found(), named, ticket)
    if folder == STREAM:
        only = _only(wanted, ticket)
        run.out.file(local_files.whole(chunks(only), only))
        return
    saved = [(each, local_files.save(chunks(each), folder, each)) for each in wanted]
    items = [shapes.file(each) | {"path": str(path)} for each, path in saved]
    run.out.many({"items": items}, items, sheets.SAVED_FILES, "\n".join(str(path) for _each, path in saved))


def _wanted(found: Sequence[File], named: Sequence[str], number: int) -> list[File]:
    """The files that are named, by name or key; all of them when none is."""
    if not found:
        raise Invalid(N_("#{number} has no files."), field="files", number=number)
    chosen = []
    for name in named:
        matches = [file for file in found if name in (file.key, file.filename)]
        if not matches:
            raise Invalid(N_("#{number} has no file “{name}”."), field="files", number=number, name=name)
        chosen += matches
    return list(dict.fromkeys(chosen)) if named else list(found)


def _only(wanted: Sequence[File], number: int) -> File:
    """The one file that standard output can take."""
    if len(wanted) > 1:
        raise Invalid(
            N_("Standard output takes one file. Name it by its key: {command}"),
            field="files",
            command=Advice(f"sysmo ticket files {number}"),
        )
    return wanted[0]
