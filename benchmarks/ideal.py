"""The plainest SQL for what the desk does: the driver alone, on the desk's own tables and indexes."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.data import BATCH, NOW
from sysmo_tui.storage import sqlite
from sysmo_tui.storage.engine import Dialect, Store

_ROWS = """
SELECT t.number, t.subject, t.category, t.priority_level, t.channel, t.contact_email, t.created_at,
    t.updated_at, t.waiting_since, t.next_due_at, t.version, s.name, p.name, y.name, o.name, r.name,
    re.address, c.name, a.name, ae.address, w.name, we.address, coalesce(m.entry_id, 0)
FROM ({keys}) k JOIN ticket t ON t.number = k.number
JOIN status s ON s.id = t.status_id JOIN priority p ON p.id = t.priority_id
JOIN ticket_type y ON y.id = t.type_id JOIN topic o ON o.id = t.topic_id
JOIN account r ON r.id = t.requester_id
JOIN account_email re ON re.account_id = r.id AND re.is_primary
LEFT JOIN company c ON c.id = t.company_id
LEFT JOIN account a ON a.id = t.assignee_id
LEFT JOIN account_email ae ON ae.account_id = a.id AND ae.is_primary
LEFT JOIN account w ON w.id = t.owner_id
LEFT JOIN account_email we ON we.account_id = w.id AND we.is_primary
LEFT JOIN read_mark m ON m.ticket_number = t.number AND m.account_id = :me
ORDER BY {order}
"""
_URGENT = "k.rank, k.waiting_since, k.number"
_OPEN = "SELECT number, rank, waiting_since FROM ticket WHERE closed_at IS NULL"
_FIRST = "ORDER BY rank, waiting_since, number LIMIT 51"
_MINE = f"{_OPEN} AND assignee_id = :me {_FIRST}"
_TOPICS_POSTGRESQL = f"""
SELECT f.* FROM unnest(:topics) AS u (topic),
LATERAL ({_OPEN} AND topic_id = u.topic {_FIRST}) f {_FIRST}
"""
_TICKETS_OF = (
    "SELECT e.ticket_number AS number, max(h.id) AS at FROM ({hits}) h JOIN entry e ON e.id = h.id "
    "GROUP BY 1 ORDER BY 2 DESC LIMIT 50"
)
_HITS_SQLITE = (
    "SELECT rowid AS id FROM entry_search WHERE entry_search MATCH :word ORDER BY rowid DESC LIMIT 200"
)
_NEWEST_POSTGRESQL = """
SELECT entry_id AS id FROM (SELECT entry_id, words FROM entry_search ORDER BY entry_id DESC LIMIT 20000) n
WHERE words @@ CAST(:word AS tsquery) ORDER BY entry_id DESC LIMIT 200
"""
_INDEX_POSTGRESQL = (
    "WITH found AS MATERIALIZED (SELECT entry_id FROM entry_search WHERE words @@ CAST(:word AS tsquery)) "
    "SELECT entry_id AS id FROM found ORDER BY entry_id DESC LIMIT 200"
)
_THREAD = """
SELECT e.id, e.public_key, e.kind, e.visibility, e.channel, e.author_id, e.by_staff, e.created_at, e.body,
    a.name, f.filename
