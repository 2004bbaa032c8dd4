"""What a mail becomes: the rules in their order, the first that hits decides.

Each notes on the mail's trail whether it hit and what it saw. From is a claim: nobody is told anything
internal because of it, and nothing is done but what a customer may do by mail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import (
    AccountState,
    MailClass,
    MailReason,
    SenderStanding,
    Template,
    Verdict,
)
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.trail import Trail
from sysmo_tui.models import InboundMail, Mailbox, Topic, table
from sysmo_tui.services import (
    acknowledging,
    bouncing,
    desk_settings,
    filing_mail,
    inbound,
    mail_destination,
    matching,
    message_ids,
    outbox,
    people,
    registration,
    reply_addresses,
    senders,
)
from sysmo_tui.services.mail_case import Case, Ruling

_MOST_COPIES = 10
_MOST_AHEAD = 500
_MAIL, _MAILBOX, _TOPIC = table(InboundMail), table(Mailbox), table(Topic)
_FILED_BEFORE = (
    sa.select(_MAIL.c.id, _MAIL.c.ticket_number)
    .where(
        _MAIL.c.message_id == sa.bindparam("message_id"),
        _MAIL.c.sender == sa.bindparam("sender"),
        _MAIL.c.verdict.in_((Verdict.TICKET, Verdict.REPLY)),
    )
    .order_by(_MAIL.c.id.desc())
    .limit(_MOST_COPIES)
)
_FILED_BEFORE_OF_ALL = (
    sa.select(_MAIL.c.message_id, _MAIL.c.sender, _MAIL.c.id, _MAIL.c.ticket_number)
    .where(
        _MAIL.c.message_id.in_(sa.bindparam("message_ids", expanding=True)),
        _MAIL.c.verdict.in_((Verdict.TICKET, Verdict.REPLY)),
    )
    .order_by(_MAIL.c.id.desc())
    .limit(_MOST_AHEAD)
)
_AHEAD: Memory[dict[str, list[Any]]] = Memory(is_common=True)
"""Mails that were filed under some Message-IDs, until one more is."""
_TURN = sa.func.unnest(sa.bindparam("turns", type_=ARRAY(sa.BigInteger))).column_valued("turn")
_TAKE_TURNS = sa.select(sa.func.pg_advisory_xact_lock(_TURN))
_TURNS: Memory[set[int]] = Memory(is_common=True)
"""The turns that the transaction has."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_OWN_ADDRESSES = sa.union(
    sa.select(_MAILBOX.c.address).where(_MAILBOX.c.address != ""),
    sa.select(_TOPIC.c.mail_address).where(_TOPIC.c.mail_address != ""),
)
_OURS: Memory[frozenset[str]] = Memory(is_common=True)

Rule = Callable[[Work, Case], Ruling | None]


def judge(work: Work, case: Case) -> Ruling:
    """Let the rules decide a mail, in their order; copies of one mail are decided one after another."""
    take_turns(work, (case.incoming.message_id,))
    for rule in _RULES:
        ruling = rule(work, case)
        if ruling is not None:
            return ruling
    return filing_mail.request(work, case)


def accept(work: Work, case: Case, *, as_new: bool, joins: bool) -> Ruling:
    """File a mail that an operator accepts; Invalid where nobody can have written it."""
    _find_sender(work, case)
    if not case.address:
        raise Invalid(N_("This mail has no sender whom an answer could reach."), field="mail")
    if case.sender is not None and case.sender.state is AccountState.DISABLED:
        raise Invalid(
            N_("The account {address} is disabled."), field="mail", address=clean_line(case.address)
        )
    number = case.mail.ticket_number
    if as_new or number is None:
        return filing_mail.request(work, case, is_accepted=True)
    if case.sender is not None and case.sender.role.is_staff:
        raise Invalid(N_("The desk's staff do not answer by mail. Accept it as a new request."), field="mail")
    return filing_mail.accepted_reply(work, case, number, joins=joins)


def _size(_work: Work, case: Case) -> Ruling | None:
    if case.trail.note("too_large", case.mail.is_cut, case.mail.size):
        return Ruling(Verdict.QUARANTINED, MailReason.TOO_LARGE)
    if case.trail.note("unreadable", case.mail.size == 0, "0" if case.mail.size == 0 else ""):
        return Ruling(Verdict.QUARANTINED, MailReason.UNREADABLE)
    return None


