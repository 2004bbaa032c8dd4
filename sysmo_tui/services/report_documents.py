"""Reports as documents for scripts: plain values by name, the same whoever writes them."""

from __future__ import annotations

import dataclasses
from typing import Any

from sysmo_tui.domain.measures import Delta, Report, Times
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.report_kinds import ReportKind


def document(kind: ReportKind, report: Report[Any]) -> dict[str, Any]:
    """A report as one JSON document."""
    against = report.compared_with
    return {
        "report": kind.value,
        "range": _range_shape(report.range),
        "time_zone": report.time_zone,
        "scope": report.scope.value,
        "topic": report.topic,
        "at": report.at,
        **_shape(report.now),
        "compared_with": _range_shape(against) if against else None,
        "before": _shape(report.before) if report.before is not None else None,
        "deltas": [_delta_shape(delta) for delta in report.deltas],
    }


def _range_shape(asked: DateRange) -> dict[str, Any]:
    return {"from": asked.first, "to": asked.last}


def _delta_shape(delta: Delta) -> dict[str, Any]:
    return {
        "measure": delta.measure.value,
        "value": delta.value,
        "n": delta.n,
        "before": delta.before,
        "before_n": delta.before_n,
        "difference": delta.difference,
        "ratio": delta.ratio,
        "is_good": delta.is_good,
    }


def _shape(value: Any) -> Any:
    """A report's parts as plain values; lengths of time are named as seconds."""
    if isinstance(value, Times):
        return {
            "n": value.n,
            "mean_seconds": value.mean,
            "median_seconds": value.median,
            "p90_seconds": value.p90,
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _shape(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_shape(each) for each in value]
    return value
