from __future__ import annotations

import csv
import io
import re

import pytest

from sysmo_tui.services import closing, filing, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.bars import bar
from tests.cli.conftest import Office

KINDS = ("summary", "team", "volume", "resolution", "response", "backlog", "topics", "satisfaction")


@pytest.fixture
def busy(small_office: Office) -> Office:
    """An office with a closed and an open ticket of today."""
    cast = small_office.cast
    cast.topic("=Taxes")
    customer, operator = cast.customer(), cast.operator("luis", ["general", "taxes"])
    for topic in ("general", "taxes"):
        number = customer.write(filing.file, Filing(topic, "Printer", "It burns.")).number
    operator.write(thread.reply, number, Outgoing("Done."))
    operator.write(closing.close, number)
    return small_office


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_a_list_a_document_and_a_sheet(busy: Office, kind: str) -> None:
    admin = busy.admin
    assert admin.ok("report", kind, "--range", "today").out.strip()
    document = admin.ok("report", kind, "--range", "today", "--compare", "year", "--json").json
    assert document["report"] == kind
    assert document["range"]["from"] == document["range"]["to"]
    assert document["compared_with"]["to"] < document["range"]["from"]
    assert document["deltas"]
    sheet = list(csv.DictReader(io.StringIO(admin.ok("report", kind, "--range", "today", "--csv").out)))
    assert sheet


def test_the_summary_needs_no_name(busy: Office) -> None:
    summary = busy.admin.ok("report", "--json").json
    assert (summary["received"], summary["closed"], summary["backlog"]) == (2, 1, 1)
    assert summary["resolution"]["n"] == 1


def test_resolved_per_user_and_closed_per_day_agree(busy: Office) -> None:
    team = busy.admin.ok("report", "team", "--json").json
    volume = busy.admin.ok("report", "volume", "--json").json
    assert sum(row["resolved"] for row in team["rows"]) == sum(day["closed"] for day in volume["days"]) == 1


def test_a_topic_named_like_a_formula_is_no_formula_in_a_sheet(busy: Office) -> None:
    sheet = busy.admin.ok("report", "topics", "--csv").out
    assert "'=Taxes" in sheet


def test_roles_and_mistakes_have_their_exit_codes(busy: Office) -> None:
    assert busy.customer("report").code == 5
    assert busy.operator.ok("report", "team", "--json").json["scope"] == "own"
    assert busy.admin("report", "gossip").code == 2
    assert busy.admin("report", "--range", "someday").code == 2
    assert busy.admin("report", "--topic", "gardening").code == 2


def test_bars_are_to_scale() -> None:
    assert [len(bar(value, 24, 24)) for value in (0, 12, 24)] == [0, 12, 24]
    assert bar(1, 1000, 24) == "▏"
    assert bar(1, 1000, 24, has_blocks=False) == "#"
    assert bar(0, 0, 24) == ""


@pytest.mark.parametrize("compare", ["previous", "year", "2026-01-01..2026-01-09"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_report_fits_a_terminal_with_what_it_is_compared_with(
    busy: Office, kind: str, compare: str
) -> None:
    words = ("report", kind, "--range", "this-week", "--compare", compare)
    ran = busy.admin.on_a_terminal(*words, COLUMNS="80")
    assert ran.code == 0, ran
    assert "compared with" in ran.out
    assert "Before" in ran.out
    assert "of n" in ran.out
    shown = re.sub(r"\x1b\[[0-9;]*m", "", ran.out)
    assert all(len(line) <= 80 for line in shown.splitlines()[1:]), shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_comparison_reaches_pipes_and_sheets(busy: Office, kind: str) -> None:
    words = ("report", kind, "--range", "today")
    alone, beside = (busy.admin.ok(*words, *more) for more in ((), ("--compare", "previous")))
    before, after = ({line.count("\t") for line in ran.out.splitlines()} for ran in (alone, beside))
    assert max(after) > max(before)
    sheets = [
        list(csv.reader(io.StringIO(busy.admin.ok(*words, "--csv", *more).out)))
        for more in ((), ("--compare", "previous"))
    ]
    assert sheets[0][0] == sheets[1][0], "the columns are always the same"
    compared = [at for at, name in enumerate(sheets[0][0]) if name.startswith("before")]
    assert not any(row[at] for row in sheets[0][1:] for at in compared)
    assert any(row[at] for row in sheets[1][1:] for at in compared)
    assert not any("Total" in row for row in sheets[1])


def test_figures_come_with_their_number_of_cases(busy: Office) -> None:
    def rows(kind: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(busy.admin.ok("report", kind, "--csv").out)))

    summary = {row["measure"]: row for row in rows("summary")}
    assert (summary["resolution_median"]["n"], summary["reopen_rate"]["n"]) == ("1", "1")
    assert summary["received"]["n"] == ""
    [luis] = [row for row in rows("team") if row["name"] == "Luis"]
    assert (luis["resolution_n"], luis["response_n"]) == ("1", "1")
    ages = [row for row in rows("backlog") if row["by"] == "age"]
    assert [(row["age_from_days"], row["age_to_days"]) for row in ages] == [
        *(("0", "1"), ("1", "3"), ("3", "7"), ("7", "30"), ("30", "")),
    ]
    assert [row["open"] for row in ages] == ["1", "0", "0", "0", "0"]
    assert "up to 1 day\t1" in busy.admin.ok("report", "backlog").out


def test_columns_are_not_translated(busy: Office) -> None:
    words = ("report", "team", "--csv")
    english, spanish = (busy.admin.ok(*words, SYSMO_LANG=lang).out for lang in ("en", "es"))
    assert english == spanish
    assert "customer,,Closed by the customer," in spanish
