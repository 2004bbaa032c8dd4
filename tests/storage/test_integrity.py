"""What does not hold together is found and told."""

import hashlib

import sqlalchemy as sa

from sysmo_tui.models import Attachment, Blob, BlobChunk, table
from sysmo_tui.storage import integrity, schema, sqlite
from sysmo_tui.storage.engine import Dialect, Store
from tests.storage.rows import NOW, add_entries, add_event, add_ticket

CONTENT = [b"a" * 1000, b"b" * 10]


def _file(store: Store) -> None:
    whole = b"".join(CONTENT)
    sha256 = hashlib.sha256(whole).hexdigest()
    with store.writing() as session:
        add_ticket(session)
        add_entries(session, [1])
        session.add(Blob(id="blob", sha256=sha256, size=len(whole), staged_at=NOW, is_complete=True))
        session.flush()
        for position, content in enumerate(CONTENT):
            session.add(BlobChunk(blob_id="blob", position=position, content=content))
        session.add(
            Attachment(
                entry_id=1,
                public_key="k",
                filename="a.txt",
                media_type="text/plain",
                size=len(whole),
                sha256=sha256,
                blob_id="blob",
            )
        )


def test_a_sound_desk_has_nothing_to_tell(store: Store):
    _file(store)
    assert integrity.check(store) == []


def test_bytes_that_changed_are_found(store: Store):
    _file(store)
    chunk = table(BlobChunk)
    with store.writing() as session:
        session.execute(sa.update(chunk).where(chunk.c.position == 1).values(content=b"B" * 10))
    assert ["blob" in str(problem) for problem in integrity.check(store)] == [True]


def test_an_attachment_unlike_its_file_is_found(store: Store):
    _file(store)
    with store.writing() as session:
        session.execute(sa.update(table(Attachment)).values(size=5))
    assert ["a.txt" in str(problem) for problem in integrity.check(store)] == [True]


def test_a_row_that_refers_to_nothing_is_found(sqlite_store: Store):
    _file(sqlite_store)
    sqlite_store.close()
    assert sqlite_store.path is not None
    with sqlite.engine(sqlite_store.path, sqlite.Use.MIGRATING).begin() as connection:
        connection.execute(sa.text("DELETE FROM entry"))
    told = [str(problem) for problem in integrity.check(sqlite_store)]
    assert told == ["Row 1 of attachment refers to a row of entry that is missing."]
    schema.check(sqlite_store)


def test_parts_that_no_desk_has_are_named(sqlite_store: Store):
    with sqlite_store.writing() as session:
        for part in (
            "CREATE TRIGGER back AFTER INSERT ON entry BEGIN DELETE FROM event; END",
            "CREATE VIEW look AS SELECT * FROM account",
            "CREATE TABLE mine (id INTEGER)",
            "CREATE INDEX ix_mine ON entry (author_id)",
        ):
            session.execute(sa.text(part))
    named = {message.params["name"] for message in integrity.check(sqlite_store)}
    assert named == {"back", "look", "mine", "ix_mine"}


def test_a_trigger_on_a_server_is_named(postgresql_store: Store):
    with postgresql_store.writing() as session:
        session.execute(
            sa.text("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        )
        session.execute(
            sa.text("CREATE TRIGGER back BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION f()")
        )
    (message,) = integrity.check(postgresql_store)
    assert message.params == {"kind": "trigger", "name": "back"}


def test_values_that_cannot_be_read_are_named(store: Store):
    with store.writing() as session:
        add_ticket(session)
        add_event(session, "batch")
        session.execute(sa.text("UPDATE event SET changes = '[]'"))
        if store.dialect is Dialect.SQLITE:
            session.execute(sa.text("INSERT INTO setting (name, value) VALUES ('name', 'junk')"))
    found = {(message.params["table"], message.params["column"]) for message in integrity.check(store)}
    assert found == {("event", "changes")} | (
        {("setting", "value")} if store.dialect is Dialect.SQLITE else set()
    )
    assert integrity.unreadable(store) == integrity.check(store)
