"""What administrators do to topics: making, editing, staffing, archiving."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import signatures, slugs
from sysmo_tui.domain.addresses import normalise
from sysmo_tui.domain.closed_sets import REOPENINGS
from sysmo_tui.domain.enums import AuditKind, TicketField
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import clean_line, storable, storable_line
from sysmo_tui.models import Ticket, Topic, TopicMember, table
from sysmo_tui.services import audit, choices, editing, events, kinds, named, people, topics
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.topics import TopicView

_TOPIC, _MEMBER, _TICKET = table(Topic), table(TopicMember), table(Ticket)
_OPEN_IN = (
    sa.select(_TICKET.c.number)
    .where(_TICKET.c.topic_id == sa.bindparam("topic"), _TICKET.c.closed_at.is_(None))
    .order_by(_TICKET.c.number)
)
_SERVES = sa.select(_MEMBER.c.account_id).where(_MEMBER.c.topic_id == sa.bindparam("topic"))
_STOP = sa.delete(_MEMBER).where(
    _MEMBER.c.topic_id == sa.bindparam("topic"), _MEMBER.c.account_id == sa.bindparam("account")
)
_LAST_POSITION = sa.select(sa.func.max(_TOPIC.c.position))

NAME_LIMIT = 80
DESCRIPTION_LIMIT = 2000
MOST_DAYS = 3650
"""The longest time after which a closed ticket may open again by a customer's answer."""


@dataclass(frozen=True, slots=True)
class TopicEdits:
    """What to change of a topic; None leaves it, an empty priority or type gives the desk's default."""

    name: str | None = None
    slug: str | None = None
    description: str | None = None
    is_public: bool | None = None
    default_priority: str | None = None
    default_type: str | None = None
    offers_waiting: bool | None = None
    reply_ends_hold: bool | None = None
    mail_address: str | None = None
    reopening: str | None = None
    reopening_days: int | None = None
    signature: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class TopicForm:
    """A topic, if there is one yet, and what can be chosen for it."""

    view: TopicView | None
    choices: Choices


def form(work: Work, slug: str = "") -> TopicForm:
    """What editing a topic begins with; without ``slug``, making one."""
    return TopicForm(topics.show(work, slug) if slug else None, choices.read(work))


def new(work: Work, name: str, edits: TopicEdits | None = None, operators: Sequence[str] = ()) -> TopicView:
    """Make a topic, served by the staff at these addresses; Conflict when its name or slug is taken."""
    require_right(work.actor, Right.MANAGE_TOPICS)
    given = edits or TopicEdits()
    last = work.session.execute(_LAST_POSITION).scalar()
    topic = Topic(slug="", name="", folded="", position=0 if last is None else last + 1, created_at=work.now)
    short = given.slug if given.slug is not None else slugs.slug(name, "topic")
    _apply(work, topic, dataclasses.replace(given, name=name, slug=short))
    work.session.add(topic)
    work.session.flush()
    if operators:
        _add_operators(work, topic, operators)
    _note(work, topic, {"made": True, "operators": list(operators)})
    return topics.view(work, topic)


def edit(work: Work, text: str, edits: TopicEdits) -> TopicView:
    """Change a topic; refused where no public topic would be left."""
    require_right(work.actor, Right.MANAGE_TOPICS)
    topic = _locked(work, text)
    if edits.is_public is False:
        _require_another_public(work, topic)
    changes = _apply(work, topic, edits)
    work.session.flush()
    if changes:
        _note(work, topic, changes)
    return topics.view(work, topic)


def add_operators(work: Work, text: str, addresses: Sequence[str]) -> TopicView:
    """Let active staff serve a topic; those who do already stay."""
    require_right(work.actor, Right.MANAGE_TOPICS)
    topic = _locked(work, text)
    _add_operators(work, topic, addresses)
    _note(work, topic, {"added": list(addresses)})
    return topics.view(work, topic)


def remove_operators(work: Work, text: str, addresses: Sequence[str]) -> TopicView:
    """Let staff no longer serve a topic; the view shows when nobody is left."""
    require_right(work.actor, Right.MANAGE_TOPICS)
    topic = _locked(work, text)
    for address in addresses:
        person = people.by_address(work, address)
        ended = person and work.affected(_STOP, {"topic": topic.id, "account": person.id})
        if not ended:
            raise Invalid(
                N_("{address} does not serve the topic {topic}."),
                field="operators",
                address=clean_line(address),
                topic=clean_line(topic.name),
            )
    _note(work, topic, {"removed": list(addresses)})
    return topics.view(work, topic)


def archive(work: Work, text: str, *, move_to: str | None = None) -> TopicView:
    """Close a topic to new tickets; its open tickets go to ``move_to`` or stand in the way."""
    require_right(work.actor, Right.MANAGE_TOPICS)
    topic = _locked(work, text)
    if topic.archived_at is not None:
        return topics.view(work, topic)
    _require_another_public(work, topic)
    numbers = list(work.session.execute(_OPEN_IN, {"topic": topic.id}).scalars())
    if numbers:
        _move(work, topic, numbers, move_to)
    topic.archived_at = work.now
    work.session.flush()
    _note(work, topic, {"archived": True, "moved": len(numbers)})
    return topics.view(work, topic)


def unarchive(work: Work, text: str) -> TopicView:
    """Open an archived topic to tickets again."""
    require_right(work.actor, Right.MANAGE_TOPICS)
    topic = _locked(work, text)
    if topic.archived_at is not None:
        topic.archived_at = None
        work.session.flush()
        _note(work, topic, {"archived": False})
    return topics.view(work, topic)


