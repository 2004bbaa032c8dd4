"""The same reply or note in several tickets: one command, in which each ticket stands for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import typer

from sysmo_tui.cli.composing import keep_here, staged
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.input import can_ask, edited, text
from sysmo_tui.cli.ticket_changing import each, parsed
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Given:
    """The text and the files as the command line names them."""

    body: str | None
    body_file: str | None
    attach: Sequence[str] | None
    name: str | None


def reply(
    run: Here,
    numbers: Sequence[str],
    given: Given,
    *,
    canned: str | None = None,
    status: str | None = None,
    closes: bool = False,
    delay: timedelta = timedelta(),
    **more: Any,
) -> None:
    """Answer in every ticket, with a text or with a response that is filled in from each."""
    from sysmo_tui.services import bulk_writing
    from sysmo_tui.services.thread import Outgoing

    if canned is not None:
        with staged(run, given.attach, name=given.name) as files:
            message = Outgoing("", files=files, status=status, closes=closes, delay=delay)
            each(run, numbers, _REPLIED, bulk_writing.respond, canned, message, **more)
        return
    count = len(parsed(numbers))
    with (
        _written(run, given, replying(count), count) as body,
        staged(run, given.attach, name=given.name) as files,
    ):
        message = Outgoing(body, files=files, status=status, closes=closes, delay=delay)
        each(run, numbers, _REPLIED, bulk_writing.reply, message, **more)


def note(run: Here, numbers: Sequence[str], given: Given, **more: Any) -> None:
    """Write the note in every ticket."""
    from sysmo_tui.services import bulk_writing
    from sysmo_tui.services.thread import Outgoing

    count = len(parsed(numbers))
    with (
        _written(run, given, noting(count), count) as body,
        staged(run, given.attach, name=given.name) as files,
    ):
        each(run, numbers, _NOTED, bulk_writing.note, Outgoing(body, files=files), **more)


def replying(count: int) -> str:
    """What a text for several tickets is, for who writes it."""
    return ngettext(
        "your reply in {count} ticket, which its customer sees",
        "your reply in {count} tickets, which their customers see",
        count,
    )


def noting(count: int) -> str:
    """The same of a note."""
    return ngettext("your internal note in {count} ticket", "your internal note in {count} tickets", count)


@contextmanager
def _written(run: Here, given: Given, purpose: str, count: int) -> Iterator[str]:
    """The text for so many tickets; one from an editor is kept in a file where a ticket refused it."""
    from sysmo_tui.services.bulk_writing import require_room

    if given.body is not None or given.body_file is not None or not can_ask(run):
        written = text(run, given.body, given.body_file, purpose)
        require_room(written, count)
        yield written
        return
    written = edited(run, purpose)
    try:
        require_room(written, count)
        yield written
    except (DeskError, typer.Exit):
        keep_here(run, written)
        raise


_REPLIED = N_("Your reply to #{n} is sent.")
_NOTED = N_("Your note on #{n} is saved.")
