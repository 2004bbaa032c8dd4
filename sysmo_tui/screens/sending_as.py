"""What sending an answer is called, and what can become of its ticket with it."""

from __future__ import annotations

from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.text import cell_width
from sysmo_tui.i18n import _
from sysmo_tui.services.choices import Choices

CLOSE = "close"

PHONE_BELOW, BESIDE_FROM = 60, 100
"""Columns of a terminal below which words are short, and from which on the thread stands beside the text."""
LEAST_CHOICE = 16
"""Cells for what is to happen then."""


def send_label(address: str, columns: int) -> str:
    """What the button says, and to whom it sends where there is room for it beside what happens then."""
    label = _("Send to {address}", address=address)
    needed = cell_width(f"{_('Then')} {label}") + LEAST_CHOICE + 4
    room = (columns // 2 if columns >= BESIDE_FROM else columns) - 4
    return label if address and needed <= room else _("Send")


def ways(known: Choices) -> list[tuple[str, str]]:
    """What staff may choose, in words, and its value: closing it, or the short name of a status."""
    offered = [(_("close it"), CLOSE)]
    offered += [
        (_("status: {status}", status=_(state.name)), state.value)
        for state in known.statuses
        if state.category not in (Category.NEW, Category.CLOSED)
    ]
    return offered
