"""The demo desk before its first ticket: settings, topics and accounts, made as people would make them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sysmo_tui import identity
from sysmo_tui.demo import canned, people, searches
from sysmo_tui.demo.people import Client, Member
from sysmo_tui.desk import Work
from sysmo_tui.domain.actor import Actor, Caller
from sysmo_tui.domain.enums import Channel
from sysmo_tui.services import (
    accounts,
    desk_settings,
    passwords,
    registration,
    setup,
    tokens,
    topic_upkeep,
)
from sysmo_tui.services import people as known_people
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.registration_form import RegistrationForm, check
from sysmo_tui.services.topic_upkeep import TopicEdits

SOURCE = "demo"
_PACE = timedelta(minutes=95)
"""Between one person's arrival and the next."""


def found(work: Work, password_hash: str, language: str, since: datetime) -> None:
    """Set the desk up, at ``since``, and let everyone in."""
    setup.found(
        work,
        desk_name=people.DESK_NAME,
        language=language,
        country="AR",
        time_zone=people.TIME_ZONE,
        admin_email=people.ADMIN.email,
        admin_name=people.ADMIN.name,
        password_hash=password_hash,
        topics=[area.name for area in people.AREAS],
        is_demo=True,
        allows_reserved_addresses=True,
        own_domains=[people.DOMAIN],
    )
    admin = _actor(work, people.ADMIN.email)
    with work.acting_as(admin, since):
        for area in people.AREAS:
            topic_upkeep.edit(
                work,
                area.slug,
                TopicEdits(
                    description=area.description, is_public=area.is_public, default_type=area.default_type
                ),
            )
            topic_upkeep.remove_operators(work, area.slug, [admin.email])
        canned.write(work)
        searches.write(work)
    now = since
    for member in people.STAFF[1:]:
        now += _PACE
        _invite(work, admin, member, now, language, password_hash)
    for client in people.CLIENTS:
        now += _PACE
        _register(work, client, now, password_hash)


def actors(work: Work) -> dict[str, Actor]:
    """Everyone who can act, by address."""
    emails = [person.email for person in (*people.STAFF, *people.CLIENTS)]
    return {email: _actor(work, email) for email in emails}


def _invite(
    work: Work, admin: Actor, member: Member, now: datetime, language: str, password_hash: str
) -> None:
    spoken = language if member is people.OPERATOR else ("es" if "es" in member.languages else "en")
    invitation = Invitation(member.email, member.name, member.role, member.topics, spoken)
    code = tokens.new_code()
    with work.acting_as(admin, now):
        accounts.new(work, invitation, code)
    with _visiting(work, now + timedelta(minutes=20)):
        passwords.use_code(work, code, password_hash)


def _register(work: Work, client: Client, now: datetime, password_hash: str) -> None:
    form = RegistrationForm(
        email=client.email,
        password="",
        name=client.name,
        phone=client.phone,
        company=client.firm.name,
        tax_id=client.firm.tax_id,
        country=client.firm.country,
        locale="es" if client.language == "es" else "en",
    )
    checked = check(form, desk_settings.load(work))
    checked.details.update(password_hash=password_hash)
    code = tokens.new_code()
    with _visiting(work, now):
        registration.note(work, checked, code)
    with _visiting(work, now + timedelta(minutes=4)):
        registration.complete(work, code, tokens.new_code(), password_hash)


@contextmanager
def _visiting(work: Work, now: datetime) -> Iterator[Work]:
    """Let the following be done at ``now`` by someone who is not signed in."""
    with work.acting_as(None, now):
        yield work


def _actor(work: Work, email: str) -> Actor:
    known = known_people.named(work, email)
    return identity.of_account(work.session, known.id, Caller(Channel.TUI, SOURCE))
