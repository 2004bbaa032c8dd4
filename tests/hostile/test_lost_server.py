"""A PostgreSQL server that cuts connections, falls and gets up again: nobody loses anything by it."""

from __future__ import annotations

import io
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.app import SysmoApp
from sysmo_tui.assembly import open_desk
from sysmo_tui.cli import following
from sysmo_tui.desk import Door, Work, command_for
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.errors import Lost, Unavailable
from sysmo_tui.models import Entry, table
from sysmo_tui.screens import waking
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import files, mail_queue, proof, reading, thread
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage import engine, listening
from sysmo_tui.storage.retrying import COMMAND_SECONDS
from tests.cast import Cast
from tests.hostile.acknowledging import answer, everything_is_as_told, program, sessions
from tests.hostile.fragile import FragileServer, fragile_server
from tests.hostile.losing import losing
from tests.mail.dovecot import Dovecot
from tests.mail.post_office import DESK, desk_with_mail, post_office, surroundings, working
from tests.mails import kept, written
from tests.screens.conftest import Kept, seen, until_seen
from tests.screens.conftest import until as screen_until
from tests.services import requests as ask
from tests.waiting import until

SECONDS = float(os.environ.get("SYSMO_TEST_SECONDS") or 4.0)
"""How long to write; ``SYSMO_TEST_SECONDS`` chooses."""

PAUSE = threading.Event()
AWAY_SECONDS = 1.0
"""How long a server that fell is down."""


AWAY = "The database cannot be reached. Trying again…"


@pytest.fixture(scope="module")
def server() -> Iterator[FragileServer]:
    """A server that is there again after each test."""
    with fragile_server() as fragile:
        yield fragile


@pytest.fixture
def cast(server: FragileServer) -> Iterator[Cast]:
    """People for a desk on that server, who wait like commands do."""
    desk = open_desk(server.fresh()).with_patience(COMMAND_SECONDS)
    people = Cast(desk)
    people.found()
    yield people
    desk.close()


def fall_for(server: FragileServer, seconds: float = AWAY_SECONDS) -> None:
    """Let the server fall, and rise after a while."""
    server.fall()
    PAUSE.wait(seconds)
    server.rise()


def entries(work: Work) -> int:
    """How many entries the desk has."""
    return int(work.session.execute(sa.select(sa.func.count()).select_from(table(Entry))).scalar_one())


def test_nothing_is_lost_or_doubled_by_a_server_that_cuts_connections_and_falls(
    server: FragileServer, cast: Cast
):
    url = cast.desk.store.url
    pairs = sessions(cast, 4)
    # What is durable from here on, sessions are too.
    number = ask.file(cast.customer())
    writers = [program(url, *pair, SECONDS, f"w{n}") for n, pair in enumerate(pairs)]
    until(lambda: cast.itself.read(entries) > len(writers))
    begun, cut, rounds = time.monotonic(), 0, 0
    while any(writer.poll() is None for writer in writers):
        cut += server.terminate()
        PAUSE.wait(min(2.0, SECONDS / 6))
        rounds += 1
        if rounds == 2:
            fall_for(server)
    reports = [answer(writer) for writer in writers]
    everything_is_as_told(cast, reports, [number], ["Smoke comes out."])
    assert cut >= 2
    slowest = max(report["slowest"] for report in reports)
    told = sum(len(report["bodies"]) for report in reports)
    print(
        f"{told} entries in {time.monotonic() - begun:.1f} s, {cut} connections cut; slowest {slowest:.2f} s"
    )
    # They had written once each before the first cut; whatever is more came after it.
    assert told > len(writers)


