"""Texts and files on their way to a ticket; what was typed in an editor is never lost."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.input import can_ask, edited, opened, text
from sysmo_tui.cli.local_options import STREAM
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.services.files import Upload
    from sysmo_tui.services.unsent import Unsent


@dataclass(frozen=True, slots=True)
class Composed:
    """A text to send, and the draft that it was, to be forgotten with it, with the files of that."""

    body: str
    files: tuple[Upload, ...] = ()
    draft: Unsent | None = None


@contextmanager
def composed(
    run: Here, number: int, kind: DraftKind, body: str | None, file: str | None, purpose: str
) -> Iterator[Composed]:
    """What to send; what comes from an editor and is refused by the desk becomes a draft and comes back."""
    if body is not None or file is not None or not can_ask(run):
        yield Composed(text(run, body, file, purpose))
        return
    from sysmo_tui.services import drafts
    from sysmo_tui.services.unsent import Unsent

    saved = run.read(drafts.load, number, kind)
    fields, files = (saved.fields, saved.files) if saved else ({}, ())
    written = edited(run, purpose, fields.get("body", ""))
    if files:
        names = ", ".join(clean_line(each.filename) for each in files)
        run.out.say(_("With it goes what your draft has attached: {files}", files=names))
    try:
        yield Composed(written, files, Unsent(number, kind, (fields,)) if saved else None)
    except DeskError:
        _keep(run, number, kind, {**fields, "body": written}, files)
        raise


def _keep(
    run: Here, number: int, kind: DraftKind, fields: dict[str, str], uploads: tuple[Upload, ...]
) -> None:
    """Make a draft of what was written, or a file of its text where the desk takes none."""
    from sysmo_tui.services import drafts

    try:
        run.door.touch(drafts.save, number, kind, fields, uploads=uploads)
        run.out.say(_("Your text is kept as a draft: the same command brings it back."))
    except DeskError:
        keep_here(run, fields["body"])


def keep_here(run: Here, written: str) -> None:
    """Keep a text that was written in vain in a file of its own."""
    handle, path = tempfile.mkstemp(".txt", "sysmo-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(written)
    run.out.say(_("Your text is kept in {path}.", path=path))


@contextmanager
def staged(
    run: Here,
    paths: Sequence[str] | None,
    ticket: int | None = None,
    *,
    name: str | None = None,
    field: str = "attach",
) -> Iterator[tuple[Upload, ...]]:
    """The files, stored on the desk and ready to be attached; thrown away when the desk refuses them.

    ``name`` is that of the file on standard input, ``field`` the parameter that names the files.
    Nothing is received for a ``ticket`` that the actor cannot attach files to, nor of too many files.
    """
    from sysmo_tui.services import files

    wanted = paths or ()
    if name is not None and STREAM not in wanted:
        raise Invalid(N_("This names a file that comes on standard input: give - as the file."), field="name")
    if wanted and ticket is not None:
        run.read(files.require_may, ticket)
    if wanted:
        run.read(files.require_few, wanted)
    uploads: list[Upload] = []
    try:
        for path in wanted:
            with opened(run, path, field) as stream:
                uploads.append(files.stage(run.door, stream, (name or "stdin") if path == STREAM else path))
        yield tuple(uploads)
    except BaseException:
        # What cannot be thrown away now is thrown away in time.
        if uploads:
            with suppress(DeskError):
                run.door.touch(files.discard, [upload.blob_id for upload in uploads])
        raise
