"""E-mail addresses: one form to keep, one to find them by."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

MAX_LENGTH = 254
"""Octets of an address (RFC 5321, 4.5.3.1.3 without the angle brackets)."""

# Names that are never on the internet (RFC 2606, 6761, 6762, 7686, 8375).
_RESERVED = frozenset({"arpa", "example", "internal", "invalid", "local", "localhost", "onion", "test"})
_STAND_IN = ".example"


@lru_cache(maxsize=256)
def normalise(address: str, allow_reserved: bool = False, field: str = "email") -> str:
    """Give an address in its normal form: NFC, the domain in lower case and Unicode (RFC 5321, 6531).

    Refuses display names, comments, control characters, and domains that can receive no mail, such as
    ``.test`` or ``localhost``; the latter pass with ``allow_reserved``, for demonstrations and tests.
    Invalid, for ``field``.
    """
    from email_validator import EmailNotValidError, validate_email

    written = address.strip(" ")
    if not written:
        raise Invalid(N_("Write an e-mail address, like name@company.com."), field=field)
    is_reserved = _is_reserved(written.rpartition("@")[2].lower())
    # The library refuses reserved names for good, so they are checked as part of a name it takes.
    suffix = _STAND_IN if is_reserved else ""
    message = N_("“{value}” is not an e-mail address. Write it like name@company.com, and nothing else.")
    if len(written) > MAX_LENGTH:
        raise Invalid(message, field=field, value=written[:MAX_LENGTH])
    try:
        found = validate_email(written + suffix, check_deliverability=False)
    except EmailNotValidError as reason:
        raise Invalid(message, field=field, value=written) from reason
    normalised = found.normalized.removesuffix(suffix)
    if len(normalised.encode()) > MAX_LENGTH:
        raise Invalid(message, field=field, value=written)
    domain = normalised.rpartition("@")[2]
    if _is_reserved(domain) and not allow_reserved:
        message = N_("Mail cannot reach “{domain}”. Use an address of a public domain.")
        raise Invalid(message, field=field, domain=domain)
    return normalised


def folded(address: str) -> str:
    """Give the key by which an address is unique and found: case ignored, also before the @."""
    return unicodedata.normalize("NFC", address.strip().casefold())


def untagged(address: str) -> str:
    """The mailbox behind an address, folded: without what follows a plus sign (RFC 5233, 1)."""
    local, at, domain = folded(address).rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def _is_reserved(domain: str) -> bool:
    """Tell whether a domain can receive no mail from elsewhere."""
    return domain.rpartition(".")[2] in _RESERVED
