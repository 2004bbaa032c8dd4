"""Who comes through the SSH door and how, from what sshd tells the process that it starts."""

from __future__ import annotations

import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass

from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.ssh_keys import PublicKey, read_public_key

LONGEST_FILE = 65_536
"""Bytes of the file in which sshd says who was authenticated."""

UNKNOWN = "unknown"
"""The source of a visit that did not come over a network."""

PLAIN_TERMINAL = "dumb"
"""What a terminal is taken for that tells no name, or one that cannot be a name."""

_TERMINAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One connection: its peer's address, the key that sshd authenticated, its terminal, what it asks for.

    ``command`` is None where somebody wants the screens.
    """

    source: str
    key: PublicKey | None
    has_terminal: bool
    term: str
    command: str | None


def visit_of(environ: Mapping[str, str]) -> Visit:
    """The visit that sshd's variables tell of; Invalid outside of sshd.

    Unavailable when sshd named a file about the authentication that cannot be trusted.
    """
    connection = environ.get("SSH_CONNECTION", "").split()
    if not connection:
        raise Invalid(
            N_("This is what the SSH door runs for those who connect; it opens nothing by itself."),
            field="door",
        )
    term = environ.get("TERM", "")
    command = environ.get("SSH_ORIGINAL_COMMAND", "")
    return Visit(
        source=_source(connection[0]),
        key=_authenticated(environ.get("SSH_USER_AUTH", "")),
        has_terminal=bool(environ.get("SSH_TTY")),
        term=term if _TERMINAL.fullmatch(term) else PLAIN_TERMINAL,
        command=command if command.strip() else None,
    )


def _source(written: str) -> str:
    """The peer's address in its canonical form; an IPv4 address that comes as IPv6 is itself."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return UNKNOWN
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _authenticated(path: str) -> PublicKey | None:
    """The key that the connection was authenticated with; None for one without, or with one not taken."""
    if not path:
        return None
    keys = [line for line in _told(path).splitlines() if line.startswith("publickey ")]
    if len(keys) != 1:
        return None
    try:
        return read_public_key(keys[0].removeprefix("publickey "))
    except Invalid:
        return None


def _told(path: str) -> str:
    """What sshd wrote, from a file that is the service account's own, behind no link."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            facts = os.fstat(file.fileno())
            if stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid():
                told = file.read(LONGEST_FILE + 1)
                if len(told) <= LONGEST_FILE:
                    return told.decode("ascii", "replace")
    except OSError as error:
        raise _untold() from error
    raise _untold()


def _untold() -> Unavailable:
    return Unavailable(N_("The desk cannot tell who you are. Connect again."))
