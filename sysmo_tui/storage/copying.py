"""Copying an embedded database while it is in use, and telling whether a copy is sound."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.storage import sqlite


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy what ``source`` sees into the new file ``target``, for its owner alone, and onto the disk."""
    with claimed(target):
        with closing(sqlite3.connect(target, isolation_level=None)) as copied:
            source.backup(copied)
            # One file that needs no companions, wherever it is carried.
            copied.execute("PRAGMA journal_mode = DELETE").close()
        onto_disk(target)


@contextmanager
def claimed(target: Path) -> Iterator[None]:
    """Make the empty file ``target`` for its owner alone, and leave none behind on failure.

    Refuses a file that exists, which then stays as it is.
    """
    _claim(target)
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@contextmanager
def beside(target: Path, purpose: str) -> Iterator[Path]:
    """A path for a file of one's own that is to become ``target``: on the same disk, gone at the end."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-{purpose}-") as folder:
        yield Path(folder) / target.name


def _claim(target: Path) -> None:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise Conflict(
            N_("There is a file at {path} already. Choose another name."), field="path", path=str(target)
        ) from None
    except FileNotFoundError:
        raise Invalid(N_("There is no folder {path}."), field="path", path=str(target.parent)) from None
    except OSError as error:
        raise Invalid(
            N_("“{path}” cannot be written: {reason}."),
            field="path",
            path=str(target),
            reason=error.strerror,
        ) from error


def onto_disk(path: Path) -> None:
    """Wait until a file, and its name in the folder, would survive a power cut."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def count(connection: sqlite3.Connection, table: str) -> int:
    """The rows of a table."""
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def revision(connection: sqlite3.Connection) -> str | None:
    """The revision of a file; None when it is not a desk."""
    known = "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"
    if connection.execute(known).fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def require_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a damaged file."""
    for pragma in ("integrity_check(1)", "foreign_key_check"):
        row = connection.execute(f"PRAGMA {pragma}").fetchone()
        if row is not None and row[0] != "ok":
            raise Invalid(N_("{path} is damaged."), field="path", path=str(path))


def opened_copy(path: Path) -> sqlite3.Connection:
    """Open a file that no program works on, to read it."""
    if not path.is_file():
        raise NoDesk(N_("There is no file at {path}."), path=str(path))
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Have a file to oneself; refuse while any other program has it open."""
    try:
        connection = sqlite.connect(path, sqlite.Use.MIGRATING)
    except sqlite3.OperationalError as error:
        if is_busy(error):
            raise others_are_on() from error
        raise
    with closing(connection):
        yield connection


def is_busy(error: BaseException | None) -> bool:
    """Tell whether SQLite waited in vain for a lock."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def others_are_on(who: str = "") -> Unavailable:
    """The refusal to work on a desk that others have open."""
    if who:
        return Unavailable(
            N_("Others have this desk open: {who}. Let them close it, then try again."), who=who
        )
    return Unavailable(N_("Another program has this desk open. Close it, then try again."))
