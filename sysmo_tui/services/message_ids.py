"""Message-IDs that prove themselves: a reply that cites one is known to answer our mail."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(
    r"<?(?P<signed>(?P<ticket>a|[1-9]\d{0,18})\.(?P<entry>0|[0-9a-f]{16})\.[0-9a-f]{16})\.(?P<seal>[0-9a-f]{16})@[^@<>\s]+>?"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a Message-ID of ours was about; None where it was about no ticket or no entry."""

    ticket_number: int | None
    entry_key: str | None


def make(key: str, domain: str, ticket_number: int | None = None, entry_key: str | None = None) -> str:
    """A new Message-ID (RFC 5322, 3.6.4), sealed with HMAC-SHA256 under the desk's ``key``.

    An entry is named by its random public key: numbers would tell how much was said between.
    """
    signed = f"{ticket_number or 'a'}.{entry_key or 0}.{secrets.token_hex(8)}"
    return f"<{signed}.{_seal(key, signed)}@{domain}>"


def verify(key: str, message_id: str) -> Origin | None:
    """What ``message_id`` was about, or None when this desk did not make it."""
    found = _FORM.fullmatch(message_id.strip())
    if found is None or not hmac.compare_digest(found["seal"], _seal(key, found["signed"])):
        return None
    number = None if found["ticket"] == "a" else int(found["ticket"])
    return Origin(number, None if found["entry"] == "0" else found["entry"])


def _seal(key: str, signed: str) -> str:
    return hmac.new(key.encode(), f"message-id:{signed}".encode(), hashlib.sha256).hexdigest()[:16]
