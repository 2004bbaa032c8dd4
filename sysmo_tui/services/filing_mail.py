"""A mail as what it becomes: a new request, or a line in the thread that it answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui import identity
from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses, quoting
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Cause,
    Channel,
    EntryKind,
    EventKind,
    MailReason,
    PersonRole,
    SenderStanding,
    Template,
    Verdict,
    Visibility,
)
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import clean_line, storable_line
from sysmo_tui.i18n import translator
from sysmo_tui.models import Entry, Outbox, Ticket, TicketPerson, table
from sysmo_tui.services import (
    acknowledging,
    continuing,
    desk_settings,
    events,
    files,
    filing,
    mail_destination,
    matching,
    naming,
    own_addresses,
    people,
    ratings,
    reopening,
    reply_addresses,
    tagging,
    thread,
    throttle,
    tickets_ahead,
    undeliverable,
    visible,
)
from sysmo_tui.services.filing import SUBJECT_LIMIT, Filing
from sysmo_tui.services.mail_case import Case, Ruling
from sysmo_tui.services.matching import Match
from sysmo_tui.services.people import Known
from sysmo_tui.services.registration_form import NAME_LIMIT
from sysmo_tui.services.thread import Outgoing

REOPENINGS = 3
"""How often mail may open one closed ticket again in an hour."""

TOLD_REPLIES = 20
"""How many answers of one person to one ticket mail tells of in an hour: programs may answer each other."""

ALIKE = timedelta(days=7)
"""How long a request of the same sender and subject is told of."""

_NO_TEXT = N_("(no text)")
_NO_SUBJECT = N_("(no subject)")
_FILES_LEFT = N_("Some files of this mail are too large or too many to be attached. The whole mail is kept.")

_HOUR = timedelta(hours=1)
_TICKET, _OUTBOX, _ENTRY = table(Ticket), table(Outbox), table(Entry)
_PERSON = table(TicketPerson)
_TOLD_OF_CLOSING = sa.select(_OUTBOX.c.message_id, _OUTBOX.c.account_id).where(
    _OUTBOX.c.ticket_number == sa.bindparam("number"), _OUTBOX.c.template == Template.CLOSED
)
_ANSWERED = (
    sa.select(_ENTRY.c.id)
    .where(
        _ENTRY.c.ticket_number == sa.bindparam("number"),
        _ENTRY.c.author_id == sa.bindparam("author"),
        _ENTRY.c.channel == Channel.EMAIL,
        _ENTRY.c.created_at > sa.bindparam("since"),
    )
    .limit(TOLD_REPLIES)
)
_MOST_AHEAD = 1_000
_RATINGS = frozenset(str(each) for each in range(WORST_RATING, BEST_RATING + 1))
_IS_RECENT = sa.and_(
    _TICKET.c.created_at >= sa.bindparam("since"),
    # It is never older, and by it an index finds the few recent ones of somebody who has many.
    _TICKET.c.public_updated_at >= sa.bindparam("since"),
)
_RECENT = (
    sa.select(_TICKET.c.number, _TICKET.c.subject)
    .where(_TICKET.c.requester_id == sa.bindparam("requester"), _IS_RECENT)
    .order_by(_TICKET.c.number.desc())
    .limit(50)
)


_RECENT_OF_ALL = (
    sa.select(_TICKET.c.requester_id, _TICKET.c.number, _TICKET.c.subject)
    .where(_TICKET.c.requester_id.in_(sa.bindparam("requesters", expanding=True)), _IS_RECENT)
    .order_by(_TICKET.c.number.desc())
    .limit(_MOST_AHEAD)
)
_AHEAD: Memory[dict[int, list[Any]]] = Memory(is_common=True)
"""What some accounts asked for not long ago, until one of them asks again."""


def read_ahead(work: Work, requesters: Sequence[int]) -> None:
    """Read what these accounts asked for not long ago, by one statement."""
    given = {"requesters": sorted(requesters), "since": work.now - ALIKE}
    rows = work.session.execute(_RECENT_OF_ALL, given).all() if requesters else []
    if len(rows) < _MOST_AHEAD:
        recent: dict[int, list[Any]] = {each: [] for each in requesters}
        for row in rows:
            recent[row.requester_id].append(row)
        _AHEAD.set(work, recent)


def request(work: Work, case: Case, *, is_accepted: bool = False) -> Ruling:
    """Make a new ticket of a mail, unless its sender sent too many."""
    goes = mail_destination.destination(work, case, case.trail)
    if not is_accepted and _is_too_many(work, case):
        return Ruling(Verdict.QUARANTINED, MailReason.TOO_MANY, topic_id=goes.topic.id)
    sender = case.sender or _expected(work, case)
    if sender.state is AccountState.DISABLED or (sender.role.is_staff and not is_accepted):
        # Somebody invited or disabled the address at this very moment.
        reason = MailReason.FROM_OPERATOR if sender.role.is_staff else MailReason.DISABLED_ACCOUNT
        return Ruling(Verdict.QUARANTINED, reason, topic_id=goes.topic.id)
    _answer_or_not(work, case)
    filed = Filing(
        topic="",
        subject=_subject(work, case),
        body=_body(work, case),
        files=case.uploads,
        priority=goes.priority,
    )
    cause = _like(work, case, sender) or (f"{Cause.ROUTED}:{goes.rule}" if goes.rule else "")
    with _in_the_name_of(work, case, sender, is_new=case.sender is None):
        ticket, entry = filing.make(
            work, filed, goes.topic, dataclasses.replace(sender, address=case.address), cause=cause
        )
    with work.acting_as(Actor.desk(Channel.EMAIL)):
        for tag in goes.tags:
            tagging.put(work, ticket, tag)
    reason = MailReason.ACCEPTED if is_accepted else MailReason.NEW_REQUEST
    return _filed(work, case, Verdict.TICKET, reason, ticket.number or 0, entry.id or 0)


def reply(work: Work, case: Case, found: Match) -> Ruling:
    """Put a mail into the thread that it answers, as far as the ticket's topic lets it open again.

    What a machine wrote changes nothing and tells nobody: its like could answer.
    """
    sender = case.sender or _requester(work, found.number)
    with _in_the_name_of(work, case, sender):
        seen = visible.known_ticket_for_change(work, found.number, Verb.REPLY)
        ticket = seen.ticket
        opens = case.is_human and ticket.category is Category.CLOSED
        rating = _rating(work, case, found, sender) if opens else None
        if opens and case.trail.note("rating", rating is not None, rating or ""):
            ratings.rate(work, found.number, rating or 0)
            return Ruling(Verdict.SYSTEM, MailReason.RATING, found.number)
        reopens = reopening.reopens(work, ticket)
        if opens and reopens and not _may_reopen(work, case, found.number):
            return Ruling(
                Verdict.QUARANTINED, MailReason.REOPENED_TOO_OFTEN, found.number, topic_id=ticket.topic_id
            )
        if opens and not case.trail.note("reopening", reopens, f"#{found.number}"):
            going_on = continuing.open_one(work, ticket)
            if not case.trail.note("continued", going_on is not None, f"#{going_on or found.number}"):
                return _go_on(work, case, ticket)
            seen = visible.known_ticket_for_change(work, going_on or 0, Verb.REPLY)
        if not case.is_human or _answers_too_often(work, case, seen.ticket.number or 0, sender):
            acknowledging.hush(work)
        filed = thread.reply_to(
            work,
            seen,
            Outgoing(_body(work, case), case.uploads, is_automatic=not case.is_human),
        )
    return _filed(work, case, Verdict.REPLY, found.reason, filed.number, _entry_id(work, filed.entry_key))


def accepted_reply(work: Work, case: Case, number: int, *, joins: bool) -> Ruling:
    """Put a mail of the quarantine into the thread of a ticket; ``joins`` lets its sender take part in it."""
    sender = case.sender
    if not matching.takes_part(work, number, case.address, sender):
        if not joins:
            raise Invalid(
                N_(
                    "{address} does not take part in #{number}. Let them join, or accept it as a new request."
                ),
                field="joins",
                address=case.address,
                number=number,
            )
        sender = sender or _expected(work, case)
        _join(work, number, sender.id)
    match = Match(number, MailReason.ACCEPTED, "")
    if not case.is_human:
        acknowledging.hush(work)
    with _in_the_name_of(work, case, sender or _requester(work, number)):
        filed = thread.reply(
            work, number, Outgoing(_body(work, case), case.uploads, is_automatic=not case.is_human)
        )
    is_new = filed.continues is not None and filed.is_new
    verdict = Verdict.TICKET if is_new else Verdict.REPLY
    return _filed(work, case, verdict, match.reason, filed.number, _entry_id(work, filed.entry_key))


def _rating(work: Work, case: Case, found: Match, sender: Known) -> int | None:
    """The rating that a mail gives: a lone digit in answer to the mail that told of the closing."""
    said = quoting.own_words(case.incoming.body).strip()
    if said not in _RATINGS:
        return None
    told = work.session.execute(_TOLD_OF_CLOSING, {"number": found.number}).all()
    ids = set(matching.cited(case.incoming))
    is_theirs = found.reason is MailReason.REPLY_ADDRESS and _is_made_for(work, found.evidence, case, sender)
    answers = any(row.message_id in ids or (is_theirs and row.account_id == sender.id) for row in told)
    return int(said) if answers else None


def _is_made_for(work: Work, reply_address: str, case: Case, sender: Known) -> bool:
    """Whether a reply address is the sender's own: others see it in the copies of an answer."""
    token = reply_addresses.verify(desk_settings.load(work), reply_address)
    theirs = (case.address, *(each.email for each in own_addresses.of_account(work, sender.id)))
    return token is not None and any(token.is_for(each) for each in theirs)


