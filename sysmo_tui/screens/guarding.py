"""What came while one wrote an answer: nothing goes out over it unseen."""

from __future__ import annotations

from collections.abc import Sequence

from sysmo_tui.domain.views import CustomerEntry, CustomerTicket, Entry, TicketView
from sysmo_tui.i18n import _
from sysmo_tui.screens.picker import Item
from sysmo_tui.widgets.entry import facts_of

EDIT, SEND, DISCARD = "edit", "send", "discard"


def newest_public(view: TicketView | CustomerTicket) -> str:
    """The key of the newest entry that the customer reads, "" when there is none."""
    public = _public(view)
    return public[-1].key if public else ""


def came_after(view: TicketView | CustomerTicket, seen: str) -> Sequence[Entry | CustomerEntry]:
    """The public entries behind the one with this key; all of them where it is not among them."""
    public = _public(view)
    keys = [entry.key for entry in public]
    return public[keys.index(seen) + 1 :] if seen in keys else public


def is_mine(entry: Entry | CustomerEntry, me: int | None) -> bool:
    """Whether who writes here wrote it."""
    return entry.is_own if isinstance(entry, CustomerEntry) else entry.author_id == me


def past_own(view: TicketView | CustomerTicket, seen: str, me: int | None) -> str:
    """The key of the last entry up to which, from the one that was seen, one wrote everything oneself."""
    for entry in came_after(view, seen) if seen else ():
        if not is_mine(entry, me):
            break
        seen = entry.key
    return seen


def told(entries: Sequence[Entry | CustomerEntry], me: int | None) -> str:
    """What to say of entries that came while one wrote."""
    if entries and all(is_mine(entry, me) for entry in entries):
        return _("You wrote here yourself meanwhile, in another program.")
    return _("A newer message came while you were writing.")


def question(entries: Sequence[Entry | CustomerEntry], me: int | None) -> str:
    """The title of the question what to do with one's text."""
    if entries and all(is_mine(entry, me) for entry in entries):
        return _("You answered already, in another program")
    return _("There is a newer message")


def offered() -> Sequence[Item]:
    """What can be done with one's text then."""
    return (
        Item(EDIT, _("edit my text")),
        Item(SEND, _("send it anyway")),
        Item(DISCARD, _("discard my text")),
    )


def _public(view: TicketView | CustomerTicket) -> Sequence[Entry | CustomerEntry]:
    return [entry for entry in view.entries if not facts_of(entry).is_internal]
