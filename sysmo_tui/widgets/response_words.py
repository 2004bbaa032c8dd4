"""For which tickets and for whom a canned response is, in words: on screens and in commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sysmo_tui.i18n import LANGUAGE_NAMES, _

if TYPE_CHECKING:
    from sysmo_tui.services.responses import ResponseLine


def topic_of(line: ResponseLine) -> str:
    """For which tickets it is."""
    return _(line.topic_name) if line.topic else _("all")


def language_of(line: ResponseLine) -> str:
    """For whom it is."""
    return LANGUAGE_NAMES[line.locale] if line.locale else _("all")
