"""Which ticket a mail is about, by what proves it: never by words in its body (RFC 5322, 3.6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import MailReason, PersonRole
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.trail import Trail
from sysmo_tui.models import MailReference, Ticket, TicketPerson, table
from sysmo_tui.services import desk_settings, message_ids, reply_addresses, tickets_ahead
from sysmo_tui.services.people import Known

ID_LIMIT = 250
"""Characters of a Message-ID that are kept: enough to find it by, and short enough for an index."""

_LOOKED_AT, _MOST_AHEAD = 50, 1_000
_NUMBER = re.compile(r"\[#([1-9][0-9]{0,17})\]")

_TICKET, _PERSON, _REFERENCE = table(Ticket), table(TicketPerson), table(MailReference)
_FACTS = sa.select(_TICKET.c.requester_id, _TICKET.c.contact_email, _TICKET.c.topic_id).where(
    _TICKET.c.number == sa.bindparam("number")
)
_JOINED = sa.select(_PERSON.c.account_id).where(
    _PERSON.c.ticket_number == sa.bindparam("number"),
    _PERSON.c.account_id == sa.bindparam("account"),
    _PERSON.c.role == PersonRole.COLLABORATOR,
)
_KNOWN = (
    sa.select(_REFERENCE.c.message_id, _REFERENCE.c.ticket_number, _REFERENCE.c.id)
    .where(_REFERENCE.c.message_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_REFERENCE.c.id.desc())
    .limit(_LOOKED_AT)
)
_KNOWN_TO_ALL = _KNOWN.limit(_MOST_AHEAD)
_AHEAD: Memory[dict[str, list[Any]]] = Memory(is_common=True)
"""What mails became that are cited, by Message-ID; no mail of the same group bears one of these."""

_REFER = sa.insert(_REFERENCE)

_FOUND: Memory[dict[int, Any]] = Memory()


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket that a mail is about, and what says so."""

    number: int
    reason: MailReason
    evidence: str


def find(work: Work, incoming: Incoming, sender: Known | None, trail: Trail) -> Match | None:
    """The ticket that a mail is about: the first hit of the four ways, strongest first; None for none.

    The weakest, a number in the subject, counts only for a ``sender`` who takes part in that ticket.
    """
    for rule, ways in (
        ("own_id", _by_own_ids(work, incoming)),
        ("reply_address", _by_reply_address(work, incoming)),
        ("known_id", _by_known_ids(work, incoming, sender)),
        ("subject_number", _by_subject(work, incoming, sender)),
    ):
        found = next(ways, None)
        trail.note(rule, found is not None, found.evidence if found else "")
        if found is not None:
            return found
    return None


def takes_part(work: Work, number: int, address: str, sender: Known | None) -> bool:
    """Whether a ticket's requester, a collaborator (from any address) or its contact address writes."""
    facts = _facts(work, number)
    if facts is None:
        return False
    if sender is None:
        return addresses.folded(facts.contact_email) == addresses.folded(address)
    if facts.requester_id == sender.id:
        return True
    ahead = tickets_ahead.look(work, number, sender.id)
    if ahead is not None:
        return PersonRole.COLLABORATOR in ahead.roles.get(sender.id, ())
    return work.session.execute(_JOINED, {"number": number, "account": sender.id}).first() is not None


def own_ticket(work: Work, message_id: str) -> int | None:
    """The ticket that a mail of the desk with this Message-ID was about; None for mail of others."""
    origin = message_ids.verify(desk_settings.load(work).mail_key, message_id)
    if origin is None or origin.ticket_number is None or not exists(work, origin.ticket_number):
        return None
    return origin.ticket_number


def exists(work: Work, number: int) -> bool:
    """Whether there is a ticket of that number."""
    return _facts(work, number) is not None


def topic_of(work: Work, number: int) -> int:
    """The topic of a ticket that is known to exist."""
    return int(_facts(work, number).topic_id)


def requester_of(work: Work, number: int) -> int:
    """The account that asked in a ticket that is known to exist."""
    return int(_facts(work, number).requester_id)


