"""``ticket list --follow``: what is new in a list or changed, as it comes."""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sysmo_tui.cli.context import Here
from sysmo_tui.domain.changes import Changes
from sysmo_tui.domain.errors import Invalid, Lost
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import CustomerTicketRow, TicketRow

if TYPE_CHECKING:
    from sysmo_tui.storage.feed import ChangeFeed

SECONDS = 0.5
"""How often the desk is asked whether anything happened."""

AT_ONCE = 100
"""How many tickets are read together, those that changed last first."""

Row = TicketRow | CustomerTicketRow
Newest = Callable[[str | None], tuple[Sequence[Row], str | None]]
"""A page of the list, last changed first, behind a cursor; and the next cursor."""
Among = Callable[[Sequence[int]], Sequence[Row]]
"""Those of the tickets with these numbers that are in the list."""


def refuse_unfollowable(run: Here, after: str | None) -> None:
    """Refuse what goes on without end as one document, or from the middle."""
    if run.options.json or run.options.csv:
        raise Invalid(N_("This goes on and on. Use --jsonl with --follow."), field="follow")
    if after is not None:
        raise Invalid(N_("Choose either --follow or --after."), field="follow")


def follow(
    run: Here,
    show_list: Callable[[], None],
    newest: Newest,
    among: Among,
    show: Callable[[Sequence[Row]], None],
) -> None:
    """Show the list, then what is new in it or changed, oldest first, until it is stopped.

    A row counts as changed when its reader sees another one: an internal note changes none of a customer's.
    """
    with closing(run.desk.feed()) as feed:
        known = {row.number: row for row in _seen(newest(None)[0])}
        show_list()
        sys.stdout.flush()
        while True:
            changes = _wait(feed)
            news = _news(known, newest) if changes.is_all else _changed(known, among(sorted(changes.tickets)))
            if news:
                show(news)


def _changed(known: dict[int, Row], found: Sequence[Row]) -> list[Row]:
    """Those of the rows ``found`` that are not ``known`` as they are now, which they are from then on."""
    oldest = _oldest(known)
    news = [row for row in _seen(found) if _is_news(row, known, oldest)]
    known.update((row.number, row) for row in news)
    return sorted(news, key=lambda row: row.updated_at)


def _news(known: dict[int, Row], newest: Newest) -> list[Row]:
    """The rows that are not ``known`` as they are now, which they are from then on."""
    news: list[Row] = []
    # What others left behind slides into view unchanged: it is older than all that was seen.
    oldest = _oldest(known)
    cursor: str | None = None
    while True:
        found, cursor = newest(cursor)
        fresh = [row for row in _seen(found) if _is_news(row, known, oldest)]
        news += fresh
        if cursor is None or len(fresh) < len(found):
            break
    known.update((row.number, row) for row in news)
    return news[::-1]


def _oldest(known: Mapping[int, Row]) -> datetime | None:
    """When what is known changed at the earliest; None when all there was is known."""
    return min(row.updated_at for row in known.values()) if len(known) >= AT_ONCE else None


def _is_news(row: Row, known: Mapping[int, Row], oldest: datetime | None) -> bool:
    if row.number in known:
        return known[row.number] != row
    return oldest is None or row.updated_at >= oldest


def _seen(rows: Sequence[Row]) -> list[Row]:
    """The rows without what reading them changes."""
    return [replace(row, is_unread=False) for row in rows]


def _wait(feed: ChangeFeed) -> Changes:
    """What happened, once something did; BrokenPipeError when nobody reads the output any more.

    A database that cannot be reached is waited for as long as by any command; then Lost.
    """
    from sysmo_tui.storage import retrying

    is_terminal = sys.stdout.isatty()
    poll = select.poll()
    if not is_terminal:
        # No event is asked for: an error and a hang-up are told anyway.
        poll.register(sys.stdout.fileno(), 0)
    answered_at = time.monotonic()
    while True:
        if is_terminal:
            time.sleep(SECONDS)
        elif poll.poll(SECONDS * 1000):
            raise BrokenPipeError
        try:
            changes = feed.news()
        except Lost:
            if time.monotonic() - answered_at > retrying.COMMAND_SECONDS:
                raise
            continue
        answered_at = time.monotonic()
        if changes.has_tickets:
            return changes
