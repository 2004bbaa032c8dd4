"""The change feed tells what happened, once, and nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.changes import EVERYTHING, GONE_AFTER, MOST, NOTHING, Changes
from sysmo_tui.domain.enums import Channel, EventKind
from sysmo_tui.domain.errors import Lost
from sysmo_tui.models import Event, Presence, Setting, table
from sysmo_tui.storage import listening
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.feed import ChangeFeed, open_feed
from sysmo_tui.storage.telling import CHANNEL, telling
from sysmo_tui.storage.writing import WritingSession
from tests.cast import Clock
from tests.gone import closed_to_all
from tests.storage.rows import NOW, add_event, add_ticket
from tests.waiting import until

Opening = Callable[[Store], ChangeFeed]

_PRESENCE = table(Presence)
_WRITE, _COME, _GO = sa.insert(table(Event)), sa.insert(_PRESENCE), sa.delete(_PRESENCE)
_WRITING = sa.update(_PRESENCE).values(is_writing=True)
_BEAT = sa.update(_PRESENCE).values(beat_at=sa.bindparam("now"))


@pytest.fixture
def opened(clock: Clock) -> Iterator[Opening]:
    """Opens feeds, and closes them in the end."""
    feeds: list[ChangeFeed] = []

    def opening(store: Store) -> ChangeFeed:
        feeds.append(open_feed(store, clock))
        return feeds[-1]

    yield opening
    for feed in feeds:
        feed.close()


@pytest.fixture
def only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No feed looks by itself."""
    monkeypatch.setattr(listening, "SHORTEST", 1_000.0)
    monkeypatch.setattr(listening, "LONGEST", 1_000.0)


