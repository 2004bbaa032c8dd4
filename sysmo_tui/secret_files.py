"""Secrets of this user, each in a file of its own: mode 0600 in a folder of mode 0700, behind no link."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST = 16 * 1024
"""Bytes of a secret."""

_OPEN = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ASK_AGAIN = 0.05
"""Seconds until it is looked again whether somebody else is done."""


class Untrustworthy(OSError):
    """Others may read or change what is there."""


class SecretFile:
    """One secret, in ``folder``, which is made when the first one is saved; ``name`` is our own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.path = folder / name

    def load(self) -> str | None:
        """The secret, or None when there is none; Untrustworthy, OSError."""
        try:
            with self._entered() as folder:
                handle = os.open(self.path.name, os.O_RDONLY | _OPEN, dir_fd=folder)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            _check(handle)
            return file.read(LONGEST).decode("ascii", "replace").strip() or None

    def save(self, secret: str) -> None:
        """Write the secret, whole or not at all; it is on the disk when this returns. OSError."""
        with self.replacing() as write:
            write(secret)

    @contextmanager
    def replacing(self) -> Iterator[Callable[[str], None]]:
        """What writes the next secret, once there is room for it on the disk; OSError.

        For a secret that is lost unless it can be written: it is asked for inside. Whoever writes none
        leaves what was there.
        """
        self._make()
        with self._entered() as folder:
            new = f".{self.path.name}.{secrets.token_hex(8)}"
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN, 0o600, dir_fd=folder)
            try:
                with os.fdopen(handle, "wb", buffering=0) as file:
                    file.write(bytes(LONGEST))
                    os.fsync(handle)

                    def write(secret: str) -> None:
                        content = f"{secret}\n".encode("ascii")
                        file.seek(0)
                        file.write(content)
                        file.truncate(len(content))
                        os.fsync(handle)
                        os.replace(new, self.path.name, src_dir_fd=folder, dst_dir_fd=folder)
                        os.fsync(folder)

                    yield write
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(new, dir_fd=folder)

    def forget(self) -> None:
        """Remove the secret; nothing happens when there is none. Untrustworthy, OSError."""
        with suppress(FileNotFoundError), self._entered() as folder:
            os.unlink(self.path.name, dir_fd=folder)

    @contextmanager
    def alone(self, seconds: float) -> Iterator[None]:
        """Keep all others out who ask for the same, waiting at most ``seconds`` for one; OSError."""
        self._make()
        end = time.monotonic() + seconds
        with self._entered() as folder:
            handle = os.open(f"{self.path.name}.lock", os.O_RDWR | os.O_CREAT | _OPEN, 0o600, dir_fd=folder)
        with os.fdopen(handle, "wb"):
            _check(handle)
            while not _locked(handle):
                if time.monotonic() > end:
                    raise TimeoutError(None, "somebody else is at it")
                time.sleep(_ASK_AGAIN)
            yield

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._entered() as folder:
            os.fchmod(folder, 0o700)

    @contextmanager
    def _entered(self) -> Iterator[int]:
        """The open folder, which must be one's own, no link, and written by nobody else."""
        try:
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except NotADirectoryError as error:
            raise Untrustworthy(error.errno, error.strerror) from error
        try:
            facts = os.fstat(folder)
            if facts.st_uid != os.geteuid() or stat.S_IMODE(facts.st_mode) & 0o022:
                raise Untrustworthy(None, "others can write there")
            yield folder
        finally:
            os.close(folder)


def _check(handle: int) -> None:
    facts = os.fstat(handle)
    is_ours = stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid()
    if not is_ours or stat.S_IMODE(facts.st_mode) & 0o077:
        raise Untrustworthy(None, "others can read it")


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
