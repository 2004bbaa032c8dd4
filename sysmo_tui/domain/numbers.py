"""Ticket numbers as people write them."""

from __future__ import annotations

import re

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

LARGEST_NUMBER = 2**31 - 1
"""What an integer column holds in every database."""

_NUMBER = re.compile(r"(?:#|[Tt]-?)?([0-9]{1,10})")


def is_number(text: str) -> bool:
    """Whether ``text`` is written like the number of a ticket."""
    return _NUMBER.fullmatch(text.strip()) is not None


def parse_number(text: str) -> int:
    """Read ``42``, ``#42``, ``T-42`` or ``t42``; refuse anything else, also 0."""
    found = _NUMBER.fullmatch(text.strip())
    number = int(found[1]) if found else 0
    if not 1 <= number <= LARGEST_NUMBER:
        message = N_("“{value}” is not a ticket number. Write it like 42 or #42.")
        raise Invalid(message, field="number", value=text)
    return number
