"""What the section about time shows: in which status tickets spent it, and with whom."""

from __future__ import annotations

from sysmo_tui import spoken
from sysmo_tui.domain.measures import Report
from sysmo_tui.domain.report_parts import Figure
from sysmo_tui.domain.time_spent import HolderTime, StatusTime, TimeSpent
from sysmo_tui.drawn import bar
from sysmo_tui.i18n import _
from sysmo_tui.screens.report_cells import (
    NARROW,
    ROOMY,
    WIDE,
    behind,
    changes,
    count,
    pick,
    remark,
    share,
    time,
)
from sysmo_tui.services import report_frames, report_records
from sysmo_tui.widgets.charts import Cell, Head, Sheet
from sysmo_tui.widgets.figure_lines import Drawing
from sysmo_tui.widgets.words import row_name


def spent(report: Report[TimeSpent], width: int) -> Drawing:
    """Two lists that add up to the same time, with a bar of each part."""
    drawing = Drawing()
    drawing.add(changes(report, width))
    about = [_("From filing to the close, of what was closed on these days")]
    about += [spoken.left_out(report.now)] if report.now.older else []
    drawing.add([line for each in about for line in remark(each, width)])
    rows: list[tuple[Cell, ...]] = []
    for at, (group, title) in enumerate((("status", _("In status")), ("person", _("With")))):
        rows += [_NOTHING] if at else []
        rows.append((Cell(title, "$quiet"), *_NOTHING[1:]))
        pairs = [(now, before) for by, now, before in report_records.time_spent(report) if by == group]
        most = max((now.share or 0 for now, _before in pairs), default=0)
        rows += [_cells(now, before, most, 12 if width >= WIDE else 8) for now, before in pairs]
    drawing.gap()
    whole = () if report.now.older else behind(Figure.RESOLVED, report.now.total.n)
    picks = [*(None for _row in rows), None, pick(_(report_frames.TOTAL_ROW), whole)]
    drawing.add(Sheet(_heads(), tuple(rows), _total(report.now)).lines(width), picks, first=1)
    return drawing


_NOTHING = (Cell(""),) * 9


def _heads() -> tuple[Head, ...]:
    return (
        Head("", is_number=False, grows=True),
        Head(_("Time")),
        Head(_("Share")),
        Head(_("Before"), from_width=ROOMY),
        Head("", is_number=False, from_width=NARROW),
        Head(_("of n")),
        Head(_("Average"), from_width=NARROW),
        Head(_("Median"), from_width=ROOMY),
        Head(_("Of it paused"), from_width=WIDE),
    )


def _cells(
    row: StatusTime | HolderTime, before: StatusTime | HolderTime | None, most: float, cells: int
) -> tuple[Cell, ...]:
    return (
        Cell(f"  {row_name(row)}"),
        time(row.total_seconds),
        share(row.share),
        share(before.share if before else None),
        Cell(bar(row.share or 0, most, cells), "$primary"),
        count(row.times.n),
        time(row.times.mean),
        time(row.times.median),
        time(row.paused_seconds) if isinstance(row, HolderTime) else Cell(""),
    )


def _total(body: TimeSpent) -> tuple[Cell, ...]:
    return (
        Cell(_(report_frames.TOTAL_ROW)),
        time(body.total_seconds),
        share(1 if body.total_seconds else None),
        Cell(""),
        Cell(""),
        count(body.total.n),
        time(body.total.mean),
        time(body.total.median),
        time(sum(each.paused_seconds for each in body.by_person)),
    )
