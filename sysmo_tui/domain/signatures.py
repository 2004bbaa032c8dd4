"""What stands below a person's answers in a mail."""

from __future__ import annotations

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import storable

MOST_CHARACTERS = 1000
MOST_LINES = 10


def checked(text: str) -> str:
    """A signature as it is kept, without space around it; Invalid for one that is too long."""
    signature = "\n".join(line.rstrip() for line in storable(text).strip().split("\n"))
    if len(signature) > MOST_CHARACTERS or signature.count("\n") >= MOST_LINES:
        raise Invalid(
            N_("A signature has up to {lines} lines and {characters} characters."),
            field="signature",
            lines=MOST_LINES,
            characters=MOST_CHARACTERS,
        )
    return signature
