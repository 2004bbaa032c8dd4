"""Who has a ticket open, in words and as a mark: on screens and in commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sysmo_tui.domain.text import SafeText, fit
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.services.presence import Present

WRITING: Final = "✎"
READING: Final = "◦"
SHORT_NAME: Final = 14
"""Cells of a name where there is little room."""


def present_mark(present: Sequence[Present]) -> tuple[str, str]:
    """The glyph of who has a ticket open, and its ink; a blank when nobody has."""
    if not present:
        return " ", ""
    return (WRITING, "warning") if present[0].is_writing else (READING, "quiet")


def present_sentence(each: Present, *, is_short: bool = False) -> str:
    """What somebody does: ``Luis Paz is writing``, by their first name where it ``is_short``."""
    if each.is_self:
        return _("you are writing elsewhere") if each.is_writing else _("you are reading elsewhere")
    who = fit(SafeText(each.name.split(" ", 1)[0]), SHORT_NAME) if is_short else each.name
    return _("{who} is writing", who=who) if each.is_writing else _("{who} is reading", who=who)


def present_brief(present: Sequence[Present]) -> str:
    """The mark, who matters most, and how many more there are; empty when nobody is there."""
    if not present:
        return ""
    glyph, _ink = present_mark(present)
    more = f" +{len(present) - 1}" if len(present) > 1 else ""
    return f"{glyph} {present_sentence(present[0], is_short=True)}{more}"


def present_words(present: Sequence[Present]) -> str:
    """What everybody does, in one line; empty when nobody is there."""
    return ", ".join(present_sentence(each) for each in present)
