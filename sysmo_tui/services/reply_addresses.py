"""Addresses that prove themselves: an answer sent to one is known to answer our mail.

``desk+<token>@example.com``: the token names a ticket or an account, and for whom it was made, sealed
with HMAC-SHA256 under the desk's key. It is made of small letters and digits alone, because mail
servers fold case before the @. Raising the desk's ``mail_epoch`` retires every older one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from sysmo_tui.domain import addresses
from sysmo_tui.services.desk_settings import DeskSettings

LONGEST_LOCAL = 64
"""Octets before the @ (RFC 5321, 4.5.3.1.1)."""

_TICKET, _ACCOUNT = "t", "a"
_RECIPIENT_BYTES, _SEAL_BYTES = 5, 10
_FORM = re.compile(
    r"(?P<signed>(?P<kind>[ta])(?P<number>[1-9][0-9]{0,18})(?P<recipient>[a-z2-7]{8}))(?P<seal>[a-z2-7]{16})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Token:
    recipient_digest: str
    _key: str = field(repr=False)

    def is_for(self, address: str) -> bool:
        """Whether it was made for this recipient, however the address is written."""
        return hmac.compare_digest(self.recipient_digest, _recipient(self._key, address))


@dataclass(frozen=True, slots=True)
class ReplyToken(_Token):
    """The ticket that an answer is about, and for whom the address was made."""

    ticket_number: int


@dataclass(frozen=True, slots=True)
class AccountToken(_Token):
    """The account that an answer completes, and for whom the address was made."""

    account_id: int


def make(settings: DeskSettings, ticket_number: int, recipient_address: str, base: str = "") -> str:
    """The address to which a recipient answers about a ticket: ``base``, else the desk's, with a token.

    Without one where answers do not arrive, where plus addresses do not, or where it would be too long.
    """
    return _with_token(settings, f"{_TICKET}{ticket_number}", recipient_address, base)


def for_verification(settings: DeskSettings, account_id: int, recipient_address: str, base: str = "") -> str:
    """The address to which the owner of ``recipient_address`` answers to confirm it; else as :func:`make`."""
    return _with_token(settings, f"{_ACCOUNT}{account_id}", recipient_address, base)


def verify(settings: DeskSettings, address: str) -> ReplyToken | None:
    """The ticket that a reply address is about; None when this desk did not make it, or retired it."""
    found = _read(settings, address)
    if found is None or found["kind"] != _TICKET:
        return None
    return ReplyToken(found["recipient"], settings.mail_key, int(found["number"]))


def verify_account(settings: DeskSettings, address: str) -> AccountToken | None:
    """The account that an answer to this address confirms; None as with :func:`verify`."""
    found = _read(settings, address)
    if found is None or found["kind"] != _ACCOUNT:
        return None
    return AccountToken(found["recipient"], settings.mail_key, int(found["number"]))


def _with_token(settings: DeskSettings, about: str, recipient: str, base: str) -> str:
    local, _, domain = (base or settings.reply_address).rpartition("@")
    plain = f"{local}@{domain.casefold()}"
    if not (settings.mail_comes_in and settings.plus_addresses):
        return plain
    signed = about + _recipient(settings.mail_key, recipient)
    tagged = f"{local}+{signed}{_seal(settings, signed)}"
    return plain if len(tagged.encode()) > LONGEST_LOCAL else f"{tagged}@{domain.casefold()}"


def _read(settings: DeskSettings, address: str) -> re.Match[str] | None:
    local = address.strip().rpartition("@")[0]
    found = _FORM.fullmatch(local.rpartition("+")[2].lower()) if "+" in local else None
    if found is None or not hmac.compare_digest(found["seal"], _seal(settings, found["signed"])):
        return None
    return found


def _recipient(key: str, address: str) -> str:
    return _digest(key, f"reply-recipient:{addresses.folded(address)}", _RECIPIENT_BYTES)


def _seal(settings: DeskSettings, signed: str) -> str:
    return _digest(settings.mail_key, f"reply-address:{settings.mail_epoch}:{signed}", _SEAL_BYTES)


def _digest(key: str, text: str, size: int) -> str:
    made = hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b32encode(made[:size]).decode().lower()