@pytest.mark.parametrize("is_done", [True, False])
def test_a_commit_whose_answer_was_lost_is_looked_up_when_the_server_is_back(
    server: FragileServer, cast: Cast, is_done: bool
):
    caller = cast.operator().caller
    number = ask.file(cast.customer())
    with losing(server.socket) as wire, ThreadPoolExecutor() as pool:
        door = Door(open_desk(wire.leads_to(cast.desk.store.url)).with_patience(COMMAND_SECONDS), caller)
        wire.lose_next_commit(is_done=is_done, then=server.fall)
        replying = pool.submit(ask.reply, door, number, "Once")
        assert wire.lost.wait(10)
        PAUSE.wait(AWAY_SECONDS)
        assert not replying.done()
        server.rise()
        key = replying.result(COMMAND_SECONDS)
        door.desk.close()
    assert said(cast, "Once") == [key]


def test_who_does_not_wait_is_told_and_does_nothing_twice_by_trying_again(server: FragileServer, cast: Cast):
    caller = cast.operator().caller
    number = ask.file(cast.customer())
    with losing(server.socket) as wire:
        door = Door(open_desk(wire.leads_to(cast.desk.store.url)), caller)
        reply = partial(door.write_once, command_for(thread.reply), thread.reply, number, Outgoing("Once"))
        wire.lose_next_commit(is_done=True, then=server.fall)
        with pytest.raises(Lost, match="cannot be reached"):
            reply()
        server.rise()
        assert said(cast, "Once") == [reply().entry_key]
        door.desk.close()


def test_who_comes_while_the_server_is_coming_up_waits_for_it(server: FragileServer, cast: Cast):
    url = cast.desk.store.url
    ask.file(cast.customer())
    server.fall()
    with pytest.raises(Lost, match="Check that it runs"):
        open_desk(url)
    with ThreadPoolExecutor() as pool:
        with server.coming_up():
            until(lambda: "starting or stopping" in told(url))
            opening = pool.submit(open_desk, url)
            PAUSE.wait(0.3)
            assert not opening.done()
        opening.result(10).close()


def told(url: str) -> str:
    """What a program says that does not wait."""
    with pytest.MonkeyPatch.context() as impatience:
        impatience.setattr(engine, "OPENING_SECONDS", 0.0)
        try:
            open_desk(url).close()
        except Lost as refusal:
            return str(refusal)
        return ""


def test_who_follows_a_list_goes_on_when_the_server_is_back(server: FragileServer, cast: Cast):
    with closing(cast.desk.feed()) as feed, ThreadPoolExecutor() as pool:
        falling = pool.submit(fall_for, server)
        assert following._wait(feed).is_all
        falling.result()


def said(cast: Cast, body: str) -> list[str]:
    """The keys of the entries with that text."""
    entry = table(Entry)
    with cast.desk.store.reading() as session:
        found = session.execute(sa.select(entry.c.public_key).where(entry.c.body == body))
        return list(found.scalars())


def test_a_file_is_whole_or_refused_when_the_server_falls_while_it_is_received(
    server: FragileServer, cast: Cast
):
    customer = cast.customer()
    number = ask.file(customer)
    content = os.urandom(10 * files.CHUNK + 7)

    class Stream(io.BytesIO):
        """Gives its seventh piece while the server is down."""

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == 6 * files.CHUNK:
                fall_for(server, 0.0)
            return super().read(size)

    for _ in range(2):
        try:
            upload = files.stage(customer, Stream(content), "whole.bin")
        except Unavailable:
            upload = files.stage(customer, io.BytesIO(content), "whole.bin")
        customer.write(thread.attach, number, (upload,))
    for file in customer.read(files.of_ticket, number):
        assert b"".join(files.chunks(customer, number, file.key)) == content


