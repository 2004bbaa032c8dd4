"""Reports as one HTML page to print: everything is in it, and nothing in it runs or is fetched."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sysmo_tui import spoken
from sysmo_tui.domain.measures import Report, Scope
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.i18n import _
from sysmo_tui.printed.sections import DRAWN
from sysmo_tui.widgets.definitions import days_belong_to, definitions, title
from sysmo_tui.widgets.words import said

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 60em;
  margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0 0 .2em; }
h2 { font-size: 1.2em; margin: 2em 0 .5em; border-bottom: 2px solid #1f4e79; padding-bottom: .2em; }
h3 { font-size: 1em; margin: 1.2em 0 .4em; }
p.asked, dl, footer { color: #4a545e; }
ul.changes { list-style: none; padding: 0; margin: 0 0 1em; }
.changes li { display: inline-block; margin-right: 2em; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25em .5em; border-bottom: 1px solid #d5dbe1; }
th { color: #4a545e; font-weight: 600; }
tfoot td { font-weight: 600; border-top: 2px solid #8a949e; }
.n { text-align: right; white-space: nowrap; }
th.n { white-space: normal; vertical-align: bottom; }
svg { max-width: 100%; height: auto; display: block; }
dt { font-weight: 600; } dd { margin: 0 0 .4em 1.2em; }
@page { margin: 15mm; }
@media print {
  body { max-width: none; margin: 0; font-size: 10pt; }
  table { font-size: 8.5pt; } th, td { padding: .12em .4em; }
  h2, h3, ul.changes, dt { break-after: avoid; } svg, tr, ul.changes { break-inside: avoid; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""


def page(asked: Sequence[tuple[ReportKind, Report[Any]]], *, desk: str, language: str) -> str:
    """The page of some reports of the same days, each behind its kind; in the current language."""
    (_kind, first), *_more = asked
    heading = _("Report of {desk}", desk=desk) if desk else _("Report")
    parts = [
        f'<!DOCTYPE html>\n<html lang="{html.escape(language, quote=True)}">\n'
        '<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(heading)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(heading)}</h1>\n<p class=asked>{html.escape(_asked(first))}</p>\n"
    ]
    for kind, report in asked:
        drawn = "\n".join(DRAWN[kind](report))
        parts.append(
            f"<section>\n<h2>{html.escape(title(kind))}</h2>\n{_changes(kind, report)}{drawn}\n</section>\n"
        )
    parts.append(f"{_meanings(first, [kind for kind, _report in asked])}</body>\n</html>\n")
    return "".join(parts)


def _days_text(days: DateRange) -> str:
    """The days of a report; one alone with its weekday."""
    if days.length == 1:
        return f"{spoken.weekday_names()[days.first.weekday()]} {spoken.date_text(days.first)}"
    return _("{first} to {last}", first=spoken.date_text(days.first), last=spoken.date_text(days.last))


def _asked(report: Report[Any]) -> str:
    parts = [_days_text(report.range)]
    if report.compared_with is not None:
        parts.append(_("compared with {days}", days=_days_text(report.compared_with)))
    parts.append(_("topic: {topic}", topic=report.topic or _("all")))
    if report.scope is Scope.OWN:
        parts.append(_("your own figures, your topics' volumes"))
    parts.append(_("as of {when}", when=spoken.long_moment(report.at, ZoneInfo(report.time_zone))))
    return " · ".join(parts)


def _changes(kind: ReportKind, report: Report[Any]) -> str:
    """How the headline changed, in words; the summary's table says it of every measure."""
    items = []
    for delta in report.deltas[:3] if kind is not ReportKind.SUMMARY else ():
        change = ", ".join(part for part in (spoken.change(delta), spoken.verdict(delta)) if part)
        value = spoken.figure(delta.measure, delta.value)
        text = f"{html.escape(said(delta.measure))}: <strong>{html.escape(value)}</strong>"
        items.append(f"<li>{text}{f' · {html.escape(change)}' if change else ''}</li>")
    return f"<ul class=changes>{''.join(items)}</ul>\n" if items else ""


def _meanings(report: Report[Any], kinds: Sequence[ReportKind]) -> str:
    pairs = "".join(
        f"<dt>{html.escape(term)}</dt><dd>{html.escape(meaning)}</dd>"
        for term, meaning in definitions(*kinds)
    )
    heading, zone = html.escape(_("What the figures mean")), html.escape(days_belong_to(report.time_zone))
    return f"<section>\n<h2>{heading}</h2>\n<p>{zone}</p>\n<dl>{pairs}</dl>\n</section>\n"
