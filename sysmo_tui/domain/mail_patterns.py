"""Patterns about mail that people write: senders, domains, and words of a subject."""

from __future__ import annotations

import re

from sysmo_tui.domain import addresses
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import fold
from sysmo_tui.domain.message import N_

SUBJECT_LIMIT = 200
"""Characters of a pattern for subjects."""
SUBJECT_READ = 2000
"""Characters of a subject that are compared."""

_NO_WORD = re.compile(r"[^\w]+")


def sender(text: str) -> str:
    """A pattern for senders as it is kept, folded; Invalid for anything else.

    ``name@example.com`` is one address, ``@example.com`` everyone of exactly that domain, and
    ``@.example.com`` everyone of it and of every domain below.
    """
    written = text.strip()
    if not written.startswith("@"):
        return addresses.folded(addresses.normalise(written, allow_reserved=True))
    return f"@{domain(written.removeprefix('@'), 'email')}"


def domain(text: str, field: str) -> str:
    """A mail domain as it is kept: ``example.com``, or ``.example.com`` with all below; else Invalid."""
    written = text.strip().removeprefix("@")
    dot, name = ("." if written.startswith(".") else ""), written.removeprefix(".")
    try:
        address = addresses.normalise(f"x@{name}", allow_reserved=True)
    except Invalid as reason:
        raise Invalid(
            N_("“{domain}” is not a mail domain. Write it like example.com; .example.com is all below, too."),
            field=field,
            domain=text.strip()[: addresses.MAX_LENGTH],
        ) from reason
    return dot + addresses.folded(address.rpartition("@")[2])


def key(address: str) -> str:
    """The form of a sender's address in which it is compared with patterns, however odd it is."""
    try:
        return addresses.folded(addresses.normalise(address, allow_reserved=True))
    except Invalid:
        return addresses.folded(address)


def matching(address: str) -> tuple[str, ...]:
    """All patterns that would match a sender, the most precise first."""
    folded = key(address)
    labels = folded.rpartition("@")[2].split(".")
    wider = (f"@.{'.'.join(labels[at:])}" for at in range(len(labels)))
    return (folded, f"@{'.'.join(labels)}", *wider)


def is_of(address: str, wanted: str) -> bool:
    """Whether an address is of a domain as :func:`domain` keeps it."""
    host = key(address).rpartition("@")[2]
    name = wanted.removeprefix(".")
    return host == name or (wanted.startswith(".") and host.endswith(f".{name}"))


def subject(text: str) -> str:
    """A pattern for subjects: words, with ``*`` for anything between them or in them; else Invalid."""
    written = " ".join(text.split())
    if len(written) > SUBJECT_LIMIT:
        raise Invalid(
            N_("A pattern for subjects has up to {limit} characters."), field="subject", limit=SUBJECT_LIMIT
        )
    if written and not any(piece.strip() for piece in _pieces(written)):
        raise Invalid(N_("Write words of the subject; * stands for anything between."), field="subject")
    return written


def is_about(text: str, pattern: str) -> bool:
    """Whether the words of ``pattern`` are in a subject, in their order; case and accents ignored.

    Only plain searches for each piece, one after the other: no pattern can take long.
    """
    words, at = f" {_NO_WORD.sub(' ', fold(text[:SUBJECT_READ])).strip()} ", 0
    for piece in _pieces(pattern):
        found = words.find(piece, at)
        if found < 0:
            return False
        # A space ends one word and begins the next.
        at = found + len(piece) - piece.endswith(" ")
    return True


def _pieces(pattern: str) -> list[str]:
    """What stands between the stars, with a space where a word begins or ends."""
    whole = f" {pattern} "
    pieces = [_NO_WORD.sub(" ", fold(piece)) for piece in whole.split("*")]
    return [piece for piece in pieces if piece.strip()]
