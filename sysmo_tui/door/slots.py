"""How many visits there are at once, from one source and for one account.

Each visit holds the lock of one file of a fixed set, in which it says whose it is. The system lets go of
the lock when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.domain.message import N_

LONGEST = 512
"""Bytes of what a visit says of itself."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most visits at once: in all, from one source, for one account."""

    in_all: int = 100
    a_source: int = 20
    an_account: int = 10


class Slot:
    """The place of one visit among all those to a desk, whose places are in ``folder``."""

    def __init__(self, folder: Path, caps: Caps) -> None:
        self._folder = folder
        self._caps = caps
        self._held: int | None = None
        self._visit: dict[str, Any] = {}

    def enter(self, source: str) -> None:
        """Take a place for a visit from ``source`` until this process ends; Unavailable without one."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            free, visits = self._look()
            is_too_many = sum(visit.get("source") == source for visit in visits) >= self._caps.a_source
            if free is None:
                raise Unavailable(N_("The desk has too many visitors now. Try again in a minute."))
            if is_too_many:
                os.close(free)
                raise Unavailable(
                    N_("There are {most} connections from your address. Close one, then try again."),
                    most=self._caps.a_source,
                )
            self._held = free
            self._say(source=source)

    def take_for(self, account: int) -> None:
        """Count this visit as one of ``account``, too, and of no other one any more.

        Unavailable when that account has as many as it may have; then nothing changes.
        """
        if self._visit.get("account") == account:
            return
        with self._alone():
            free, visits = self._look()
            if free is not None:
                os.close(free)
            if sum(visit.get("account") == account for visit in visits) >= self._caps.an_account:
                raise Unavailable(
                    N_("There are {most} connections of your account. Close one, then try again."),
                    most=self._caps.an_account,
                )
            self._say(account=account)

    def leave(self) -> None:
        """Give the place back."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _look(self) -> tuple[int | None, list[dict[str, Any]]]:
        """The first place that is free, open and locked, and what is said in those that are not."""
        free: int | None = None
        visits: list[dict[str, Any]] = []
        for place in range(self._caps.in_all):
            try:
                descriptor = self._opened(f"{place:04}", os.O_CREAT if free is None else 0)
            except FileNotFoundError:
                # Places are made in their order, when they are needed.
                break
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                visits.append(_said(descriptor))
                os.close(descriptor)
                continue
            if free is None:
                free = descriptor
            else:
                os.close(descriptor)
        return free, visits

    def _say(self, **facts: object) -> None:
        assert self._held is not None
        self._visit |= facts
        said = json.dumps(self._visit).encode("ascii")
        os.ftruncate(self._held, 0)
        os.pwrite(self._held, said, 0)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Within the block, nobody else counts or takes a place."""
        descriptor = self._opened("lock", os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _opened(self, name: str, making: int) -> int:
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | making
        return os.open(self._folder / name, flags, 0o600)


def _said(descriptor: int) -> dict[str, Any]:
    """What a visit says of itself; nothing while it is written, or of a place that was damaged."""
    try:
        said = json.loads(os.pread(descriptor, LONGEST, 0))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
