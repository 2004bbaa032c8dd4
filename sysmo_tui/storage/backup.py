"""Backups: a verified copy of a desk that is in use, and putting one back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk
from sysmo_tui.domain.message import N_
from sysmo_tui.models import Entry, Event, Outbox, SignIn, Ticket, Token, table
from sysmo_tui.storage import copying, integrity, pg_tools, place, postgresql, roles, schema, sqlite
from sysmo_tui.storage.engine import Dialect, Store, dialect_of, parse, shown
from sysmo_tui.storage.failures import explained

_OUTBOX, _EVENT, _SESSION, _TOKEN = table(Outbox), table(Event), table(SignIn), table(Token)
_UNSENT = sa.and_(_OUTBOX.c.sent_at.is_(None), _OUTBOX.c.failed_at.is_(None), _OUTBOX.c.held_at.is_(None))


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    path: Path
    size: int
    revision: str
    tickets: int
    entries: int


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was put back; ``held`` mails were unsent and wait for someone to release them, and
    ``sessions`` were open and are ended.

    ``from_revision`` is the backup's: what is back is of this version.
    """

    from_revision: str
    tickets: int
    entries: int
    held: int
    sessions: int


def backup(store: Store, target: Path) -> BackupReport:
    """Copy the desk as it is at one moment to the new file ``target``, and verify the copy.

    Others go on working. The file is for its owner alone. PostgreSQL needs its own ``pg_dump``.
    """
    with explained(), copying.claimed(target), copying.beside(target, "backup") as partial:
        if store.path is not None:
            report = _backup_file(store.path, partial)
        else:
            report = _backup_server(store, partial)
        os.replace(partial, target)
        copying.onto_disk(target)
    return BackupReport(target, target.stat().st_size, *report)


def restore(source: Path, target_url: str, *, overwrite: bool = False) -> RestoreReport:
    """Put the backup ``source`` in the place of the desk at ``target_url``.

    A backup of an older version is brought up to date. Refuses a damaged backup, one of a newer
    version, one with parts that no desk has, and a desk that is there already unless ``overwrite``,
    and always one that other programs have open. Mail that was not sent yet is held: it may have
    gone out since the backup was made. Sessions and codes are ended: they may have been since.
    """
    url = parse(target_url)
    with explained():
        if _kind(source) is not dialect_of(url):
            raise Invalid(
                N_("{path} is a backup of the other kind of database than the one it should go to."),
                field="path",
                path=str(source),
            )
        if dialect_of(url) is Dialect.SQLITE:
            return _restore_file(source, Path(url.database or ""), overwrite)
        return _restore_server(source, url, overwrite)


def _backup_file(path: Path, partial: Path) -> tuple[str, int, int]:
    with closing(sqlite.connect(path, sqlite.Use.READING)) as source:
        source.execute("BEGIN").close()
        counted = _counts(source)
        copying.copy(source, partial)
    with closing(copying.opened_copy(partial)) as copied:
        copying.require_sound(copied, partial)
        if _counts(copied) != counted:
            raise Invalid(N_("The backup does not hold what the desk holds. Try again."))
    return counted


def _backup_server(store: Store, partial: Path) -> tuple[str, int, int]:
    with copying.claimed(partial), store.reading() as session:
        connection = session.connection()
        postgresql.require_straight(connection)
        snapshot = str(connection.scalar(sa.select(sa.func.pg_export_snapshot())))
        found = schema.require(schema.revision(connection), store.shown_url, may_be_older=True)
        counted = _count(connection, Ticket), _count(connection, Entry)
        pg_tools.dump(parse(store.url), partial, snapshot)
    copying.onto_disk(partial)
    if pg_tools.revision(partial) != found:
        raise Invalid(N_("The backup does not hold what the desk holds. Try again."))
    return found, *counted


def _restore_file(source: Path, target: Path, overwrite: bool) -> RestoreReport:
    sqlite.require_version()
    place.refuse_unsuitable(target)
    if target.exists() and target.stat().st_size and not overwrite:
        raise _is_there_already(str(target))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.refuse_unwritable(target)
    with closing(copying.opened_copy(source)) as opened, copying.beside(target, "restore") as partial:
        _require_whole(opened, source)
        found = schema.require(copying.revision(opened), str(source), may_be_older=True)
        _refuse_what_acts(opened, source)
        copying.copy(opened, partial)
        with schema.migrating(sa.URL.create(Dialect.SQLITE, database=str(partial))) as connection:
            report = _come_back(connection, found)
        if target.exists():
            partial.chmod(target.stat().st_mode & 0o777)
        _give_up(target)
        os.replace(partial, target)
        copying.onto_disk(target)
    return report


