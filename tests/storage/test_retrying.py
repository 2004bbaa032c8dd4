"""A transaction that others were in the way of is begun anew; one whose database is away, for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from psycopg import OperationalError
from psycopg.errors import lookup

from sysmo_tui.domain.errors import Busy, Conflict, Lost
from sysmo_tui.models import Setting, table
from sysmo_tui.storage import retrying
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.retrying import retried

_SETTING = table(Setting)
PUT = sa.insert(_SETTING)
CHANGE = sa.update(_SETTING).where(_SETTING.c.name == sa.bindparam("which"))


DOWN = OperationalError("connection refused")


def failing(times: int, error: Exception) -> Callable[[], str]:
    """A transaction that fails so often before it succeeds."""
    left = [times]

    def attempt() -> str:
        if left[0]:
            left[0] -= 1
            raise sa.exc.OperationalError("SELECT 1", {}, error)
        return "done"

    return attempt


def at_once(_seconds: float) -> bool:
    return True


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57P01"])
def test_who_was_in_the_way_is_not_told_of(state: str):
    assert retried(failing(3, lookup(state)()), 0.0, at_once) == "done"


def test_who_is_always_in_the_way_is_told_of_in_the_end():
    with pytest.raises(Busy, match="busy"):
        retried(failing(100, lookup("40001")()), 60.0, lambda _seconds: False)


def test_what_exists_already_is_a_conflict_after_some_tries():
    def attempt() -> None:
        raise sa.exc.IntegrityError("INSERT", {}, lookup("23505")())

    with pytest.raises(Conflict):
        retried(attempt, 60.0, at_once)


def test_a_server_that_is_away_is_waited_for_as_long_as_patience_lasts(monkeypatch: pytest.MonkeyPatch):
    now, waited = [0.0], []

    def pause(seconds: float) -> bool:
        waited.append(seconds)
        now[0] += seconds
        return True

    monkeypatch.setattr(retrying.time, "monotonic", lambda: now[0])
    assert retried(failing(12, DOWN), 10.0, pause) == "done"
    assert len(waited) == 12
    with pytest.raises(Lost, match="cannot be reached"):
        retried(failing(1000, DOWN), 10.0, pause)
    assert sum(waited) < 25.0
    assert max(waited) <= 0.5


def test_nobody_waits_without_patience_or_on_the_way_out(sqlite_store: Store):
    with pytest.raises(Lost):
        retried(failing(1, DOWN), 0.0, at_once)
    sqlite_store.stop_waiting()
    with pytest.raises(Lost):
        retried(failing(1, DOWN), 60.0, sqlite_store.pause)


def test_a_mistake_of_ours_is_not_tried_again():
    mistake = failing(1, lookup("42601")())
    with pytest.raises(sa.exc.OperationalError):
        retried(mistake, 60.0, at_once)
    assert mistake() == "done"


def test_transactions_that_lock_each_other_out_are_both_done(postgresql_store: Store):
    store = postgresql_store
    with store.writing() as session:
        session.execute(PUT, [{"name": name, "value": 0} for name in "ab"])
    both_hold_one = threading.Barrier(2)
    begun: list[str] = []

    def change(first: str, second: str) -> None:
        with store.writing() as session:
            session.execute(CHANGE, {"which": first, "value": f"{first}{second}"})
            begun.append(first)
            if len(begun) <= 2:
                both_hold_one.wait(10)
            session.execute(CHANGE, {"which": second, "value": f"{first}{second}"})

    with ThreadPoolExecutor() as pool:
        crossed = [
            pool.submit(retried, lambda pair=pair: change(*pair), 0.0, store.pause) for pair in ("ab", "ba")
        ]
        for each in crossed:
            each.result(20)
    assert len(begun) == 3, "one of them was begun anew"
    with store.reading() as session:
        values = (
            session.execute(sa.select(_SETTING.c.value).where(_SETTING.c.name.in_(["a", "b"])))
            .scalars()
            .all()
        )
    assert len(set(values)) == 1
