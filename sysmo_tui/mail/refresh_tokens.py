"""Refresh tokens that a service replaces by another whenever one is used (RFC 6749, 6; RFC 9700, 4.14.2).

The one that the settings give is where a chain begins; the newest is in a file of this user. There is
one chain for each that was given, so that another in the settings begins anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sysmo_tui.secret_files import LONGEST, SecretFile
from sysmo_tui.settings import MailboxAccess


class NotKept(Exception):
    """A refresh token cannot be kept here, so that none is used; the text says why, without secrets."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The refresh token that counts now, and what keeps its successor."""

    token: str
    _write: Callable[[str], None] | None

    def keep(self, successor: str) -> None:
        """Keep what was given in exchange; it is on the disk when this returns. NotKept."""
        if self._write is None or successor in {"", self.token}:
            return
        if not successor.isascii() or not successor.isprintable() or len(successor) >= LONGEST:
            raise NotKept("The server at token_url gave a refresh token that makes no sense.")
        try:
            self._write(successor)
        except OSError as error:
            raise _not_kept(error) from None


@contextmanager
def turn(access: MailboxAccess, seconds: float) -> Iterator[Turn]:
    """The token to use now, by one at a time: services take one that is used twice for a stolen one. NotKept.

    Waits at most ``seconds`` for who uses it now. Nothing is asked of the service where its answer
    could not be kept.
    """
    if access.kept_in is None or not access.refresh_token:
        yield Turn(access.refresh_token, None)
        return
    chain = "\0".join((access.token_url, access.client_id, access.refresh_token))
    file = SecretFile(access.kept_in, hashlib.sha256(chain.encode()).hexdigest())
    try:
        with file.alone(seconds), file.replacing() as write:
            yield Turn(file.load() or access.refresh_token, write)
    except OSError as error:
        raise _not_kept(error) from None


def _not_kept(error: OSError) -> NotKept:
    return NotKept(f"The refresh token cannot be kept on this machine: {error.strerror or error}.")