def _require_whole(opened: sqlite3.Connection, source: Path) -> None:
    try:
        copying.require_sound(opened, source)
    except sqlite3.DatabaseError as error:
        raise Invalid(
            N_("The backup {path} is damaged. Use another one."), field="file", path=str(source)
        ) from error


def _restore_server(source: Path, url: sa.URL, overwrite: bool) -> RestoreReport:
    found = schema.require(pg_tools.revision(source), str(source), may_be_older=True)
    with schema.migrating(url) as connection:
        postgresql.require_straight(connection)
        if sa.inspect(connection).get_table_names() and not overwrite:
            raise _is_there_already(shown(url))
        if busy := schema.others(connection):
            raise copying.others_are_on(", ".join(busy))
        roles.forget_views(connection)
    pg_tools.restore(source, url)
    with schema.migrating(url) as connection:
        return _come_back(connection, found)


def _come_back(connection: sa.Connection, found: str) -> RestoreReport:
    """Bring what was put back up to date, and keep it from doing again what it may have done since."""
    schema.migrate(connection)
    now = datetime.now(UTC)
    held = hold_unsent(connection, now)
    is_open = sa.and_(_SESSION.c.ended_at.is_(None), _SESSION.c.expires_at > now)
    sessions = connection.execute(_SESSION.update().where(is_open).values(ended_at=now)).rowcount
    connection.execute(_TOKEN.update().where(_TOKEN.c.used_at.is_(None)).values(used_at=now, payload={}))
    # Transactions are counted anew on another server; the old numbers would lie in its future.
    connection.execute(_EVENT.update().where(_EVENT.c.txid.is_not(None)).values(txid=None))
    return RestoreReport(found, _count(connection, Ticket), _count(connection, Entry), held, sessions)


def hold_unsent(connection: sa.Connection, now: datetime) -> int:
    """Hold what was not sent yet until somebody releases it; how many mails that were."""
    return connection.execute(_OUTBOX.update().where(_UNSENT).values(held_at=now)).rowcount


def _refuse_what_acts(connection: sqlite3.Connection, source: Path) -> None:
    """Refuse a backup with triggers or views: no desk has any, and they would act by themselves."""
    for kind, name in connection.execute("SELECT type, name FROM sqlite_schema").fetchall():
        if kind in integrity.FOREIGN_KINDS:
            raise Invalid(
                N_("{path} has a {kind} “{name}”, which no desk has. It was not restored."),
                field="path",
                path=str(source),
                kind=kind,
                name=name,
            )


def _give_up(path: Path) -> None:
    """Refuse when others have the old file open; leave no write-ahead log that the new one would inherit."""
    if path.exists() and path.stat().st_size:
        try:
            with copying.alone(path) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        except sqlite3.DatabaseError:
            pass  # Damaged: that is why it is replaced.
    for companion in ("-wal", "-shm"):
        Path(f"{path}{companion}").unlink(missing_ok=True)


def _kind(source: Path) -> Dialect:
    if not source.is_file():
        raise NoDesk(N_("There is no file at {path}."), path=str(source))
    with source.open("rb") as opened:
        beginning = opened.read(16)
    if beginning == b"SQLite format 3\0":
        return Dialect.SQLITE
    if beginning.startswith(b"PGDMP"):
        return Dialect.POSTGRESQL
    raise Invalid(N_("{path} is not a backup of a desk."), field="path", path=str(source))


def _is_there_already(where: str) -> Conflict:
    return Conflict(
        N_("There is a desk at {where} already. To put the backup in its place: --overwrite"),
        field="database",
        where=where,
    )


def _counts(connection: sqlite3.Connection) -> tuple[str, int, int]:
    found = schema.require(copying.revision(connection), "", may_be_older=True)
    return found, copying.count(connection, "ticket"), copying.count(connection, "entry")


def _count(connection: sa.Connection, model: type[Ticket] | type[Entry]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table(model))) or 0