def _go_on(work: Work, case: Case, closed: Ticket) -> Ruling:
    if _is_too_many(work, case):
        return Ruling(Verdict.QUARANTINED, MailReason.TOO_MANY, closed.number, topic_id=closed.topic_id)
    _answer_or_not(work, case)
    message = Outgoing(_body(work, case), case.uploads)
    filed = continuing.go_on(work, closed, message, contact=case.address)
    entry_id = _entry_id(work, filed.entry_key)
    return _filed(work, case, Verdict.TICKET, MailReason.CONTINUES_CLOSED, filed.number, entry_id)


def _is_too_many(work: Work, case: Case) -> bool:
    """Whether a sender filed as many tickets in this hour as one may; counts this one."""
    if case.standing is SenderStanding.ALLOWED:
        return case.trail.note("too_many", False, SenderStanding.ALLOWED)
    most = desk_settings.load(work).mail_tickets_per_hour
    return case.trail.note(
        "too_many", not throttle.allows(work, *counted(case.address), limit=most, within=_HOUR), most
    )


def counted(address: str) -> tuple[str, str]:
    """What a new request of ``address`` is counted as."""
    return "mail-new", addresses.untagged(address)


def _may_reopen(work: Work, case: Case, number: int) -> bool:
    may = throttle.allows(work, "mail-reopen", str(number), limit=REOPENINGS, within=_HOUR)
    case.trail.note("reopened_too_often", not may, f"#{number}")
    return may


