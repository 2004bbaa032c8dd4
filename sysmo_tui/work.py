"""One unit of work: what a use case is given, and what it remembers and causes."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from sysmo_tui import identity
from sysmo_tui.commands import Command
from sysmo_tui.domain.actor import Actor, Caller
from sysmo_tui.domain.enums import EventKind
from sysmo_tui.domain.errors import DeskError, Forbidden
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.identity import not_signed_in
from sysmo_tui.models import Entry, Ticket, table
from sysmo_tui.storage.writing import Row, Statement, WritingSession

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of this batch, for projections and consequences."""

    kind: EventKind
    ticket: Ticket
    actor: Actor
    entry: Entry | None
    changes: dict[str, list[Any]]
    is_public: bool
    cause: str = ""


class Work:
    """One unit of work: a session, an actor, a moment and a batch.

    ``last_seen_at`` is when the actor's session was last used before. ``common`` is what
    is remembered together with the other units of work of the same transaction.
    """

    def __init__(
        self,
        session: Session,
        caller: Caller,
        command: Command,
        now: datetime,
        common: dict[Memory[Any], Any] | None = None,
    ) -> None:
        self.session = session
        self.caller = caller
        self.command = command
        self.now = now
        self.happened: list[Happened] = []
        self.signed_in, self.last_seen_at = identity.resolve(session, caller, now)
        self.remembered: dict[Memory[Any], Any] = {}
        self.common: dict[Memory[Any], Any] = {} if common is None else common

    @property
    def actor(self) -> Actor:
        """Who acts; refused when nobody is signed in or a new password is due."""
        if self.signed_in is None:
            raise not_signed_in()
        if self.signed_in.must_change_password:
            raise Forbidden(
                N_("Choose a new password first: {command}"), command=Advice("sysmo password change")
            )
        return self.signed_in

    @property
    def batch_id(self) -> str:
        """The batch that everything written here belongs to."""
        return self.command.id

    def affected(self, statement: sa.Executable, values: dict[str, Any] | None = None) -> int:
        """Run an UPDATE or DELETE; how many rows it changed, which is what decides races."""
        result = self.session.execute(statement, values)
        assert isinstance(result, sa.CursorResult)
        return int(result.rowcount)

    def later(self, statement: Statement, row: Row, key: object = None) -> None:
        """Write a row with the others of its kind when the transaction ends; of one ``key`` only the last."""
        self._writing.later(statement, row, key)

    def new_key(self, model: type[SQLModel]) -> int:
        """The key of a new row, before it is written."""
        return self._writing.new_key(table(model))

    def reserve_keys(self, counts: Mapping[type[SQLModel], int]) -> None:
        """Ask once for as many keys as will be needed."""
        self._writing.reserve_keys({table(model): count for model, count in counts.items()})

    @property
    def _writing(self) -> WritingSession:
        assert isinstance(self.session, WritingSession)
        return self.session

    @contextmanager
    def attempt(self) -> Iterator[Work]:
        """Take back what is done in it when it is refused, and nothing that was done before."""
        happened, remembered = len(self.happened), dict(self.remembered)
        try:
            with self.session.begin_nested():
                yield self
        except DeskError:
            del self.happened[happened:]
            self.remembered = remembered
            raise

    @contextmanager
    def acting_as(self, actor: Actor | None, now: datetime | None = None) -> Iterator[Work]:
        """Let ``actor`` do the following at ``now`` within the same transaction."""
        before = (self.signed_in, self.now)
        self.signed_in, self.now = actor, now or self.now
        try:
            yield self
        finally:
            self.signed_in, self.now = before


class Memory(Generic[T]):
    """What a module remembers in each unit of work, so that it is read or gathered once.

    What ``is_common`` is remembered for the whole transaction: facts of the desk, not of a command.
    """

    def __init__(self, *, is_common: bool = False) -> None:
        self._is_common = is_common

    def get(self, work: Work) -> T | None:
        """What is remembered in ``work``, None for nothing."""
        return typing.cast(T | None, self._place(work).get(self))

    def set(self, work: Work, value: T) -> T:
        """Remember ``value`` in ``work``, and give it back."""
        self._place(work)[self] = value
        return value

    def forget(self, work: Work) -> T | None:
        """Remember nothing any more; gives what was remembered."""
        return typing.cast(T | None, self._place(work).pop(self, None))

    def once(self, work: Work, read: Callable[[], T]) -> T:
        """What is remembered in ``work``, or else what ``read`` gives from now on."""
        place = self._place(work)
        if self not in place:
            place[self] = read()
        return typing.cast(T, place[self])

    def _place(self, work: Work) -> dict[Memory[Any], Any]:
        return work.common if self._is_common else work.remembered


Consequence = Callable[[Sequence[Work]], None]
"""Reads what ``happened`` in the units of work of a transaction, before its end, and writes what follows."""
