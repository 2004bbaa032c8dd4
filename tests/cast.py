"""People for the tests: accounts that can act at once, each with a door of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import AccountState, Channel, Role
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.slugs import slug
from sysmo_tui.models import Account, AccountEmail, Batch, Company, Outbox, Topic, TopicMember, table
from sysmo_tui.services import sessions, setup
from tests.cheap import cheap_hasher

PASSWORD = "umbrella copper vinegar 71"
"""Everybody's password."""

SEEN = {"toured": True}
"""What everybody here has seen already: the welcome."""

START = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""A Wednesday, noon in Buenos Aires."""


@cache
def password_hash() -> str:
    """The hash of :data:`PASSWORD`, as cheap as argon2 allows."""
    return cheap_hasher().hash(PASSWORD)


class Clock:
    """The desk's clock, moved by hand."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> datetime:
        """Let time pass, given as to :class:`timedelta`."""
        self.now += timedelta(**step)
        return self.now


class Cast:
    """Makes accounts on one desk; each call gives the same person's door for the same name."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.itself = Door(desk, Caller(Channel.DESK, "test", is_desk=True))
        self.ids: dict[str, int] = {}
        self._doors: dict[str, Door] = {}

    def found(self) -> None:
        """Set the desk up with "ada" as its first administrator."""
        founded = self.itself.write(
            setup.found,
            desk_name="Desk of the tests",
            language="en",
            country="AR",
            time_zone="America/Argentina/Buenos_Aires",
            admin_email="ada@desk.example",
            admin_name="Ada Admin",
            password_hash=password_hash(),
            allows_reserved_addresses=True,
            own_domains=["desk.example"],
        )
        self.ids["ada"] = founded.admin_id
        self.desk.touch(self.itself.caller, _welcomed, founded.admin_id)
        self._doors["ada"] = self.sign_in("ada")

    def admin(self, name: str = "ada") -> Door:
        """An administrator."""
        return self._person(name, Role.ADMIN)

    def manager(self, name: str = "mara", topics: Sequence[str] = ()) -> Door:
        """A manager."""
        return self._person(name, Role.MANAGER, topics)

    def operator(self, name: str = "luis", topics: Sequence[str] = ("general",)) -> Door:
        """An operator who serves ``topics`` (slugs)."""
        return self._person(name, Role.OPERATOR, topics)

    def customer(self, name: str = "carla", company: str | None = None) -> Door:
        """A customer, of the company with that name."""
        return self._person(name, Role.CUSTOMER, company=company)

    def visitor(self, source: str = "visitor", channel: Channel = Channel.CLI) -> Door:
        """Someone who has not signed in."""
        return Door(self.desk, Caller(channel, source))

    def sign_in(self, name: str, channel: Channel = Channel.CLI, source: str = "") -> Door:
        """A door with a new session of a person made before."""
        account_id = self.ids[name]
        where = source or f"{name}'s machine"

        def open_one(work: Work) -> str:
            return sessions.open_session(work, account_id, channel, where)

        return Door(self.desk, Caller(channel, where, self.desk.touch(self.itself.caller, open_one)))

    def comes_with(self, name: str, secret: str) -> None:
        """A person made before has that session."""
        self._doors[name] = Door(self.desk, Caller(Channel.CLI, f"{name}'s machine", secret))

    def email(self, name: str) -> str:
        """A person's address: staff at desk.example, customers at customer.example."""
        with self.desk.store.reading() as session:
            email = table(AccountEmail)
            return str(
                session.execute(
                    sa.select(email.c.address).where(email.c.account_id == self.ids[name])
                ).scalar()
            )

    def topic(self, name: str, *, is_public: bool = True) -> int:
        """A topic of that name, without operators."""

        def make(work: Work) -> int:
            topic = Topic(
                slug=slug(name), name=name, folded=same_name(name), is_public=is_public, created_at=work.now
            )
            work.session.add(topic)
            work.session.flush()
            assert topic.id is not None
            return topic.id

        return self.desk.touch(self.itself.caller, make)

    def _person(self, name: str, role: Role, topics: Sequence[str] = (), company: str | None = None) -> Door:
        if name not in self._doors:
            self.ids[name] = self.desk.touch(self.itself.caller, _account, name, role, topics, company)
            self._doors[name] = self.sign_in(name)
        return self._doors[name]


def _welcomed(work: Work, account_id: int) -> None:
    account = table(Account)
    work.session.execute(sa.update(account).where(account.c.id == account_id).values(preferences=SEEN))


def _account(work: Work, name: str, role: Role, topics: Sequence[str], company: str | None) -> int:
    account = Account(
        name=name.title(),
        phone="+541143211234",
        role=role,
        state=AccountState.ACTIVE,
        password_hash=password_hash(),
        company_id=_company(work, company) if company else None,
        typed_company=company or "",
        preferences=SEEN,
        created_at=work.now,
    )
    work.session.add(account)
    work.session.flush()
    assert account.id is not None
    address = f"{name}@{'desk' if role.is_staff else 'customer'}.example"
    work.session.add(
        AccountEmail(account_id=account.id, address=address, folded=address.casefold(), verified_at=work.now)
    )
    served = sa.select(table(Topic).c.id).where(table(Topic).c.slug.in_(topics))
    found = list(work.session.execute(served).scalars())
    assert len(found) == len(set(topics)), f"no such topic among {topics}"
    for topic_id in found:
        work.session.add(TopicMember(topic_id=topic_id, account_id=account.id))
    return account.id


def _company(work: Work, name: str) -> int:
    companies = table(Company)
    known = work.session.execute(sa.select(companies.c.id).where(companies.c.name == name)).scalar()
    if known is not None:
        return int(known)
    company = Company(name=name, country="AR", created_at=work.now)
    work.session.add(company)
    work.session.flush()
    assert company.id is not None
    return company.id


def mails(desk: Desk) -> list[sa.Row[Any]]:
    """The mail that the desk owes, in order."""
    with desk.store.reading() as session:
        return list(session.execute(sa.select(table(Outbox)).order_by(table(Outbox).c.id)))


def commands(cast: Cast) -> set[str]:
    """The use cases that changed the desk so far."""
    with cast.desk.store.reading() as session:
        return set(session.execute(sa.select(table(Batch).c.command)).scalars())


def hold_all_mail(cast: Cast) -> None:
    """Hold what is not sent yet, as restoring a backup does."""
    outbox = table(Outbox)

    def hold(work: Work) -> None:
        work.session.execute(sa.update(outbox).where(outbox.c.sent_at.is_(None)).values(held_at=work.now))

    cast.desk.touch(cast.itself.caller, hold)


def code_in_mail(desk: Desk, address: str) -> str:
    """The code in the newest mail to an address that has one."""
    codes = [
        mail.payload["code"] for mail in mails(desk) if mail.address == address and "code" in mail.payload
    ]
    return str(codes[-1])
