"""The letter with the report of a week: figures in words, and charts of characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sysmo_tui import spoken
from sysmo_tui.domain.closed_sets import AGES, MEASURES
from sysmo_tui.domain.enums import Age, Measure
from sysmo_tui.domain.measures import Delta, Scope
from sysmo_tui.domain.text import cell_width, clean_line, fit
from sysmo_tui.drawn import bar
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.mail.facts import MailFacts
from sysmo_tui.mail.layout import INDENT, Drawn, Letter, Paragraph, typed
from sysmo_tui.mail.letter_parts import greeting

_NAMES, _BAR = 24, 30
"""Cells of a label at most, and of the longest bar: a line has at most 72."""
_TWO_BARS = 16


def weekly_report(facts: MailFacts) -> Letter:
    """What came in and was closed in a week, beside the week before."""
    told = facts.mail.payload
    days = week_of(told)
    is_own = told["scope"] == Scope.OWN.value
    first = _("The week {days}, beside the week before.", days=days)
    if is_own:
        first = f"{first} {_('Your own figures, and the volumes of your topics.')}"
    more = f"{INDENT}sysmo report --range {told['first']}..{told['last']} --compare previous"
    zone = _("Days are those of the desk's time zone, {zone}.", zone=told["time_zone"])
    charts = (
        _changes(told["changes"]),
        _days(told["days"]),
        _bars(_("Resolved by"), told["people"]),
        _bars(_("Received by topic"), told["topics"]),
        _bars(_("Open tickets by age"), [(_(AGES[Age(age)]), count) for age, count in told["ages"]]),
        (_("To see more:"), more),
    )
    drawn = [Drawn(lines) for lines in charts if lines]
    blocks = (greeting(facts), Paragraph(first), *drawn, Paragraph(zone))
    why = _("You get this because you chose the weekly report.")
    stop = typed(_("To stop it:"), "sysmo profile edit --set weekly_report=off")
    return Letter(_("{desk}: the week {days}", desk=facts.desk.name, days=days), blocks, f"{why}\n{stop}")


def week_of(told: Mapping[str, Any]) -> str:
    """The days of the report; empty where there are none."""
    if "first" not in told:
        return ""
    first, last = (spoken.date_text(date.fromisoformat(told[name])) for name in ("first", "last"))
    return _("{first} to {last}", first=first, last=last)


def _changes(changes: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """The measures, one below the other: what they are, and how they changed."""
    rows = []
    for name, value, before in changes:
        measure = Measure(name)
        delta = Delta(measure, value, before)
        change = ", ".join(part for part in (spoken.change(delta), spoken.verdict(delta)) if part)
        rows.append((_(MEASURES[measure]), spoken.figure(measure, value), change))
    widths = [max((cell_width(row[at]) for row in rows), default=0) for at in (0, 1)]
    return tuple(
        f"{_padded(name, widths[0])}  {' ' * (widths[1] - cell_width(value))}{value}  {change}".rstrip()
        for name, value, change in rows
    )


def _days(days: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Each day with two bars to one scale."""
    most = max((max(received, closed) for _day, received, closed in days), default=0)
    heads = f"{'':11}{_padded(_('Received'), _TWO_BARS + 6)}{pgettext('tickets', 'Closed')}"
    lines = [heads]
    for day, received, closed in days:
        moment = date.fromisoformat(day)
        name = f"{_padded(spoken.weekday_names()[moment.weekday()], 4)}{moment:%m-%d}  "
        come = _padded(_counted(received, most, _TWO_BARS), _TWO_BARS + 6)
        lines.append(f"{name}{come}{_counted(closed, most, _TWO_BARS)}")
    return tuple(lines)


def _bars(title: str, rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Lying bars; nothing where there are none."""
    if not rows:
        return ()
    names = [fit(clean_line(_(name)), _NAMES) for name, _count in rows]
    room = max(map(cell_width, names))
    most = max(count for _name, count in rows)
    lines = [
        f"  {_padded(name, room)}  {_counted(count, most, _BAR)}"
        for name, (_name, count) in zip(names, rows, strict=True)
    ]
    return (title, *lines)


def _counted(count: int, most: int, cells: int) -> str:
    """A bar and its number; nothing is only a number."""
    return f"{bar(count, most, cells)} {count}".strip()


def _padded(text: str, cells: int) -> str:
    return text + " " * max(cells - cell_width(text), 0)
