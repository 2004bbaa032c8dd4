"""Which reports there are, by the names that people type."""

from __future__ import annotations

from enum import StrEnum


class ReportKind(StrEnum):
    """A report; everywhere they stand in this order."""

    SUMMARY = "summary"
    TEAM = "team"
    VOLUME = "volume"
    RESOLUTION = "resolution"
    RESPONSE = "response"
    BACKLOG = "backlog"
    TOPICS = "topics"
    SATISFACTION = "satisfaction"
    WORKLOAD = "workload"
    HOURS = "hours"
    TIME = "time"

    @property
    def is_of_now(self) -> bool:
        """Whether no days belong to it."""
        return self is ReportKind.WORKLOAD
