"""What one can go to by a few words from wherever one is: tickets, people, topics."""

from __future__ import annotations

from dataclasses import dataclass

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AccountState, Inbox
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import AccountLine, CustomerTicketRow, TicketRow
from sysmo_tui.services import account_list, inboxes, saved_searches, topics
from sysmo_tui.services.choices import Choice
from sysmo_tui.services.saved_searches import SavedLine

MOST = 6
"""Tickets, and as many people, that are named at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """What some words find: tickets by the order of their list, and for staff, people."""

    tickets: tuple[TicketRow | CustomerTicketRow, ...] = ()
    people: tuple[AccountLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The topics that the actor can file under or look through, and for staff, the searches that are kept."""

    topics: tuple[Choice, ...]
    saved: tuple[SavedLine, ...] = ()


def known(work: Work) -> Known:
    """What has a name of its own, and can be gone to by it."""
    return Known(
        tuple(Choice(topic.slug, topic.name, SafeText(topic.slug)) for topic in topics.choices(work)),
        saved_searches.lines(work) if work.actor.is_staff else (),
    )


def found(work: Work, text: str) -> Found:
    """The tickets, open or closed, that a search for ``text`` finds first, and the people that it names."""
    is_staff = work.actor.is_staff
    listing = inboxes.page(
        work,
        Inbox.ALL if is_staff else Inbox.CREATED,
        query=text,
        limit=MOST,
        with_closed=True,
        is_typing=True,
    )
    people = account_list.page(work, text, limit=MOST).items if is_staff else ()
    return Found(
        tuple(listing.page.items),
        tuple(line for line in people if line.state is not AccountState.DISABLED),
    )
