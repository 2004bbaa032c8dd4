"""The session that this user has on a desk: a secret in a file of its own, for its owner alone."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

LONGEST = 1024
"""Bytes of a session file."""

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
    """Keeps the secret of one desk's session: mode 0600 in a folder of mode 0700, behind no link."""

    def __init__(self, state_dir: Path, desk_uuid: str) -> None:
        if not _SAFE.fullmatch(desk_uuid):
            raise Invalid(N_("This desk has no proper identity. Restore it from a backup."), field="database")
        self._folder = state_dir / "sessions"
        self.path = self._folder / desk_uuid

    def load(self) -> str | None:
        """The secret, or None when nobody is signed in; Invalid for a file that is not trustworthy."""
        try:
            with self._entered() as folder:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                handle = os.open(self.path.name, flags, dir_fd=folder)
        except FileNotFoundError:
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
        with suppress(FileNotFoundError), self._entered() as folder:
            os.unlink(self.path.name, dir_fd=folder)

    @contextmanager
    def _entered(self) -> Iterator[int]:
        """The open folder, which must be one's own, no link, and written by nobody else."""
        try:
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except NotADirectoryError as error:
            raise self._untrustworthy() from error
        try:
            facts = os.fstat(folder)
            if facts.st_uid != os.geteuid() or stat.S_IMODE(facts.st_mode) & 0o022:
                raise self._untrustworthy()
            yield folder
        finally:
            os.close(folder)

    def _write(self, secret: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._entered() as folder:
            os.fchmod(folder, 0o700)
            new = f".{self.path.name}.{secrets.token_hex(8)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(new, flags, 0o600, dir_fd=folder)
            try:
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    file.write(secret + "\n")
                    file.flush()
                    os.fsync(handle)
                os.replace(new, self.path.name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(new, dir_fd=folder)
                raise

    def _untrustworthy(self) -> Invalid:
        return Invalid(
            N_("The session file {path} is not yours alone. Remove it and sign in again."),
            field="session",
            path=str(self.path),
        )
