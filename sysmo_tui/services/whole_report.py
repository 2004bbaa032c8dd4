"""Several reports of the same days at once, so that they agree whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sysmo_tui.desk import Work
from sysmo_tui.domain.measures import Report
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.services import desk_settings, reports
from sysmo_tui.services.report_frames import Ask

KINDS: dict[str, Callable[[Work, Ask], Report[Any]]] = {
    "summary": reports.summary,
    "team": reports.team,
    "volume": reports.volume,
    "resolution": reports.resolution,
    "response": reports.response,
    "backlog": reports.backlog,
    "topics": reports.topics,
    "satisfaction": reports.satisfaction,
    "workload": reports.workload,
    "hours": reports.hours,
}
"""Every report by its name, in their order."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Some reports, each behind its name, and what the desk is called."""

    desk: SafeText
    parts: tuple[tuple[str, Report[Any]], ...]


def read(work: Work, ask: Ask, kinds: Sequence[str] = tuple(KINDS)) -> Whole:
    """The reports of these kinds, of one moment, as the actor may see them."""
    parts = tuple((kind, KINDS[kind](work, ask)) for kind in kinds)
    return Whole(clean_line(desk_settings.load(work).name), parts)
