"""Mail as it came in, before anything is read from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sysmo_tui.domain.enums import Verdict

MAIL_LIMIT = 40_000_000
"""Bytes of a mail, while a desk has no limit of its own."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A mail as it came. Of one over the limit ``content`` is only the beginning; the rest was counted."""

    content: bytes
    size: int
    sha256: str
    is_cut: bool = False

    @classmethod
    def whole(cls, content: bytes) -> Raw:
        """A mail of which nothing is missing."""
        return cls(content, len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that is safe. Not ``is_new`` when the same bytes came into the same mailbox before."""

    id: int
    verdict: Verdict
    is_new: bool
