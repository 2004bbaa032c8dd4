"""What a mail tells, read when it is sent and as its recipient may see it then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui import identity
from sysmo_tui.desk import Work
from sysmo_tui.domain import policy
from sysmo_tui.domain.enums import AccountState, Audience, EntryKind, Role, Template, Visibility
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.measures import Scope
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right
from sysmo_tui.domain.quoting import without_quotes
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.domain.views import File
from sysmo_tui.mail import citing
from sysmo_tui.models import (
    Account,
    Attachment,
    Entry,
    Priority,
    Status,
    Ticket,
    Topic,
    table,
)
from sysmo_tui.services import desk_settings, files, mail_texts, visible
from sysmo_tui.services.desk_settings import DeskSettings
from sysmo_tui.services.mail_texts import Wording
from sysmo_tui.services.outbox import OwedMail

LONGEST_QUOTE = 20_000
"""Characters of an entry that a mail shows; the rest is on the desk."""

ENTRIES = 4
"""Entries of a thread that a mail knows of."""

MOST_IN_DIGEST = 50
"""Tickets that a digest shows."""

FOR_STAFF = frozenset(
    {
        Template.WATCHED_NEWS,
        Template.NEW_IN_TOPIC,
        Template.MOVED_IN,
        Template.NOTED,
        Template.FOLLOW_UP,
        Template.UNDELIVERED,
        Template.MENTIONED,
        Template.CUSTOMER_REPLIED,
        Template.ASSIGNED,
        Template.REOPENED,
        Template.UNATTENDED_TOPIC,
    }
)
"""Templates that only someone who sees the ticket as staff may get."""

_ABOUT_THE_DESK = frozenset({Template.WEEKLY_REPORT})
"""Templates about the desk itself, for nobody but its staff."""

ENCLOSING = frozenset({Template.REPLIED, Template.CLOSED})
"""Templates whose mail brings the files of the public answer that it tells of."""

_TICKET, _ENTRY, _FILE = table(Ticket), table(Entry), table(Attachment)
_ACCOUNT, _TOPIC, _STATUS, _PRIORITY = table(Account), table(Topic), table(Status), table(Priority)
_ASSIGNEE = _ACCOUNT.alias("assignee")

_PERSON = sa.select(_ACCOUNT.c.name, _ACCOUNT.c.state, _ACCOUNT.c.role).where(
    _ACCOUNT.c.id == sa.bindparam("account")
)
_FACTS = (
    sa.select(
        _TICKET.c.number,
        _TICKET.c.subject,
        _TICKET.c.created_at,
        _STATUS.c.name.label("status"),
        _STATUS.c.customer_label.label("label"),
        _TOPIC.c.name.label("topic"),
        _TOPIC.c.mail_address,
        _TOPIC.c.signature,
        _PRIORITY.c.name.label("priority"),
        _ACCOUNT.c.name.label("requester"),
        _ASSIGNEE.c.name.label("assignee"),
    )
    .join(_STATUS, _STATUS.c.id == _TICKET.c.status_id)
    .join(_TOPIC, _TOPIC.c.id == _TICKET.c.topic_id)
    .join(_PRIORITY, _PRIORITY.c.id == _TICKET.c.priority_id)
    .join(_ACCOUNT, _ACCOUNT.c.id == _TICKET.c.requester_id)
    .outerjoin(_ASSIGNEE, _ASSIGNEE.c.id == _TICKET.c.assignee_id)
    .where(_TICKET.c.number == sa.bindparam("number"))
)
_IS_MAIN = _ENTRY.c.id == sa.bindparam("entry", type_=_ENTRY.c.id.type)
_ANSWER = _ENTRY.alias("answer")
_LAST_ANSWER = (
    sa.select(sa.func.max(_ANSWER.c.id))
    .where(
        _ANSWER.c.ticket_number == sa.bindparam("number"),
        _ANSWER.c.visibility == Visibility.PUBLIC,
        _ANSWER.c.by_staff,
        _ANSWER.c.withdrawn_at.is_(None),
    )
    .scalar_subquery()
)
_READ_ENTRIES = (
    sa.select(
        _ENTRY.c.id,
        _ENTRY.c.kind,
        _ENTRY.c.by_staff,
        _ENTRY.c.visibility,
        _ENTRY.c.created_at,
        _ENTRY.c.author_name,
        sa.func.substr(_ENTRY.c.body, 1, LONGEST_QUOTE + 1).label("body"),
        _ACCOUNT.c.name,
        _ACCOUNT.c.signature,
    )
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _ENTRY.c.author_id)
    .where(_ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.withdrawn_at.is_(None))
    .order_by(sa.case((_IS_MAIN, 0), (_ENTRY.c.id == _LAST_ANSWER, 1), else_=2), _ENTRY.c.id.desc())
    .limit(ENTRIES)
)
_PUBLIC_ENTRIES = _READ_ENTRIES.where(_ENTRY.c.visibility == Visibility.PUBLIC)
_WITH_NOTE = _READ_ENTRIES.where(sa.or_(_ENTRY.c.visibility == Visibility.PUBLIC, _IS_MAIN))
_TAKEN_BACK = sa.select(_ENTRY.c.withdrawn_at).where(_ENTRY.c.id == sa.bindparam("entry"))
_FILES = (
    sa.select(
        _FILE.c.entry_id,
        _FILE.c.public_key,
        _FILE.c.filename,
        _FILE.c.media_type,
        _FILE.c.size,
        _FILE.c.sha256,
    )
    .where(_FILE.c.entry_id.in_(sa.bindparam("entries", expanding=True)))
    .order_by(_FILE.c.id)
)


class NotToBeSent(Exception):
    """A mail that must not leave any more: forgotten quietly, or failed with ``reason`` for people to see."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One entry of a thread, for its reader. ``signature`` is its author's own, "" for none."""

    id: int
    kind: EntryKind
    author: SafeText
    is_by_staff: bool
    at: datetime
    body: SafeText
    is_cut: bool
    files: tuple[File, ...]
    is_public: bool
    signature: SafeText


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket. ``entries`` are the newest that the recipient may read, newest first.

    ``status`` and ``priority`` are for staff, ``label`` for the customer's side. ``mail_address`` and
    ``signature`` are its topic's, "" for none.
    """

    number: int
    subject: SafeText
    label: SafeText
    status: SafeText
    topic: SafeText
    mail_address: str
    signature: SafeText
    priority: SafeText
    requester: SafeText
    assignee: SafeText | None
    entries: tuple[EntryFacts, ...]
    main: EntryFacts | None
    """The entry that the mail is about."""

    def last_answer(self) -> EntryFacts | None:
        """The newest public entry by staff, the one the mail is about before all."""
        if self.main is not None and self.main.is_by_staff:
            return self.main
        return next((entry for entry in self.entries if entry.is_by_staff), None)

    def before(self, main: EntryFacts | None) -> tuple[EntryFacts, ...]:
        """What was said before ``main``, newest first."""
        return tuple(entry for entry in self.entries if main is None or entry.id < main.id)


@dataclass(frozen=True, slots=True)
class DigestItem:
    """A ticket in a digest, and what happened to it; its ``main`` is the newest entry that was told of."""

    ticket: TicketFacts
    happened: tuple[Template, ...]
    is_for_staff: bool


@dataclass(frozen=True, slots=True)
class MailFacts:
    """Everything that a mail says. ``references`` are its recipient's earlier mails about the ticket.

    ``can_sign_in`` says whether the recipient can use the desk itself, ``enclosed`` which files of the
    answer go along, ``wording`` what an administrator wants said. A ``digest`` is about several tickets,
    and ``more`` that it does not show.
    """

    mail: OwedMail
    desk: DeskSettings
    recipient: SafeText
    ticket: TicketFacts | None
    references: tuple[str, ...]
    can_sign_in: bool = False
    enclosed: tuple[File, ...] = ()
    digest: tuple[DigestItem, ...] = ()
    more: int = 0
    wording: Wording | None = None


def gather(work: Work, mail: OwedMail) -> MailFacts:
    """Read what ``mail`` tells; NotToBeSent when its recipient may not have it any more."""
    found = _gather(work, mail)
    return replace(found, wording=mail_texts.wording(work, mail.template, mail.locale))


def _gather(work: Work, mail: OwedMail) -> MailFacts:
    settings = desk_settings.load(work)
    recipient, can_sign_in = _recipient(work, mail)
    if _has_expired(work, mail.payload):
        raise NotToBeSent(N_("The code expired before this mail could be sent."))
    ticket: TicketFacts | None = None
    references: tuple[str, ...] = ()
    if mail.ticket_number is not None:
        _require_audience(work, mail)
        ticket = _ticket(work, mail, mail.ticket_number)
        references = citing.references(work, mail)
    if mail.template is Template.DIGEST:
        digest, more = _digest(work, mail)
        return MailFacts(mail, settings, recipient, None, (), can_sign_in, (), digest, more)
    enclosed = _enclosed(mail, ticket, settings.reply_file_limit)
    return MailFacts(mail, settings, recipient, ticket, references, can_sign_in, enclosed)


def _digest(work: Work, mail: OwedMail) -> tuple[tuple[DigestItem, ...], int]:
    """What a digest shows, and how many tickets it leaves out; NotToBeSent when nothing is left to tell."""
    told: list[DigestItem] = []
    more = 0
    for item in mail.payload.get("items", ()):
        about = replace(
            mail, template=Template(item["about"]), ticket_number=item["ticket"], entry_id=item["entry"]
        )
        try:
            is_for_staff = _capacity(work, about) is Audience.STAFF
        except NotToBeSent:
            continue
        happened = tuple(
            each for each in map(Template, item["templates"]) if is_for_staff or each not in FOR_STAFF
        )
        if not happened:
            continue
        if len(told) == MOST_IN_DIGEST:
            more += 1
            continue
        # Who lost sight of the notes still hears of the answers.
        about = about if about.template in happened else replace(about, template=happened[-1], entry_id=None)
        # What was taken back after it was gathered is left out, and nothing else.
        with suppress(NotToBeSent):
            told.append(DigestItem(_ticket(work, about, item["ticket"]), happened, is_for_staff))
    if not told:
        raise NotToBeSent
    return tuple(told), more


def _enclosed(mail: OwedMail, ticket: TicketFacts | None, limit: int) -> tuple[File, ...]:
    """The files of the public answer, in their order: each that fits into what is left of ``limit``."""
    main = None if ticket is None or mail.template not in ENCLOSING else ticket.main
    if main is None or not main.is_public:
        return ()
    chosen, left = [], limit
    for file in main.files:
        if file.size <= left:
            chosen.append(file)
            left -= file.size
    return tuple(chosen)


def _recipient(work: Work, mail: OwedMail) -> tuple[SafeText, bool]:
    """The recipient's name, and whether they can sign in; NotToBeSent for who gets no such mail.

    An acknowledgement goes to whomever a request claimed to be from, under a name that it claimed: as long
    as nobody has proven the address, it is the name.
    """
    if mail.account_id is None:
        return SafeText(""), False
    found = work.session.execute(_PERSON, {"account": mail.account_id}).one()
    is_disabled = found.state is AccountState.DISABLED
    is_invited = found.state is AccountState.PENDING and found.role is not Role.CUSTOMER
    if is_disabled and mail.template is not Template.PASSWORD_CHANGED:
        raise NotToBeSent
    is_about_tickets = mail.ticket_number is not None or mail.template in (Template.DIGEST, *_ABOUT_THE_DESK)
    if is_about_tickets and (is_disabled or is_invited):
        raise NotToBeSent
    if mail.template in _ABOUT_THE_DESK and not _may_read(found.role, mail.payload):
        raise NotToBeSent
    is_proven = found.state is AccountState.ACTIVE
    is_claimed = mail.template is Template.ACKNOWLEDGED and not is_proven
    return clean_line(mail.address if is_claimed else found.name, 100), is_proven


def _may_read(role: Role, payload: dict[str, Any]) -> bool:
    """Whether who has this role now may read figures of the desk, or of one's own, that a mail tells."""
    own = payload.get("scope") == Scope.OWN.value
    return policy.has_role(role, Right.READ_OWN_REPORT if own else Right.READ_REPORTS)


