"""Replies and notes whose same words go into several tickets: what :func:`bulk.each` does with each."""

from __future__ import annotations

from sysmo_tui.desk import Work
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.services import closing, thread, visible
from sysmo_tui.services.thread import Outgoing


def reply(work: Work, number: int, message: Outgoing) -> Changed:
    """:func:`thread.reply`, told as a change of the ticket."""
    seen = visible.ticket_for_change(work, number, Verb.REPLY)
    thread.reply_to(work, seen, message)
    return closing.changed_for(work, seen)


def note(work: Work, number: int, message: Outgoing) -> Changed:
    """:func:`thread.note`, told as a change of the ticket."""
    thread.note(work, number, message)
    return closing.changed_for(work, visible.ticket_for_change(work, number, Verb.NOTE))
