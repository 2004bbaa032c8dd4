"""Setting up: a new desk's settings, catalogue, first topics and first administrator."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, AuditKind, Category, Role
from sysmo_tui.domain.errors import Conflict, Forbidden
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.slugs import slug
from sysmo_tui.domain.text import SafeText, clean_line, storable_line
from sysmo_tui.models import (
    Account,
    Company,
    Priority,
    Status,
    TicketType,
    Topic,
    TopicMember,
    table,
)
from sysmo_tui.services import audit, desk_settings, people
from sysmo_tui.services.desk_settings import DeskSettings

_STATUSES = (
    ("new", N_("New"), Category.NEW, N_("New")),
    ("in-progress", N_("In progress"), Category.OPEN, N_("In progress")),
    ("waiting", N_("Waiting"), Category.WAITING, N_("Waiting for you")),
    ("on-hold", N_("On hold"), Category.HOLD, N_("In progress")),
    ("closed", N_("Closed"), Category.CLOSED, N_("Closed")),
)
_PRIORITIES = (
    ("low", N_("Low"), 1),
    ("normal", N_("Normal"), 2),
    ("high", N_("High"), 3),
    ("urgent", N_("Urgent"), 4),
)
_TYPES = (
    ("request", N_("Request")),
    ("question", N_("Question")),
    ("claim", N_("Claim")),
    ("incident", N_("Incident")),
    ("problem", N_("Problem")),
    ("change", N_("Change")),
)
FIRST_TOPIC = N_("General")


@dataclass(frozen=True, slots=True)
class Founded:
    """What a new desk begins with."""

    uuid: str
    name: SafeText
    admin_id: int
    admin_email: SafeText
    topics: tuple[SafeText, ...]


def found(
    work: Work,
    *,
    desk_name: str,
    language: str,
    country: str,
    time_zone: str,
    admin_email: str,
    admin_name: str,
    password_hash: str | None,
    topics: Sequence[str] = (),
    is_demo: bool = False,
    allows_reserved_addresses: bool = False,
    own_domains: Sequence[str] = (),
) -> Founded:
    """Set up an empty database; only the desk itself may, and only once.

    The first administrator serves every first topic, "General" among them.
    """
    if not work.actor.is_desk:
        raise Forbidden(N_("Only who holds the database can set up a desk."))
    if desk_settings.is_set_up(work):
        raise Conflict(N_("This desk is set up already."))
    email = addresses.normalise(admin_email, allows_reserved_addresses)
    settings = DeskSettings(
        uuid=uuid4().hex,
        name=desk_settings.read("name", desk_name),
        language=desk_settings.read("language", language),
        country=desk_settings.read("country", country),
        time_zone=desk_settings.read("time_zone", time_zone),
        reply_address=desk_settings.read("reply_address", email),
        mail_domain=desk_settings.read("mail_domain", email.rpartition("@")[2]),
        mail_key=secrets.token_hex(32),
        allows_reserved_addresses=allows_reserved_addresses,
        is_demo=is_demo,
        own_domains=desk_settings.read("own_domains", list(own_domains)),
    )
    desk_settings.store(work, settings)
    _fill_catalogue(work)
    work.session.add(
        Company(
            name=settings.name,
            country=settings.country,
            domains=list(settings.own_domains),
            is_own=True,
            created_at=work.now,
        )
    )
    admin_id = _first_administrator(work, settings, email, admin_name, password_hash)
    names = _first_topics(work, admin_id, topics)
    audit.record(work, AuditKind.DESK_CREATED, account_id=admin_id, detail={"name": settings.name})
    return Founded(
        uuid=settings.uuid,
        name=clean_line(settings.name),
        admin_id=admin_id,
        admin_email=clean_line(email),
        topics=tuple(clean_line(name) for name in names),
    )


def _fill_catalogue(work: Work) -> None:
    work.session.execute(
        sa.insert(table(Status)),
        [
            {
                "slug": short,
                "name": name,
                "category": category,
                "customer_label": label,
                "position": position,
                "is_default": True,
            }
            for position, (short, name, category, label) in enumerate(_STATUSES)
        ],
    )
    work.session.execute(
        sa.insert(table(Priority)),
        [
            {"slug": short, "name": name, "level": level, "is_default": short == "normal"}
            for short, name, level in _PRIORITIES
        ],
    )
    work.session.execute(
        sa.insert(table(TicketType)),
        [
            {"slug": short, "name": name, "position": position, "is_default": position == 0}
            for position, (short, name) in enumerate(_TYPES)
        ],
    )


def _first_administrator(
    work: Work, settings: DeskSettings, email: str, name: str, password_hash: str | None
) -> int:
    account = Account(
        name=desk_settings.read("name", name),
        role=Role.ADMIN,
        state=AccountState.ACTIVE,
        password_hash=password_hash,
        locale=settings.language,
        created_at=work.now,
    )
    return people.add(work, account, email, verified_at=work.now)


def _first_topics(work: Work, admin_id: int, wanted: Sequence[str]) -> list[str]:
    by_name: dict[str, str] = {}
    for given in (FIRST_TOPIC, *wanted):
        if name := storable_line(given):
            by_name.setdefault(same_name(name), name)
    taken: set[str] = set()
    for position, (folded, name) in enumerate(by_name.items()):
        short = slug(name, "topic")
        if short in taken:
            short = f"{short}-{position + 1}"
        taken.add(short)
        topic = Topic(slug=short, name=name, folded=folded, position=position, created_at=work.now)
        work.session.add(topic)
        work.session.flush()
        assert topic.id is not None
        work.session.add(TopicMember(topic_id=topic.id, account_id=admin_id))
    work.session.flush()
    return list(by_name.values())
