"""Who is told what by mail: one consequence of every command, never for the one who gave it.

The customer's side hears of public things alone: nothing it gets depends on an internal note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Cause,
    Channel,
    CloseReason,
    EntryKind,
    EventKind,
    MailFrequency,
    PersonRole,
    Role,
    Template,
    Visibility,
)
from sysmo_tui.models import Account, AccountEmail, Entry, Ticket, TicketPerson, TopicMember, table
from sysmo_tui.services import acknowledging, desk_settings, digests, outbox

MAIL_WAITS = timedelta(seconds=10)
"""How long the mail of what staff do at the TUI waits before it leaves."""

URGENT = frozenset({Template.ASSIGNED, Template.MENTIONED, Template.UNATTENDED_TOPIC})
"""What somebody is asked to do: it is told at once also to who is told the rest once a day."""

_ACCOUNT, _EMAIL, _ENTRY = table(Account), table(AccountEmail), table(Entry)
_MEMBER, _PART = table(TopicMember), table(TicketPerson)

_TOPIC = "topic"
_AUTHOR = "author"
_NAMED = "named"
_FAILING = "failing"

_NO_CONTACT = sa.cast(sa.null(), sa.String).label("contact")
_PARTS = sa.union_all(
    sa.select(
        sa.literal(_NAMED).label("part"),
        _ACCOUNT.c.id.label("of"),
        _NO_CONTACT,
        _ACCOUNT.c.id.label("account_id"),
    ).where(_ACCOUNT.c.id.in_(sa.bindparam("named", expanding=True))),
    sa.select(sa.cast(_PART.c.role, sa.String), _PART.c.ticket_number, _NO_CONTACT, _PART.c.account_id).where(
        _PART.c.ticket_number.in_(sa.bindparam("numbers", expanding=True))
    ),
    sa.select(sa.literal(_TOPIC), _MEMBER.c.topic_id, _NO_CONTACT, _MEMBER.c.account_id).where(
        _MEMBER.c.topic_id.in_(sa.bindparam("topics", expanding=True))
    ),
    sa.select(sa.literal(_AUTHOR), _ENTRY.c.ticket_number, _NO_CONTACT, _ENTRY.c.author_id)
    .where(
        _ENTRY.c.ticket_number.in_(sa.bindparam("told_authors", expanding=True)),
        _ENTRY.c.by_staff,
        _ENTRY.c.withdrawn_at.is_(None),
    )
    .distinct(),
    sa.select(sa.literal(_FAILING), _EMAIL.c.account_id, _EMAIL.c.folded, _EMAIL.c.account_id).where(
        _EMAIL.c.folded.in_(sa.bindparam("contacts", expanding=True)), _EMAIL.c.undeliverable_at.is_not(None)
    ),
).subquery("part")

_CONTACT_FAILS = sa.exists().where(
    _EMAIL.c.folded == sa.bindparam("contact"), _EMAIL.c.undeliverable_at.is_not(None)
)
_REACHED = (
    _ACCOUNT.c.id,
    _ACCOUNT.c.role,
    _ACCOUNT.c.locale,
    _ACCOUNT.c.mail_frequency,
    _ACCOUNT.c.time_zone,
    _EMAIL.c.address,
    _EMAIL.c.undeliverable_at,
)
_HAS_ADDRESS = sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary)
_PEOPLE = (
    sa.select(*_REACHED, _PARTS.c.part, _PARTS.c["of"], _PARTS.c.contact)
    .select_from(_PARTS)
    .join(_ACCOUNT, _ACCOUNT.c.id == _PARTS.c.account_id)
    .join(_EMAIL, _HAS_ADDRESS)
    .where(
        sa.or_(
            _ACCOUNT.c.state == AccountState.ACTIVE,
            sa.and_(_ACCOUNT.c.state == AccountState.PENDING, _ACCOUNT.c.role == Role.CUSTOMER),
            _PARTS.c.part == _FAILING,
        )
    )
)
_FORMER = sa.select(
    _ACCOUNT.c.locale, sa.select(sa.literal(1)).where(_CONTACT_FAILS).scalar_subquery().label("contact_fails")
).where(_ACCOUNT.c.id == sa.bindparam("requester"))
_MANAGERS = (
    sa.select(*_REACHED)
    .join(_EMAIL, _HAS_ADDRESS)
    .where(
        _ACCOUNT.c.role.in_((Role.MANAGER, Role.ADMIN)),
        _ACCOUNT.c.state == AccountState.ACTIVE,
        _EMAIL.c.undeliverable_at.is_(None),
    )
)


@dataclass(slots=True)
class _Story:
    """What one command did to one ticket, as far as anyone is told."""

    ticket: Ticket
    actors: set[int | None] = field(default_factory=set)
    is_tui: bool = False
    is_filed: bool = False
    is_moved_in: bool = False
    is_reopened: bool = False
    is_closed: bool = False
    is_marked_spam: bool = False
    is_cleared_by_staff: bool = False
    is_by_customer: bool = False
    assigned_to: int | None = None
    answer: Entry | None = None
    customer_entry: Entry | None = None
    note: Entry | None = None
    reminder: Entry | None = None
    undelivered: Entry | None = None
    failing: str = ""
    mentioned: set[int] = field(default_factory=set)
    label: list[Any] | None = None
    former_contact: str | None = None

    def add(self, happened: Happened) -> None:
        """Take in what happened next; of what was taken back before it left, nobody hears."""
        if happened.kind in (EventKind.WITHDRAWN, EventKind.UNDONE):
            self._correct(happened)
            return
        self.actors.add(happened.actor.account_id)
        self.is_tui = self.is_tui or (happened.actor.channel is Channel.TUI and happened.actor.is_staff)
        self._add_entry(happened)
        changes = happened.changes
        match happened.kind:
            case EventKind.FILED:
                self.is_filed = True
            case EventKind.CLOSED:
                self.is_closed = True
                self.is_by_customer = changes.get("close_reason", [None, None])[1] == CloseReason.BY_CUSTOMER
            case EventKind.REOPENED:
                self.is_reopened = True
            case EventKind.UNDELIVERED:
                self.failing = changes["undelivered"][1]
            case EventKind.WATCHED:
                self.mentioned.add(changes["watcher_id"][1])
            case _:
                pass
        if "is_spam" in changes:
            self.is_marked_spam = changes["is_spam"][1]
            self.is_cleared_by_staff = not self.is_marked_spam and happened.actor.is_staff
        if "assignee_id" in changes:
            self.assigned_to = changes["assignee_id"][1]
        if "topic_id" in changes and happened.kind is not EventKind.FILED:
            self.is_moved_in = True
        is_given_up = happened.cause == Cause.ADDRESS_REMOVED
        if "contact_email" in changes and happened.kind is not EventKind.FILED and not is_given_up:
            self.former_contact = self.former_contact or changes["contact_email"][0]
        if "label" in changes and happened.kind is not EventKind.FILED:
            self.label = [self.label[0] if self.label else changes["label"][0], changes["label"][1]]

    def _correct(self, happened: Happened) -> None:
        """Only who was told of what is undone hears of it: what their ticket is now."""
        self.actors.add(happened.actor.account_id)
        is_told = happened.kind is EventKind.UNDONE and "is_spam" not in happened.changes
        if is_told and "label" in happened.changes:
            self.label = happened.changes["label"]

    def _add_entry(self, happened: Happened) -> None:
        entry = happened.entry
        if entry is None or happened.kind is EventKind.FILED:
            return
        if happened.kind is EventKind.UNDELIVERED:
            self.undelivered = entry
        elif entry.kind is EntryKind.SYSTEM:
            # What mail could not bring is told in the thread alone.
            self.reminder = None if happened.kind is EventKind.NOTED else entry
        elif entry.visibility is Visibility.INTERNAL:
            self.note = entry
        elif entry.by_staff:
            self.answer = entry
        else:
            self.customer_entry = entry

    @property
    def is_about_spam(self) -> bool:
        """Whether nobody is told: it became spam, or staff corrected that and nobody wrote anything."""
        is_wordless = self.answer is None and self.customer_entry is None
        return self.is_marked_spam or (self.is_cleared_by_staff and is_wordless)

    @property
    def ends_closed(self) -> bool:
        """Whether this command closed the ticket."""
        return self.is_closed and self.ticket.category is Category.CLOSED

    @property
    def ends_reopened(self) -> bool:
        """Whether this command put a closed ticket back in progress."""
        return self.is_reopened and self.ticket.category is not Category.CLOSED

    @property
    def is_new_in_topic(self) -> bool:
        """Whether the topic's operators find work here that they did not have."""
        return (self.is_filed or self.is_moved_in) and self.ticket.category is not Category.CLOSED

    @property
    def is_news_for_topic(self) -> bool:
        """Whether the topic's operators are told at all."""
        asks_nobody = self.ticket.assignee_id is None and (
            self.customer_entry is not None
            or self.reminder is not None
            or self.undelivered is not None
            or self.ends_reopened
        )
        return self.is_new_in_topic or asks_nobody

    @property
    def is_for_authors(self) -> bool:
        """Whether staff who wrote in the ticket are told."""
        return self.note is not None or self.reminder is not None

    @property
    def delay(self) -> timedelta:
        """How long the mail waits: what staff did at the TUI can be undone."""
        return MAIL_WAITS if self.is_tui else timedelta()


