"""Refusals that a person can act on.

::

    DeskError
    ├─ Invalid(field)   bad input                      exit 2
    ├─ NoDesk           no database where one is meant exit 2
    ├─ NotSignedIn                                     exit 3
    ├─ NotFound         also: not yours to know        exit 4
    ├─ Forbidden        visible, but not allowed       exit 5
    ├─ Conflict         someone was faster             exit 6
    └─ Unavailable      retry is safe                  exit 7
       └─ Lost          nobody answers; ask again      exit 7
          ├─ Gone       its file is away
          └─ Busy       others hold it

Anything else is a bug and travels to the top.
"""

from __future__ import annotations

from typing import ClassVar

from sysmo_tui.domain.message import Message


class DeskError(Exception):
    """A refusal; ``code`` is its stable name, ``exit_code`` what a script sees."""

    code: ClassVar[str] = "invalid"
    exit_code: ClassVar[int] = 2

    def __init__(self, text: str, /, *, field: str | None = None, **params: object) -> None:
        self.message = Message(text, params)
        self.field = field
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DeskError):
    """What was given is not acceptable; ``field`` names which part."""


class NoDesk(DeskError):
    """There is no desk where one was looked for."""

    code = "no_desk"


class NotSignedIn(DeskError):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"
    exit_code = 3


class NotFound(DeskError):
    """There is no such thing, or the actor may not know of it."""

    code = "not_found"
    exit_code = 4


class Forbidden(DeskError):
    """The actor sees the thing, but may not do this to it."""

    code = "forbidden"
    exit_code = 5


class Conflict(DeskError):
    """Something changed meanwhile, or the same key came with other content."""

    code = "conflict"
    exit_code = 6


class Unavailable(DeskError):
    """The database or the mail server cannot be reached; trying again is safe."""

    code = "unavailable"
    exit_code = 7


class Lost(Unavailable):
    """The database cannot be reached at all; what is shown stays until it is back."""


class Gone(Lost):
    """The database's own file is away: its sentence says what to do, and it may come back."""


class Busy(Lost):
    """Others have held the database for long; it answers when they let go of it."""
