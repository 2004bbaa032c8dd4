"""The session that this user has on a desk: a secret in a file of its own, for its owner alone."""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

LONGEST = 1024
"""Bytes of a session file."""

_SAFE = re.compile(r"[0-9a-f]{32}")


class SessionFile:
    """Keeps the secret of one desk's session: mode 0600 in a folder of mode 0700, behind no link."""

    def __init__(self, state_dir: Path, desk_uuid: str) -> None:
        if not _SAFE.fullmatch(desk_uuid):
            raise Invalid(N_("This desk has no proper identity. Restore it from a backup."), field="database")
        self._folder = state_dir / "sessions"
        self.path = self._folder / desk_uuid

    def load(self) -> str | None:
        """The secret, or None when nobody is signed in; Invalid for a file that is not trustworthy."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._untrustworthy() from error
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(handle)
            if (
                not stat.S_ISREG(facts.st_mode)
                or facts.st_uid != os.geteuid()
                or stat.S_IMODE(facts.st_mode) & 0o077
            ):
                raise self._untrustworthy()
            return file.read(LONGEST).decode("ascii", "replace").strip() or None

    def save(self, secret: str) -> None:
        """Write the secret, whole or not at all."""
        try:
            self._write(secret)
        except OSError as error:
            raise Invalid(
                N_("The session cannot be kept in {path}: {reason}."),
                field="session",
                path=str(self._folder),
                reason=os.strerror(error.errno or 0),
            ) from error

    def forget(self) -> None:
        """Remove the secret; nothing happens when there is none."""
        with suppress(FileNotFoundError, NotADirectoryError):
            self.path.unlink()

    def _write(self, secret: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.is_symlink() or self._folder.stat().st_uid != os.geteuid():
            raise self._untrustworthy()
        self._folder.chmod(0o700)
        new = self._folder / f".{self.path.name}.{secrets.token_hex(8)}"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secret + "\n")
                file.flush()
                os.fsync(handle)
            new.replace(self.path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise

    def _untrustworthy(self) -> Invalid:
        return Invalid(
            N_("The session file {path} is not yours alone. Remove it and sign in again."),
            field="session",
            path=str(self.path),
        )
