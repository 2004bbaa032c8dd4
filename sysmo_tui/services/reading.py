"""Opening a ticket: its facts and its thread, for whoever may read it.

Staff and customers are served by separate statements, so that nothing internal
is ever read for a customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses, phones
from sysmo_tui.domain.enums import Audience, PersonRole, Visibility
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.domain.views import CustomerEntry, CustomerTicket, Entry, File, Person, TicketView
from sysmo_tui.models import (
    Account,
    AccountEmail,
    Attachment,
    Cycle,
    Outbox,
    Ticket,
    TicketPerson,
    TicketTag,
    Topic,
    table,
)
from sysmo_tui.models import Entry as EntryModel
from sysmo_tui.services import history, read_marks, rows, visible
from sysmo_tui.services.thread_pages import ALL, IS_PUBLIC, NEWEST_PAGE, OF_TICKET, PUBLIC, Page
from sysmo_tui.storage.listed import joined

_TICKET, _ENTRY, _FILE = table(Ticket), table(EntryModel), table(Attachment)
_ACCOUNT, _EMAIL = table(Account), table(AccountEmail)
_PERSON, _TAG, _OUTBOX, _TOPIC = table(TicketPerson), table(TicketTag), table(Outbox), table(Topic)
_MINE, _FAILING = _TICKET.alias("mine"), _EMAIL.alias("failing")
_CONTACT_FAILS = sa.select(_FAILING.c.undeliverable_at, _FAILING.c.undeliverable_reason).where(
    _FAILING.c.folded == sa.bindparam("contact"), _FAILING.c.undeliverable_at.is_not(None)
)
_CYCLE = table(Cycle)
_BEFORE, _AFTER = _TICKET.alias("before"), _TICKET.alias("after")

_BELOW = _ENTRY.c.id < sa.bindparam("below")


_RATING = (
    sa.select(_CYCLE.c.rating)
    .where(_CYCLE.c.ticket_number == sa.bindparam("number"))
    .order_by(_CYCLE.c.n.desc())
    .limit(1)
    .scalar_subquery()
)


_ONE = sa.select(sa.bindparam("number", type_=_TICKET.c.number.type).label("number")).subquery("one")


def _earlier_and_later(sees_all: bool) -> tuple[sa.Label[Any], sa.Label[Any]]:
    """The ticket that one goes on with, and the newest that goes on with it, if the actor knows them."""
    earlier = sa.select(_BEFORE.c.number).where(
        _BEFORE.c.number == _TICKET.c.continues, visible.known(_BEFORE, sees_all=sees_all)
    )
    later = sa.select(sa.func.max(_AFTER.c.number)).where(
        _AFTER.c.continues == _TICKET.c.number, visible.known(_AFTER, sees_all=sees_all)
    )
    return earlier.scalar_subquery().label("continues"), later.scalar_subquery().label("continued_by")


def _opened(sees_all: bool) -> sa.Select[Any]:
    """A ticket's row and what only its own screen shows, once for each person who takes part.

    Nothing at all comes for whoever does not work on it.
    """
    ticket = (
        rows.staff_of(
            _ONE,
            _ONE.c.number,
            _TICKET.c.impact,
            _TICKET.c.urgency,
            _TICKET.c.close_reason,
            _TICKET.c.is_spam,
            _TICKET.c.cloned_from,
            *_earlier_and_later(sees_all),
            rows.REQUESTER.c.phone,
            _TOPIC.c.offers_waiting,
            sa.select(joined(_TAG.c.tag, " "))
            .where(_TAG.c.ticket_number == _TICKET.c.number)
            .scalar_subquery()
            .label("tags"),
            sa.select(joined(_OUTBOX.c.address, " "))
            .where(_OUTBOX.c.ticket_number == _TICKET.c.number, _OUTBOX.c.failed_at.is_not(None))
            .scalar_subquery()
            .label("undelivered"),
            _RATING.label("rating"),
            sa.select(sa.func.count())
            .select_from(_MINE)
            .where(_MINE.c.requester_id == _TICKET.c.requester_id, visible.known(_MINE, sees_all=sees_all))
            .scalar_subquery()
            .label("requester_tickets"),
        )
        .where(visible.worked_on(sees_all=sees_all))
        .cte("opened")
        # Nobody's part makes it be worked out again.
        .prefix_with("MATERIALIZED")
    )
    return (
        sa.select(ticket, _PERSON.c.role, _ACCOUNT.c.id, _ACCOUNT.c.name, _EMAIL.c.address)
        .outerjoin(_PERSON, _PERSON.c.ticket_number == ticket.c.number)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _PERSON.c.account_id)
        .outerjoin(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
        .order_by(_PERSON.c.added_at, _ACCOUNT.c.id)
    )


_CUSTOMER_EXTRAS = sa.select(*_earlier_and_later(sees_all=False), _RATING.label("rating")).where(
    _TICKET.c.number == sa.bindparam("number")
)
_OPENED = {sees_all: _opened(sees_all) for sees_all in (True, False)}


def _thread_statement(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """The newest entries below a point, each with its author and files, and how many come before."""
    newest = (
        sa.select(_ENTRY.c.id)
        .where(OF_TICKET, _BELOW, *conditions)
        .order_by(_ENTRY.c.id.desc())
        .limit(sa.bindparam("limit"))
        .subquery()
    )
    earlier = (
        sa.select(sa.func.count()).select_from(_ENTRY).where(OF_TICKET, _BELOW, *conditions).scalar_subquery()
    )
    return (
        sa.select(
            _ENTRY.c.id,
            _ENTRY.c.public_key,
            _ENTRY.c.kind,
            _ENTRY.c.visibility,
            _ENTRY.c.channel,
            _ENTRY.c.author_id,
            _ENTRY.c.author_name,
            _ENTRY.c.by_staff,
            _ENTRY.c.created_at,
            sa.case((_ENTRY.c.withdrawn_at.is_(None), _ENTRY.c.body), else_="").label("body"),
            _ENTRY.c.withdrawn_at,
            _ACCOUNT.c.name,
            _EMAIL.c.address,
            _FILE.c.public_key.label("file_key"),
            _FILE.c.filename,
            _FILE.c.media_type,
            _FILE.c.size,
            _FILE.c.sha256,
            earlier.label("earlier"),
        )
        .join(newest, newest.c.id == _ENTRY.c.id)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _ENTRY.c.author_id)
        .outerjoin(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
        .outerjoin(_FILE, _FILE.c.entry_id == _ENTRY.c.id)
        .order_by(_ENTRY.c.id, _FILE.c.id)
    )


_STAFF_THREAD = _thread_statement().add_columns(
    *(
        _CONTACT_FAILS.with_only_columns(c).scalar_subquery().label(c.name)
        for c in _CONTACT_FAILS.selected_columns
    )
)
"""With each entry, when and why the ticket's contact address refused mail, if it did."""
_PUBLIC_THREAD = _thread_statement(IS_PUBLIC)


