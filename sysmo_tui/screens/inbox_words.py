"""What the inbox says: its orders, and what to do when a list is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _

SORTS: Final[Mapping[Sort, str]] = {
    Sort.URGENT: N_("Most urgent first"),
    Sort.UPDATED: N_("Last changed first"),
    Sort.CREATED: N_("Newest first"),
    Sort.DUE: N_("Next date first"),
    Sort.PRIORITY: N_("Highest priority first"),
}
SORTS_OF_OWN: Final = (Sort.UPDATED, Sort.CREATED)
"""The orders of the tickets that one created oneself."""

_EMPTY: Final[Mapping[Inbox, str]] = {
    Inbox.ASSIGNED: N_("Nothing is assigned to you. 2 shows your topics, 3 what nobody has."),
    Inbox.TOPICS: N_("Your topics have no open tickets. 4 shows everything you may see."),
    Inbox.UNASSIGNED: N_("Every ticket has someone. 2 shows your topics."),
    Inbox.ALL: N_("There are no open tickets. Type is:closed after / to see closed ones."),
    Inbox.CREATED: N_("You have created no tickets. c writes one."),
}


def emptiness(box: Inbox, query: str, actor: Actor) -> str:
    """Why a list is empty, and the key that helps."""
    if query:
        return _("Nothing matches. esc clears the search.")
    if box is Inbox.TOPICS and not actor.topics:
        return _("You serve no topic. An administrator can give you one: A, then topics.")
    return _(_EMPTY[box])