def _has_expired(work: Work, payload: dict[str, Any]) -> bool:
    expires_at = payload.get("expires_at")
    return expires_at is not None and datetime.fromisoformat(expires_at) <= work.now


def _require_audience(work: Work, mail: OwedMail) -> None:
    """Who lost sight of the ticket between the event and the sending does not hear of it."""
    if _capacity(work, mail) is not Audience.STAFF and mail.template in FOR_STAFF:
        raise NotToBeSent


def _capacity(work: Work, mail: OwedMail) -> Audience:
    """In which capacity the recipient sees the ticket now; NotToBeSent for none."""
    if mail.account_id is None:
        raise NotToBeSent
    actor = identity.of_account(work.session, mail.account_id, work.caller)
    with work.acting_as(actor):
        try:
            return visible.audience(work, mail.ticket_number or 0)
        except NotFound:
            raise NotToBeSent from None


def _ticket(work: Work, mail: OwedMail, number: int) -> TicketFacts:
    row = work.session.execute(_FACTS, {"number": number}).one()
    entries = _entries(work, mail, number)
    if mail.entry_id is not None and work.session.scalar(_TAKEN_BACK, {"entry": mail.entry_id}):
        raise NotToBeSent
    return TicketFacts(
        number=number,
        subject=clean_line(row.subject),
        label=clean_line(row.label, 80),
        status=clean_line(row.status, 80),
        topic=clean_line(row.topic, 120),
        mail_address=row.mail_address,
        signature=clean(row.signature),
        priority=clean_line(row.priority, 80),
        requester=clean_line(row.requester, 100),
        assignee=None if row.assignee is None else clean_line(row.assignee, 100),
        entries=tuple(sorted(entries, key=lambda entry: entry.id, reverse=True)),
        main=next((entry for entry in entries if entry.id == mail.entry_id), None),
    )