def refer(work: Work, message_id: str, number: int, entry_id: int) -> None:
    """Remember which entry somebody's mail became, for mails that answer it."""
    if message_id:
        work.later(
            _REFER,
            {"message_id": message_id[:ID_LIMIT], "ticket_number": number, "entry_id": entry_id},
        )


def cited(incoming: Incoming) -> Iterator[str]:
    """The Message-IDs that a mail answers, the nearest first."""
    yield from dict.fromkeys((*incoming.in_reply_to, *reversed(incoming.references)))


def _by_own_ids(work: Work, incoming: Incoming) -> Iterator[Match]:
    for message_id in cited(incoming):
        number = own_ticket(work, message_id)
        if number is not None:
            yield Match(number, MailReason.OWN_ID, message_id)


def _by_reply_address(work: Work, incoming: Incoming) -> Iterator[Match]:
    settings = desk_settings.load(work)
    for address in incoming.recipients:
        token = reply_addresses.verify(settings, address)
        if token is not None and exists(work, token.ticket_number):
            yield Match(token.ticket_number, MailReason.REPLY_ADDRESS, address)


def _by_known_ids(work: Work, incoming: Incoming, sender: Known | None) -> Iterator[Match]:
    """Others' Message-IDs prove little, and several mails may bear one: first where the sender takes part."""
    ids = list(dict.fromkeys(each[:ID_LIMIT] for each in cited(incoming)))[:_LOOKED_AT]
    if not ids:
        return
    found = sorted(_known(work, ids), key=lambda row: ids.index(row.message_id))
    mine = [row for row in found if takes_part(work, row.ticket_number, incoming.claimed, sender)]
    for row in mine or found:
        yield Match(row.ticket_number, MailReason.KNOWN_ID, row.message_id)


def read_ahead(work: Work, group: Sequence[Incoming]) -> None:
    """Read which entries the mails became that a group cites, none of which is in the group."""
    key = desk_settings.load(work).mail_key
    ids = {
        each[:ID_LIMIT] for incoming in group for each in cited(incoming) if not message_ids.verify(key, each)
    }
    rows = work.session.execute(_KNOWN_TO_ALL, {"ids": sorted(ids)}).all() if ids else []
    if len(rows) < _MOST_AHEAD:
        known: dict[str, list[Any]] = {each: [] for each in ids}
        for row in rows:
            known[row.message_id].append(row)
        _AHEAD.set(work, known)


def guess(work: Work, incoming: Incoming) -> int | None:
    """The ticket that a mail of a group is probably about, without a question more; None for none."""
    settings = desk_settings.load(work)
    for message_id in cited(incoming):
        origin = message_ids.verify(settings.mail_key, message_id)
        if origin is not None and origin.ticket_number is not None:
            return origin.ticket_number
    for address in incoming.recipients:
        token = reply_addresses.verify(settings, address)
        if token is not None:
            return token.ticket_number
    known = _AHEAD.get(work) or {}
    rows = (row for each in cited(incoming) for row in known.get(each[:ID_LIMIT], ()))
    named = (int(each) for each in reversed(_NUMBER.findall(incoming.subject)))
    return next((row.ticket_number for row in rows), next(named, None))


def _known(work: Work, ids: list[str]) -> Sequence[Any]:
    ahead = _AHEAD.get(work) or {}
    if all(each in ahead for each in ids):
        rows = [row for each in ids for row in ahead[each]]
        return sorted(rows, key=lambda row: row.id, reverse=True)[:_LOOKED_AT]
    return work.session.execute(_KNOWN, {"ids": ids}).all()


def _by_subject(work: Work, incoming: Incoming, sender: Known | None) -> Iterator[Match]:
    for number in reversed(_NUMBER.findall(incoming.subject)):
        if takes_part(work, int(number), incoming.claimed, sender):
            yield Match(int(number), MailReason.SUBJECT_NUMBER, f"#{number}")


def _facts(work: Work, number: int) -> Any:
    """Who asked, from where and where, None for no such ticket; read once while a mail is decided."""
    known = _FOUND.once(work, dict)
    if number not in known:
        ahead = tickets_ahead.look(work, number)
        known[number] = ahead.ticket if ahead else work.session.execute(_FACTS, {"number": number}).first()
    return known[number]