def show(
    work: Work,
    number: int,
    *,
    page: Page = NEWEST_PAGE,
    with_history: bool = False,
    is_whole: bool = False,
) -> TicketView | CustomerTicket:
    """A ticket with the entries of a page, oldest first; at first with the newest.

    Its history begins with the first of these entries; with none that are older, or when ``is_whole``,
    at its beginning, and the mails are there as well.
    """
    opened = _opened_by_staff(work, number)
    if opened:
        return _staff_view(work, number, opened, page, with_history, is_whole)
    visible.require(work, number, Verb.SHOW)
    return _customer_view(work, number, page, with_history, is_whole)


def mark_read(work: Work, number: int, seen: str) -> None:
    """Remember that the actor has seen the entry ``seen``, a key, and those before; run it with ``touch``."""
    reach = ALL if visible.require(work, number, Verb.SHOW) is Audience.STAFF else PUBLIC
    entry_id = reach.of_key(work, number, seen)
    if entry_id is not None:
        read_marks.mark(work, number, entry_id)


def _opened_by_staff(work: Work, number: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """The ticket with its people, if the actor works on it."""
    if not work.actor.is_staff:
        return ()
    statement = _OPENED[work.actor.role.sees_all]
    given = {"number": number, **visible.values(work.actor)}
    return work.session.execute(statement, given).all()


def _staff_view(
    work: Work,
    number: int,
    people: Sequence[sa.Row[*tuple[Any, ...]]],
    page: Page,
    with_history: bool,
    is_whole: bool,
) -> TicketView:
    extras = people[0]
    row = rows.staff_row(extras[: rows.STAFF_WIDTH])
    contact = {"contact": addresses.folded(row.contact_email)}
    end = ALL.end(work, number, page)
    found = _read_thread(work, _STAFF_THREAD, number, page.size, end, contact)
    failing = found[0] if found else work.session.execute(_CONTACT_FAILS, contact).first()
    entries = tuple(_entry(group) for group in _grouped(found))
    watchers = tuple(_person(p) for p in people if p.role is PersonRole.WATCHER)
    since = None if is_whole else _first_moment(found)
    past = history.staff(work, number, since, with_mails=since is None) if with_history else history.NOTHING
    return TicketView(
        row=row,
        content=_excerpt(entries),
        impact=extras.impact,
        urgency=extras.urgency,
        close_reason=extras.close_reason,
        is_spam=extras.is_spam,
        cloned_from=extras.cloned_from,
        continues=extras.continues,
        continued_by=extras.continued_by,
        tags=tuple(clean_line(tag) for tag in sorted((extras.tags or "").split())),
        watchers=watchers,
        collaborators=tuple(_person(p) for p in people if p.role is PersonRole.COLLABORATOR),
        is_watched=any(p.account_id == work.actor.account_id for p in watchers),
        requester_phone=clean_line(phones.show(extras.phone)) if extras.phone else None,
        requester_tickets=extras.requester_tickets,
        offers_waiting=extras.offers_waiting,
        entries=entries,
        events=past.events,
        mails=past.mails,
        older_entries=_older(found, entries),
        newer_entries=ALL.rest(work, number, end),
        undeliverable_since=(failing and failing.undeliverable_at) or row.undeliverable_at,
        undeliverable_reason=clean_line((failing and failing.undeliverable_reason) or "") or None,
        undelivered=tuple(clean_line(address) for address in sorted(set((extras.undelivered or "").split()))),
        rating=extras.rating,
    )


def _customer_view(work: Work, number: int, page: Page, with_history: bool, is_whole: bool) -> CustomerTicket:
    row = rows.customer(work, [number])[0]
    given = {"number": number} | visible.values(work.actor)
    extras = work.session.execute(_CUSTOMER_EXTRAS, given).one()
    end = PUBLIC.end(work, number, page)
    found = _read_thread(work, _PUBLIC_THREAD, number, page.size, end)
    entries = tuple(_customer_entry(work, group) for group in _grouped(found))
    since = None if is_whole else _first_moment(found)
    return CustomerTicket(
        row=row,
        content=_excerpt(entries),
        continues=extras.continues,
        continued_by=extras.continued_by,
        entries=entries,
        events=history.customer(work, number, since) if with_history else (),
        older_entries=_older(found, entries),
        newer_entries=PUBLIC.rest(work, number, end),
        rating=extras.rating if row.closed_at else None,
    )


def _read_thread(
    work: Work,
    statement: sa.Select[*tuple[Any, ...]],
    number: int,
    size: int,
    end: int,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    return work.session.execute(statement, {"number": number, "below": end, "limit": size, **more}).all()


def _grouped(found: Sequence[sa.Row[*tuple[Any, ...]]]) -> list[list[sa.Row[*tuple[Any, ...]]]]:
    """Rows of one entry together: an entry comes once for each of its files."""
    groups: dict[int, list[sa.Row[*tuple[Any, ...]]]] = {}
    for row in found:
        groups.setdefault(row.id, []).append(row)
    return list(groups.values())


def _first_moment(found: Sequence[sa.Row[*tuple[Any, ...]]]) -> datetime | None:
    """When the first of the entries came; None when there are none before it."""
    return found[0].created_at if found and found[0].earlier > len({row.id for row in found}) else None


def _older(found: Sequence[sa.Row[*tuple[Any, ...]]], entries: Sequence[object]) -> int:
    return found[0].earlier - len(entries) if found else 0


def _entry(group: list[sa.Row[*tuple[Any, ...]]]) -> Entry:
    row = group[0]
    return Entry(
        id=row.id,
        key=row.public_key,
        kind=row.kind,
        visibility=row.visibility,
        channel=row.channel,
        author_id=row.author_id,
        author=_author(row),
        author_email=clean_line(row.address) if row.address else None,
        is_by_staff=row.by_staff,
        at=row.created_at,
        body=clean(row.body),
        files=_files(group),
        withdrawn_at=row.withdrawn_at,
    )


def _customer_entry(work: Work, group: list[sa.Row[*tuple[Any, ...]]]) -> CustomerEntry:
    row = group[0]
    return CustomerEntry(
        key=row.public_key,
        kind=row.kind,
        channel=row.channel,
        author=_author(row),
        is_own=row.author_id == work.actor.account_id,
        is_by_staff=row.by_staff,
        at=row.created_at,
        body=clean(row.body),
        files=_files(group),
    )


def _author(row: sa.Row[*tuple[Any, ...]]) -> SafeText:
    return clean_line(row.author_name or row.name or "")


def _files(group: list[sa.Row[*tuple[Any, ...]]]) -> tuple[File, ...]:
    return tuple(
        File(row.file_key, clean_line(row.filename), clean_line(row.media_type), row.size, row.sha256)
        for row in group
        if row.file_key is not None
    )


def _person(row: sa.Row[*tuple[Any, ...]]) -> Person:
    return Person(row.id, clean_line(row.name), clean_line(row.address))


def _excerpt(entries: Sequence[Entry | CustomerEntry]) -> SafeText:
    """The most recent public text."""
    for entry in reversed(entries):
        if entry.body and (isinstance(entry, CustomerEntry) or entry.visibility is Visibility.PUBLIC):
            return entry.body
    return SafeText("")
