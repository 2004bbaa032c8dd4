"""What the databases and drivers raise, as one sentence that says what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from sysmo_tui.domain.errors import Busy, Conflict, DeskError, Forbidden, Invalid, Lost, NoDesk, Unavailable
from sysmo_tui.domain.message import N_, Advice


def _busy() -> DeskError:
    return Busy(N_("The desk is busy: others are writing. Try again in a moment."))


def _full() -> DeskError:
    return Unavailable(N_("The disk that holds the desk is full. Make room, then try again."))


def _read_only() -> DeskError:
    return Invalid(N_("The database cannot be written: it is read-only for you."), field="database")


def _damaged() -> DeskError:
    return Invalid(
        N_("The database file is damaged. Keep a copy of it, and restore a backup: {command}"),
        field="database",
        command=Advice("sysmo db restore"),
    )


def _not_a_desk() -> DeskError:
    return Invalid(N_("The database file is not a desk: it is not an SQLite database."), field="database")


def _disk() -> DeskError:
    return Unavailable(
        N_("The disk that holds the desk failed to read or write. Check the disk, then try again.")
    )


def _unusable(error: OSError) -> DeskError:
    return Invalid(
        N_("“{path}” cannot be used: {reason}."),
        field="path",
        path=os.fsdecode(error.filename),
        reason=error.strerror,
    )


def _cannot_open() -> DeskError:
    return Unavailable(
        N_("The database file cannot be opened. Check that its folder exists and that you may write it.")
    )


def _unspeakable() -> DeskError:
    return Invalid(
        N_("The text has characters that no text can have: NUL, or half of a pair. Leave them out."),
        field="text",
    )


def _too_large_a_number() -> DeskError:
    return Invalid(N_("The number is larger than any here."), field="number")


def _interrupted() -> DeskError:
    return Unavailable(N_("The search was stopped before its end."))


def _too_long() -> DeskError:
    return Unavailable(
        N_("The database took too long, or the search was stopped. Try again, or ask for less.")
    )


def _too_large() -> DeskError:
    return Invalid(N_("This is larger than the database takes."))


def _no_memory() -> DeskError:
    return Unavailable(
        N_("There is not enough memory for the database. Close other programs, then try again.")
    )


def _raced() -> DeskError:
    return Conflict(N_("Someone else did the same at the same moment. Look again before you repeat it."))


def _lost() -> DeskError:
    return Lost(N_("The connection to the database was lost. Try again."))


def _down() -> DeskError:
    return Lost(N_("The database server cannot be reached. Check that it runs, and the database address."))


def _between() -> DeskError:
    return Lost(N_("The database server is starting or stopping. Try again in a moment."))


def _crowded() -> DeskError:
    return Lost(N_("The database server has no free connection. Try again in a moment."))


def _refused() -> DeskError:
    return Invalid(
        N_("The database server refused this user or password. Check the database address."), field="database"
    )


def _untrusted() -> DeskError:
    return Invalid(
        N_("The database server's certificate is not good for that address. Check sslrootcert and the name."),
        field="database",
    )


def _unencrypted() -> DeskError:
    return Invalid(
        N_("The database server and its address disagree about encryption (TLS). Check sslmode."),
        field="database",
    )


def _unknown_setting() -> DeskError:
    return Invalid(
        N_("The database address has a setting that does not exist, or with a value that it cannot have."),
        field="database",
    )


def _no_database() -> DeskError:
    return NoDesk(N_("The database server has no database of that name. Check the database address."))


def _no_tables() -> DeskError:
    return NoDesk(N_("This database is not a desk."))


def _name_taken() -> DeskError:
    return Conflict(
        N_("The database holds something else with a name that a desk needs. Use an empty one."),
        field="database",
    )


def _foreign_alphabet() -> DeskError:
    return Invalid(
        N_("The database cannot hold every character. Make one whose encoding is UTF8."), field="database"
    )


def _no_privilege() -> DeskError:
    return Forbidden(
        N_("The database user may not do this. Name the owner of the tables, or ask who runs the server.")
    )


_SQLITE: dict[int, Callable[[], DeskError]] = {
    sqlite3.SQLITE_PERM: _read_only,
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_NOMEM: _no_memory,
    sqlite3.SQLITE_READONLY: _read_only,
    sqlite3.SQLITE_INTERRUPT: _interrupted,
    sqlite3.SQLITE_IOERR: _disk,
    sqlite3.SQLITE_CORRUPT: _damaged,
    sqlite3.SQLITE_FULL: _full,
    sqlite3.SQLITE_CANTOPEN: _cannot_open,
    sqlite3.SQLITE_PROTOCOL: _busy,
    sqlite3.SQLITE_TOOBIG: _too_large,
    sqlite3.SQLITE_NOTADB: _not_a_desk,
}
_SQLITE_RACED = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_SQLITE_EXTENDED = {
    **dict.fromkeys(_SQLITE_RACED, _raced),
    # The index of the write-ahead log, which every reader needs, does not fit on the disk.
    sqlite3.SQLITE_IOERR_SHMSIZE: _full,
}

_UNUSABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL: dict[str, Callable[[], DeskError]] = {
    "08": _lost,
    "22003": _too_large_a_number,
    "22P05": _foreign_alphabet,
    "23505": _raced,
    "25006": _read_only,
    "28": _refused,
    "3D000": _no_database,
    "40": _busy,
    "42501": _no_privilege,
    "42710": _name_taken,
    "42P01": _no_tables,
    "42P07": _name_taken,
    "53100": _full,
    "53200": _no_memory,
    "53": _crowded,
    "54": _too_large,
    "55P03": _busy,
    "57014": _too_long,
    "57P03": _between,
    "57P": _lost,
    "58030": _disk,
    "XX001": _damaged,
    "XX002": _damaged,
}
_BETWEEN = "the database system is"
"""What a server says, and then what it is doing, while it lets nobody in: starting, stopping, recovering."""
_POSTGRESQL_CONNECTING = {
    "certificate": _untrusted,
    "SSL was required": _unencrypted,
    "SSL required": _unencrypted,
    "no encryption": _unencrypted,
    "invalid sslmode": _unencrypted,
    "connection option": _unknown_setting,
    "configuration parameter": _unknown_setting,
    "password authentication failed": _refused,
    "no password supplied": _refused,
    "no pg_hba.conf entry": _refused,
    "does not exist": _no_database,
    _BETWEEN: _between,
    "too many clients": _crowded,
    "remaining connection slots": _crowded,
}
_UNANSWERED = frozenset({"OperationalError", "ConnectionTimeout", "InterfaceError"})
"""What the driver raises when there is no answer with a code."""
_POSTGRESQL_RETRIED = frozenset({"40001", "40P01", "55P03", "23505", "57P01", "57P02"})
_SQLITE_RETRIED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})


def unreachable() -> Lost:
    """What visitors are told of trouble with the desk's machine, whatever it is."""
    return Lost(N_("The desk cannot be reached now. Try again."))