def _entries(work: Work, mail: OwedMail, number: int) -> list[EntryFacts]:
    """The newest public entries, the last answer among them; a note only in the mail that tells of it."""
    tells_of_note = mail.template in (
        Template.NOTED,
        Template.FOLLOW_UP,
        Template.UNDELIVERED,
        Template.MENTIONED,
    )
    statement = _WITH_NOTE if tells_of_note else _PUBLIC_ENTRIES
    rows = work.session.execute(statement, {"number": number, "entry": mail.entry_id}).all()
    attached: dict[int, list[File]] = {row.id: [] for row in rows}
    for row in work.session.execute(_FILES, {"entries": list(attached)}):
        attached[row.entry_id].append(_file(row))
    return [
        EntryFacts(
            id=row.id,
            kind=row.kind,
            author=clean_line(row.author_name or row.name or "", 100),
            is_by_staff=row.by_staff,
            at=row.created_at,
            body=clean((words := _words(row.kind, row.by_staff, row.body))[:LONGEST_QUOTE]),
            is_cut=len(words) > LONGEST_QUOTE or len(words) < len(row.body.strip()),
            files=tuple(attached[row.id]),
            is_public=row.visibility is Visibility.PUBLIC,
            signature=clean(row.signature or ""),
        )
        for row in rows
    ]


def _file(row: Any) -> File:
    name = clean_line(files.display_name(row.filename))
    return File(row.public_key, name, clean_line(row.media_type), row.size, row.sha256)


def _words(kind: EntryKind, by_staff: bool, body: str) -> str:
    """What an entry says, a customer's answer without what it quotes: mails do not grow with every answer."""
    is_answer = kind is EntryKind.REPLY and not by_staff
    return without_quotes(body) if is_answer else body
