"""Mail as files: one ``.eml`` a message in a folder that only its owner reads."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.mail.transport import NETWORK_SECONDS, Line, Refused

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Writes mail below ``folder``, which is made when the first mail comes.

    In the folder of a desk that several share, whoever shares it may write too.
    """

    folder: Path

    @property
    def is_ready(self) -> bool:
        """Whether this process may write there."""
        there = next(place for place in (self.folder, *self.folder.absolute().parents) if place.exists())
        return there.is_dir() and os.access(there, os.W_OK | os.X_OK)

    @property
    def shown(self) -> str:
        """The folder as an address."""
        return self.folder.absolute().as_uri()

    @property
    def explanation(self) -> Message:
        """Says where the files are."""
        if not self.is_ready:
            return Message(N_("Mail cannot be written to {folder}."), {"folder": str(self.folder)})
        return Message(
            N_("Mail is not sent, it is written to files in {folder}."), {"folder": str(self.folder)}
        )

    @contextmanager
    def line(self, seconds: float = NETWORK_SECONDS) -> Iterator[Line]:
        """Files need no connection."""
        yield self

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Write one file, all or nothing; a retry replaces it, for its name comes from the Message-ID."""
        partial = self.folder / f".{secrets.token_hex(8)}.partial"
        try:
            shared = self._make()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fchmod(file.fileno(), 0o660 if shared else 0o600)
                os.fsync(file.fileno())
            partial.replace(self.folder / _name(message))
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            raise Refused(f"{self.folder}: {error.strerror or error}", is_about_line=True) from error

    def _make(self) -> bool:
        """Make the folder if there is none; whether a group shares it, as its parent says."""
        is_shared = self.folder.parent.exists() and bool(self.folder.parent.stat().st_mode & stat.S_ISGID)
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_shared:
                self.folder.chmod(0o2770)
        return is_shared


def _name(message: EmailMessage) -> str:
    sent_at = message["Date"].datetime
    stem = _NOT_IN_NAMES.sub("-", str(message["Message-ID"]).strip("<>").partition("@")[0])
    return f"{sent_at:%Y%m%dT%H%M%S}-{stem[:120]}.eml"
