"""Figures and what became of them, as people read them: on screens, in commands and on paper."""

from __future__ import annotations

from sysmo_tui import spoken
from sysmo_tui.domain.measures import Delta, Measure
from sysmo_tui.i18n import _


def figure_text(measure: Measure, value: float | None) -> str:
    """A measure's value; a dash for none."""
    if value is None:
        return "—"
    if measure.is_time:
        return spoken.duration(value)
    return spoken.percent(value) if measure.is_share else spoken.number(value)


def change_in_words(delta: Delta) -> str:
    """How a measure changed, in words: ``12 more (+17%)``, ``38m shorter``; empty where that is unknown."""
    change = delta.difference
    if change is None:
        return ""
    if not change:
        return _("as before")
    size = figure_text(delta.measure, abs(change))
    if delta.measure.is_time:
        return _("{time} longer", time=size) if change > 0 else _("{time} shorter", time=size)
    if delta.measure.is_share:
        points = abs(change) * 100
        size = spoken.number(points, 0 if points >= 1 else 1)
        return (
            _("{points} points more", points=size) if change > 0 else _("{points} points less", points=size)
        )
    if delta.ratio is None:
        return _("{count} more", count=size)
    sign = "+" if change > 0 else "−"
    share = f"{sign}{spoken.percent(abs(delta.ratio))}"
    if change > 0:
        return _("{count} more ({share})", count=size, share=share)
    return _("{count} fewer ({share})", count=size, share=share)


def verdict(delta: Delta) -> str:
    """Whether a change is for the better; empty where neither way is."""
    if delta.is_good is None:
        return ""
    return _("better") if delta.is_good else _("worse")
