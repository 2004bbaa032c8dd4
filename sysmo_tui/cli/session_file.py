"""The session that this user has on a desk: a secret in a file of its own, for its owner alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.secret_files import SecretFile, Untrustworthy

_SAFE = re.compile(r"[0-9a-f]{32}")


class NoSession:
    """No memory of who was signed in, for an account of the machine that people share."""

    def load(self) -> str | None:
        """Nobody."""
        return None

    def save(self, secret: str) -> None:
        """Only the program that runs knows it."""

    def forget(self) -> None:
        """There is nothing to forget."""


class SessionFile:
    """Keeps the secret of one desk's session."""

    def __init__(self, state_dir: Path, desk_uuid: str) -> None:
        if not _SAFE.fullmatch(desk_uuid):
            raise Invalid(N_("This desk has no proper identity. Restore it from a backup."), field="database")
        self._file = SecretFile(state_dir / "sessions", desk_uuid)
        self.path = self._file.path

    def load(self) -> str | None:
        """The secret, or None when nobody is signed in; Invalid for a file that is not trustworthy."""
        try:
            return self._file.load()
        except OSError as error:
            raise self._untrustworthy() from error

    def save(self, secret: str) -> None:
        """Write the secret, whole or not at all."""
        try:
            self._file.save(secret)
        except Untrustworthy as error:
            raise self._untrustworthy() from error
        except OSError as error:
            raise Invalid(
                N_("The session cannot be kept in {path}: {reason}."),
                field="session",
                path=str(self.path.parent),
                reason=os.strerror(error.errno or 0),
            ) from error

    def forget(self) -> None:
        """Remove the secret; nothing happens when there is none."""
        try:
            self._file.forget()
        except Untrustworthy as error:
            raise self._untrustworthy() from error

    def _untrustworthy(self) -> Invalid:
        return Invalid(
            N_("The session file {path} is not yours alone. Remove it and sign in again."),
            field="session",
            path=str(self.path),
        )
