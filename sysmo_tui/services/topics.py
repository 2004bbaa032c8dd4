"""Topics, as everyone finds and lists them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AccountState, Reopening
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.domain.views import Person, TopicLine
from sysmo_tui.models import Account, AccountEmail, Priority, Ticket, TicketType, Topic, TopicMember, table
from sysmo_tui.services import visible

_TOPIC, _MEMBER, _TICKET = table(Topic), table(TopicMember), table(Ticket)
_ACCOUNT, _EMAIL = table(Account), table(AccountEmail)

_TOPICS = sa.select(Topic).order_by(_TOPIC.c.position, _TOPIC.c.id)
_OPERATORS = (
    sa.select(_MEMBER.c.topic_id, _ACCOUNT.c.id, _ACCOUNT.c.name, _EMAIL.c.address)
    .join(_ACCOUNT, _ACCOUNT.c.id == _MEMBER.c.account_id)
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .where(_ACCOUNT.c.state == AccountState.ACTIVE)
    .order_by(_ACCOUNT.c.id)
)
_OPEN_TICKETS = (
    sa.select(_TICKET.c.topic_id, sa.func.count().label("tickets"))
    .where(_TICKET.c.closed_at.is_(None))
    .group_by(_TICKET.c.topic_id)
)
_PRIORITY_SLUG = sa.select(table(Priority).c.slug).where(table(Priority).c.id == sa.bindparam("id"))
_TYPE_SLUG = sa.select(table(TicketType).c.slug).where(table(TicketType).c.id == sa.bindparam("id"))


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic that the actor may file under."""

    id: int
    slug: SafeText
    name: SafeText
    description: SafeText


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic with its settings, for staff. Priority and type are slugs, None for the desk's defaults."""

    line: TopicLine
    default_priority: SafeText | None
    default_type: SafeText | None
    offers_waiting: bool
    reply_ends_hold: bool
    position: int
    mail_address: SafeText
    signature: SafeText
    reopening: Reopening = Reopening.REOPEN
    reopening_days: int = 0


def find(work: Work, text: str, *, archived: bool = False) -> Topic:
    """The topic with this slug or name, case and accents ignored, among those the actor may file under.

    Invalid names the choices. ``archived`` looks among archived topics as well.
    """
    wanted = same_name(text)
    open_to_actor = _visible(work, archived=archived)
    offered = ", ".join(topic.slug for topic in open_to_actor)
    if not wanted:
        raise Invalid(N_("Choose a topic: {choices}."), field="topic", choices=offered)
    for topic in open_to_actor:
        if wanted in {topic.slug, topic.folded}:
            return topic
    raise Invalid(
        N_("There is no topic “{topic}”. Choose one of: {choices}."),
        field="topic",
        topic=clean_line(text, 80),
        choices=offered,
    )


def by_id(work: Work, topic_id: int) -> Topic:
    """A topic that is known to exist."""
    found = work.session.get(Topic, topic_id)
    assert found is not None
    return found


def first_public(work: Work) -> Topic:
    """The first topic that customers can file under, in the desk's order; there always is one."""
    found = _TOPICS.where(_TOPIC.c.is_public, _TOPIC.c.archived_at.is_(None)).limit(1)
    return work.session.execute(found).scalar_one()


def choices(work: Work) -> tuple[TopicChoice, ...]:
    """The topics that the actor may file under, in the desk's order: what a menu needs."""
    return tuple(
        TopicChoice(topic.id or 0, clean_line(topic.slug), clean_line(topic.name), clean(topic.description))
        for topic in _visible(work)
    )


def lines(work: Work, *, archived: bool = False) -> tuple[TopicLine, ...]:
    """The topics that the actor may know of; for staff with their operators and the open tickets they see."""
    found = _visible(work, archived=archived and work.actor.is_staff)
    if not work.actor.is_staff:
        return tuple(_line(topic, (), 0) for topic in found)
    served, tickets = operators(work), _open_tickets(work)
    return tuple(
        _line(topic, served.get(topic.id or 0, ()), tickets.get(topic.id or 0, 0)) for topic in found
    )


def show(work: Work, text: str) -> TopicView:
    """One topic, archived or not; a customer sees what :func:`lines` tells, with the settings left out."""
    topic = find(work, text, archived=work.actor.is_staff)
    if not work.actor.is_staff:
        return TopicView(
            _line(topic, (), 0),
            None,
            None,
            offers_waiting=False,
            reply_ends_hold=False,
            position=0,
            mail_address=SafeText(""),
            signature=SafeText(""),
        )
    return view(work, topic)


def view(work: Work, topic: Topic) -> TopicView:
    """A topic as staff see it."""
    topic_id = topic.id or 0
    tickets = _open_tickets(work, _TICKET.c.topic_id == topic_id)
    return TopicView(
        line=_line(topic, operators(work).get(topic_id, ()), tickets.get(topic_id, 0)),
        default_priority=_slug(work, _PRIORITY_SLUG, topic.default_priority_id),
        default_type=_slug(work, _TYPE_SLUG, topic.default_type_id),
        offers_waiting=topic.offers_waiting,
        reply_ends_hold=topic.reply_ends_hold,
        position=topic.position,
        mail_address=clean_line(topic.mail_address),
        signature=clean(topic.signature),
        reopening=topic.reopening,
        reopening_days=topic.reopening_days,
    )


def operators(work: Work) -> dict[int, tuple[Person, ...]]:
    """Who serves each topic, by its id, in the order of their names; only active accounts."""
    served: dict[int, list[Person]] = defaultdict(list)
    for row in sorted(work.session.execute(_OPERATORS), key=lambda row: same_name(row.name)):
        served[row.topic_id].append(Person(row.id, clean_line(row.name), clean_line(row.address)))
    return {topic_id: tuple(people) for topic_id, people in served.items()}


def served_by(work: Work, text: str) -> tuple[Person, ...]:
    """Who serves a topic, for staff."""
    require_right(work.actor, Right.SEE_PEOPLE)
    topic = find(work, text, archived=True)
    return operators(work).get(topic.id or 0, ())


def without_operators(work: Work) -> tuple[SafeText, ...]:
    """The names of the active topics that nobody active serves."""
    served = operators(work)
    return tuple(
        clean_line(topic.name)
        for topic in work.session.execute(_TOPICS).scalars()
        if topic.archived_at is None and topic.id not in served
    )


def _visible(work: Work, *, archived: bool = False) -> list[Topic]:
    is_staff = work.actor.is_staff
    return [
        topic
        for topic in work.session.execute(_TOPICS).scalars()
        if (archived or topic.archived_at is None) and (is_staff or topic.is_public)
    ]


def _open_tickets(work: Work, *conditions: sa.ColumnElement[bool]) -> dict[int, int]:
    known = visible.known(sees_all=work.actor.role.sees_all)
    rows = work.session.execute(_OPEN_TICKETS.where(known, *conditions), visible.values(work.actor))
    return {row.topic_id: row.tickets for row in rows}


def _slug(work: Work, statement: sa.Select[str], row_id: int | None) -> SafeText | None:
    if row_id is None:
        return None
    return clean_line(work.session.execute(statement, {"id": row_id}).scalar_one())


def _line(topic: Topic, people: tuple[Person, ...], tickets: int) -> TopicLine:
    return TopicLine(
        id=topic.id or 0,
        slug=clean_line(topic.slug),
        name=clean_line(topic.name),
        description=clean(topic.description),
        is_public=topic.is_public,
        is_archived=topic.archived_at is not None,
        operators=people,
        open_tickets=tickets,
    )
