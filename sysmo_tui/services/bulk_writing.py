"""Replies and notes whose same words go into several tickets: what :func:`bulk.each` does with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sysmo_tui.desk import Work
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.services import bulk, closing, responses, thread, unsent, visible
from sysmo_tui.services.bulk import BulkResult, Progress
from sysmo_tui.services.thread import Outgoing

MOST_CHARACTERS = 4_000_000
"""Of a text in all its tickets: writing them takes an embedded desk a second, in which nobody else writes."""


def require_room(text: str, count: int) -> None:
    """Refuse a text that is too long to be written into so many tickets by one command."""
    most = MOST_CHARACTERS // max(len(text), 1)
    if count > most:
        raise Invalid(
            N_("A text as long as this goes into at most {most} tickets at once. Attach it as a file."),
            field="body",
            most=most,
        )


def to_all(
    work: Work,
    numbers: Sequence[int],
    progress: Progress,
    write: Callable[..., Changed],
    message: Outgoing,
    places: Sequence[str] = (),
) -> BulkResult:
    """:func:`bulk.counted` with :func:`reply` or :func:`note`; once all have it, its draft is forgotten."""
    require_room(message.body, len(numbers))
    result = bulk.counted(work, numbers, progress, write, replace(message, draft=None), places)
    if not result.refused:
        unsent.forget(work, message.draft)
    return result


def reply(work: Work, number: int, message: Outgoing, places: Sequence[str] = ()) -> Changed:
    """:func:`thread.reply`, told as a change of its ticket, from which ``places`` are filled in."""
    filed = thread.reply(work, number, _filled(work, number, message, places))
    return closing.changed_for(work, visible.ticket_for_change(work, filed.number, Verb.REPLY))


def respond(work: Work, number: int, canned: str, message: Outgoing) -> Changed:
    """:func:`reply` with a canned response, filled in from the ticket."""
    return reply(work, number, replace(message, body=responses.use(work, number, canned).body))


def note(work: Work, number: int, message: Outgoing, places: Sequence[str] = ()) -> Changed:
    """:func:`thread.note`, told as a change of the ticket, from which ``places`` are filled.

    It tells whom its author named, and nobody whose name is only filled in.
    """
    thread.note(work, number, _filled(work, number, message, places), naming=message.body)
    return closing.changed_for(work, visible.ticket_for_change(work, number, Verb.NOTE))


def _filled(work: Work, number: int, message: Outgoing, places: Sequence[str]) -> Outgoing:
    """The message with these places of its text filled in from a ticket; else braces are mere text."""
    if not places:
        return message
    return replace(message, body=responses.fill(work, number, message.body, places))
