"""How the databases go about what people do all day: by an index, and never through all there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from benchmarks import data
from benchmarks.data import People
from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.services import filing, inboxes, notices, outbox, reading, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect, open_store
from tests.databases import PostgresqlServer, SqliteServer

TICKETS = 1_500
FEW = 400
"""Rows that one step may read: far fewer than a large table has."""
LARGE = frozenset({"ticket", "entry", "event", "outbox", "cycle", "entry_search", "read_mark"})
ALSO_CALLED = {"mine": "ticket", "before": "ticket", "after": "ticket", "same": "event"}


def page(who: str, inbox: Inbox, **options: Any) -> Callable[[People], object]:
    def read(people: People) -> object:
        found = getattr(people, who).read(inboxes.page, inbox, **options)
        assert bool(found.page.items) is (options.get("query") != "absentword")
        return found

    return read


def later_page(people: People) -> object:
    first = people.operator.read(inboxes.page, Inbox.TOPICS, limit=20)
    assert first.page.next
    return people.operator.read(inboxes.page, Inbox.TOPICS, after=first.page.next, limit=20)


def search(word: str) -> Callable[[People], object]:
    return page("manager", Inbox.ALL, query=word, sort=Sort.CREATED, with_closed=True)


HOT: dict[str, Callable[[People], object]] = {
    "page of mine": page("operator", Inbox.ASSIGNED),
    "page of my topics": page("operator", Inbox.TOPICS),
    "nobody's": page("operator", Inbox.UNASSIGNED),
    "page of all that one sees": page("operator", Inbox.ALL),
    "page of all there are": page("manager", Inbox.ALL),
    "page of one's own": page("customer", Inbox.CREATED),
    "page of what was updated last": page("operator", Inbox.TOPICS, sort=Sort.UPDATED),
    "later page": later_page,
    "counters": lambda people: people.operator.read(inboxes.counts),
    "common word": search("invoice"),
    "seldom word": search("quetzal"),
    "absent word": search("absentword"),
    "ticket": lambda people: people.manager.read(reading.show, people.busy_ticket, with_history=True),
    "ticket in a topic": lambda people: people.operator.read(
        reading.show, people.operator.read(inboxes.page, Inbox.ASSIGNED).page.items[0].number
    ),
    "reply": lambda people: people.manager.write(thread.reply, people.busy_ticket, Outgoing("Try again.")),
    "filing": lambda people: people.customer.write(filing.file, Filing("topic-3", "Printer", "It burns.")),
}

INDEXES = {
    "page of mine": {"ix_ticket_assignee_urgent"},
    "page of my topics": {"ix_ticket_topic_urgent"},
    "page of all that one sees": {
        "ix_ticket_topic_urgent",
        "ix_ticket_assignee_urgent",
        "ix_ticket_owner_urgent",
    },
    "page of all there are": {"ix_ticket_all_urgent"},
    "page of one's own": {"ix_ticket_requester"},
    "nobody's": {"ix_ticket_nobody_urgent"},
    "page of what was updated last": {"ix_ticket_topic_updated"},
    "later page": {"ix_ticket_topic_urgent"},
    "counters": {"ix_ticket_new"},
    "ticket": {"ix_entry_ticket", "ix_event_ticket", "ix_outbox_ticket", "ix_ticket_continues"},
    "reply": {"ix_entry_ticket"},
}
"""Those in whose order the rows come, so that nothing is sorted to find the first of them."""
THROUGH = frozenset({"ix_ticket_all_urgent", "ix_ticket_updated_all"})
"""Those that may be gone through from their beginning, because a few rows are enough."""


@pytest.fixture(scope="module", params=list(Dialect))
def people(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A desk on which to go through everything is far more than a page."""
    if request.param is Dialect.SQLITE:
        sqlite: SqliteServer = request.getfixturevalue("sqlite_server")
        with _filled(sqlite.fresh(tmp_path_factory.mktemp("plans"))) as found:
            yield found
        return
    postgresql: PostgresqlServer = request.getfixturevalue("postgres_server")
    with postgresql.fresh() as url, _filled(url) as found:
        yield found


