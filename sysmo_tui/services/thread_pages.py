"""Which entries of a ticket are read at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Visibility
from sysmo_tui.models import Entry, table

NEWEST = 50
"""Entries that are read at first; others on demand."""

_ENTRY = table(Entry)
OF_TICKET = _ENTRY.c.ticket_number == sa.bindparam("number")
IS_PUBLIC = sa.and_(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))
_END = 2**62


@dataclass(frozen=True, slots=True)
class Page:
    """The newest entries, ``size`` of them, or those before the one with the key ``before``.

    ``further`` moves where they end by so many entries towards the newest.
    """

    size: int = NEWEST
    before: str | None = None
    further: int = 0


NEWEST_PAGE = Page()


def around(key: str) -> Page:
    """The entries on both sides of one."""
    return Page(before=key, further=NEWEST // 2)


def after(key: str) -> Page:
    """The entries that come next after one; near the end of the thread, the newest."""
    return Page(before=key, further=NEWEST + 1)


class Reach:
    """Looks up how far a page reaches, among all entries or the public ones."""

    def __init__(self, *conditions: sa.ColumnElement[bool]) -> None:
        entries = sa.select(_ENTRY.c.id).where(OF_TICKET, *conditions)
        self._of_key = entries.where(_ENTRY.c.public_key == sa.bindparam("key"))
        later = entries.where(_ENTRY.c.id > sa.bindparam("id")).order_by(_ENTRY.c.id)
        self._later = later.offset(sa.bindparam("steps")).limit(1)
        self._rest = entries.where(_ENTRY.c.id >= sa.bindparam("id")).with_only_columns(sa.func.count())

    def of_key(self, work: Work, number: int, key: str) -> int | None:
        """The id of the entry with that key, if the ticket has it."""
        return self._one(work, self._of_key, number=number, key=key)

    def end(self, work: Work, number: int, page: Page) -> int:
        """The id below which the entries of a page are."""
        if page.before is None:
            return _END
        before = self.of_key(work, number, page.before) or 0
        if not (before and page.further):
            return before
        return self._one(work, self._later, number=number, id=before, steps=page.further - 1) or _END

    def rest(self, work: Work, number: int, end: int) -> int:
        """How many entries come from that id on."""
        return 0 if end == _END else self._one(work, self._rest, number=number, id=end) or 0

    def _one(self, work: Work, statement: sa.Select[Any], **given: object) -> int | None:
        found: int | None = work.session.execute(statement, given).scalar_one_or_none()
        return found


ALL = Reach()
PUBLIC = Reach(IS_PUBLIC)
