"""Tables for spreadsheets and scripts: the same values whoever writes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from sysmo_tui.domain.text import clean, clean_line, csv_cell


def stamp(moment: datetime) -> str:
    """A moment as scripts read it: ISO 8601 in UTC, ending in Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: object) -> object:
    """What JSON has no kind of its own for."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def cell(value: object) -> object:
    """A value as it stands in a cell; no spreadsheet takes its text for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return plain(value)
    if isinstance(value, Mapping):
        value = json.dumps(value, default=plain, ensure_ascii=False) if value else ""
    elif isinstance(value, list | tuple):
        value = ", ".join(str(v.get("name", v) if isinstance(v, Mapping) else v) for v in value)
    return csv_cell(clean(value)) if isinstance(value, str) else value


def comma_separated(names: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as CSV: a line of names, then one for each row."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([cell(value) for value in row] for row in rows)
    return target.getvalue()


def tab_separated(names: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table with tabs between its cells, as spreadsheets paste it."""
    lines = [names, *([clean_line(str(cell(value))) for value in row] for row in rows)]
    return "\n".join("\t".join(line) for line in lines)