@dataclass(frozen=True, slots=True)
class _Everybody:
    """Rows of those who can be reached, by their part and what they have it in; and what does not arrive."""

    parts: dict[tuple[str, int | None], list[Any]] = field(default_factory=lambda: defaultdict(list))
    failing: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Person:
    """Someone who may be told, and how they take part."""

    account_id: int
    role: Role
    locale: str
    address: str
    parts: set[str]
    serves: bool
    frequency: MailFrequency
    time_zone: str | None


Notice = tuple[_Person, Template, Entry | None]


def owe(works: Sequence[Work]) -> None:
    """Owe everyone concerned the mail that the events of these commands call for."""
    told: list[tuple[Work, _Story]] = []
    for work in works:
        stories: dict[int, _Story] = {}
        for happened in () if acknowledging.is_hushed(work) else work.happened:
            number = happened.ticket.number or 0
            stories.setdefault(number, _Story(happened.ticket)).add(happened)
        told += [(work, story) for story in stories.values()]
    if not told:
        return
    everybody = _everybody(told[0][0], [story for _work, story in told])
    for work, story in told:
        _tell(work, story, _people(story, everybody))


def _tell(work: Work, story: _Story, people: list[_Person]) -> None:
    notices = list(_to_customers(story, people, acknowledges=not acknowledging.is_withheld(work)))
    if story.former_contact is not None and not story.is_about_spam:
        _tell_former_contact(work, story, story.former_contact)
    if not story.is_about_spam:
        notices += _to_staff(story, people)
        if story.is_new_in_topic and not any(_TOPIC in person.parts for person in people):
            notices += [(person, Template.UNATTENDED_TOPIC, None) for person in _managers(work, story)]
    for person, template, entry in notices:
        if person.frequency is MailFrequency.OFF:
            continue
        outbox.owe(
            work,
            template=template,
            address=person.address,
            locale=person.locale,
            subject_key=f"ticket:{story.ticket.number}",
            account_id=person.account_id,
            ticket_number=story.ticket.number,
            entry=entry,
            delay=story.delay,
            digest_at=_digest_at(work, person, template),
        )


