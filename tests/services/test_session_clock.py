"""A session's clock is kept beside what people do: what was done never hangs on it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui import identity
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Role
from sysmo_tui.models import Batch, SignIn, table
from sysmo_tui.services import accounts, sessions
from sysmo_tui.services.accounts import Invitation
from tests.cast import Cast, Clock

NORA = Invitation("nora@desk.example", "Nora", Role.OPERATOR)


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When a clock was about to be kept; each time the database is locked by someone else."""
    tried: list[datetime] = []

    def locked(session: Session, session_id: int, now: datetime) -> None:
        tried.append(now)
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise sa.exc.OperationalError("UPDATE", {}, error)

    monkeypatch.setattr(identity, "note_seen", locked)
    return tried


def batches(door: Door) -> int:
    with door.desk.store.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table(Batch))) or 0


def test_a_change_is_made_once_and_answered_whatever_becomes_of_the_clock(
    admin: Door, clock: Clock, beats: list[datetime], caplog: pytest.LogCaptureFixture
):
    before = batches(admin)
    clock.advance(minutes=10)
    issued = accounts.invite(admin, NORA)
    assert issued.code
    assert beats == [clock.now]
    assert batches(admin) == before + 1
    assert "was not kept: The desk is busy" in caplog.text


def test_an_answer_is_given_whatever_becomes_of_the_clock(admin: Door, clock: Clock, beats: list[datetime]):
    clock.advance(minutes=10)
    (mine,) = admin.read(sessions.mine)
    assert mine.is_current
    assert beats == [clock.now]


def test_the_clock_of_a_session_in_use_is_kept_every_five_minutes(cast: Cast, admin: Door, clock: Clock):
    began = clock.now

    def seen() -> datetime | None:
        secret = identity.digest(admin.caller.secret or "")
        row = sa.select(table(SignIn).c.last_seen_at).where(table(SignIn).c.secret_hash == secret)
        with cast.desk.store.reading() as session:
            return session.scalar(row)

    clock.advance(minutes=4)
    admin.read(sessions.mine)
    assert seen() == began
    clock.advance(minutes=1)
    admin.read(sessions.mine)
    assert seen() == clock.now