def translated(error: Exception) -> Exception:
    """The refusal that a person can act on, or ``error`` itself when it is a bug of ours."""
    if isinstance(error, sa.exc.TimeoutError):
        return _busy()
    if isinstance(error, StaleDataError):
        return _raced()
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return _unspeakable()
    if isinstance(error, OverflowError) and "SQLite" in str(error):
        return _too_large_a_number()
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause) or error
    if isinstance(cause, OSError):
        return _of_system(cause) or error
    if _is_psycopg(cause):
        return _of_postgresql(error, cause) or error
    return error


def is_retryable(error: Exception) -> bool:
    """Tell whether the same transaction, begun anew, can succeed: someone else was in the way.

    A unique violation counts: looking again finds what the other one wrote.
    """
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        return code & 0xFF in _SQLITE_RETRIED or code in _SQLITE_RACED
    if _is_psycopg(cause):
        lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
        return lost or getattr(cause, "sqlstate", None) in _POSTGRESQL_RETRIED
    return isinstance(error, StaleDataError)


def is_passing(error: Exception) -> bool:
    """Tell whether a server that lets nobody in says itself that it will soon."""
    cause = _cause(error)
    return _is_psycopg(cause) and (getattr(cause, "sqlstate", None) == "57P03" or _BETWEEN in str(cause))


@contextmanager
def explained() -> Iterator[None]:
    """Turn what databases, drivers and the system raise inside into refusals."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        meant = translated(error)
        if meant is error:
            raise
        raise meant from error


def _cause(error: Exception) -> object:
    return error.orig if isinstance(error, sa.exc.DBAPIError) else error


def _is_psycopg(cause: object) -> bool:
    return type(cause).__module__.startswith("psycopg")


def _of_sqlite(error: sqlite3.Error) -> DeskError | None:
    code = getattr(error, "sqlite_errorcode", 0)
    found = _SQLITE_EXTENDED.get(code) or _SQLITE.get(code & 0xFF)
    if found is None and "no such table" in str(error):
        found = _no_tables
    return found() if found else None


def _of_system(error: OSError) -> DeskError | None:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return _full()
    if error.errno == errno.EIO:
        return _disk()
    # Not only the database is opened: backups and folders are too, so the error says which file it is.
    return _unusable(error) if error.errno in _UNUSABLE and error.filename is not None else None


def _of_postgresql(error: Exception, cause: object) -> DeskError | None:
    state = getattr(cause, "sqlstate", None)
    if state:
        for length in (5, 3, 2):
            if found := _POSTGRESQL.get(state[:length]):
                return found()
        return None
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return _lost()
    if "NUL (0x00)" in str(cause):
        return _unspeakable()
    said = str(cause)
    is_misspelt = (
        "invalid connection option" in said
    )  # which the driver does not take for a failure to connect
    if not is_misspelt and type(cause).__name__ not in _UNANSWERED:
        return None
    return next((meant for part, meant in _POSTGRESQL_CONNECTING.items() if part in said), _down)()
