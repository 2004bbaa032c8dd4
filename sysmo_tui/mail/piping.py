"""One message from a mail server's pipe, made safe with as little of the program as that takes.

The pipe's program is started for each message; what it loads is what the mail server waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.storage import mail_store
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.retrying import COMMAND_SECONDS, retried

T = TypeVar("T")

WORKER, LONGEST_LEASE = "worker", timedelta(minutes=5)
"""The duty of whoever does all of them for a living, and how long a lease can be at most."""


class ByteStream(Protocol):
    """A stream that gives as many bytes as it is asked for, fewer at its end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


@dataclass(frozen=True, slots=True)
class Piped:
    """A message of a pipe. ``kept`` is None when it is large, and not safe yet.

    ``is_left``: a worker decides it.
    """

    raw: Raw | None
    beginning: bytes = b""
    kept: Kept | None = None
    is_left: bool = False


def take(store: Store, mailbox: str, stream: ByteStream, now: datetime) -> Piped:
    """Keep the message of ``stream`` if it is a small one; of another give the ``beginning``, which was read.

    A worker that lives decides it within seconds; without one it is the caller's to decide.
    """
    beginning = stream.read(mail_store.CHUNK + 1)
    limit = _tried(store, lambda: _limit(store))
    if limit is None or len(beginning) > min(limit, mail_store.CHUNK):
        return Piped(None, beginning)
    raw = Raw.whole(beginning)
    kept, is_left = _tried(store, lambda: _keep(store, mailbox, raw, now))
    return Piped(raw, beginning, kept, is_left)


def _tried(store: Store, run: Callable[[], T]) -> T:
    return retried(run, COMMAND_SECONDS, store.pause)


def _limit(store: Store) -> int | None:
    with store.reading() as session:
        return mail_store.limit(session)


def _keep(store: Store, mailbox: str, raw: Raw, now: datetime) -> tuple[Kept, bool]:
    with store.writing() as session:
        is_left = mail_store.is_done(session, WORKER, now, LONGEST_LEASE)
        (kept,) = mail_store.keep_all(session, now, mailbox, ((raw, None),), is_ours=not is_left)
        return kept, is_left


def knows_mailbox(store: Store, name: str) -> bool:
    """Whether the desk has a mailbox of that name."""

    def ask() -> bool:
        with store.reading() as session:
            return mail_store.knows_mailbox(session, name)

    return _tried(store, ask)
