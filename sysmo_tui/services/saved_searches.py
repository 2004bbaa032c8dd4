"""Searches that staff keep under a name: their own, and those that managers share with all staff.

Each is a list of its own: a search in an inbox, with its order and its columns. ``me`` in a shared one is
whoever looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sysmo_tui.desk import Work
from sysmo_tui.domain import columns
from sysmo_tui.domain.enums import AuditKind, Inbox, Sort
from sysmo_tui.domain.errors import Conflict, Invalid, NotFound
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.query import MAX_LENGTH
from sysmo_tui.domain.text import SafeText, clean_line, storable_line
from sysmo_tui.models import Account, SavedSearch, table
from sysmo_tui.services import audit, inboxes

NAME_LIMIT = 60
MOST = 50
"""Searches that one person keeps, and as many that are shared."""

_SAVED, _OWNER = table(SavedSearch), table(Account)
_ME = sa.bindparam("me", type_=_SAVED.c.account_id.type)
_IS_SEEN = sa.or_(_SAVED.c.account_id == _ME, _SAVED.c.is_shared)
_ORDER = (_SAVED.c.is_shared, _SAVED.c.position, _SAVED.c.id)
_LINES = (
    sa.select(
        _SAVED.c.id,
        _SAVED.c.name,
        _SAVED.c.folded,
        _SAVED.c.inbox,
        _SAVED.c.query,
        _SAVED.c.sort,
        _SAVED.c.columns,
        _SAVED.c.is_shared,
        _SAVED.c.account_id,
        _OWNER.c.name.label("owner"),
    )
    .join(_OWNER, _OWNER.c.id == _SAVED.c.account_id)
    .where(_IS_SEEN)
    .order_by(*_ORDER)
)
_LOCKED = sa.select(SavedSearch).where(_IS_SEEN).order_by(*_ORDER).with_for_update()


@dataclass(frozen=True, slots=True)
class SavedLine:
    """A search that is kept. ``sort`` None is the list's own order, no ``columns`` are the usual ones."""

    id: int
    name: SafeText
    inbox: Inbox
    query: SafeText
    sort: Sort | None
    columns: tuple[str, ...]
    is_shared: bool
    is_own: bool
    owner: SafeText
    place: int
    """Its place among one's own, or among the shared ones, counted from 1."""


@dataclass(frozen=True, slots=True)
class SavedEdits:
    """What to change of a search that is kept: None leaves it, "" or () gives back what is usual.

    ``place`` is counted from 1 among one's own, or among the shared ones.
    """

    name: str | None = None
    inbox: Inbox | None = None
    query: str | None = None
    sort: str | None = None
    columns: Sequence[str] | None = None
    is_shared: bool | None = None
    place: int | None = None


def lines(work: Work) -> tuple[SavedLine, ...]:
    """One's own searches and then the shared ones, each in their order; for staff."""
    require_right(work.actor, Right.KEEP_SEARCHES)
    found: list[SavedLine] = []
    for row in work.session.execute(_LINES, {"me": work.actor.account_id}):
        before = sum(1 for line in found if line.is_shared == bool(row.is_shared))
        found.append(_line(row, work.actor.account_id, before + 1))
    return tuple(found)


def show(work: Work, name: str) -> SavedLine:
    """One of them by name, case and accents ignored; one's own before a shared one. NotFound otherwise."""
    wanted = _known_as(name)
    for line in lines(work):
        if _known_as(line.name) == wanted:
            return line
    raise _missing(name)


def new(work: Work, name: str, edits: SavedEdits | None = None) -> SavedLine:
    """Keep a search, behind those that are there; Conflict when there is one of that name.

    Invalid for a search that is not understood; Forbidden for who may not share what is to be shared.
    """
    given = edits or SavedEdits()
    known = _locked(work)
    row = SavedSearch(
        account_id=work.actor.account_id or 0,
        name="",
        inbox=Inbox.ALL,
        position=len(known) + 1,
        created_at=work.now,
    )
    if given.is_shared:
        require_right(work.actor, Right.SHARE_SEARCHES)
        row.is_shared = True
    if sum(1 for each in known if _is_beside(each, row)) >= MOST:
        raise Conflict(N_("There are {limit} searches already. Delete one first."), limit=MOST)
    _rename(row, known, name)
    _apply(work, row, given)
    work.session.add(row)
    known.append(row)
    _place(known, row, given.place)
    _store(work, row)
    _note(work, row, {"made": True})
    return _one(work, row)


def edit(work: Work, name: str, edits: SavedEdits, *, is_shared: bool | None = None) -> SavedLine:
    """Change a search that is kept; a shared one only for who may share.

    Who renames a shared one, or keeps it to oneself, makes it one's own. ``is_shared`` tells a shared one
    from one's own of the same name; without it, one's own is meant.
    """
    known = _locked(work)
    row = _named(work, known, name, is_shared=is_shared)
    before = (row.name, row.inbox, row.query, row.sort, row.columns, row.is_shared)
    if edits.is_shared is not None and edits.is_shared != row.is_shared:
        require_right(work.actor, Right.SHARE_SEARCHES)
        row.is_shared, row.position = edits.is_shared, len(known) + 1
        row.account_id = work.actor.account_id or row.account_id
        _rename(row, known, row.name)
    if edits.name is not None and edits.name != row.name:
        # Which names are free is known among one's own and the shared ones, not among another's own.
        row.account_id = work.actor.account_id or row.account_id
        _rename(row, known, edits.name)
    _apply(work, row, edits)
    _place(known, row, edits.place)
    _store(work, row)
    if before != (row.name, row.inbox, row.query, row.sort, row.columns, row.is_shared):
        _note(work, row, {"edited": True})
    return _one(work, row)


