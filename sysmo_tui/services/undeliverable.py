"""Addresses at which mail does not arrive: noted when it is refused for good, forgotten when it works again.

A mail that came back, or that a server refused, leaves an internal line on its ticket. Only a
lasting refusal of the recipient itself marks the address, and with it every open ticket whose contact
address it is; nothing is mailed there any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import EntryKind, EventKind, Visibility
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import storable_line
from sysmo_tui.models import AccountEmail, Event, Ticket, table
from sysmo_tui.services import events, outbox, states, thread
from sysmo_tui.services.outbox import OwedMail

DID_NOT_ARRIVE = N_("Mail about this ticket did not arrive.")
NO_MORE_IS_SENT = N_("Mail about this ticket did not arrive. No more is sent to this address.")

TOLD_FOR = timedelta(days=1)
"""How long the same refusal of the same address is not news on a ticket."""

LONGEST_REASON = 300

_EMAIL, _TICKET, _EVENT = table(AccountEmail), table(Ticket), table(Event)
_IS_MARKED = sa.and_(
    _TICKET.c.undeliverable_at.is_not(None),
    _TICKET.c.contact_email.in_(sa.bindparam("forms", expanding=True)),
)
_ROW = sa.select(
    _EMAIL.c.id,
    _EMAIL.c.address,
    _EMAIL.c.undeliverable_at,
    sa.exists()
    .where(
        _TICKET.c.undeliverable_at.is_not(None),
        sa.or_(
            _TICKET.c.contact_email.in_(sa.bindparam("forms", expanding=True)),
            _TICKET.c.contact_email == _EMAIL.c.address,
        ),
    )
    .correlate(_EMAIL)
    .label("is_told"),
).where(_EMAIL.c.folded == sa.bindparam("address"))
_ROWS = sa.select(
    _EMAIL.c.folded,
    sa.or_(
        _EMAIL.c.undeliverable_at.is_not(None),
        sa.exists()
        .where(
            _TICKET.c.undeliverable_at.is_not(None),
            sa.or_(
                _TICKET.c.contact_email.in_(sa.bindparam("forms", expanding=True)),
                _TICKET.c.contact_email == _EMAIL.c.address,
            ),
        )
        .correlate(_EMAIL),
    ).label("is_told"),
).where(_EMAIL.c.folded.in_(sa.bindparam("addresses", expanding=True)))
_ARRIVES: Memory[set[str]] = Memory(is_common=True)
"""Folded addresses of which nothing says that mail does not arrive, until somebody asks."""
_SINCE = sa.select(_EMAIL.c.undeliverable_at).where(_EMAIL.c.folded == sa.bindparam("address"))
_SET = (
    sa.update(_EMAIL)
    .where(_EMAIL.c.folded == sa.bindparam("at"), _EMAIL.c.undeliverable_at.is_(None))
    .values(undeliverable_at=sa.bindparam("now"), undeliverable_reason=sa.bindparam("reason"))
)
_CLEAR = (
    sa.update(_EMAIL)
    .where(_EMAIL.c.id == sa.bindparam("row"))
    .values(undeliverable_at=None, undeliverable_reason="")
)
_TOLD = sa.select(_EVENT.c.changes[("undelivered", 1)].as_string()).where(
    _EVENT.c.ticket_number == sa.bindparam("number"),
    _EVENT.c.kind == EventKind.UNDELIVERED,
    _EVENT.c.at > sa.bindparam("since"),
)
_MARKED = sa.select(Ticket).where(_IS_MARKED).order_by(_TICKET.c.number).with_for_update()
_NUMBER = sa.bindparam("number", type_=_TICKET.c.number.type)
_CONCERNED = sa.union_all(
    sa.select(_TICKET.c.number).where(
        _TICKET.c.contact_email.in_(sa.bindparam("forms", expanding=True)),
        _TICKET.c.closed_at.is_(None),
        _TICKET.c.undeliverable_at.is_(None),
    ),
    sa.select(_NUMBER),
)
"""The open tickets that are not marked yet, of a contact address in one of its ``forms``; and ``number``."""


def _locked(which: sa.ColumnElement[bool]) -> Any:
    """Tickets to be changed, all in the order in which everybody locks them."""
    found = sa.select(Ticket).where(which).order_by(_TICKET.c.number)
    return found.with_for_update().execution_options(populate_existing=True)


_LOCK_ONE = _locked(_TICKET.c.number == _NUMBER)
_LOCK_ALL = _locked(_TICKET.c.number.in_(_CONCERNED))
_FORM = sa.select(_EMAIL.c.address).where(_EMAIL.c.folded == sa.bindparam("address"))


def mark(work: Work, *, address: str, number: int | None, reason: str, is_permanent: bool) -> bool:
    """Note that a mail to ``address`` did not arrive; whether that is news on its ticket, ``number``.

    With ``is_permanent`` nothing is mailed to the address any more, until mail from it arrives or
    somebody says that it works; the ticket is marked when that is its contact address, even if closed,
    and so is every open ticket. The same again within :data:`TOLD_FOR` adds nothing.
    """
    folded, said = addresses.folded(address), storable_line(reason)[:LONGEST_REASON]
    tickets = _concerned(work, address, number, is_permanent=is_permanent)
    ticket = next((each for each in tickets if each.number == number), None)
    if is_permanent:
        work.session.execute(_SET, {"at": folded, "now": work.now, "reason": said})
        _mark_others(work, [each for each in tickets if each is not ticket])
    if ticket is None:
        return False
    marks = (
        is_permanent and ticket.undeliverable_at is None and addresses.folded(ticket.contact_email) == folded
    )
    given = {"number": number, "since": work.now - TOLD_FOR}
    if folded in work.session.execute(_TOLD, given).scalars().all() and not marks:
        return False
    changes: states.Changes = {"undelivered": (None, folded)}
    if marks:
        changes["undeliverable_at"] = (None, work.now)
        ticket.undeliverable_at = work.now
    words = NO_MORE_IS_SENT if is_permanent else DID_NOT_ARRIVE
    # Whoever's turn it is, it is the desk that saw this.
    with work.acting_as(_desk(work)):
        entry = thread.add_entry(
            work,
            ticket,
            EntryKind.SYSTEM,
            f"{words}\n{storable_line(address)}: {said}",
            by_staff=True,
            visibility=Visibility.INTERNAL,
        )
        events.record(work, ticket, EventKind.UNDELIVERED, entry=entry, changes=changes)
    return True


def _concerned(work: Work, address: str, number: int | None, *, is_permanent: bool) -> Sequence[Ticket]:
    """The ticket ``number``, and what else of an address is to be marked; locked."""
    if not is_permanent:
        return () if number is None else work.session.execute(_LOCK_ONE, {"number": number}).scalars().all()
    folded = addresses.folded(address)
    forms = {address.strip(), folded, *work.session.execute(_FORM, {"address": folded}).scalars()}
    return work.session.execute(_LOCK_ALL, {"number": number, "forms": sorted(forms)}).scalars().all()


def _mark_others(work: Work, tickets: Sequence[Ticket]) -> None:
    """Mark the other open tickets of an address, whose staff find it there and are not told by mail."""
    with work.acting_as(_desk(work)):
        for ticket in tickets:
            ticket.undeliverable_at = work.now
            changes = {"undeliverable_at": (None, work.now)}
            events.record(work, ticket, EventKind.EDITED, changes=changes)


def refused(work: Work, mail: OwedMail, holder: str, text: str, *, is_about_address: bool) -> None:
    """Note that a server refused a claimed mail for good: the mail failed, and its ticket says so.

    ``is_about_address``: it refused the recipient, not what the mail says.
    """
    outbox.mark_failed(work, mail, holder, text, is_permanent=True)
    mark(work, address=mail.address, number=mail.ticket_number, reason=text, is_permanent=is_about_address)


def arrived(work: Work, address: str) -> bool:
    """Take back that mail does not arrive at ``address``; whether anything said so.

    Called when a person wrote from there, when its owner proved it again, or when staff know better.
    """
    folded = addresses.folded(address)
    if folded in (ahead := _ARRIVES.get(work) or set()):
        ahead.remove(folded)
        return False
    forms = {address.strip(), folded}
    row = work.session.execute(_ROW, {"address": folded, "forms": sorted(forms)}).first()
    is_marked = row is not None and row.undeliverable_at is not None
    if row is not None and not is_marked and not row.is_told:
        return False
    if row is not None:
        forms.add(row.address)
    if row is not None and is_marked:
        work.session.execute(_CLEAR, {"row": row.id})
    tickets = work.session.execute(_MARKED, {"forms": sorted(forms)}).scalars().all()
    # Whoever proves an address by a code has not signed in.
    with work.acting_as(work.signed_in or _desk(work)):
        for ticket in tickets:
            before, ticket.undeliverable_at = ticket.undeliverable_at, None
            events.record(work, ticket, EventKind.EDITED, changes={"undeliverable_at": (before, None)})
    return is_marked or bool(tickets)


def read_ahead(work: Work, some: Sequence[str]) -> None:
    """Read for which of some addresses :func:`arrived` has nothing to take back, by one statement."""
    folded = {addresses.folded(each) for each in some}
    forms = folded | {each.strip() for each in some}
    rows = work.session.execute(_ROWS, {"addresses": sorted(folded), "forms": sorted(forms)})
    _ARRIVES.set(work, {row.folded for row in rows if not row.is_told})


def since(work: Work, address: str) -> datetime | None:
    """Since when nothing arrives at an account's address, None when it does or nobody has it."""
    return work.session.execute(_SINCE, {"address": addresses.folded(address)}).scalar()


def _desk(work: Work) -> Actor:
    return Actor.desk(work.caller.channel, work.caller.source)
