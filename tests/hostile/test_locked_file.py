"""Another program holds the database's file locked, for longer than anybody waits."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.assembly import open_desk
from sysmo_tui.domain.errors import Busy
from sysmo_tui.screens import asking
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import proof, reading
from sysmo_tui.storage import retrying, sqlite
from tests.cast import Cast
from tests.screens.conftest import Kept, seen, until, until_seen
from tests.services import requests as ask

BUSY = "The desk is busy: others are writing."


@pytest.fixture
def cast(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """People for a desk in a file, who wait less long than others do."""
    monkeypatch.setattr(sqlite, "BUSY_MS", 100)
    monkeypatch.setattr(retrying, "_BUSY_SECONDS", 0.2)
    monkeypatch.setattr(asking, "RETRY_SECONDS", 0.1)
    desk = open_desk(sqlite_url)
    people = Cast(desk)
    people.found()
    yield people
    desk.close()


@contextmanager
def locked(cast: Cast) -> Iterator[None]:
    """Another program writes, and takes its time."""
    path = cast.desk.store.path
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def test_who_reads_notices_nothing_and_who_writes_is_told_to_try_again(cast: Cast):
    luis, number = cast.operator(), ask.file(cast.customer())
    with locked(cast):
        assert len(luis.read(reading.show, number).entries) == 1
        with pytest.raises(Busy, match=BUSY):
            ask.reply(luis, number)
    ask.reply(luis, number)
    assert len(luis.read(reading.show, number).entries) == 2
    assert cast.itself.read(proof.check) == ()


def test_what_waits_for_a_lock_is_done_once_it_is_let_go(cast: Cast):
    luis, number = cast.operator(), ask.file(cast.customer())
    patient = luis.with_patience(10.0)
    with ThreadPoolExecutor() as pool:
        with locked(cast):
            replying = pool.submit(ask.reply, patient, number)
            threading.Event().wait(0.6)
            assert not replying.done()
        assert replying.result(5) == luis.read(reading.show, number).entries[-1].key


async def test_screens_say_who_is_in_the_way_keep_what_is_typed_and_go_on_by_themselves(cast: Cast):
    luis, number = cast.operator(), ask.file(cast.customer())
    app = SysmoApp(cast.desk, session=Kept(luis.caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        with locked(cast):
            await pilot.press("r")
            await until_seen(pilot, "PUBLIC REPLY →", "Smoke comes out.")
            await pilot.press(*"Unplug it", "ctrl+s")
            await until_seen(pilot, f"{BUSY} Trying again…", "Sending…", "Unplug it")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen), 5.0)
        await until(pilot, lambda: BUSY not in seen(pilot), 5.0)
    assert [entry.body for entry in luis.read(reading.show, number).entries[1:]] == ["Unplug it"]