@contextmanager
def _filled(url: str) -> Iterator[People]:
    desk = Desk(open_store(url), consequences=(notices.owe, outbox.write), clock=lambda: data.NOW)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(data, "CUSTOMERS", 300)
            data.fill(desk, TICKETS)
        yield data.people(desk)
    finally:
        desk.close()


@pytest.fixture
def as_on_a_large_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """More entries than are read one by one, and long lists."""
    monkeypatch.setattr(fulltext, "RECENT", FEW)
    monkeypatch.setattr(fulltext, "KNOWN", 100)
    monkeypatch.setattr(inboxes, "READABLE", 100)


@pytest.mark.parametrize("what", HOT)
def test_what_people_do_all_day_reads_a_few_rows_by_an_index(
    people: People, what: str, as_on_a_large_desk: None
):
    asked = _asked(people, what)
    assert asked
    plan = _plan(people, what, asked)
    assert not plan.costly
    assert INDEXES.get(what, set()) <= plan.indexes


def test_reading_much_because_an_index_is_missing_is_noticed(people: People):
    asked = _asked(people, "ticket")
    assert not _plan(people, "ticket", asked).costly
    assert _plan(people, "ticket", asked, without="ix_event_ticket").costly


def _asked(people: People, what: str) -> list[tuple[str, Any]]:
    """The statements of a hot thing that look for rows, and what they bind."""
    HOT[what](people)
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.split(None, 1)[0].upper() in {"SELECT", "WITH", "UPDATE"}:
            asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        HOT[what](people)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return asked


def _plan(people: People, what: str, asked: list[tuple[str, Any]], without: str = "") -> Plan:
    """How all of them are carried out, as if there were no index ``without``."""
    is_sqlite = people.desk.store.dialect is Dialect.SQLITE
    whole = Plan([], set())
    with people.desk.store.rehearsing() as session:
        connection = session.connection()
        if without:
            connection.exec_driver_sql(f"DROP INDEX {without}")
        if not is_sqlite:
            # So little is read through sooner than by an index; where there is one, this makes it be used.
            for way in ("seqscan", "hashjoin", "mergejoin", *(["sort"] if "page" in what else [])):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for statement, values in asked:
            # The driver would know an explanation again, and not find out that an index has gone.
            told = f"/* without {without} */ {statement}"
            plan = (_of_sqlite if is_sqlite else _of_postgresql)(connection, told, values)
            whole.costly.extend(f"{step}\n{statement}" for step in plan.costly)
            whole.indexes.update(plan.indexes)
    return whole


@dataclass(frozen=True)
class Plan:
    """The steps that read more than a few rows of a large table, and the indexes that are used."""

    costly: list[str]
    indexes: set[str]


def _of_sqlite(connection: Connection, statement: str, values: Any) -> Plan:
    """What a statement goes through row by row, or through an index that is made for it alone, is costly."""
    steps = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    through = [step.split() for step in steps if step.startswith("SCAN ") and not _is_looked_up(step)]
    costly = [" ".join(words) for words in through if ALSO_CALLED.get(words[1], words[1]) in LARGE]
    costly += [step for step in steps if "AUTOMATIC" in step]
    return Plan(costly, {name for step in steps for name in re.findall(r"INDEX (\w+)", step)})


def _is_looked_up(step: str) -> bool:
    """Whether what is called a scan begins where the first of the wanted rows is, as full text does."""
    return bool(THROUGH & set(step.split())) or ("VIRTUAL TABLE" in step and "INDEX 0:" not in step)


def _of_postgresql(connection: Connection, statement: str, values: Any) -> Plan:
    """The statement is carried out: what counts is how many rows its steps have read."""
    told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
    costly: list[str] = []
    indexes: set[str] = set()
    left = [told[0]["Plan"]]
    while left:
        step = left.pop()
        left += step.get("Plans", ())
        indexes |= {step["Index Name"]} if "Index Name" in step else set()
        read = step["Actual Loops"] * (step["Actual Rows"] + step.get("Rows Removed by Filter", 0))
        name = step.get("Relation Name")
        if (name in LARGE or step["Node Type"].endswith("Sort")) and read > FEW:
            costly.append(f"{step['Node Type']} {name} {read}")
    return Plan(costly, indexes)
