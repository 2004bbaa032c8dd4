"""Times, dates, numbers, sizes and the desk's own words as people read them, in the current language."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from sysmo_tui.domain.enums import EntryKind, Measure
from sysmo_tui.domain.text import SafeText
from sysmo_tui.i18n import _, ngettext, pgettext

if TYPE_CHECKING:
    from sysmo_tui.domain.measures import Delta
    from sysmo_tui.domain.time_spent import TimeSpent
    from sysmo_tui.domain.views import Filed

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
YEAR: Final = 365.2425 * DAY
MONTH: Final = YEAR / 12

NONE: Final = "—"
"""Stands where a figure would, and there is none."""


def age(seconds: float) -> str:
    """How long ago in one unit: ``4m``, ``3h``, ``5d``, ``2w``, ``8mo``, ``2y``; the future counts as now."""
    past = max(0.0, seconds)
    if past < DAY:
        return _age_within_a_day(past)
    if past < 2 * WEEK:
        return pgettext("age", "{n}d", n=int(past // DAY))
    if past < 2 * MONTH:
        return pgettext("age", "{n}w", n=int(past // WEEK))
    if past < 2 * YEAR:
        return pgettext("age", "{n}mo", n=int(past // MONTH))
    return pgettext("age", "{n}y", n=int(past // YEAR))


def _age_within_a_day(past: float) -> str:
    if past < MINUTE:
        return pgettext("age", "{n}s", n=int(past))
    if past < HOUR:
        return pgettext("age", "{n}m", n=int(past // MINUTE))
    return pgettext("age", "{n}h", n=int(past // HOUR))


def _parts(seconds: float) -> tuple[int, int, int, int]:
    """Whole days (of 24 hours), hours, minutes and seconds of a length of time, never negative."""
    minutes, rest = divmod(int(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return days, hours, minutes, rest


def duration(seconds: float) -> str:
    """A length of time in its two largest units: ``45s``, ``12m``, ``4h 12m``, ``2d 3h``, ``-1h 5m``."""
    days, hours, minutes, rest = _parts(seconds)
    sign = "-" if seconds <= -1 else ""
    if days:
        days_text = pgettext("duration", "{n}d", n=days)
        return sign + (f"{days_text} {pgettext('duration', '{n}h', n=hours)}" if hours else days_text)
    if hours:
        hours_text = pgettext("duration", "{n}h", n=hours)
        return sign + (f"{hours_text} {pgettext('duration', '{n}m', n=minutes)}" if minutes else hours_text)
    if minutes:
        return sign + pgettext("duration", "{n}m", n=minutes)
    return sign + pgettext("duration", "{n}s", n=rest)


def month_names() -> tuple[str, ...]:
    """Short month names, January first."""
    return tuple(_("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split())


def weekday_names() -> tuple[str, ...]:
    """Short names of the days, Monday first, as ``date.weekday`` counts."""
    return tuple(_("Mon Tue Wed Thu Fri Sat Sun").split())


def date_text(day: date) -> str:
    """A date: ``21 Aug 2026``."""
    return _("{day} {month} {year}", day=day.day, month=month_names()[day.month - 1], year=day.year)


def moment(when: datetime, zone: tzinfo, now: datetime) -> str:
    """An aware time: ``14:02`` today, ``Mon 14:02`` in this week (from Monday), else ``2026-08-21 14:02``."""
    local, today = when.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return clock
    if local.isocalendar()[:2] == today.isocalendar()[:2]:
        return _("{weekday} {time}", weekday=weekday_names()[local.weekday()], time=clock)
    return f"{local.date().isoformat()} {clock}"


def long_moment(when: datetime, zone: tzinfo) -> str:
    """An aware time in full: ``Fri 21 Aug 2026, 14:02``."""
    local = when.astimezone(zone)
    return _(
        "{weekday} {date}, {time}",
        weekday=weekday_names()[local.weekday()],
        date=date_text(local.date()),
        time=f"{local:%H:%M}",
    )


def number(value: float | Decimal, decimals: int = 0) -> str:
    """A number with this language's separators, halves rounded away from zero: ``1,234.5``."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    # The catalogue shows how this number is written; its two separators are the language's.
    example = pgettext("how this number is written", "1,234.5")
    separators = {",": example[1], ".": example[5]}
    return "".join(separators.get(sign, sign) for sign in f"{exact + 0:,.{decimals}f}")


def percent(ratio: float, decimals: int = 0) -> str:
    """A share of one as a percentage: 0.873 is ``87%``."""
    return _("{number}%", number=number(Decimal(str(ratio)) * 100, decimals))


def file_size(size: int) -> str:
    """``size`` bytes in the decimal units of SI: ``812 B``, ``412 kB``, ``1.2 MB``."""
    value = Decimal(size)
    if value < 1000:
        return f"{number(value)} B"
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < Decimal("999.5") or unit == "TB":
            break
    return f"{number(value, 1 if value < 10 else 0)} {unit}"


def words_of(kind: EntryKind, body: SafeText) -> SafeText:
    """What an entry says: the desk's own words in the reader's language, those of people as they wrote.

    Of the desk's, the first line is its words; what stands below it, such as an address, is not.
    """
    if kind is not EntryKind.SYSTEM:
        return body
    words, *rest = body.split("\n", 1)
    return SafeText("\n".join((_(words), *rest)))


def left_out(body: TimeSpent) -> str:
    """How many closes the figures of time leave out."""
    return ngettext(
        "The newest {shown} closes; {count} older one of these days is left out.",
        "The newest {shown} closes; {count} older ones of these days are left out.",
        body.older,
        shown=number(body.total.n),
    )


def continued(filed: Filed) -> str:
    """Where a reply to a ticket that stays closed went."""
    if filed.is_new:
        return _(
            "#{number} stays closed. Your reply is the new ticket #{new}.",
            number=filed.continues,
            new=filed.number,
        )
    return _(
        "#{number} stays closed. Your reply is in #{new}, which goes on with it.",
        number=filed.continues,
        new=filed.number,
    )


def figure(measure: Measure, value: float | None) -> str:
    """A measure's value; :data:`NONE` for none."""
    if value is None:
        return NONE
    if measure.is_time:
        return duration(value)
    return percent(value) if measure.is_share else number(value)


def change(delta: Delta) -> str:
    """How a measure changed, in words: ``12 more (+17%)``, ``38m shorter``; empty where that is unknown."""
    by = delta.difference
    if by is None:
        return ""
    if not by:
        return _("as before")
    size = figure(delta.measure, abs(by))
    if delta.measure.is_time:
        return _("{time} longer", time=size) if by > 0 else _("{time} shorter", time=size)
    if delta.measure.is_share:
        size = points(abs(by))
        return _("{points} points more", points=size) if by > 0 else _("{points} points less", points=size)
    if delta.ratio is None:
        return _("{count} more", count=size)
    share = f"{'+' if by > 0 else '−'}{percent(abs(delta.ratio))}"
    if by > 0:
        return _("{count} more ({share})", count=size, share=share)
    return _("{count} fewer ({share})", count=size, share=share)


def points(share: float) -> str:
    """How far two shares of one are apart, in points of a hundred: 0.29 is ``29``, 0.055 is ``5.5``.

    Below ten with a tenth, since the shares themselves are rounded: 3% after 8% may be 5.5 points less.
    """
    return number(share * 100, 1 if share < 0.0995 else 0)


def verdict(delta: Delta) -> str:
    """Whether a change is for the better; empty where neither way is."""
    if delta.is_good is None:
        return ""
    return _("better") if delta.is_good else _("worse")
