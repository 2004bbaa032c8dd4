"""Addresses of mail servers, as people write them: with a user, never needing a password.

::

    imaps://user@host         TLS from the first byte, port 993
    imap://user@host:143      STARTTLS is required, unless the host is this machine or ?tls=off says so
    ?ca=/file.pem             trusts these certificates instead of the system's
    ?keep=yes                 leaves what was fetched where it is, marked as read
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

_OPTIONS = frozenset({"tls", "ca", "keep"})


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """Where mail is fetched. ``authority`` names a file with certificates to trust, "" for the system's.

    ``keeps`` leaves what was fetched in its folder.
    """

    host: str
    port: int
    user: str
    is_tls_first: bool = True
    is_tls_required: bool = True
    authority: str = ""
    keeps: bool = False

    @property
    def shown(self) -> str:
        """The server's address without options."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'imaps' if self.is_tls_first else 'imap'}://{self.user}@{host}:{self.port}"


def read_imap(url: str) -> ImapAddress:
    """The server that ``url`` means; Invalid when it means none, names no user, or holds a password."""
    try:
        parts = urlsplit(url)
        port, needs_tls, options = parts.port, requires_tls(parts), set(parse_qs(parts.query))
    except ValueError:
        raise _not_understood() from None
    if parts.password is not None:
        raise Invalid(
            N_("A password does not belong in the address. Put it in {variable}."),
            field="url",
            variable="SYSMO_MAILBOX_PASSWORD",
        )
    user, is_tls_first = unquote(parts.username or ""), parts.scheme == "imaps"
    is_imap = parts.scheme in ("imap", "imaps") and parts.path in ("", "/") and not parts.fragment
    is_plain = all(each.isprintable() and not each.isspace() for each in url) and user.isprintable()
    if not (is_imap and is_plain and parts.hostname and user and options <= _OPTIONS):
        raise _not_understood()
    keep = option(parts, "keep")
    if keep not in ("", "yes", "no") or (is_tls_first and option(parts, "tls") == "off"):
        raise _not_understood()
    return ImapAddress(
        host=parts.hostname,
        port=port or (993 if is_tls_first else 143),
        user=user,
        is_tls_first=is_tls_first,
        is_tls_required=needs_tls,
        authority=option(parts, "ca"),
        keeps=keep == "yes",
    )


def requires_tls(parts: SplitResult) -> bool:
    """Whether a connection must be encrypted: unless it stays on this machine, or ``?tls=off`` says so.

    ValueError for another wish than ``off`` or ``required``.
    """
    wish = option(parts, "tls")
    if wish not in ("", "off", "required"):
        raise ValueError(wish)
    return wish == "required" or (wish != "off" and not is_loopback(parts.hostname or ""))


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, told without asking a name server."""
    if host.casefold().rstrip(".") in ("localhost", "localhost.localdomain"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def option(parts: SplitResult, name: str) -> str:
    """What the address says behind ``?name=``, "" for nothing."""
    return parse_qs(parts.query).get(name, [""])[0]


def _not_understood() -> Invalid:
    return Invalid(
        N_("Write where mail is fetched like imaps://user@host or imap://user@host:143, without a password."),
        field="url",
    )
