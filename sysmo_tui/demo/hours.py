"""When people write and when the desk answers."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import Final

OPENS, CLOSES = 9, 18
"""Office hours of the desk, local time, Monday to Friday."""

_OF_WEEKDAY: Final = (1.35, 1.15, 1.0, 1.0, 0.85, 0.12, 0.06)
_OF_HOUR: Final = (0, 0, 0, 0, 0, 0, 1, 3, 10, 18, 22, 18, 11, 8, 12, 17, 16, 11, 6, 4, 3, 2, 1, 0)


def filing_moments(count: int, first: datetime, last: datetime, chance: random.Random) -> list[datetime]:
    """``count`` local moments in order, on weekdays and by day mostly, a few more towards the end."""
    days = [first + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    weights = [_OF_WEEKDAY[day.weekday()] * (1 + 0.5 * n / len(days)) for n, day in enumerate(days)]
    moments: list[datetime] = []
    while len(moments) < count:
        for day in chance.choices(days, weights, k=count - len(moments)):
            hour = chance.choices(range(24), _OF_HOUR)[0]
            moment = datetime.combine(
                day, time(hour, chance.randrange(60), chance.randrange(60)), tzinfo=first.tzinfo
            )
            if first <= moment <= last:
                moments.append(moment)
    return sorted(moments)


def worked(since: datetime, minutes: float) -> datetime:
    """The local moment when the desk has been open for ``minutes`` after ``since``."""
    now, left = _open(since), timedelta(minutes=minutes)
    while True:
        until_closing = now.replace(hour=CLOSES, minute=0, second=0) - now
        if left < until_closing:
            return now + left
        left -= until_closing
        now = _open(now.replace(hour=CLOSES, minute=0, second=0))


def soon(chance: random.Random, median: float, most: float) -> float:
    """A span in minutes: short mostly, long at times, never more than ``most``."""
    return min(most, median * chance.lognormvariate(0, 0.9))


def _open(moment: datetime) -> datetime:
    """``moment``, or when the desk opens next."""
    if moment.weekday() < 5 and moment.hour < OPENS:
        return moment.replace(hour=OPENS, minute=0)
    while moment.weekday() >= 5 or moment.hour >= CLOSES:
        moment = (moment + timedelta(days=1)).replace(hour=OPENS, minute=0)
        if moment.weekday() < 5:
            break
    return moment


def is_open(moment: datetime) -> bool:
    """Whether somebody is at the desk at a local moment."""
    return moment.weekday() < 5 and OPENS <= moment.hour < CLOSES
