"""Bringing a desk of an older version up to date, or trying whether that would work."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import sqlalchemy as sa

from sysmo_tui.domain.errors import NoDesk
from sysmo_tui.domain.message import N_
from sysmo_tui.storage import copying, place, schema, sqlite
from sysmo_tui.storage.engine import Dialect, dialect_of, parse, shown
from sysmo_tui.storage.failures import explained
from sysmo_tui.storage.schema import HEAD

_HOLDERS = "SELECT DISTINCT label, holder FROM lease WHERE until > ?"


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did; ``backup_path`` is the file as it was before."""

    from_revision: str
    to_revision: str
    backup_path: Path | None


class _Rehearsed(Exception):
    """Rolls a rehearsal back."""


def upgrade(url: str, backup_dir: Path) -> Upgrade:
    """Bring the desk at ``url`` to this version, all or nothing.

    An embedded one is copied into ``backup_dir`` first. Refuses while other programs have the
    desk open (Unavailable), and a desk of a newer version (Invalid).
    """
    parsed = parse(url)
    with explained():
        if dialect_of(parsed) is Dialect.SQLITE:
            path = Path(parsed.database or "")
            _require_file(path)
            return _upgrade_file(path, backup_dir)
        return _upgrade_server(parsed, is_rehearsal=False)


def rehearse(url: str) -> Upgrade:
    """Do what :func:`upgrade` would, on a copy or in a transaction that is rolled back."""
    parsed = parse(url)
    with explained():
        if dialect_of(parsed) is Dialect.POSTGRESQL:
            return _upgrade_server(parsed, is_rehearsal=True)
        path = Path(parsed.database or "")
        _require_file(path)
        # Beside the original: a desk may be larger than what /tmp holds.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".rehearsal-") as folder:
            tried = Path(folder) / "desk.db"
            with closing(sqlite.connect(path, sqlite.Use.READING)) as source:
                copying.copy(source, tried)
            return _migrate_file(tried, None)


def _require_file(path: Path) -> None:
    sqlite.require_version()
    if not path.exists():
        raise NoDesk(N_("There is no desk at {path}."), path=str(path))
    place.refuse_unwritable(path)
    place.refuse_unsuitable(path)


def _upgrade_file(path: Path, backup_dir: Path) -> Upgrade:
    with closing(sqlite.connect(path, sqlite.Use.READING)) as connection:
        found = schema.require(copying.revision(connection), str(path), may_be_older=True)
        if found == HEAD:
            return Upgrade(HEAD, HEAD, None)
        now = datetime.now(UTC)
        busy = connection.execute(_HOLDERS, (f"{now:%Y-%m-%d %H:%M:%S.%f}",)).fetchall()
    if busy:
        raise copying.others_are_on(", ".join(sorted(label or holder for label, holder in busy)))
    backup_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _migrate_file(path, backup_dir / f"{path.stem}-{found}-{now:%Y%m%dT%H%M%S}{path.suffix}")


def _migrate_file(path: Path, backup: Path | None) -> Upgrade:
    """Migrate a file that nobody else has open; first copy it to ``backup``."""
    engine = sqlite.engine(path, sqlite.Use.MIGRATING)
    try:
        connection = engine.connect()
    except sa.exc.OperationalError as error:
        if copying.is_busy(error.orig):
            raise copying.others_are_on() from error
        raise
    with connection:
        raw = cast(sqlite3.Connection, connection.connection.driver_connection)
        found = schema.require(copying.revision(raw), str(path), may_be_older=True)
        if backup is not None:
            copying.copy(raw, backup)
        with connection.begin():
            schema.migrate(connection)
            schema.refuse_broken_references(connection)
    return Upgrade(found, HEAD, backup)


def _upgrade_server(url: sa.URL, *, is_rehearsal: bool) -> Upgrade:
    result = Upgrade(HEAD, HEAD, None)
    try:
        with schema.migrating(url) as connection:
            found = schema.require(schema.revision(connection), shown(url), may_be_older=True)
            if found == HEAD:
                return result
            if not is_rehearsal and (busy := schema.others(connection)):
                raise copying.others_are_on(", ".join(busy))
            schema.migrate(connection)
            result = Upgrade(found, HEAD, None)
            if is_rehearsal:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return result
