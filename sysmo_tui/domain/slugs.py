"""Short names for scripts and addresses, made from the names that people give."""

from __future__ import annotations

import re

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import words
from sysmo_tui.domain.message import N_

LONGEST = 48
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(name: str, otherwise: str = "item") -> str:
    """Make ``human-resources`` of "Human Resources"; ``otherwise`` when no ASCII letter or digit is left."""
    made = "-".join(word for word in words(name) if word.isascii())[:LONGEST].strip("-")
    return made or otherwise


def check(text: str, field: str = "slug") -> str:
    """Give ``text`` when it is a slug: small letters, digits and single dashes, at most 48; else Invalid."""
    if len(text) > LONGEST or not _SLUG.fullmatch(text):
        raise Invalid(
            N_("“{slug}” cannot be a short name. Use up to 48 small letters, digits and dashes."),
            field=field,
            slug=text,
        )
    return text
