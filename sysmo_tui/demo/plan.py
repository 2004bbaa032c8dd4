"""What will have happened at the demo desk: every request's course, in the order of time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sysmo_tui.demo import hours, letters, people, special
from sysmo_tui.demo.course import Course, Filed
from sysmo_tui.demo.steps import Step
from sysmo_tui.demo.stories import Story, book

SEED = 7001
_FRESH_MINUTES = (4, 11, 23, 41, 75, 130, 200, 290)
"""How long ago the newest tickets were filed."""
_QUIET = timedelta(hours=5)
"""Before the newest tickets."""


def span(tickets: int) -> timedelta:
    """How far back the demo desk's history goes: four months, a year for a large one."""
    return timedelta(days=min(365, max(120, tickets // 5)))


def plan(tickets: int, now: datetime) -> list[Step]:
    """Every step up to ``now`` of ``tickets`` requests; what would come later has not happened yet."""
    zone = ZoneInfo(people.TIME_ZONE)
    local = now.astimezone(zone).replace(microsecond=0)
    chance = random.Random(SEED)
    first = local - span(tickets)
    specials = special.courses(local, chance)
    fresh = min(len(_FRESH_MINUTES), tickets)
    # One of the special requests becomes two.
    usual = max(0, tickets - fresh - len(specials) - 1)
    steps = special.housekeeping(local) + letters.letters(local)
    for each in specials:
        steps += each
    moments = hours.filing_moments(usual, first, local - _QUIET, chance)
    for n, moment in enumerate(moments):
        steps += _usual(f"usual {n}", moment, local, chance).steps
    for n, ago in enumerate(_FRESH_MINUTES[:fresh]):
        steps += _fresh(f"fresh {n}", local - timedelta(minutes=ago), local, chance)
    return sorted((step for step in steps if step.at <= local), key=lambda step: step.at)


def _usual(key: str, moment: datetime, now: datetime, chance: random.Random) -> Course:
    client = chance.choice(people.CLIENTS)
    course = Course(Filed(key, moment, client, _story(client.language, chance)), now, chance)
    course.run()
    return course


def _fresh(key: str, moment: datetime, now: datetime, chance: random.Random) -> Iterator[Step]:
    client = chance.choice([c for c in people.CLIENTS if c.language in ("es", "en")])
    course = Course(Filed(key, moment, client, _story(client.language, chance)), now, chance)
    course.file()
    yield from course.steps


def _story(language: str, chance: random.Random) -> Story:
    stories = book(language).stories
    return chance.choices(stories, [story.weight for story in stories])[0]