@pytest.fixture
def only_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is a look."""
    monkeypatch.setattr(listening, "SHORTEST", 0.0)
    monkeypatch.setattr(listening, "LONGEST", 0.0)


def prepared(store: Store, *numbers: int) -> None:
    with store.writing() as session:
        for number in numbers or (1,):
            add_ticket(session, number)
        add_event(session, "first")


def write(session: WritingSession, *numbers: int) -> None:
    """An event of each ticket, as use cases write them."""
    row = {"batch_id": "first", "at": NOW, "channel": Channel.CLI, "kind": EventKind.REPLIED, "changes": {}}
    for number in numbers:
        session.later(_WRITE, row | {"ticket_number": number})


def come(store: Store, clock: Clock, visit: str, number: int) -> None:
    there = {"ticket_number": number, "account_id": 1, "since": clock.now, "beat_at": clock.now}
    with store.touching() as session:
        session.execute(telling(session.connection(), _COME), {"visit": visit, "is_writing": False} | there)


def change(store: Store, statement: Any, **values: Any) -> None:
    with store.touching() as session:
        session.execute(statement, values)


def told(feed: ChangeFeed) -> Changes:
    """What comes next, however long it is on its way."""
    heard: list[Changes] = []
    until(lambda: heard.append(feed.news()) or heard[-1])
    return heard[-1]


def test_what_happened_is_told_once(store: Store, opened: Opening):
    prepared(store, 1, 2, 3)
    feed = opened(store)
    assert feed.news() == NOTHING
    with store.writing() as session:
        write(session, 3, 1, 3)
        session.flush()
        assert feed.news() == NOTHING
    assert told(feed) == Changes(frozenset({1, 3}))
    assert feed.news() == NOTHING


def test_what_was_taken_back_is_not_told(store: Store, opened: Opening, only_looking: None):
    prepared(store)
    feed = opened(store)
    with store.rehearsing() as session:
        write(session, 1)
    assert feed.news() == NOTHING


def test_what_is_no_event_tells_nothing(store: Store, opened: Opening, only_looking: None):
    prepared(store)
    feed = opened(store)
    change(store, sa.insert(table(Setting)), name="beat", value=1)
    assert feed.news() == NOTHING


def test_when_much_happened_all_is_to_be_read_again_and_nothing_is_told_twice(store: Store, opened: Opening):
    prepared(store)
    feed = opened(store)
    with store.writing() as session:
        write(session, *[1] * (MOST + 1))
    assert told(feed) == EVERYTHING
    assert feed.news() == NOTHING
    with store.writing() as session:
        write(session, *[1] * MOST)
    assert told(feed) == Changes(frozenset({1}))


@pytest.mark.parametrize("events", [1, 3, 4, 20])
def test_who_writes_makes_listeners_look(
    postgresql_store: Store, opened: Opening, only_told: None, events: int
):
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    with postgresql_store.writing() as session:
        write(session, *[1] * events)
    assert told(feed) == Changes(frozenset({1}))


def test_what_nobody_told_is_found(postgresql_store: Store, opened: Opening):
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    with postgresql_store.writing() as session:
        add_event(session, "untold")
    assert told(feed) == Changes(frozenset({1}))


def test_looks_grow_rare_while_listeners_are_told_and_frequent_when_they_are_not(
    postgresql_store: Store, opened: Opening, monkeypatch: pytest.MonkeyPatch
):
    now = 1_000.0
    monkeypatch.setattr(listening, "monotonic", lambda: now)
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    for _ in range(4):
        with postgresql_store.writing() as session:
            write(session, 1)
        assert told(feed)
    names = count()
    for pause in (listening.LONGEST, listening.SHORTEST, listening.SHORTEST):
        with postgresql_store.writing() as session:
            add_event(session, f"untold {next(names)}")
        now += pause - 0.01
        assert feed.news() == NOTHING
        now += 0.02
        assert feed.news() == Changes(frozenset({1}))


def test_who_shouts_is_not_listened_to_for_a_while(
    postgresql_store: Store, opened: Opening, monkeypatch: pytest.MonkeyPatch
):
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    with closing(postgresql_store.apart()) as other:

        def shout() -> None:
            other.exec_driver_sql(
                f"SELECT pg_notify('{CHANNEL}', repeat('x', 7000) || n) FROM generate_series(1, 100) n"
            )

        shout()
        until(lambda: told(feed) == EVERYTHING)
        shout()
        assert feed.news() == NOTHING
        with postgresql_store.writing() as session:
            write(session, 1)
        until(lambda: feed.news().tickets == {1})
    later = monotonic() + listening.DEAF_SECONDS
    monkeypatch.setattr(listening, "monotonic", lambda: later)
    feed.news()  # the last look of its own
    with postgresql_store.writing() as session:
        write(session, 1)
    until(lambda: feed.news().tickets == {1})


def test_nobody_waits_for_a_transaction_that_is_under_way(
    postgresql_store: Store, opened: Opening, only_looking: None
):
    prepared(postgresql_store, 1, 2)
    feed = opened(postgresql_store)
    with postgresql_store.writing() as slow:
        write(slow, 1)
        slow.flush()
        for _ in range(3):
            with postgresql_store.writing() as quick:
                write(quick, 2)
            assert feed.news() == Changes(frozenset({2}))
            assert feed.news() == NOTHING
    assert feed.news() == Changes(frozenset({1}))
    assert feed.news() == NOTHING


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "commit", "look"]), st.integers(0, 3)), min_size=4, max_size=30
)


def test_in_whatever_order_transactions_end_each_event_is_told_once(
    postgresql_store: Store, opened: Opening, only_looking: None
):
    prepared(postgresql_store, *range(1, 31))
    feed = opened(postgresql_store)

    @settings(max_examples=40, deadline=None)
    @given(STEPS)
    def check(steps: list[tuple[str, int]]) -> None:
        numbers = iter(range(1, 31))
        written, heard = list[int](), list[int]()
        with ExitStack() as ends:
            under_way: dict[int, tuple[ExitStack, WritingSession]] = {}
            for what, who in steps:
                if what == "look":
                    heard += feed.news().tickets
                elif what == "commit" and who in under_way:
                    under_way.pop(who)[0].close()
                elif what == "write":
                    if who not in under_way:
                        transaction = ends.enter_context(ExitStack())
                        under_way[who] = transaction, transaction.enter_context(postgresql_store.writing())
                    written.append(next(numbers))
                    write(under_way[who][1], written[-1])
                    under_way[who][1].flush()
            ends.close()
            heard += feed.news().tickets
        assert sorted(heard) == written

    check()


def test_what_another_server_numbered_is_not_told(
    postgresql_store: Store, opened: Opening, only_looking: None
):
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    with postgresql_store.writing() as session:
        add_event(session, "far")
        session.execute(sa.text("UPDATE event SET txid = txid + 1000000"))
    assert feed.news() == NOTHING
    assert feed.news() == NOTHING


def test_after_a_lost_connection_all_is_to_be_read_again_once(postgresql_store: Store, opened: Opening):
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    with postgresql_store.writing() as session:
        session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert told(feed) == EVERYTHING
    assert feed.news() == NOTHING
    with postgresql_store.writing() as session:
        write(session, 1)
    assert told(feed) == Changes(frozenset({1}))


def test_who_comes_begins_to_write_and_goes_is_told_and_a_beat_is_not(
    store: Store, opened: Opening, clock: Clock, only_told: None
):
    prepared(store)
    feed = opened(store)
    come(store, clock, "a", 7)
    assert told(feed) == Changes(presence=frozenset({7}))
    clock.advance(seconds=10)
    change(store, _BEAT, now=clock.now)
    assert feed.news() == NOTHING
    with store.touching() as session:
        session.execute(telling(session.connection(), _WRITING))
    assert told(feed) == Changes(presence=frozenset({7}))
    with store.touching() as session:
        session.execute(telling(session.connection(), _GO))
    assert told(feed) == Changes(presence=frozenset({7}))


def test_who_beats_no_more_is_gone_though_nobody_wrote_that(
    store: Store, opened: Opening, clock: Clock, only_told: None
):
    prepared(store)
    come(store, clock, "a", 7)
    clock.advance(seconds=10)
    come(store, clock, "b", 8)
    feed = opened(store)
    clock.now += GONE_AFTER / 2
    change(store, sa.update(_PRESENCE).where(_PRESENCE.c.visit == "b").values(beat_at=clock.now))
    assert feed.news() == NOTHING
    clock.now += GONE_AFTER / 2
    assert feed.news() == Changes(presence=frozenset({7}))
    assert feed.news() == NOTHING
    clock.now += GONE_AFTER / 2
    assert feed.news() == Changes(presence=frozenset({8}))


def test_a_feed_says_so_while_its_server_lets_nobody_in(postgresql_store: Store, opened: Opening):
    prepared(postgresql_store)
    feed = opened(postgresql_store)
    with closed_to_all(postgresql_store.url):
        for _ in range(2):
            with pytest.raises(Lost):
                told(feed)
    assert feed.news() == EVERYTHING
    assert feed.news() == NOTHING


def test_a_feed_may_be_closed_while_it_is_asked(store: Store, clock: Clock):
    for _ in range(10):
        feed = open_feed(store, clock)
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(feed.news) for _ in range(20)]
            feed.close()
        assert {each.result() for each in asked} == {NOTHING}
