"""Watching mailboxes of a real server: each in its own thread, stopped soon, and none harmed by another."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.mail import watching
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.mail.watching import Watching
from sysmo_tui.services import leases, mailboxes
from sysmo_tui.services.leases import Duty
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.settings import MailboxAccess
from sysmo_tui.storage.engine import Store
from sysmo_tui.worker import BackgroundDuties, Worker
from tests.cast import Cast, Clock
from tests.mail.dovecot import PASSWORD, Dovecot
from tests.mail.fetches import hashes, kept, letter, letters, line
from tests.waiting import until

SECRET = MailboxAccess(password=PASSWORD)
_USERS = count(1)


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    """People for a desk in a file: what a mail server does is the same for every database."""
    people = Cast(Desk(sqlite_store, clock=clock))
    people.found()
    return people


@pytest.fixture
def user() -> str:
    """Somebody whose mail store nobody used before."""
    return f"watched{next(_USERS)}"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens every few seconds happens at once."""
    for name in ("LOOK_SECONDS", "POLL_SECONDS", "SHORTEST_PAUSE"):
        monkeypatch.setattr(watching, name, 0.05)


def made(cast: Cast, name: str, url: str) -> None:
    cast.admin().write(mailboxes.new, name, MailboxEdits(url=url))


@contextmanager
def watched(cast: Cast, holder: str = "one", **secrets: MailboxAccess) -> Iterator[Watching]:
    """The mailboxes being watched; they are left within five seconds."""
    access = secrets or {"support": SECRET}
    made = Watching(cast.desk, access, holder, holder)
    made.start()
    try:
        yield made
    finally:
        began = time.monotonic()
        made.stop()
        assert time.monotonic() - began < 5
        assert not any(watch.thread.is_alive() for watch in made._watches.values())


def fetcher(cast: Cast, name: str = "support") -> str | None:
    return cast.admin().read(mailboxes.show, name).fetcher


def test_new_mail_comes_as_soon_as_the_server_tells_of_it(cast: Cast, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, letter(1))
    with line(dovecot.port) as way:
        made(cast, "support", dovecot.url(user, port=way.port))
        with watched(cast):
            until(lambda: b"+ idling" in b"".join(way.answered))
            assert kept(cast.desk) == hashes([letter(1)])
            dovecot.deliver(user, letter(2))
            until(lambda: len(kept(cast.desk)) == 2)
            until(lambda: dovecot.held(user) == [])
            assert fetcher(cast) == "one"
        assert b"".join(way.heard).count(b"LOGIN") == 1
    assert kept(cast.desk) == hashes([letter(1), letter(2)])
    assert fetcher(cast) is None


def test_a_server_that_tells_nothing_is_asked(cast: Cast, dovecot: Dovecot, user: str) -> None:
    with line(dovecot.port) as way:
        way.rewrite = lambda said: said.replace(b" IDLE", b" XDLE")
        made(cast, "support", dovecot.url(user, port=way.port))
        with watched(cast):
            until(lambda: b"UID SEARCH" in b"".join(way.heard))
            dovecot.deliver(user, letter(1))
            until(lambda: kept(cast.desk) == hashes([letter(1)]))
        assert b" IDLE" not in b"".join(way.heard)


def test_what_fails_is_tried_again_and_harms_no_other(cast: Cast, dovecot: Dovecot, user: str) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    silent = socket.create_server(("127.0.0.1", 0))
    closed.close()
    for name, url in (
        ("support", dovecot.url(user)),
        ("refused", f"imap://x@127.0.0.1:{port}"),
        ("silent", f"imap://x@127.0.0.1:{silent.getsockname()[1]}"),
        ("locked", dovecot.url(f"{user}b")),
    ):
        made(cast, name, url)
    dovecot.deliver(user, *letters(2))
    wrong = MailboxAccess(password="wrong")
    with watched(cast, support=SECRET, refused=SECRET, silent=SECRET, locked=wrong) as all_:
        until(lambda: len(kept(cast.desk)) == 2)
        until(lambda: {line.error for line in cast.admin().read(mailboxes.lines)} >= {"Connection refused"})
        until(lambda: "Authentication failed" in cast.admin().read(mailboxes.show, "locked").error)
        dovecot.deliver(user, letter(3))
        until(lambda: len(kept(cast.desk)) == 3)
        until(lambda: len(all_._watches) == 4)
        # Where somebody listens but never speaks, nothing that is left waits for it.
        for watch in all_._watches.values():
            watch.end()
        silent.close()
    assert cast.admin().read(mailboxes.show, "support").error == ""


def test_a_line_that_breaks_is_made_again(cast: Cast, dovecot: Dovecot, user: str) -> None:
    with line(dovecot.port) as way:
        made(cast, "support", dovecot.url(user, port=way.port))
        way.cut = lambda who, said: "before" if who == "client" and b"LOGIN" in said else ""
        with watched(cast):
            until(lambda: cast.admin().read(mailboxes.show, "support").error != "")
            way.cut = lambda _who, _said: ""
            dovecot.deliver(user, letter(1))
            until(lambda: kept(cast.desk) == hashes([letter(1)]))
            until(lambda: cast.admin().read(mailboxes.show, "support").error == "")