def test_each_mail_comes_in_and_goes_out_once_though_the_server_falls(
    server: FragileServer, dovecot: Dovecot, tmp_path: Path
):
    url = server.fresh()
    with post_office(dovecot, "falling") as office, desk_with_mail(url, office) as cast:
        sent = [written(f"customer{n}@acme.example", f"Broken {n}", f"Number {n}.") for n in range(12)]
        user, home = office.user(DESK), tmp_path
        with working(surroundings(url, office, home), tmp_path / "log"):
            dovecot.deliver(user, *sent[:6])
            until(lambda: len(kept(cast.desk)) >= 2)
            server.terminate()
            until(lambda: len(office.delivered) >= 1)
            server.fall()
            dovecot.deliver(user, *sent[6:])
            PAUSE.wait(AWAY_SECONDS)
            server.rise()
            until(lambda: len(kept(cast.desk)) == len(sent) and not dovecot.held(user))
            until(lambda: all(mail.verdict is Verdict.TICKET for mail in kept(cast.desk)))
            until(lambda: not cast.itself.read(mail_queue.waiting_summary).waiting)
        told = Counter(mail["Message-ID"] for _to, mail in office.delivered)
        assert [each for each, times in told.items() if times > 1] == []
        assert {to for to, _mail in office.delivered} >= {
            f"customer{n}@acme.example" for n in range(len(sent))
        }
        assert cast.itself.read(proof.check) == ()


@contextmanager
def away(server: FragileServer) -> Iterator[None]:
    """The server is down for a while."""
    server.fall()
    try:
        yield
    finally:
        server.rise()


async def test_screens_say_that_the_server_is_away_keep_what_is_typed_and_go_on_by_themselves(
    server: FragileServer, cast: Cast
):
    luis = cast.operator()
    ask.file(cast.customer())
    app = SysmoApp(cast.desk, session=Kept(luis.caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        with away(server):
            await pilot.press(*"Unplug it")
            await until_seen(pilot, AWAY, "Unplug it")
            # What is begun meanwhile waits as well.
            await pilot.press("ctrl+s")
            await until_seen(pilot, "Sending…", AWAY, "Unplug it")
        await screen_until(pilot, lambda: isinstance(app.screen, InboxScreen), 5.0)
        await screen_until(pilot, lambda: AWAY not in seen(pilot), 5.0)
        ask.file(cast.customer())
        await until_seen(pilot, "My topics 2")
    assert len(said(cast, "Unplug it")) == 1


async def test_what_is_asked_of_a_server_that_cuts_the_connection_is_answered_all_the_same(
    server: FragileServer, cast: Cast
):
    luis = cast.operator()
    number = ask.file(cast.customer())
    app = SysmoApp(cast.desk, session=Kept(luis.caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        server.terminate()
        await pilot.press("enter")
        await screen_until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Smoke comes out.")
        server.terminate()
        await pilot.press("t")
        await until_seen(pilot, "Luis")
        assert AWAY not in seen(pilot)
    assert luis.read(reading.show, number).row.assignee is not None


async def test_who_leaves_is_told_what_a_server_that_is_away_has_not_done(server: FragileServer, cast: Cast):
    luis = cast.operator()
    ask.file(cast.customer())
    app = SysmoApp(cast.desk, session=Kept(luis.caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        with away(server):
            await pilot.press("t")
            await until_seen(pilot, AWAY)
            await pilot.press("ctrl+q")
            await until_seen(pilot, "lose what you did last")
            await pilot.press("y")
            await screen_until(pilot, lambda: app.return_code == 0)


async def test_screens_say_that_a_server_stands_still_and_go_on_with_it(
    server: FragileServer, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waking, "SILENT_SECONDS", 0.3)
    monkeypatch.setattr(listening, "LONGEST", 0.1)
    monkeypatch.setattr(listening, "SHORTEST", 0.1)
    luis = cast.operator()
    ask.file(cast.customer())
    app = SysmoApp(cast.desk, session=Kept(luis.caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        with server.frozen():
            await until_seen(pilot, AWAY, "Printer on fire")
            begun = time.monotonic()
            await pilot.press(*["enter", "escape"] * 4)
            # To have one statement stopped takes two seconds there.
            assert time.monotonic() - begun < 6.0, "what is asked and no more waited for holds nothing up"
        await screen_until(pilot, lambda: AWAY not in seen(pilot), 5.0)
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