def _own_loop(work: Work, case: Case) -> Ruling | None:
    settings = desk_settings.load(work)
    marks = [mark.strip() for mark in case.incoming.loop_marks]
    if case.trail.note("own_loop", settings.uuid in marks, ", ".join(marks)):
        return Ruling(Verdict.DROPPED, MailReason.OWN_LOOP)
    claimed = case.incoming.claimed
    if case.trail.note("own_address", bool(claimed) and _is_ours(work, claimed), claimed):
        return Ruling(Verdict.DROPPED, MailReason.OWN_ADDRESS)
    return None


def _is_ours(work: Work, address: str) -> bool:
    """Whether the desk itself is written to by an address, with whatever after a plus sign."""
    return addresses.untagged(address) in _OURS.once(work, lambda: _ours(work))


def _ours(work: Work) -> frozenset[str]:
    known = {desk_settings.load(work).reply_address, *work.session.execute(_OWN_ADDRESSES).scalars()}
    return frozenset(addresses.untagged(each) for each in known if each)


def _bounce(work: Work, case: Case) -> Ruling | None:
    if not case.trail.note("bounce", case.incoming.mail_class is MailClass.BOUNCE, case.incoming.reason):
        return None
    return bouncing.rule(work, case)


def _blocked(work: Work, case: Case) -> Ruling | None:
    claimed = case.incoming.claimed
    case.standing = senders.standing(work, claimed) if claimed else None
    if case.trail.note("blocked", case.standing is SenderStanding.BLOCKED, claimed):
        return Ruling(Verdict.DROPPED, MailReason.BLOCKED)
    return None


def _sender(work: Work, case: Case) -> Ruling | None:
    """Who wrote it, as far as From tells: exactly one mailbox, which mail can reach (RFC 5322, 3.6.2)."""
    _find_sender(work, case)
    fault = case.incoming.fault.value if case.incoming.fault else ""
    claimed = case.incoming.claimed
    if case.trail.note("no_sender", not case.address, fault or claimed):
        return Ruling(Verdict.QUARANTINED, MailReason.NO_SENDER)
    is_staff = case.sender is not None and case.sender.role.is_staff
    if case.trail.note("from_operator", is_staff, case.address if is_staff else ""):
        _tell_operator(work, case)
        return _waiting(work, case, MailReason.FROM_OPERATOR)
    is_disabled = case.sender is not None and case.sender.state is AccountState.DISABLED
    if case.trail.note("disabled_account", is_disabled, case.address if is_disabled else ""):
        return _waiting(work, case, MailReason.DISABLED_ACCOUNT)
    return None


def _tell_operator(work: Work, case: Case) -> None:
    """Tell staff that what claims to be theirs waits: at their own address, so that nobody else is bothered.

    A machine is told nothing, and a person once an hour, for who wrote it may be somebody else.
    """
    assert case.sender is not None
    person = people.by_id(work, case.sender.id)
    refusal = acknowledging.refusal_to_staff(work, person, case.address, case.incoming.mail_class)
    if case.trail.note("told_operator", not refusal, refusal):
        outbox.owe(
            work,
            template=Template.NOT_BY_MAIL,
            address=person.address,
            locale=person.locale,
            subject_key=f"account:{person.id}",
            account_id=person.id,
        )


def _find_sender(work: Work, case: Case) -> None:
    if case.incoming.sender is None:
        return
    reserved = desk_settings.load(work).allows_reserved_addresses
    try:
        case.address = addresses.normalise(case.incoming.sender.address, allow_reserved=reserved)
    except Invalid:
        return
    case.sender = people.held_by_address(work, case.address)


def _waiting(work: Work, case: Case, reason: MailReason) -> Ruling:
    """Into quarantine, with the ticket or the topic where it would be filed, for whoever decides."""
    found = matching.find(work, case.incoming, case.sender, Trail())
    if found is not None:
        return Ruling(
            Verdict.QUARANTINED, reason, found.number, topic_id=matching.topic_of(work, found.number)
        )
    return Ruling(
        Verdict.QUARANTINED, reason, topic_id=mail_destination.destination(work, case, Trail()).topic.id
    )