def delete(work: Work, name: str, *, is_shared: bool | None = None) -> None:
    """Keep a search no more; a shared one only for who may share. ``is_shared`` as in :func:`edit`."""
    known = _locked(work)
    row = _named(work, known, name, is_shared=is_shared)
    work.session.delete(row)
    work.session.flush()
    _note(work, row, {"deleted": True})


def _line(row: Any, me: int | None, place: int) -> SavedLine:
    return SavedLine(
        id=row.id,
        name=clean_line(row.name),
        inbox=row.inbox,
        query=clean_line(row.query),
        sort=row.sort,
        columns=columns.readable(row.columns),
        is_shared=bool(row.is_shared),
        is_own=row.account_id == me,
        owner=clean_line(row.owner),
        place=place,
    )


def _one(work: Work, row: SavedSearch) -> SavedLine:
    return next(line for line in lines(work) if line.id == row.id)


def _locked(work: Work) -> list[SavedSearch]:
    require_right(work.actor, Right.KEEP_SEARCHES)
    asked = _LOCKED.execution_options(populate_existing=True)
    return list(work.session.execute(asked, {"me": work.actor.account_id}).scalars())


def _named(work: Work, known: list[SavedSearch], name: str, *, is_shared: bool | None = None) -> SavedSearch:
    wanted = _known_as(name)
    for row in known:
        if _known_as(row.name) == wanted and is_shared in (None, row.is_shared):
            if row.is_shared:
                require_right(work.actor, Right.SHARE_SEARCHES)
            return row
    raise _missing(name)


def _known_as(name: str) -> str:
    """The form in which two names are the same to who reads them: what does not show is one substitute."""
    return same_name(clean_line(name))


def _missing(name: str) -> NotFound:
    return NotFound(N_("There is no saved search “{name}”."), name=clean_line(name, 80))


def _is_beside(one: SavedSearch, other: SavedSearch) -> bool:
    """Whether two stand in the same row of tabs, where places are counted."""
    return one.is_shared == other.is_shared


def _rename(row: SavedSearch, known: list[SavedSearch], text: str) -> None:
    """Call it ``text``, unless that is how another of its owner, or of the shared ones, is called."""
    name = storable_line(text)
    if not same_name(name) or len(name) > NAME_LIMIT:
        raise Invalid(N_("Write a name of up to {limit} characters."), field="name", limit=NAME_LIMIT)
    for other in known:
        is_rival = other.account_id == row.account_id or (other.is_shared and row.is_shared)
        if other is not row and is_rival and _known_as(other.name) == _known_as(name):
            raise _taken(name)
    row.name = name


def _store(work: Work, row: SavedSearch) -> None:
    """Write it, unless another got its name at the same moment."""
    name = row.name
    try:
        work.session.flush()
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> Conflict:
    return Conflict(
        N_("There is a saved search “{name}” already. Choose another name."),
        field="name",
        name=clean_line(name),
    )


def _apply(work: Work, row: SavedSearch, edits: SavedEdits) -> None:
    if edits.inbox is not None:
        row.inbox = edits.inbox
    if edits.query is not None:
        row.query = storable_line(edits.query)
    if edits.sort is not None:
        row.sort = _sort(edits.sort)
    if edits.columns is not None:
        row.columns = list(edits.columns)
    is_own = row.inbox is Inbox.CREATED
    row.columns = columns.checked(row.columns, columns.OF_OWN if is_own else columns.COLUMNS)
    if len(row.query) > MAX_LENGTH:
        raise Invalid(
            N_("A search has at most {limit} characters; the rest was left out."),
            field="query",
            limit=MAX_LENGTH,
        )
    for problem in inboxes.understood(work, row.inbox, row.query, row.sort).wanted.problems:
        raise Invalid(N_("In the search: {problem}"), field="query", problem=problem.message)


def _sort(text: str) -> Sort | None:
    if not text:
        return None
    if text not in set(Sort):
        raise Invalid(N_("This list is sorted by one of: {choices}."), field="sort", choices=", ".join(Sort))
    return Sort(text)


def _place(known: list[SavedSearch], row: SavedSearch, place: int | None) -> None:
    """Number those beside ``row``, with it at ``place``, or where it is."""
    beside = [each for each in known if _is_beside(each, row) and each is not row]
    at = row.position - 1 if place is None else place - 1
    if place is not None and not 0 <= at <= len(beside):
        raise Invalid(N_("A place from 1 to {last}."), field="place", last=len(beside) + 1)
    beside.insert(min(at, len(beside)), row)
    for position, each in enumerate(beside, 1):
        if each.position != position:
            each.position = position


def _note(work: Work, row: SavedSearch, detail: dict[str, Any]) -> None:
    """Record what was done to a search of all; one's own are nobody's business."""
    if row.is_shared:
        detail = {"list": "saved_search", "name": row.name, **detail}
        audit.record(work, AuditKind.CATALOGUE_CHANGED, detail=detail)
