"""What a front end needs to know once someone has come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sysmo_tui.desk import Work
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.services import desk_settings, preferences, profile


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came in, and where. ``time_zone`` is the person's own, or else the desk's.

    ``preferences`` has a value for each name of :data:`preferences.PREFERENCES`.
    """

    actor: Actor
    desk_name: SafeText
    time_zone: str
    is_demo: bool
    has_password: bool
    preferences: Mapping[str, Any] = field(default_factory=dict)


def arrive(work: Work) -> Arrival:
    """Tell who is signed in; NotSignedIn for a session that is not good, or no longer."""
    actor = work.actor
    settings, mine = desk_settings.load(work), profile.show(work)
    return Arrival(
        actor=actor,
        desk_name=clean_line(settings.name),
        time_zone=actor.time_zone or settings.time_zone,
        is_demo=settings.is_demo,
        has_password=mine.has_password,
        preferences=preferences.of(mine.preferences),
    )
