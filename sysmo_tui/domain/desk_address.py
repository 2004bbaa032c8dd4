"""Where a desk on another machine is: ``ssh://sysmo@desk.example.com:2222``."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

USER = "sysmo"
PORT = 22

_ADDRESS = re.compile(
    r"ssh://(?:(?P<user>[^/@\[\]:]*)@)?(?:\[(?P<six>[^\]/@]*)\]|(?P<host>[^/@\[\]:]*))(?::(?P<port>[0-9]*))?/?"
)
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,31}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class DeskAddress:
    """The SSH door of a desk. ``port`` is None where OpenSSH's own settings shall say it."""

    host: str
    user: str = USER
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"ssh://{self.user}@{host}{port}"


def read_address(written: str) -> DeskAddress:
    """The address that is ``written`` (RFC 3986); Invalid unless it is one of a machine and nothing more.

    No part begins with a dash, which OpenSSH would take for an option. A password has no place in it.
    """
    found = _ADDRESS.fullmatch(written.strip())
    if found is None:
        raise _refused(written)
    user = USER if found["user"] is None else found["user"]
    host = found["host"] if found["six"] is None else _version_six(found["six"], written)
    port = None if found["port"] is None else int(found["port"][:6] or "0")
    is_known = found["six"] is not None or _HOST.fullmatch(host)
    if not is_known or not _USER.fullmatch(user) or (port is not None and not 0 < port < 65_536):
        raise _refused(written)
    return DeskAddress(host, user, port)


def _version_six(host: str, written: str) -> str:
    # A zone may be any text (RFC 4007), and is of this machine alone.
    if "%" in host:
        raise _refused(written)
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise _refused(written) from None


def _refused(written: str) -> Invalid:
    return Invalid(
        N_("“{address}” is not the address of a desk. Write one like {example}."),
        field="address",
        address=written[:100],
        example="ssh://sysmo@desk.example.com",
    )
