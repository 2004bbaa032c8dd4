"""What can become of a ticket with the answer that is sent."""

from __future__ import annotations

from sysmo_tui.domain.enums import Category
from sysmo_tui.i18n import _
from sysmo_tui.services.choices import Choices

CLOSE = "close"


def ways(known: Choices) -> list[tuple[str, str]]:
    """What staff may choose, in words, and its value: closing it, or the short name of a status."""
    offered = [(_("close it"), CLOSE)]
    offered += [
        (_("status: {status}", status=_(state.name)), state.value)
        for state in known.statuses
        if state.category not in (Category.NEW, Category.CLOSED)
    ]
    return offered
