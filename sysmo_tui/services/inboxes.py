"""The lists of tickets that everyone has, a page at a time.

Staff see open tickets unless a query asks for others; "Created by me" holds open and
closed ones and is served, to staff too, as the person who asked sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, Inbox, Sort
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.query import Problem
from sysmo_tui.domain.views import CustomerTicketRow, Page, TicketRow
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import arms, cursors, newest, rows, search, search_words, unsent
from sysmo_tui.services.arms import Shape
from sysmo_tui.services.search import Compiled

COUNTED = 1_000
"""Counters stop here; more is shown as "999+"."""

PAGE = 50
LARGEST_PAGE = 1_000
READABLE = 3_000
"""In a list of so many tickets, common words are looked for by reading; in a longer one, by their matches."""
FEW = 500
"""Up to so many requests of one's own are always read when words are looked for."""
AT_ONCE = 100
"""How many tickets are read at once to see which have common words."""

_TICKET = table(Ticket)
_IS_OPEN = _TICKET.c.closed_at.is_(None)
# Spelled out: the index on new tickets does not know a bound value.
_IS_NEW = _TICKET.c.category == sa.literal_column(f"'{Category.NEW}'")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page, and what of the query was not understood.

    ``sort`` is the order that it is in; None for one by the newest matching entries.
    """

    page: Page[TicketRow] | Page[CustomerTicketRow]
    problems: tuple[Problem, ...] = ()
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What became of a list that someone looks at.

    ``rows`` are those of its tickets that ``changed``, as they are now. Of them, those in ``left`` belong to
    the list no more, those in ``lost`` may not be seen any more. ``new`` are on its first page and were not
    shown.
    """

    changed: frozenset[int]
    rows: tuple[TicketRow, ...] | tuple[CustomerTicketRow, ...]
    left: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()
    new: int = 0


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many tickets each inbox shows by itself, at most :data:`COUNTED`; None where one has none such.

    These are open tickets, in ``created`` closed ones as well.
    """

    created: int
    assigned: int | None = None
    topics: int | None = None
    new_in_topics: int | None = None
    unassigned: int | None = None
    all: int | None = None
    has_begun: bool = False
    """Whether a new ticket of theirs is a draft."""


def page(
    work: Work,
    inbox: Inbox,
    *,
    query: str = "",
    sort: Sort | None = None,
    after: str | None = None,
    limit: int = PAGE,
    with_closed: bool = False,
    is_typing: bool = False,
) -> Listing:
    """A page of an inbox, filtered by ``query``, behind the cursor ``after``.

    ``with_closed`` shows closed tickets even where the query does not ask for them; with
    ``is_typing`` the query's last word may be the beginning of one. Without
    ``sort``, open tickets come most urgent first, lists that may hold closed ones newest first,
    and "created by me" by what was updated last. In a list of more than :data:`READABLE`
    tickets, a search for common words comes by its newest matching entries, whatever
    ``sort`` says.
    Invalid for a cursor of another list; Forbidden for an inbox that customers do not have.
    """
    asked = understood(work, inbox, query, sort, with_closed=with_closed, is_typing=is_typing)
    behind = cursors.read(after, asked.sort, asked.shape.order.columns)
    size = max(1, min(limit, LARGEST_PAGE))
    if asked.wanted.is_everything and not isinstance(behind, cursors.Place):
        return _unfiltered(work, asked, behind, size)
    found = _found(work, asked, behind, size)
    problems = asked.wanted.problems
    if inbox is Inbox.CREATED:
        return Listing(Page(rows.customer(work, found.numbers), None, found.next), problems, found.sort)
    return Listing(Page(rows.staff(work, found.numbers), None, found.next), problems, found.sort)


def _unfiltered(work: Work, asked: Understood, behind: tuple[Any, ...] | None, size: int) -> Listing:
    """A page that no query filters: its keys and its rows by one statement, built once."""
    shape = replace(asked.shape, has_after=behind is not None, limit=size + 1)
    bound = asked.bound if behind is None else asked.bound | _beyond(behind)
    is_public = shape.inbox is Inbox.CREATED
    found = rows.keyed(work, arms.keys(shape), shape.order, bound, is_public=is_public)
    is_more = len(found.rows) > size
    cursor = cursors.by_sort(asked.sort, found.keys[size - 1]) if is_more else None
    shown: Any = Page(tuple(found.rows[:size]), None, cursor)
    return Listing(shown, asked.wanted.problems, asked.sort)


def news(
    work: Work,
    inbox: Inbox,
    shown: Sequence[int],
    *,
    changed: Sequence[int] | None = None,
    query: str = "",
    sort: Sort | None = None,
    is_typing: bool = False,
) -> News:
    """What became of those tickets ``shown`` of a list that ``changed``, and how many came to its first page.

    Without ``changed`` it may be any of them. Forbidden for an inbox that customers do not have.
    """
    asked = understood(work, inbox, query, sort, is_typing=is_typing)
    found = _found(work, asked, None, PAGE)
    news = _became(work, asked, shown if changed is None else changed)
    return replace(news, new=len(set(found.numbers) - set(shown)))


def among(work: Work, inbox: Inbox, numbers: Sequence[int], *, query: str = "") -> News:
    """What became of tickets with these ``numbers``, as far as an inbox filtered by ``query`` has them."""
    return _became(work, understood(work, inbox, query, None), numbers)


def _became(work: Work, asked: Understood, changed: Sequence[int]) -> News:
    is_public = asked.shape.inbox is Inbox.CREATED
    is_seen = arms.allowed(_shape(work, Inbox.CREATED if is_public else Inbox.ALL))
    seen, here = frozenset[int](), frozenset[int]()
    for start in range(0, len(changed), LARGEST_PAGE):
        numbers = frozenset(changed[start : start + LARGEST_PAGE])
        visible = search_words.passing(work, numbers, is_seen, asked.bound)
        conditions = [arms.allowed(asked.shape), asked.wanted.within(visible)]
        if asked.shape.is_open_only:
            conditions.append(_IS_OPEN)
        seen |= visible
        here |= search_words.passing(work, visible, sa.and_(*conditions), asked.bound)
    kept = [number for number in changed if number in seen]
    return News(
        changed=frozenset(changed),
        rows=rows.customer(work, kept) if is_public else rows.staff(work, kept),
        left=seen - here,
        lost=frozenset(changed) - seen,
    )


@dataclass(frozen=True, slots=True)
class Understood:
    """A list that is asked for, understood."""

    wanted: Compiled
    shape: Shape
    sort: Sort
    bound: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Found:
    """The tickets of a page, the cursor behind it, and the order it is in."""

    numbers: list[int]
    next: str | None
    sort: Sort | None


def understood(
    work: Work,
    inbox: Inbox,
    query: str,
    sort: Sort | None,
    *,
    with_closed: bool = False,
    is_typing: bool = False,
) -> Understood:
    """What a list and a query ask for.

    Forbidden for an inbox that customers do not have; Invalid for an order that the list does not have.
    """
    if inbox is not Inbox.CREATED and not work.actor.is_staff:
        raise Forbidden(N_("Customers have one list: the requests they made."))
    is_public = inbox is Inbox.CREATED
    orders = arms.PUBLIC_ORDERS if is_public else arms.ORDERS
    if sort is not None and sort not in orders:
        raise Invalid(
            N_("This list is sorted by one of: {choices}."), field="sort", choices=", ".join(orders)
        )
    wanted = search.compiled(
        work,
        query,
        is_public=is_public,
        reads_all=bool(query) and is_public and _has_few(work),
        is_typing=is_typing,
    )
    is_open_only = not is_public and (wanted.is_open_only or not (with_closed or wanted.names_state))
    chosen = sort or (Sort.UPDATED if is_public else Sort.URGENT if is_open_only else Sort.CREATED)
    shape = replace(_shape(work, inbox), order=orders[chosen], is_open_only=is_open_only)
    return Understood(wanted, shape, chosen, arms.values(work.actor, sorted(work.actor.topics)))


def problems(work: Work, inbox: Inbox, query: str) -> tuple[Problem, ...]:
    """What of a query is not understood in an inbox."""
    return understood(work, inbox, query, None).wanted.problems


def counts(work: Work) -> InboxCounts:
    """How much there is in each inbox of the actor, in one statement."""
    inboxes = list(Inbox) if work.actor.is_staff else [Inbox.CREATED]
    shapes = {inbox.value: _shape(work, inbox) for inbox in inboxes}
    shapes[Inbox.CREATED] = replace(shapes[Inbox.CREATED], is_open_only=False)
    parts = {name: _counted(arms.scopes(shape), shape) for name, shape in shapes.items()}
    if work.actor.is_staff:
        # What is new is open; saying so as well leads SQLite away from the index of new tickets.
        topics = replace(shapes[Inbox.TOPICS], is_open_only=False)
        parts["new_in_topics"] = _counted([sa.and_(scope, _IS_NEW) for scope in arms.scopes(topics)], topics)
    begun = unsent.has_begun(sa.literal(work.actor.account_id, sa.BigInteger))
    statement = sa.select(*(part.label(name) for name, part in parts.items()), begun.label("has_begun"))
    row = work.session.execute(statement, arms.values(work.actor, sorted(work.actor.topics))).one()
    return InboxCounts(**{**row._mapping, "has_begun": bool(row.has_begun)})


def first_inbox(work: Work) -> Inbox:
    """Where someone starts: what is assigned to them, else their topics; customers, what they made."""
    if not work.actor.is_staff:
        return Inbox.CREATED
    has_own = sa.exists().where(_TICKET.c.assignee_id == work.actor.account_id, _TICKET.c.closed_at.is_(None))
    return Inbox.ASSIGNED if work.session.execute(sa.select(has_own)).scalar_one() else Inbox.TOPICS


def _shape(work: Work, inbox: Inbox) -> Shape:
    """The open tickets of an inbox, most urgent first."""
    return Shape(
        inbox=inbox,
        topics=len(work.actor.topics),
        sees_all=work.actor.role.sees_all,
        order=arms.ORDERS[Sort.URGENT],
        is_open_only=True,
        has_after=False,
        limit=PAGE + 1,
    )


def _has_few(work: Work) -> bool:
    """Whether the actor made so few requests that their words are looked for by reading.

    The index of all words would tell, by the time it takes, how common a word is in others' tickets.
    """
    shape = replace(_shape(work, Inbox.CREATED), is_open_only=False)
    few = sa.select(_counted(arms.scopes(shape), shape, FEW + 1) <= FEW)
    return bool(work.session.execute(few, arms.values(work.actor, ())).scalar_one())


def _counted(scopes: Sequence[sa.ColumnElement[bool]], shape: Shape, most: int = COUNTED) -> Any:
    """How many tickets there are in all arms together, each read up to the limit."""
    if not scopes:
        return sa.literal(0)
    conditions = [_IS_OPEN] if shape.is_open_only else []
    read = [
        sa.select(sa.select(_TICKET.c.number).where(scope, *conditions).limit(most).subquery())
        for scope in scopes
    ]
    merged = arms.merged(shape.inbox, read).limit(most).subquery()
    return sa.select(sa.func.count()).select_from(merged).scalar_subquery()


def _found(
    work: Work, asked: Understood, behind: tuple[Any, ...] | cursors.Place | None, size: int
) -> _Found:
    """A page of ``size`` tickets, by the cheapest way there is."""
    wanted, sort = asked.wanted, asked.sort
    shape = replace(asked.shape, has_after=isinstance(behind, tuple), limit=size + 1)
    bound = asked.bound
    whole = wanted.whole
    if whole.candidates is not None and not whole.candidates:
        return _Found([], None, sort)
    if isinstance(behind, tuple):
        bound = bound | _beyond(behind)
    elif isinstance(behind, cursors.Place) or _is_by_match(work, shape, wanted, bound):
        if not whole.groups:
            raise cursors.unknown()
        found = newest.page(work, shape, wanted, bound, behind, size)
        cursor = cursors.by_match(found.next) if found.next else None
        named = wanted.numbers
        if not named:
            return _Found(found.numbers, cursor, None)
        # Who names a number means that ticket first, however many others have the word.
        is_there = sa.and_(arms.allowed(shape), *([_IS_OPEN] if shape.is_open_only else []))
        first = search_words.passing(work, named, is_there, bound) if behind is None else frozenset()
        return _Found([*first, *(each for each in found.numbers if each not in named)], cursor, None)
    if whole.condition is None:
        keys = _read_through(work, shape, wanted, bound)
    else:
        keys = list(work.session.execute(_keys(shape, wanted), bound))
    numbers = [key.number for key in keys[:size]]
    return _Found(numbers, cursors.by_sort(sort, keys[size - 1]) if len(keys) > size else None, sort)


def _is_by_match(work: Work, shape: Shape, wanted: Compiled, bound: dict[str, Any]) -> bool:
    """Whether to follow common words: they are asked for, and too many tickets might have them."""
    whole = wanted.whole
    if whole.condition is not None or not whole.groups or whole.candidates is not None:
        return False
    return bool(work.session.execute(_is_longer(shape, READABLE), bound).scalar_one())


@lru_cache(maxsize=256)
def _is_longer(shape: Shape, most: int) -> sa.Select[Any]:
    return sa.select(_counted(arms.scopes(shape), shape, most + 1) > most)


def _keys(shape: Shape, wanted: Compiled) -> sa.Select[Any]:
    candidates = wanted.whole.candidates
    if candidates is None:
        return arms.keys(shape, wanted.prior)
    return arms.among(shape, candidates, wanted.prior)


def _read_through(
    work: Work, shape: Shape, wanted: Compiled, bound: dict[str, Any]
) -> list[sa.Row[*tuple[Any, ...]]]:
    """The keys of a page, by reading the entries of one ticket after the other in their order."""
    found: list[sa.Row[*tuple[Any, ...]]] = []
    size, shape = shape.limit, replace(shape, limit=AT_ONCE)
    while True:
        keys = work.session.execute(_keys(shape, wanted), bound).all()
        numbers = frozenset(key.number for key in keys)
        passed = search_words.passing(work, numbers, wanted.within(numbers))
        found += [key for key in keys if key.number in passed]
        if len(found) >= size or len(keys) < AT_ONCE:
            return found
        shape = replace(shape, has_after=True)
        bound = bound | _beyond(keys[-1])


def _beyond(keys: Sequence[Any]) -> dict[str, Any]:
    return {f"after_{i}": value for i, value in enumerate(keys)}
