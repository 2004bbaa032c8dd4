"""Mailboxes on a real server, and what a desk kept of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.models import InboundMail, table
from sysmo_tui.services import mailboxes
from sysmo_tui.services.mailboxes import Fetched, MailboxEdits, MailboxLine
from sysmo_tui.settings import MailboxAccess
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mail.dovecot import PASSWORD, Line

SECRET = MailboxAccess(password=PASSWORD)
_USERS = count(1)


@pytest.fixture
def user() -> str:
    """Somebody whose mail store nobody used before."""
    return f"user{next(_USERS)}"


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    """People for a desk in a file: what a mail server does is the same for every database."""
    people = Cast(Desk(sqlite_store, clock=clock))
    people.found()
    return people


@pytest.fixture
def anywhere(store: Store, clock: Clock) -> Cast:
    """People for a desk; the test runs once on each database."""
    people = Cast(Desk(store, clock=clock))
    people.found()
    return people


def letter(number: int, body: str = "It does not turn on.") -> bytes:
    """A request that is like no other."""
    return (
        f"From: Carla <carla@customer.example>\r\nTo: desk@desk.example\r\nSubject: Broken {number}\r\n"
        f"Message-ID: <{number}@customer.example>\r\n\r\n{body}\r\n"
    ).encode()


def letters(many: int) -> list[bytes]:
    return [letter(number) for number in range(many)]


def kept(desk: Desk, mailbox: str = "support") -> list[str]:
    """The hashes of what was kept, in order."""
    rows = table(InboundMail)
    with desk.store.reading() as session:
        statement = sa.select(rows.c.sha256).where(rows.c.mailbox == mailbox).order_by(rows.c.id)
        return list(session.execute(statement).scalars())


def hashes(mails: list[bytes]) -> list[str]:
    return [hashlib.sha256(mail).hexdigest() for mail in mails]


def made(cast: Cast, url: str, **edits: str) -> Fetched:
    """A mailbox called support, ready to be fetched from."""
    cast.admin().write(mailboxes.new, "support", MailboxEdits(url=url, **edits))
    return current(cast)


def current(cast: Cast) -> Fetched:
    [fetched] = cast.itself.read(mailboxes.to_fetch)
    return fetched


def shown(cast: Cast) -> MailboxLine:
    return cast.admin().read(mailboxes.show, "support")


@contextmanager
def line(target: int) -> Iterator[Line]:
    """A way to a server that a test can cut."""
    made = Line(target)
    try:
        yield made
    finally:
        made.close()
