"""The desk: one unit of work for each thing that someone does.

A use case is a function ``f(work, …) → read model``. :meth:`Desk.read` runs it on a
snapshot, :meth:`Desk.write` in a transaction that happens once however often it is
tried, :meth:`Desk.touch` where losing the last write in a power cut does not matter.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, MutableSequence, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from sysmo_tui import identity
from sysmo_tui.commands import (
    CLOSE,
    FIND,
    FIND_ANY,
    OPEN,
    OPEN_ONCE,
    Command,
    command_for,
    name_of,
    receipt_of,
    replayed,
)
from sysmo_tui.domain.actor import Actor, Caller
from sysmo_tui.domain.errors import Busy, DeskError, Lost, NoDesk
from sysmo_tui.identity import not_signed_in
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.failures import explained, unreachable
from sysmo_tui.storage.feed import ChangeFeed, open_feed
from sysmo_tui.storage.retrying import retried
from sysmo_tui.work import Consequence, Happened, Memory, Work

P = ParamSpec("P")
T = TypeVar("T")

_SEEN_EVERY = timedelta(minutes=5)
_LATEST = 200
"""Batches that a door remembers."""

_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class Desk:
    """A database and what follows from changing it; ``patience`` is how many seconds one that is away has."""

    def __init__(
        self,
        store: Store,
        *,
        consequences: tuple[Consequence, ...] = (),
        clock: Callable[[], datetime] = utc_now,
        patience: float = 0.0,
    ) -> None:
        self.store = store
        self.clock = clock
        self._consequences = consequences
        self._patience = patience

    def with_patience(self, seconds: float) -> Desk:
        """The same desk for who waits so long for a database that cannot be reached."""
        return Desk(self.store, consequences=self._consequences, clock=self.clock, patience=seconds)

    def read(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``use_case`` on one consistent snapshot."""
        work, result = self._tried(caller, lambda: self._read(caller, use_case, *args, **kwargs))
        self._keep_clock(work)
        return result

    def write(
        self,
        caller: Caller,
        command: Command,
        use_case: Callable[Concatenate[Work, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run ``use_case`` in one transaction, once for each ``command``.

        A retry after a lost answer returns the first result, without its one-time
        secrets. Raises Conflict when the command's key was used for something else.
        """
        work, result = self._tried(caller, lambda: self._write(caller, command, use_case, *args, **kwargs))
        self._keep_clock(work)
        return result

    def write_together(
        self,
        caller: Caller,
        use_case: Callable[Concatenate[Work, P], T],
        tasks: Sequence[tuple[Command, Callable[[Work], T]]],
        ahead: Callable[[Work], None] = lambda _work: None,
    ) -> tuple[T, ...]:
        """:meth:`write` for many commands of one ``use_case`` in one transaction: all of them, or none.

        Each is a unit of work and a batch of its own, in their order; what follows from them is written
        when all are done. What is raised by one takes the others back; who wants them all the same writes
        them one by one. ``ahead`` reads what several of them will ask, before the first one that is new.
        """
        return self._tried(caller, lambda: self._write_together(caller, use_case, tasks, ahead))

    def settle(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``use_case`` durably, without a batch: what happened outside and must not be forgotten."""
        return self._tried(caller, lambda: self._settle(caller, use_case, *args, **kwargs))

    def touch(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``use_case`` for what may be lost in a power cut: drafts, read marks, beats."""
        return self._tried(caller, lambda: self._touch(caller, use_case, *args, **kwargs))

    def rehearse(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``use_case`` like :meth:`write` and take it all back: what would happen, or be refused."""
        return self._tried(caller, lambda: self._rehearse(caller, use_case, *args, **kwargs))

    def feed(self) -> ChangeFeed:
        """What tells that something happened on this desk, from now on."""
        return open_feed(self.store, self.clock)

    def close(self) -> None:
        """Interrupt what is running and let go of the database."""
        self.store.interrupt_all()
        self.store.close()

    def _tried(self, caller: Caller, run: Callable[[], T]) -> T:
        """What ``run`` gives, tried again where that helps.

        Who comes through the SSH door is not told where the database is that does not answer, nor why.
        """
        try:
            return retried(run, self._patience, self.store.pause)
        except (Lost, NoDesk) as error:
            if isinstance(error, Busy) or not caller.is_remote:
                raise
            raise unreachable() from error

    def _read(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[Work, T]:
        with self.store.reading() as session:
            work = self._work(session, caller, Command(name_of(use_case)))
            return work, use_case(work, *args, **kwargs)

    def _settle(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self.store.writing() as session:
            return use_case(self._work(session, caller, Command(name_of(use_case))), *args, **kwargs)

    def _touch(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self.store.touching() as session:
            return use_case(self._work(session, caller, Command(name_of(use_case))), *args, **kwargs)

    def _write(
        self,
        caller: Caller,
        command: Command,
        use_case: Callable[Concatenate[Work, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[Work, T]:
        with self.store.writing() as session:
            work = self._work(session, caller, command)
            row = _batch_row(work)
            if session.execute(OPEN_ONCE[self.store.dialect], row).first() is None:
                return work, replayed(session.execute(FIND, row).one(), command, use_case)
            result = use_case(work, *args, **kwargs)
            for follow in self._consequences:
                follow([work])
            receipt = receipt_of(use_case, result)
            if receipt is not None:
                session.execute(CLOSE, {"batch": command.id, "receipt": receipt})
            return work, result

    def _write_together(
        self,
        caller: Caller,
        use_case: Callable[Concatenate[Work, P], T],
        tasks: Sequence[tuple[Command, Callable[[Work], T]]],
        ahead: Callable[[Work], None],
    ) -> tuple[T, ...]:
        with self.store.writing() as session:
            common: dict[Memory[Any], Any] = {}
            works = [Work(session, caller, command, self.clock(), common) for command, _do in tasks]
            given = {
                "ids": [work.command.id for work in works],
                "scopes": {_scope(work) for work in works},
                "keys": [work.command.key or work.command.id for work in works],
            }
            done = {row.key: row for row in session.execute(FIND_ANY, given)} if works else {}
            new = [work for work in works if (work.command.key or work.command.id) not in done]
            if new:
                session.execute(OPEN, [_batch_row(work) for work in new])
                ahead(new[0])
            results, receipts = [], []
            for work, (command, do) in zip(works, tasks, strict=True):
                before = done.get(command.key or command.id)
                if before is not None:
                    results.append(replayed(before, command, use_case))
                    continue
                results.append(do(work))
                receipts.append({"batch": command.id, "receipt": receipt_of(use_case, results[-1])})
            for follow in self._consequences:
                follow(new)
            if receipts:
                session.execute(CLOSE, receipts)
            return tuple(results)

    def _rehearse(
        self, caller: Caller, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self.store.rehearsing() as session:
            work = self._work(session, caller, command_for(use_case))
            session.execute(OPEN, _batch_row(work))
            return use_case(work, *args, **kwargs)

    def _work(self, session: Session, caller: Caller, command: Command) -> Work:
        return Work(session, caller, command, self.clock())

    def _keep_clock(self, work: Work) -> None:
        """Keep an idle session's clock, at most every five minutes; what was done stands without it."""
        seen, actor = work.last_seen_at, work.signed_in
        if seen is None or actor is None or actor.session_id is None or work.now - seen < _SEEN_EVERY:
            return
        try:
            with explained(), self.store.touching() as session:
                identity.note_seen(session, actor.session_id, work.now)
        except DeskError as error:
            _log.warning("The clock of session %s was not kept: %s", actor.session_id, error)


def _scope(work: Work) -> str:
    account = work.signed_in.account_id if work.signed_in else None
    return f"{account or '-'}:{work.command.name}"


def _batch_row(work: Work) -> dict[str, Any]:
    actor, command = work.signed_in, work.command
    return {
        "id": command.id,
        "account_id": actor.account_id if actor else None,
        "session_id": actor.session_id if actor else None,
        "channel": work.caller.channel,
        "command": command.name,
        "scope": _scope(work),
        "key": command.key or command.id,
        "digest": command.digest,
        "result": None,
        "at": work.now,
        "undone_by": None,
    }


class Door:
    """A desk as one caller sees it: what screens and commands hold.

    ``batches`` gathers what is written through it; the latest where nobody gives a place for all.
    """

    def __init__(self, desk: Desk, caller: Caller, batches: MutableSequence[str] | None = None) -> None:
        self.desk = desk
        self.caller = caller
        self.batches: MutableSequence[str] = deque(maxlen=_LATEST) if batches is None else batches

    def with_patience(self, seconds: float) -> Door:
        """:meth:`Desk.with_patience` for this caller."""
        return Door(self.desk.with_patience(seconds), self.caller, self.batches)

    def held_by(self, actor: Actor) -> Door:
        """The same door, as long as the caller's key is ``actor``'s: see :meth:`Caller.held_by`."""
        return Door(self.desk, self.caller.held_by(actor), self.batches)

    def read(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """:meth:`Desk.read` as this caller."""
        return self.desk.read(self.caller, use_case, *args, **kwargs)

    def write(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """:meth:`Desk.write` as this caller, as a command of its own."""
        return self.write_once(command_for(use_case), use_case, *args, **kwargs)

    def write_once(
        self, command: Command, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """:meth:`Desk.write` as this caller, as part of a ``command`` made before."""
        result = self.desk.write(self.caller, command, use_case, *args, **kwargs)
        self.batches.append(command.id)
        return result

    def rehearse(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """:meth:`Desk.rehearse` as this caller."""
        return self.desk.rehearse(self.caller, use_case, *args, **kwargs)

    def touch(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """:meth:`Desk.touch` as this caller."""
        return self.desk.touch(self.caller, use_case, *args, **kwargs)


__all__ = [
    "Command",
    "Consequence",
    "Desk",
    "DeskError",
    "Door",
    "Happened",
    "Memory",
    "Work",
    "command_for",
    "not_signed_in",
    "utc_now",
]
