"""Finding words in the whole thread of one ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Audience, EntryKind, Visibility
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.sought import Sought
from sysmo_tui.domain.text import clean, clean_line
from sysmo_tui.models import Attachment, Entry, table
from sysmo_tui.services import visible
from sysmo_tui.spoken import words_of

AT_ONCE = 200
"""Entries that are fetched at a time: texts can be long, and whoever asked may give up."""

_ENTRY, _FILE = table(Entry), table(Attachment)
_TEXTS: sa.Select[Any] = (
    sa.select(_ENTRY.c.id, _ENTRY.c.public_key, _ENTRY.c.kind, _ENTRY.c.body, _ENTRY.c.withdrawn_at)
    .add_columns(_FILE.c.filename)
    .outerjoin(_FILE, _FILE.c.entry_id == _ENTRY.c.id)
    .where(_ENTRY.c.ticket_number == sa.bindparam("number"))
    .order_by(_ENTRY.c.id, _FILE.c.id)
)
_PUBLIC_TEXTS = _TEXTS.where(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with what was looked for.

    ``order`` is how many entries that the actor may read come before it, ``count`` in how many places of
    its text and its files' names the words stand.
    """

    key: str
    order: int
    count: int


def in_ticket(work: Work, number: int, sought: Sought) -> tuple[Found, ...]:
    """The entries that the actor may read in which words stand, oldest first; nothing that was taken back."""
    capacity = visible.require(work, number, Verb.SHOW)
    statement = _TEXTS if capacity is Audience.STAFF else _PUBLIC_TEXTS
    rows = work.session.execute(statement, {"number": number}).yield_per(AT_ONCE)
    return tuple(_found(rows, sought))


def _found(rows: Iterable[sa.Row[Any]], sought: Sought) -> Iterator[Found]:
    for order, (_id, group) in enumerate(groupby(rows, key=lambda row: row.id)):
        entry, *others = group
        if entry.withdrawn_at is None:
            count = _in_text(entry.kind, entry.body, sought)
            count += sum(sought.count(clean_line(row.filename or "")) for row in (entry, *others))
            if count:
                yield Found(entry.public_key, order, count)


def _in_text(kind: EntryKind, body: str, sought: Sought) -> int:
    # What makes a text safe to show takes time, and never adds a place.
    if kind is not EntryKind.SYSTEM and not sought.count(body):
        return 0
    return sought.count(words_of(kind, clean(body)))
