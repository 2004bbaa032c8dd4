"""Replies and notes whose same words go into several tickets: what :func:`bulk.each` does with each."""

from __future__ import annotations

from dataclasses import replace

from sysmo_tui.desk import Work
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.services import closing, responses, thread, visible
from sysmo_tui.services.thread import Outgoing


def reply(work: Work, number: int, message: Outgoing) -> Changed:
    """:func:`thread.reply`, told as a change of the ticket that it is in."""
    filed = thread.reply(work, number, message)
    return closing.changed_for(work, visible.ticket_for_change(work, filed.number, Verb.REPLY))


def respond(work: Work, number: int, canned: str, message: Outgoing) -> Changed:
    """:func:`reply` with a canned response, filled in from the ticket."""
    return reply(work, number, replace(message, body=responses.use(work, number, canned).body))


def note(work: Work, number: int, message: Outgoing) -> Changed:
    """:func:`thread.note`, told as a change of the ticket."""
    thread.note(work, number, message)
    return closing.changed_for(work, visible.ticket_for_change(work, number, Verb.NOTE))
