"""Leaving the program just after a reply."""

from __future__ import annotations

import asyncio
import threading

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.enums import Channel, DraftKind
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.models import Outbox, table
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.services import drafts
from sysmo_tui.storage.engine import Store
from sysmo_tui.worker import BackgroundDuties
from tests.cast import Cast, Clock
from tests.screens.conftest import Stage, mailing, until, until_seen
from tests.services import requests as ask


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    """People on a desk that writes its mail."""
    return mailing(sqlite_store, clock)


async def test_a_reply_that_was_sent_just_before_leaving_is_mailed(
    stage: Stage, cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_keep, save = threading.Event(), drafts.save
    monkeypatch.setattr(drafts, "save", lambda *args: may_keep.wait(10) and save(*args))
    ask.file(cast.customer(), "Printer on fire")
    cast.operator()
    app = stage(cast.sign_in("luis", Channel.TUI))
    background = BackgroundDuties(cast.desk, NullTransport())
    background.start()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        assert isinstance(app.screen, ComposeScreen)
        await until(pilot, app.screen.is_ready)
        await pilot.press(*"Water", "ctrl+s")
        # Its draft is still being kept, before it is sent.
        written = asyncio.create_task(app.everything_written())
        await pilot.pause()
        assert not written.done()
        # A key that comes too soon takes nothing from what is told of it.
        escaping = asyncio.create_task(pilot.press("escape"))
        await pilot.pause()
        may_keep.set()
        await escaping
        await until_seen(pilot, "Reply sent", "Leave Sysmo Tickets?")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)
    background.stop(10)
    rows = table(Outbox)
    with sqlite_store.reading() as session:
        reply = session.execute(sa.select(rows).where(rows.c.template == "replied")).one()
    assert reply.address == cast.email("carla")
    assert reply.sent_at is not None
    assert cast.operator().read(drafts.load, 1, DraftKind.REPLY) is None