def take_turns(work: Work, message_ids: Iterable[str]) -> None:
    """Wait for whoever decides mails of these Message-IDs; where all write in turn there is nobody.

    Turns come before every other lock that a mail takes, so that who waits here keeps few waiting. Who
    decides several mails in one transaction takes the turns of all of them before the first, for
    everybody takes them in the same order: else two could wait for each other.
    """
    if work.session.get_bind().dialect.name != "postgresql":
        return
    taken = _TURNS.once(work, set)
    missing = {_turn(message_id) for message_id in message_ids if message_id} - taken
    if missing:
        work.session.execute(_TAKE_TURNS, {"turns": sorted(missing)}).all()
        taken |= missing


def read_ahead(work: Work, group: Sequence[Incoming]) -> None:
    """Read what was filed under the Message-IDs of mails that have no other in common."""
    ids = {incoming.message_id[: matching.ID_LIMIT] for incoming in group} - {""}
    rows = work.session.execute(_FILED_BEFORE_OF_ALL, {"message_ids": sorted(ids)}).all()
    if len(rows) < _MOST_AHEAD:
        filed: dict[str, list[Any]] = {each: [] for each in ids}
        for row in rows:
            filed[row.message_id].append(row)
        _AHEAD.set(work, filed)


def _turn(message_id: str) -> int:
    digest = hashlib.sha256(f"inbound:{message_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _repeated(work: Work, case: Case) -> Ruling | None:
    """The same mail once more: servers try again, and deliver to every address; each adds its own headers."""
    message_id = case.incoming.message_id[: matching.ID_LIMIT]
    filed = _filed_before(work, message_id, case.incoming.claimed[: addresses.MAX_LENGTH])
    before = next((row for row in filed if _have_one_content(work, row.id, case.mail.id or 0)), None)
    if not case.trail.note("repeated", before is not None, f"#{before.ticket_number}" if before else ""):
        return None
    assert before is not None
    return Ruling(Verdict.DROPPED, MailReason.REPEATED, before.ticket_number)


def _filed_before(work: Work, message_id: str, sender: str) -> Sequence[Any]:
    if not message_id:
        return ()
    ahead = (_AHEAD.get(work) or {}).pop(message_id, None)
    if ahead is not None:
        return [row for row in ahead if row.sender == sender][:_MOST_COPIES]
    return work.session.execute(_FILED_BEFORE, {"message_id": message_id, "sender": sender}).all()


def _have_one_content(work: Work, *inbound_ids: int) -> bool:
    """Whether mails are the same, byte for byte, from the first blank line on."""
    parts = [_BLANK_LINE.split(inbound.raw(work, each).content, maxsplit=1) for each in inbound_ids]
    return all(len(part) == 2 for part in parts) and len({part[-1] for part in parts}) == 1


def _verification(work: Work, case: Case) -> Ruling | None:
    """An answer to the mail that asked to confirm an address, from that address: it stands for its code."""
    account_id = _asked_to_confirm(work, case) if case.is_human else None
    is_verified = (
        account_id is not None and registration.verify_by_mail(work, account_id, case.address) is not None
    )
    if case.trail.note("verification", is_verified, case.address if is_verified else ""):
        return Ruling(Verdict.SYSTEM, MailReason.VERIFIED_ADDRESS)
    return None


def _asked_to_confirm(work: Work, case: Case) -> int | None:
    """The account that the answered mail asked to confirm its address; None for other mail."""
    settings = desk_settings.load(work)
    for message_id in matching.cited(case.incoming):
        origin = message_ids.verify(settings.mail_key, message_id)
        if origin is not None and origin.account_id is not None:
            return origin.account_id
    for address in case.incoming.recipients:
        token = reply_addresses.verify_account(settings, address)
        if token is not None and token.is_for(case.address):
            return token.account_id
    return None


def _answer(work: Work, case: Case) -> Ruling | None:
    """A mail about a ticket, by somebody who takes part in it."""
    found = matching.find(work, case.incoming, case.sender, case.trail)
    if found is None:
        return None
    takes_part = matching.takes_part(work, found.number, case.address, case.sender)
    if case.trail.note("stranger", not takes_part, f"#{found.number}"):
        topic_id = matching.topic_of(work, found.number)
        return Ruling(Verdict.QUARANTINED, MailReason.STRANGER, found.number, topic_id=topic_id)
    return filing_mail.reply(work, case, found)


_RULES: tuple[Rule, ...] = (_size, _own_loop, _bounce, _blocked, _sender, _repeated, _verification, _answer)