def _answers_too_often(work: Work, case: Case, number: int, sender: Known) -> bool:
    """Whether so much of the sender is new in a ticket that one more answer is told to nobody by mail."""
    ahead = tickets_ahead.taken(work, number)
    if ahead is None:
        given = {"number": number, "author": sender.id, "since": work.now - _HOUR}
        answered = len(work.session.execute(_ANSWERED, given).all())
    else:
        answered = ahead.answers.get(sender.id, 0)
    return case.trail.note("told_too_often", answered >= TOLD_REPLIES, f"#{number}")


def _answer_or_not(work: Work, case: Case) -> None:
    """Withhold the acknowledgement of a new request from whom it could hurt."""
    refusal = acknowledging.refusal(work, case.address, case.incoming.mail_class)
    if not case.trail.note("acknowledgement", not refusal, refusal):
        acknowledging.withhold(work)


def _like(work: Work, case: Case, sender: Known) -> str:
    """The hint that the same sender asked under the same subject not long ago, "" for none."""
    if case.sender is None:
        case.trail.note("like", False)
        return ""
    wanted = same_name(_subject(work, case))
    ahead = (_AHEAD.get(work) or {}).pop(sender.id, None)
    rows: Sequence[Any] = ahead or ()
    if ahead is None:
        rows = work.session.execute(_RECENT, {"requester": sender.id, "since": work.now - ALIKE}).all()
    number = next((row.number for row in rows if same_name(row.subject) == wanted), None)
    case.trail.note("like", number is not None, f"#{number}" if number else "")
    return f"{Cause.LIKE}:{number}" if number else ""