def _digest_at(work: Work, person: _Person, template: Template) -> datetime | None:
    """When the digest leaves that tells of this, for who wants one; None for what is told at once."""
    if person.frequency is not MailFrequency.DIGEST or template in URGENT:
        return None
    zone = ZoneInfo(person.time_zone) if person.time_zone else desk_settings.load(work).zone
    return digests.next_at(work.now, zone)


def _tell_former_contact(work: Work, story: _Story, address: str) -> None:
    """Tell where mail went until now that it goes elsewhere: the customer learns of a change by others."""
    former = addresses.folded(address)
    given = {"requester": story.ticket.requester_id, "contact": former}
    locale, fails = work.session.execute(_FORMER, given).one()
    if fails is None and former != addresses.folded(story.ticket.contact_email):
        outbox.owe(
            work,
            template=Template.CONTACT_CHANGED,
            address=address,
            locale=locale,
            subject_key=f"ticket:{story.ticket.number}",
            account_id=story.ticket.requester_id,
            ticket_number=story.ticket.number,
            payload={"contact": story.ticket.contact_email},
        )


def _to_customers(story: _Story, people: Iterable[_Person], *, acknowledges: bool) -> Iterator[Notice]:
    """The acknowledgement goes to whoever asked, even by their own hand; the rest never to its author."""
    if story.is_about_spam:
        return
    for person in people:
        is_requester = person.account_id == story.ticket.requester_id
        if not (is_requester or PersonRole.COLLABORATOR in person.parts):
            continue
        is_actor = person.account_id in story.actors
        if story.ends_closed and not is_actor:
            yield person, Template.CLOSED, story.answer
        elif (entry := story.answer or story.customer_entry) is not None and not is_actor:
            yield person, Template.REPLIED, entry
        elif story.is_filed and not story.ends_closed and acknowledges:
            yield person, Template.ACKNOWLEDGED, None
        elif story.label and story.label[0] != story.label[1] and not is_actor:
            yield person, Template.LABEL_CHANGED, None


