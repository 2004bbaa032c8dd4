"""Headers that arrive as they were written, where the email package's own folding would change them.

It encodes Message-IDs that are longer than a line, and loses spaces between encoded words.
"""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueAddressHeader, UniqueUnstructuredHeader
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import quote
from typing import Any

_NEEDS_QUOTES = re.compile(r'[][\\()<>@,:;".]')
_LINE = 75


class _MessageIds(UniqueUnstructuredHeader):
    """Message-IDs, folded between them and never inside."""

    def fold(self, *, policy: Any) -> str:
        """One identifier a line."""
        return _line(self, f"{policy.linesep} ".join(str(self).split()), policy)


class _Subject(UniqueUnstructuredHeader):
    """A subject: plain on one line, or wholly encoded (RFC 2047)."""

    def fold(self, *, policy: Any) -> str:
        """The header's lines."""
        return _line(self, _encoded(str(self), "Subject", policy), policy)


class _OneAddress(UniqueAddressHeader):
    """One address, with a name or without, on one line: folding would break a long one apart."""

    def fold(self, *, policy: Any) -> str:
        """The header's lines."""
        (sender,) = self.addresses
        name = str(sender.display_name)
        if not name:
            return _line(self, sender.addr_spec, policy)
        if name.isascii():
            shown = f'"{quote(name)}"' if _NEEDS_QUOTES.search(name) else name
        else:
            shown = _encoded(name, "From", policy)
        return _line(self, f"{shown} <{sender.addr_spec}>", policy)


def _encoded(text: str, header: str, policy: Any) -> str:
    if text.isascii():
        return text
    return str(Header(text, "utf-8", maxlinelen=_LINE, header_name=header).encode(linesep=policy.linesep))


def _line(header: Any, value: str, policy: Any) -> str:
    return f"{header.name}: {value}{policy.linesep}"


def _policy(base: EmailPolicy[Any]) -> EmailPolicy[Any]:
    registry = HeaderRegistry()
    own: dict[str, Any] = {"subject": _Subject}
    own |= dict.fromkeys(("from", "to", "reply-to"), _OneAddress)
    own |= dict.fromkeys(("message-id", "in-reply-to", "references", "list-id"), _MessageIds)
    for name, kind in own.items():
        registry.map_to_type(name, kind)
    return base.clone(header_factory=registry)


ASCII_POLICY = _policy(SMTP)
UTF8_POLICY = _policy(SMTPUTF8)
"""For addresses beyond ASCII (RFC 6532)."""