def _expected(work: Work, case: Case) -> Known:
    """The pending account of a sender whom the desk does not know, called as the mail says."""
    claimed = case.incoming.sender
    name = storable_line(claimed.name if claimed else "")[:NAME_LIMIT].strip()
    try:
        naming.require_free(work, name)
    except Invalid:  # what the desk or its staff are called
        name = ""
    called = name or case.address.partition("@")[0][:NAME_LIMIT]
    return people.expected(work, case.address, called, desk_settings.load(work).language)


def _requester(work: Work, number: int) -> Known:
    """Who asked, when it is their ticket's contact address that writes and no account has it."""
    return people.by_id(work, matching.requester_of(work, number))


@contextmanager
def _in_the_name_of(work: Work, case: Case, sender: Known, *, is_new: bool = False) -> Iterator[None]:
    """Act as a mail's sender, who may attach its files; mail to whom is not new arrives, as this proves."""
    if case.is_human and not is_new:
        undeliverable.arrived(work, case.address)
    files.hand_over(work, case.uploads, sender.id)
    with work.acting_as(_as_actor(work, sender)):
        yield


def _as_actor(work: Work, sender: Known) -> Actor:
    """A mail's sender. Mail opens no session: whoever has to choose a password may write meanwhile."""
    if sender.role.is_staff:
        actor = identity.of_account(work.session, sender.id, work.caller)
        return dataclasses.replace(actor, channel=Channel.EMAIL, must_change_password=False)
    return Actor(
        account_id=sender.id,
        role=sender.role,
        name=clean_line(sender.name),
        email=sender.address,
        channel=Channel.EMAIL,
        source=work.caller.source,
        company_id=sender.company_id,
        locale=sender.locale,
        time_zone=sender.time_zone,
    )


def _filed(
    work: Work, case: Case, verdict: Verdict, reason: MailReason, number: int, entry_id: int
) -> Ruling:
    matching.refer(work, case.incoming.message_id, number, entry_id)
    left = len(case.incoming.files) - len(case.uploads)
    remarks = list(case.incoming.remarks)
    if case.trail.note("files_left", left > 0, left):
        remarks.append(_FILES_LEFT)
    if remarks:
        _remark(work, number, remarks)
    return Ruling(verdict, reason, number, entry_id)


def _remark(work: Work, number: int, remarks: list[str]) -> None:
    """Tell staff, in the thread, what of a mail is not in it: a line each, in the reader's language."""
    with work.acting_as(Actor.desk(Channel.EMAIL)):
        ticket = visible.ticket_for_change(work, number, Verb.NOTE).ticket
        for remark in remarks:
            entry = thread.add_entry(
                work, ticket, EntryKind.SYSTEM, remark, by_staff=True, visibility=Visibility.INTERNAL
            )
            events.record(work, ticket, EventKind.NOTED, entry=entry)


def _join(work: Work, number: int, account_id: int) -> None:
    """Let somebody take part in a ticket on the customer's side, because the actor, of the staff, says so."""
    ticket = visible.ticket_for_change(work, number, Verb.EDIT).ticket
    row = {
        "ticket_number": number,
        "account_id": account_id,
        "role": PersonRole.COLLABORATOR,
        "added_at": work.now,
    }
    work.session.execute(sa.insert(_PERSON), row)
    events.record(work, ticket, EventKind.EDITED, changes={"collaborator_id": (None, account_id)})


def _entry_id(work: Work, key: str) -> int:
    """The id of an entry that was written just now."""
    written = (happened.entry for happened in reversed(work.happened) if happened.entry is not None)
    return next(entry.id or 0 for entry in written if entry.public_key == key)


def _body(work: Work, case: Case) -> str:
    text = case.incoming.body[: thread.BODY_LIMIT]
    return text if text.strip() else translator(desk_settings.load(work).language)._(_NO_TEXT)


def _subject(work: Work, case: Case) -> str:
    line = storable_line(case.incoming.subject)[:SUBJECT_LIMIT].strip()
    return line or translator(desk_settings.load(work).language)._(_NO_SUBJECT)