FROM (SELECT id FROM entry WHERE ticket_number = :number ORDER BY id DESC LIMIT 50) n
JOIN entry e ON e.id = n.id LEFT JOIN account a ON a.id = e.author_id
LEFT JOIN attachment f ON f.entry_id = e.id ORDER BY e.id
"""
_HISTORY = """
SELECT e.at, e.kind, e.channel, e.changes, e.cause, e.batch_id, a.name
FROM event e LEFT JOIN account a ON a.id = e.actor_id WHERE e.ticket_number = :number ORDER BY e.id
"""
_MAILS = (
    "SELECT address, template, created_at, sent_at, failed_at, held_at, attempts, error FROM outbox "
    "WHERE ticket_number = :number ORDER BY id"
)
_IN_RANGE = "FROM cycle WHERE {stands} AND {moment} >= :since AND {moment} < :until GROUP BY 1"
_BY_DAY = f"SELECT {{day}}, count(*) {_IN_RANGE}"
_BY_OPERATOR = f"SELECT closed_by_id, count(*), avg(seconds) {_IN_RANGE}"
_COUNTED = "(SELECT count(*) FROM (SELECT 1 FROM ticket WHERE closed_at IS NULL AND {} LIMIT 1000) x)"


class Plain:
    """One connection to a desk's database, by hand."""

    def __init__(self, store: Store, me: int, topics: list[int]) -> None:
        self.is_sqlite = store.dialect is Dialect.SQLITE
        self.me, self.topics = me, topics
        self._models: dict[str, list[dict[str, Any]]] = {}
        self._words = ""
        if self.is_sqlite:
            self._connection: Any = sqlite.connect(Path(str(store.path)), sqlite.Use.WRITING)
            return
        import psycopg

        # To weigh every order of so many joins takes PostgreSQL longer than reading the rows.
        self._connection = psycopg.connect(store.url, autocommit=True, options="-c join_collapse_limit=1")

    def close(self) -> None:
        self._connection.close()

    def run(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """One statement, its rows as the driver gives them."""
        cursor = self._connection.execute(sql if self.is_sqlite else _percent(sql), values)
        return cursor.fetchall() if cursor.description else []

    def mine(self) -> object:
        return self.run(_ROWS.format(keys=_MINE, order=_URGENT), me=self.me)

    def my_topics(self) -> object:
        if self.is_sqlite:
            arms = (f"SELECT * FROM ({_OPEN} AND topic_id = {topic} {_FIRST})" for topic in self.topics)
            keys = f"{' UNION ALL '.join(arms)} {_FIRST}"
            return self.run(_ROWS.format(keys=keys, order=_URGENT), me=self.me)
        keys = _TOPICS_POSTGRESQL
        return self.run(_ROWS.format(keys=keys, order=_URGENT), me=self.me, topics=self.topics)

    def counts(self) -> object:
        mine, topics = f"assignee_id = {self.me}", f"topic_id IN ({', '.join(map(str, self.topics))})"
        scopes = (f"requester_id = {self.me}", mine, topics, f"{topics} AND category = 'new'")
        scopes += (f"{topics} AND assignee_id IS NULL",)
        return self.run(f"SELECT {', '.join(map(_COUNTED.format, scopes))}")

    def search(self, word: str, *, is_common: bool) -> object:
        """Its newest tickets, by the way that is best for this word."""
        postgresql = _NEWEST_POSTGRESQL if is_common else _INDEX_POSTGRESQL
        keys = _TICKETS_OF.format(hits=_HITS_SQLITE if self.is_sqlite else postgresql)
        return self.run(_ROWS.format(keys=keys, order="k.at DESC"), me=self.me, word=word)

    def ticket(self, number: int) -> object:
        head = _ROWS.format(keys="SELECT CAST(:number AS bigint) AS number", order="1")
        asked = (head, _THREAD, _HISTORY, _MAILS)
        return [self.run(sql, **({"me": self.me} if sql is head else {}), number=number) for sql in asked]

    def report(self, days: int) -> object:
        """What came in and was closed by day (of UTC), and by operator, counted without medians."""
        since, until = (NOW - timedelta(days=back) for back in (days, 0))
        given = {"since": str(since.replace(tzinfo=None)), "until": str(until.replace(tzinfo=None))}
        counted = []
        for sql, moment in ((_BY_DAY, "opened_at"), (_BY_DAY, "closed_at"), (_BY_OPERATOR, "closed_at")):
            day = f"substr({moment}, 1, 10)" if self.is_sqlite else f"CAST({moment} AS date)"
            # SQLite knows a partial index by the very words of its condition.
            stands = "is_voided = 0" if self.is_sqlite else "NOT is_voided"
            counted.append(self.run(sql.format(day=day, moment=moment, stands=stands), **given))
        return counted

    def learn(self, number: int) -> None:
        """Take the rows of a ticket that was just filed as the model of what to write."""
        for table in ("ticket", "entry", "event", "outbox"):
            key = "number" if table == "ticket" else "ticket_number"
            cursor = self._connection.execute(f"SELECT * FROM {table} WHERE {key} = {number}")
            names = [column[0] for column in cursor.description]
            self._models[table] = [
                {
                    name: self._bound(value)
                    for name, value in zip(names, row, strict=True)
                    if value is not None
                }
                for row in cursor.fetchall()
            ]
        body = self._models["entry"][0]["body"]
        self._words = body if self.is_sqlite else " ".join(f"'{w}'" for w in set(re.findall(r"\w+", body)))

    def file(self) -> None:
        """Write a ticket with its entry, event, search document and mails, durably."""
        self.run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        number = self._insert("ticket", self._models["ticket"][0], "number")
        self._write_entry(number)
        self.run("COMMIT")

    def reply(self, number: int) -> None:
        """Write a reply to ticket ``number`` with its event and mail, durably."""
        self.run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        self._write_entry(number, kind="reply")
        self.run("UPDATE ticket SET version = version + 1 WHERE number = :number", number=number)
        self.run("COMMIT")

    def _write_entry(self, number: int, **changed: Any) -> None:
        model = {**self._models["entry"][0], "ticket_number": number, "public_key": secrets.token_hex(8)}
        entry = self._insert("entry", model | changed, "id")
        more = {"ticket_number": number, "entry_id": entry, "batch_id": BATCH}
        self._insert("event", self._models["event"][0] | more, "id")
        words = ":words" if self.is_sqlite else "CAST(:words AS tsvector)"
        key = "rowid" if self.is_sqlite else "entry_id"
        self.run(
            f"INSERT INTO entry_search ({key}, words) VALUES (:entry, {words})",
            entry=entry,
            words=self._words,
        )
        for mail in self._models["outbox"][: 1 if changed else None]:
            named = {"message_id": secrets.token_hex(16), "subject_key": f"ticket:{number}:{entry}"}
            self._insert("outbox", mail | more | named, "id")

    def _insert(self, table: str, model: dict[str, Any], key: str) -> int:
        columns = {name: value for name, value in model.items() if name not in (key, "txid")}
        values = ", ".join(f":{name}" for name in columns)
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values}) RETURNING {key}"
        return int(self.run(sql, **columns)[0][0])

    def _bound(self, value: Any) -> Any:
        if self.is_sqlite or not isinstance(value, dict):
            return value
        from psycopg.types.json import Jsonb

        return Jsonb(value)


def _percent(sql: str) -> str:
    """The same statement with psycopg's way to name values."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", sql)
