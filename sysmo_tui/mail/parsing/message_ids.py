"""Message-IDs in headers (RFC 5322, 3.6.4), with their angle brackets, as they were written."""

from __future__ import annotations

import re

from sysmo_tui.domain.text import storable_line

_ID = re.compile(r"<[^<>\s]{1,996}>")
_BARE = re.compile(r"[^<>\s]{1,996}")


def ids(value: str) -> tuple[str, ...]:
    """Every Message-ID in a header; one that stands alone may lack its brackets."""
    found = _ID.findall(value)
    if not found and _BARE.fullmatch(value.strip()):
        found = [f"<{value.strip()}>"]
    return tuple(storable_line(one) for one in found)
