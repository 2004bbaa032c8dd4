"""Several reports of the same days at once, so that they agree whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sysmo_tui.desk import Work
from sysmo_tui.domain.measures import Report
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.services import desk_settings, reports
from sysmo_tui.services.report_frames import Ask

USE_CASES: Mapping[ReportKind, Callable[[Work, Ask], Report[Any]]] = {
    ReportKind.SUMMARY: reports.summary,
    ReportKind.TEAM: reports.team,
    ReportKind.VOLUME: reports.volume,
    ReportKind.RESOLUTION: reports.resolution,
    ReportKind.RESPONSE: reports.response,
    ReportKind.BACKLOG: reports.backlog,
    ReportKind.TOPICS: reports.topics,
    ReportKind.SATISFACTION: reports.satisfaction,
    ReportKind.WORKLOAD: reports.workload,
    ReportKind.HOURS: reports.hours,
    ReportKind.TIME: reports.time,
}
"""What reads each of them."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Some reports, each behind its kind, and what the desk is called."""

    desk: SafeText
    parts: tuple[tuple[ReportKind, Report[Any]], ...]


def read(work: Work, ask: Ask, kinds: Sequence[ReportKind] = tuple(ReportKind)) -> Whole:
    """The reports of these kinds, of one moment, as the actor may see them."""
    parts = tuple((kind, USE_CASES[kind](work, ask)) for kind in kinds)
    return Whole(clean_line(desk_settings.load(work).name), parts)