def _locked(work: Work, text: str) -> Topic:
    """The topic, after every topic was locked, so that no two can be the last public one at once."""
    work.session.execute(sa.select(_TOPIC.c.id).order_by(_TOPIC.c.id).with_for_update())
    topic = topics.find(work, text, archived=True)
    work.session.refresh(topic)
    return topic


def _require_another_public(work: Work, topic: Topic) -> None:
    others = sa.select(_TOPIC.c.id).where(
        _TOPIC.c.is_public, _TOPIC.c.archived_at.is_(None), _TOPIC.c.id != topic.id
    )
    if topic.is_public and topic.archived_at is None and work.session.execute(others).first() is None:
        raise Conflict(
            N_("{topic} is the last topic that customers can file under. Make another one first."),
            field="topic",
            topic=clean_line(topic.name),
        )


def _move(work: Work, topic: Topic, numbers: Sequence[int], move_to: str | None) -> None:
    if move_to is None:
        raise Conflict(
            N_("{topic} has {count} open tickets. Say which topic they go to."),
            field="move_to",
            topic=clean_line(topic.name),
            count=len(numbers),
        )
    target = topics.find(work, move_to)
    if target.id == topic.id:
        raise Invalid(N_("Tickets cannot stay in the topic that is archived."), field="move_to")
    for number in numbers:
        editing.edit(work, number, {TicketField.TOPIC: target.slug})


def _add_operators(work: Work, topic: Topic, addresses: Sequence[str]) -> None:
    serving = set(work.session.execute(_SERVES, {"topic": topic.id}).scalars())
    for address in addresses:
        person = people.staff(work, address, field="operators")
        if person.id not in serving:
            work.session.add(TopicMember(topic_id=topic.id or 0, account_id=person.id))
            serving.add(person.id)
    work.session.flush()


def _apply(work: Work, topic: Topic, edits: TopicEdits) -> dict[str, Any]:
    """Set what is given; returns the changed columns with their old and new values."""
    wanted: dict[str, Any] = {
        name: value
        for name in ("is_public", "offers_waiting", "reply_ends_hold", "position")
        if (value := getattr(edits, name)) is not None
    }
    if edits.name is not None:
        wanted["name"] = _name(edits.name)
        wanted["folded"] = same_name(wanted["name"])
    if edits.slug is not None:
        wanted["slug"] = slugs.check(edits.slug)
    if edits.description is not None:
        wanted["description"] = _description(edits.description)
    if edits.reopening is not None:
        wanted["reopening"] = named.member(REOPENINGS, edits.reopening, "reopening")
    if edits.reopening_days is not None:
        wanted["reopening_days"] = _days(edits.reopening_days)
    if edits.mail_address is not None:
        wanted["mail_address"] = _mail_address(edits.mail_address)
    if edits.signature is not None:
        wanted["signature"] = signatures.checked(edits.signature)
    if edits.default_priority is not None:
        chosen = edits.default_priority.strip()
        wanted["default_priority_id"] = kinds.find_priority(work, chosen).id if chosen else None
    if edits.default_type is not None:
        chosen = edits.default_type.strip()
        wanted["default_type_id"] = kinds.find_type(work, chosen).id if chosen else None
    _require_free(work, topic, wanted)
    changes = {
        name: [getattr(topic, name), value] for name, value in wanted.items() if getattr(topic, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(topic, name, value)
    return {name: [events.plain(each) for each in pair] for name, pair in changes.items() if name != "folded"}


def _name(text: str) -> str:
    name = storable_line(text)
    if not 1 <= len(name) <= NAME_LIMIT or not same_name(name):
        raise Invalid(N_("A topic needs a name of up to {limit} characters."), field="name", limit=NAME_LIMIT)
    return name


def _description(text: str) -> str:
    described = storable(text).strip()
    if len(described) > DESCRIPTION_LIMIT:
        raise Invalid(
            N_("A description has up to {limit} characters."), field="description", limit=DESCRIPTION_LIMIT
        )
    return described


def _days(days: int) -> int:
    """For how long a closed ticket may open again; it counts only for the policy that asks for days."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(
            N_("Write a number from {low} to {high}."), field="reopening_days", low=1, high=MOST_DAYS
        )
    return days


def _mail_address(text: str) -> str:
    """The address from which a topic's mail comes, "" for the desk's."""
    return normalise(text, allow_reserved=True, field="mail_address") if text.strip() else ""


def _require_free(work: Work, topic: Topic, wanted: dict[str, Any]) -> None:
    """Refuse a name or slug that another topic answers to, under its name or its slug."""
    names = {wanted[name] for name in ("slug", "folded") if name in wanted}
    if not names:
        return
    taken = sa.select(_TOPIC.c.name).where(
        sa.or_(_TOPIC.c.slug.in_(names), _TOPIC.c.folded.in_(names)), _TOPIC.c.id != (topic.id or 0)
    )
    other = work.session.execute(taken).scalar()
    if other is not None:
        raise Conflict(
            N_("There is a topic “{topic}” already, archived perhaps. Choose another name."),
            field="name",
            topic=clean_line(other),
        )


def _note(work: Work, topic: Topic, detail: dict[str, Any]) -> None:
    audit.record(work, AuditKind.TOPIC_CHANGED, detail={"topic": topic.slug, **detail})
