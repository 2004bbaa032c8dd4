"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.sheets import cell, comma_separated, tab_separated


@given(st.text(max_size=40))
def test_no_spreadsheet_takes_a_name_for_a_formula(name: str) -> None:
    for formula in (name, f"={name}", f"+{name}", f"@{name}", f"-{name}"):
        written = comma_separated(["operator", "resolved"], [[formula, -3]])
        [heads, row] = list(csv.reader(io.StringIO(written, newline="")))
        assert heads == ["operator", "resolved"]
        assert not row[0].startswith(("=", "+", "@"))
        assert row[1] == "-3"


def test_an_empty_table_has_its_columns() -> None:
    assert comma_separated(["number", "subject"], []) == "number,subject\n"


def test_values_are_the_same_in_every_language() -> None:
    moment = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
    assert [cell(each) for each in (None, True, moment, date(2026, 3, 4), 2.5)] == [
        *("", "true", "2026-03-04T15:00:00Z", "2026-03-04", 2.5),
    ]
    assert cell(["a", {"name": "b"}]) == "a, b"
    assert cell({"status": ["New", "Open"]}) == '{"status": ["New", "Open"]}'


def test_what_is_pasted_keeps_to_its_cells() -> None:
    assert tab_separated(["a", "b"], [["x\ty\nz", None]]).splitlines()[1].count("\t") == 1