def test_one_watches_and_the_other_takes_over(cast: Cast, dovecot: Dovecot, user: str) -> None:
    made(cast, "support", dovecot.url(user))
    with watched(cast, "two") as second:
        until(lambda: fetcher(cast) == "two")
        with watched(cast, "one"):
            dovecot.deliver(user, letter(1))
            until(lambda: kept(cast.desk) == hashes([letter(1)]))
            assert fetcher(cast) == "two"
            [visit] = Watching(cast.desk, {"support": SECRET}, "three").once()
            assert visit.is_watched
            second.stop()
            until(lambda: fetcher(cast) == "one")
            dovecot.deliver(user, letter(2))
            until(lambda: kept(cast.desk) == hashes([letter(1), letter(2)]))


def test_who_lacks_the_secret_never_takes_the_lease(cast: Cast, dovecot: Dovecot, user: str) -> None:
    made(cast, "support", dovecot.url(user))
    dovecot.deliver(user, letter(1))
    with watched(cast, other=SECRET) as all_:
        [visit] = all_.once()
        assert (visit.haul, visit.is_served) == (None, False)
        assert all_._watches == {}
    assert fetcher(cast) is None
    assert kept(cast.desk) == []


def test_a_mailbox_that_changes_is_watched_as_it_is_now(cast: Cast, dovecot: Dovecot, user: str) -> None:
    made(cast, "support", dovecot.url(user))
    with watched(cast) as all_:
        until(lambda: fetcher(cast) == "one")
        cast.admin().write(mailboxes.edit, "support", MailboxEdits(url=dovecot.url(f"{user}b")))
        dovecot.deliver(f"{user}b", letter(1))
        until(lambda: kept(cast.desk) == hashes([letter(1)]))
        cast.admin().write(mailboxes.archive, "support")
        until(lambda: all_._watches == {})


def test_fifty_messages_in_several_mailboxes_come_at_once(cast: Cast, dovecot: Dovecot, user: str) -> None:
    names = [f"box-{n}" for n in range(5)]
    mails = letters(10)
    for name in names:
        made(cast, name, dovecot.url(f"{user}{name}"))
        dovecot.deliver(f"{user}{name}", *mails)
    made(cast, "gone", "imap://x@127.0.0.1:1")
    visits = Watching(cast.desk, dict.fromkeys([*names, "gone"], SECRET), "one").once()
    assert {visit.mailbox: visit.is_served for visit in visits} == {"gone": False} | dict.fromkeys(
        names, True
    )
    for name in names:
        assert kept(cast.desk, name) == hashes(mails)
        assert dovecot.held(f"{user}{name}") == []


def test_a_worker_fetches_and_the_screens_leave_it_to_him(cast: Cast, dovecot: Dovecot, user: str) -> None:
    made(cast, "support", dovecot.url(user))
    screens = BackgroundDuties(cast.desk, NullTransport(), access={"support": SECRET})
    screens.start()
    until(lambda: fetcher(cast) == "tui")
    worker, stop = Worker(cast.desk, NullTransport()), threading.Event()
    worker.watch({"support": SECRET})
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    until(lambda: fetcher(cast) == "worker")
    dovecot.deliver(user, letter(1))
    until(lambda: kept(cast.desk) == hashes([letter(1)]))
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    screens.stop()
    assert not cast.itself.read(leases.is_alive, Duty.WORKER)


def _has_kept(desk: Desk, many: int) -> bool:
    return len(kept(desk)) >= many


FETCH = """
import sys
from sysmo_tui.assembly import open_desk
from sysmo_tui.mail.watching import Watching
from sysmo_tui.settings import MailboxAccess
access = {"support": MailboxAccess(password=sys.argv[2])}
watching = Watching(open_desk(sys.argv[1]), access, sys.argv[3], lease_seconds=0.3)
print("ready", flush=True)
while True:
    watching.once()
"""
"""A process that fetches until somebody ends it."""


def test_a_fetcher_that_is_killed_at_random_loses_and_doubles_nothing(
    sqlite_url: str, dovecot: Dovecot, user: str
) -> None:
    from sysmo_tui.assembly import open_desk

    desk = open_desk(sqlite_url)
    cast = Cast(desk)
    cast.found()
    made(cast, "support", dovecot.url(user) + "?tls=off")
    mails = letters(30)
    dovecot.deliver(user, *mails)
    chance, rounds = random.Random(7), 0
    while len(dovecot.held(user)) > 6:
        command = [sys.executable, "-c", FETCH, sqlite_url, PASSWORD, f"process-{rounds}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."})
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        enough = min(len(kept(desk)) + chance.randint(3, 6), len(mails))
        until(partial(_has_kept, desk, enough))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        rounds += 1
    assert rounds >= 2
    until(lambda: Watching(desk, {"support": SECRET}, "last").once()[0].haul is not None)
    assert kept(desk) == hashes(mails)
    assert dovecot.held(user) == []
    desk.close()