def _to_staff(story: _Story, people: Iterable[_Person]) -> Iterator[Notice]:
    has_assignee = story.ticket.assignee_id is not None
    for person in people:
        if not person.role.is_staff or person.account_id in story.actors:
            continue
        watches = PersonRole.WATCHER in person.parts
        has_it = person.account_id in (story.ticket.assignee_id, story.ticket.owner_id) or watches
        is_asked = has_it or (not has_assignee and _TOPIC in person.parts)
        wrote = _AUTHOR in person.parts and (person.serves or person.role.sees_all)
        if story.assigned_to == person.account_id:
            yield person, Template.ASSIGNED, None
        if story.reminder is not None and (is_asked or wrote):
            yield person, Template.FOLLOW_UP, story.reminder
        # Not to an address about itself: that mail would come back, too.
        if story.undelivered is not None and is_asked and addresses.folded(person.address) != story.failing:
            yield person, Template.UNDELIVERED, story.undelivered
        if person.account_id in story.mentioned:
            yield person, Template.MENTIONED, story.note
        elif story.note is not None and (has_it or wrote):
            yield person, Template.NOTED, story.note
        if story.ends_reopened and is_asked:
            yield person, Template.REOPENED, story.customer_entry
        if story.customer_entry is not None and is_asked:
            yield person, Template.CUSTOMER_REPLIED, story.customer_entry
        if story.is_new_in_topic and _TOPIC in person.parts:
            yield person, Template.NEW_IN_TOPIC if story.is_filed else Template.MOVED_IN, None
        if (story.answer is not None and watches) or (
            story.ends_closed and (watches or (story.is_by_customer and has_it))
        ):
            yield person, Template.WATCHED_NEWS, story.answer


def _everybody(work: Work, stories: Sequence[_Story]) -> _Everybody:
    """Everyone who may be told and can be reached, for all stories by one statement."""
    tickets = [story.ticket for story in stories]
    given = {
        "named": {each for ticket in tickets for each in _named(ticket)},
        "numbers": {ticket.number for ticket in tickets},
        "topics": {each.ticket.topic_id for each in stories if each.is_news_for_topic or each.is_for_authors},
        "told_authors": {each.ticket.number for each in stories if each.is_for_authors},
        "contacts": {addresses.folded(ticket.contact_email) for ticket in tickets},
    }
    everybody = _Everybody()
    for row in work.session.execute(_PEOPLE, given):
        if row.part == _FAILING:
            everybody.failing.add(row.contact)
        else:
            everybody.parts[row.part, row.of].append(row)
    return everybody


def _people(story: _Story, everybody: _Everybody) -> list[_Person]:
    """Whom a story may be told to, each once, with everything that they are to its ticket."""
    ticket, found = story.ticket, everybody.parts
    taking_part = [(_NAMED, row) for each in _named(ticket) for row in found[_NAMED, each]]
    taking_part += [(role, row) for role in PersonRole for row in found[role, ticket.number]]
    serving = found[_TOPIC, ticket.topic_id]
    if story.is_news_for_topic:
        taking_part += [(_TOPIC, row) for row in serving]
    if story.is_for_authors:
        taking_part += [(_AUTHOR, row) for row in found[_AUTHOR, ticket.number]]
    contact_fails = addresses.folded(ticket.contact_email) in everybody.failing
    servants = {row.id for row in serving}
    people: dict[int, _Person] = {}
    for part, row in taking_part:
        is_requester = row.id == ticket.requester_id
        fails = contact_fails or ticket.undeliverable_at if is_requester else row.undeliverable_at
        if row.id in people:
            people[row.id].parts.add(part)
        elif not fails:
            address = ticket.contact_email if is_requester else row.address
            people[row.id] = _person(row, address, {part}, serves=row.id in servants)
    return list(people.values())


def _named(ticket: Ticket) -> set[int]:
    return {each for each in (ticket.requester_id, ticket.assignee_id, ticket.owner_id) if each is not None}


def _person(row: Any, address: str, parts: set[str], *, serves: bool) -> _Person:
    return _Person(row.id, row.role, row.locale, address, parts, serves, row.mail_frequency, row.time_zone)


def _managers(work: Work, story: _Story) -> list[_Person]:
    return [
        _person(row, row.address, set(), serves=False)
        for row in work.session.execute(_MANAGERS)
        if row.id not in story.actors
    ]
