"""The change feed wakes for what happened, once, and for nothing else."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from sysmo_tui.domain.changes import NOTHING
from sysmo_tui.models import Setting, table
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.feed import open_feed
from tests.storage.rows import add_event, add_ticket


def _prepared(store: Store) -> None:
    with store.writing() as session:
        add_ticket(session)
        add_event(session, "first")


def test_an_event_wakes_once(store: Store):
    _prepared(store)
    feed = open_feed(store)
    assert not feed.news()
    with store.writing() as session:
        add_event(session, "second")
        assert not feed.news()
    assert feed.news()
    assert not feed.news()
    feed.close()


def test_what_is_no_event_wakes_nobody(store: Store):
    _prepared(store)
    feed = open_feed(store)
    with store.touching() as session:
        session.execute(sa.insert(table(Setting)), {"name": "beat", "value": 1})
    assert not feed.news()
    feed.close()


def test_an_event_that_commits_late_below_the_newest_is_not_missed(postgresql_store: Store):
    _prepared(postgresql_store)
    feed = open_feed(postgresql_store)
    with postgresql_store.writing() as slow:
        add_event(slow, "slow")
        with postgresql_store.writing() as quick:
            add_event(quick, "quick")
        assert feed.news()
        assert not feed.news()
    assert feed.news()
    assert not feed.news()


def test_a_feed_survives_a_lost_connection(postgresql_store: Store):
    _prepared(postgresql_store)
    feed = open_feed(postgresql_store)
    with postgresql_store.writing() as session:
        session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert not feed.news()


def test_a_feed_may_be_closed_while_it_is_asked(sqlite_store: Store):
    for _ in range(50):
        feed = open_feed(sqlite_store)
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(feed.news) for _ in range(20)]
            feed.close()
        assert {each.result() for each in asked} == {NOTHING}
