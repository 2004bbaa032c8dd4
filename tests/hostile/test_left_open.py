"""A program that is left open while others work: it keeps up, and it is none the worse for it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from asyncio.events import Handle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import inboxes, notices, outbox
from sysmo_tui.storage import integrity
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.screens.conftest import Kept, seen, until
from tests.services import requests as ask

SECONDS = 2.0
TICKETS = 40
LONGEST_PAUSE = 0.05
"""Seconds that the event loop may work on one thing: meanwhile no key is answered."""
LONGEST_PAINTING = 0.25
"""Seconds that the toolkit may take to paint a whole screen, on a machine that others use as well."""
PAINTING = "screen_update"
"""What the toolkit calls the task that paints."""
WAL_BYTES = 16 * 1024 * 1024
MEMORY_BYTES = 10 * 1024 * 1024


def memory() -> int:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], check=True, capture_output=True)
    return int(told.stdout) * 1024


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """How long the event loop worked on each thing, without what other programs took of the processor."""
    found: list[tuple[float, str]] = []
    run = Handle._run

    def timed(handle: Handle) -> None:
        task, begun = getattr(handle._callback, "__self__", None), time.thread_time()
        run(handle)
        found.append((time.thread_time() - begun, repr(task)))

    monkeypatch.setattr(Handle, "_run", timed)
    return found


async def test_a_list_left_open_while_eight_write_keeps_up_and_nothing_of_it_grows(
    store: Store, store_url: str, pauses: list[tuple[float, str]], caplog: pytest.LogCaptureFixture
) -> None:
    cast = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=Clock(datetime.now(UTC))))
    cast.found()
    watcher, customer, operator = cast.operator("luis"), cast.customer("carla"), cast.operator("nora")
    for n in range(TICKETS):
        ask.file(customer, subject=f"From before, {n}")
    seconds = float(os.environ.get("SYSMO_TEST_SECONDS") or SECONDS)
    app = SysmoApp(cast.desk, session=Kept(watcher.caller.secret), environ={})
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("4")
        await until(pilot, lambda: len(screen.table.tickets) == TICKETS)
        secrets = [door.caller.secret or "" for door in (customer, operator)]
        writing = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.hostile.many_hands",
            store_url,
            *secrets,
            str(seconds),
            stdout=subprocess.PIPE,
        )
        await until(pilot, lambda: "new ·" in seen(pilot), 60)
        pauses.clear()
        before = memory()
        out, _err = await asyncio.wait_for(writing.communicate(), 120 + seconds)
        report = json.loads(out)
        painting = max(taken for taken, what in pauses if PAINTING in what)
        worst = max(pause for pause in pauses if PAINTING not in pause[1])
        grown = memory() - before
        await pilot.press("ctrl+r")

        def is_up_to_date() -> bool:
            listed = watcher.read(inboxes.page, Inbox.ALL).page.items
            return [row.number for row in screen.table.tickets][: len(listed)] == [
                row.number for row in listed
            ]

        await until(pilot, is_up_to_date)
    took = f"{worst[0] * 1000:.0f} ms, painting {painting * 1000:.0f} ms"
    print(f"{report['done']} changes; {took}; {grown / 1024**2:.1f} MiB")
    assert not report["errors"]
    assert report["done"] > 5 * seconds
    assert worst[0] <= LONGEST_PAUSE, worst
    assert painting <= LONGEST_PAINTING
    assert grown <= MEMORY_BYTES
    if path := store.path:
        wal = Path(f"{path}-wal")
        assert not wal.exists() or wal.stat().st_size <= WAL_BYTES
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not integrity.check(store)
