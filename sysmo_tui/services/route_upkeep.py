"""What managers do to the routes of mail: making, editing, ordering, deleting."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses, mail_patterns
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Conflict, Invalid, NotFound
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import clean_line, storable_line
from sysmo_tui.models import Mailbox, MailRoute, table
from sysmo_tui.services import audit, choices, kinds, routing, tagging, topics
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.routing import RouteLine

NAME_LIMIT = 120
MOST_ROUTES = 200
MOST_TAGS = 20

_ROUTE, _MAILBOX = table(MailRoute), table(Mailbox)
_ALL = sa.select(MailRoute).order_by(_ROUTE.c.position, _ROUTE.c.id).with_for_update()
_MAILBOXES = sa.select(_MAILBOX.c.name).where(_MAILBOX.c.archived_at.is_(None)).order_by(_MAILBOX.c.name)


@dataclass(frozen=True, slots=True)
class RouteEdits:
    """What to change of a route: None leaves it, "" takes a condition or a result away."""

    name: str | None = None
    mailbox: str | None = None
    recipient: str | None = None
    sender_domain: str | None = None
    subject: str | None = None
    topic: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RouteForm:
    """A route, if there is one yet, and what can be chosen for it."""

    route: RouteLine | None
    choices: Choices
    mailboxes: tuple[str, ...]


def form(work: Work, name: str = "") -> RouteForm:
    """What editing a route begins with; without ``name``, making one."""
    require_right(work.actor, Right.MANAGE_MAIL)
    found = show(work, name) if name else None
    return RouteForm(found, choices.read(work), tuple(work.session.execute(_MAILBOXES).scalars()))


def show(work: Work, name: str) -> RouteLine:
    """One route by its name, case and accents ignored; NotFound otherwise."""
    wanted = same_name(name)
    for line in routing.lines(work):
        if same_name(line.name) == wanted:
            return line
    raise _missing(name)


def new(work: Work, name: str, edits: RouteEdits) -> RouteLine:
    """Make a route, tried after all others; Conflict when there is one of that name."""
    require_right(work.actor, Right.MANAGE_MAIL)
    known = _locked(work)
    if len(known) >= MOST_ROUTES:
        raise Conflict(N_("There are {limit} routes already. Delete one first."), limit=MOST_ROUTES)
    row = MailRoute(name="", position=len(known) + 1, created_at=work.now)
    _apply(work, row, known, edits, name)
    work.session.add(row)
    work.session.flush()
    _note(work, "route_new", row, {"edits": _written(edits)})
    return routing.one(work, row.id or 0)


def edit(work: Work, name: str, edits: RouteEdits) -> RouteLine:
    """Change a route; what it routed before stays where it is."""
    require_right(work.actor, Right.MANAGE_MAIL)
    known = _locked(work)
    row = _named(known, name)
    _apply(work, row, known, edits, edits.name)
    work.session.flush()
    _note(work, "route_edit", row, {"edits": _written(edits)})
    return routing.one(work, row.id or 0)


def move(work: Work, name: str, position: int) -> RouteLine:
    """Let a route be tried as number ``position``, counted from 1; the others make room."""
    require_right(work.actor, Right.MANAGE_MAIL)
    known = _locked(work)
    row = _named(known, name)
    if not 1 <= position <= len(known):
        raise Invalid(N_("A place from 1 to {last}."), field="position", last=len(known))
    known.remove(row)
    known.insert(position - 1, row)
    _number(known)
    work.session.flush()
    _note(work, "route_move", row, {"position": position})
    return routing.one(work, row.id or 0)


def delete(work: Work, name: str) -> None:
    """Forget a route; what it routed stays where it is."""
    require_right(work.actor, Right.MANAGE_MAIL)
    known = _locked(work)
    row = _named(known, name)
    known.remove(row)
    work.session.delete(row)
    _number(known)
    work.session.flush()
    _note(work, "route_delete", row, {})


def _locked(work: Work) -> list[MailRoute]:
    return list(work.session.execute(_ALL).scalars())


def _number(known: list[MailRoute]) -> None:
    for position, row in enumerate(known, 1):
        row.position = position


def _named(known: list[MailRoute], name: str) -> MailRoute:
    wanted = same_name(name)
    for row in known:
        if same_name(row.name) == wanted:
            return row
    raise _missing(name)


def _missing(name: str) -> NotFound:
    return NotFound(N_("There is no route “{name}”."), name=clean_line(name, 80))


def _apply(work: Work, row: MailRoute, known: list[MailRoute], edits: RouteEdits, name: str | None) -> None:
    if name is not None:
        row.name = _free_name(name, [each for each in known if each is not row])
    if edits.mailbox is not None:
        row.mailbox = _mailbox(work, edits.mailbox.strip(), row.mailbox)
    if edits.recipient is not None:
        row.recipient = _address(edits.recipient.strip())
    if edits.sender_domain is not None:
        written = edits.sender_domain.strip()
        row.sender_domain = mail_patterns.domain(written, "sender_domain") if written else ""
    if edits.subject is not None:
        row.subject = mail_patterns.subject(storable_line(edits.subject))
    if edits.topic is not None:
        row.topic_id = topics.find(work, edits.topic).id if edits.topic.strip() else None
    if edits.priority is not None:
        row.priority_id = kinds.find_priority(work, edits.priority).id if edits.priority.strip() else None
    if edits.tags is not None:
        row.tags = _tags(edits.tags)
    if row.topic_id is None and row.priority_id is None and not row.tags:
        raise Invalid(N_("Say what the route does: a topic, a priority or tags."), field="topic")


def _free_name(text: str, others: list[MailRoute]) -> str:
    name = storable_line(text)
    if not same_name(name) or len(name) > NAME_LIMIT:
        raise Invalid(N_("A route needs a name of up to {limit} characters."), field="name", limit=NAME_LIMIT)
    if any(same_name(each.name) == same_name(name) for each in others):
        raise Conflict(
            N_("There is a route “{name}” already. Choose another name."), field="name", name=clean_line(name)
        )
    return name


def _mailbox(work: Work, name: str, before: str) -> str:
    known = tuple(work.session.execute(_MAILBOXES).scalars())
    if name and name != before and name not in known:
        raise Invalid(
            N_("There is no mailbox “{name}”. Choose one of: {choices}."),
            field="mailbox",
            name=clean_line(name, 80),
            choices=", ".join(known),
        )
    return name


def _address(text: str) -> str:
    if not text:
        return ""
    return addresses.folded(addresses.normalise(text, allow_reserved=True, field="recipient"))


def _tags(given: tuple[str, ...]) -> list[str]:
    tags = list(dict.fromkeys(tagging.checked(tag) for tag in given if tag.strip()))
    if len(tags) > MOST_TAGS:
        raise Invalid(N_("At most {limit} tags."), field="tag", limit=MOST_TAGS)
    return tags


def _written(edits: RouteEdits) -> list[str]:
    """The edits as the audit log tells them."""
    given: list[tuple[str, Any]] = [(field.name, getattr(edits, field.name)) for field in fields(edits)]
    return [
        f"{name}={' '.join(value) if isinstance(value, tuple) else value}"
        for name, value in given
        if value is not None
    ]


def _note(work: Work, decision: str, row: MailRoute, detail: dict[str, Any]) -> None:
    audit.record(work, AuditKind.MAIL_DECIDED, detail={"decision": decision, "route": row.name, **detail})
