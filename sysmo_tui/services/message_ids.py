"""Message-IDs that prove themselves: a reply that cites one is known to answer our mail."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(
    r"<?(?P<signed>(?:a(?P<account>[1-9]\d{0,18})?|(?P<ticket>[1-9]\d{0,18}))\.(?P<entry>0|[0-9a-f]{16})\.[0-9a-f]{16})"
    r"\.(?P<seal>[0-9a-f]{16})@[^@<>\s]+>?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a Message-ID of ours was about; None where it was about no ticket or no entry.

    ``account_id`` is whose address a mail asked to confirm.
    """

    ticket_number: int | None
    entry_key: str | None
    account_id: int | None = None


def make(
    key: str,
    domain: str,
    ticket_number: int | None = None,
    entry_key: str | None = None,
    account_id: int | None = None,
) -> str:
    """A new Message-ID (RFC 5322, 3.6.4), sealed with HMAC-SHA256 under the desk's ``key``.

    An entry is named by its random public key: numbers would tell how much was said between. An
    ``account_id`` belongs into a mail that asks to confirm an address, and into no other.
    """
    about = ticket_number or f"a{account_id or ''}"
    signed = f"{about}.{entry_key or 0}.{secrets.token_hex(8)}"
    return f"<{signed}.{_seal(key, signed)}@{domain}>"


def verify(key: str, message_id: str) -> Origin | None:
    """What ``message_id`` was about, or None when this desk did not make it."""
    found = _FORM.fullmatch(message_id.strip())
    if found is None or not hmac.compare_digest(found["seal"], _seal(key, found["signed"])):
        return None
    entry_key = None if found["entry"] == "0" else found["entry"]
    return Origin(_number(found["ticket"]), entry_key, _number(found["account"]))


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _seal(key: str, signed: str) -> str:
    return hmac.digest(key.encode(), f"message-id:{signed}".encode(), "sha256").hex()[:16]
