from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from sysmo_tui.drawn import bar
from sysmo_tui.services import closing, filing, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cli.conftest import Office

DATED = (
    *("summary", "team", "volume", "resolution", "response"),
    *("backlog", "topics", "satisfaction", "hours", "time"),
)


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


@pytest.mark.parametrize("kind", DATED)
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
@pytest.mark.parametrize("kind", DATED)
def test_every_report_fits_a_terminal_with_what_it_is_compared_with(
    busy: Office, kind: str, compare: str
) -> None:
    words = ("report", kind, "--range", "this-week", "--compare", compare)
    in_spanish = busy.admin.on_a_terminal(*words, COLUMNS="80", SYSMO_LANG="es")
    assert "…" not in in_spanish.out, in_spanish.out
    ran = busy.admin.on_a_terminal(*words, COLUMNS="80")
    assert ran.code == 0, ran
    assert "…" not in ran.out, ran.out
    assert "compared with" in ran.out
    assert "Before" in ran.out
    assert "of n" in ran.out
    shown = re.sub(r"\x1b\[[0-9;]*m", "", ran.out)
    assert all(len(line) <= 80 for line in shown.splitlines()[1:]), shown


@pytest.mark.parametrize("kind", DATED)
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


def test_what_was_before_is_told_apart_where_a_report_is_spoken(busy: Office) -> None:
    words = ("--range", "today", "--compare", "previous", "--spoken")
    assert "Resolved before: 0" in busy.admin.ok("report", "team", *words).out
    [hour] = busy.admin.ok("report", "hours", *words).out.splitlines()
    assert "Received: 2; Closed: 1; Received before: 0" in hour
    assert "; very dissatisfied: 0; dissatisfied: 0; " in busy.admin.ok("report", "satisfaction", *words).out


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
    assert "customer,,The customer," in spanish


def test_the_workload_is_of_now(busy: Office) -> None:
    document = busy.admin.ok("report", "workload", "--json").json
    assert [(row["name"], row["open"], row["load"]) for row in document["rows"]] == [("Unassigned", 1, 1.0)]
    assert (document["total"]["open"], document["before"], document["deltas"]) == (1, None, [])
    [row] = csv.DictReader(io.StringIO(busy.admin.ok("report", "workload", "--csv").out))
    assert (row["open_0_to_1_days"], row["load_0_to_1_days"], row["open_over_30_days"]) == ("1", "1.0", "0")
    for more in (["--range", "today"], ["--compare", "year"], ["--tickets", "received"]):
        assert busy.admin("report", "workload", *more).code == 2
    shown = busy.admin.on_a_terminal("report", "workload", COLUMNS="80").out
    assert "Unassigned" in shown
    assert "█" in shown


def test_hours_are_shades_on_a_terminal_and_rows_elsewhere(busy: Office) -> None:
    shown = busy.admin.on_a_terminal("report", "hours", "--range", "today", COLUMNS="80").out
    assert "Received: 2" in shown
    assert "██" in shown
    assert all(name in shown for name in ("Mon", "Sun", "· 0"))
    rows = list(
        csv.DictReader(io.StringIO(busy.admin.ok("report", "hours", "--range", "today", "--csv").out))
    )
    assert len(rows) == 7 * 24
    assert {name: sum(int(row[name]) for row in rows) for name in ("received", "closed")} == {
        "received": 2,
        "closed": 1,
    }
    assert [(rows[0][name], rows[-1][name]) for name in ("weekday", "hour")] == [("1", "7"), ("0", "23")]


def test_the_tickets_behind_a_figure_are_listed(busy: Office) -> None:
    admin = busy.admin
    summary = admin.ok("report", "--json").json
    for figure, count in (("received", 2), ("closed", 1), ("resolved", 1), ("answered", 1), ("open-now", 1)):
        found = admin.ok("report", "--tickets", figure, "--json").json
        assert (found["total"], len(found["items"]), found["hidden"]) == (count, count, 0), figure
    assert summary["received"] == 2
    [closed] = admin.ok("report", "--tickets", "closed", "--json").json["items"]
    assert (closed["number"], closed["seconds"], closed["status"]) == (2, None, "Closed")
    luis = ("--operator", "luis@desk.example")
    assert "#2\t" in admin.ok("report", "team", "--tickets", "resolved", *luis).out
    assert admin.ok("report", "--tickets", "closed", "--operator", "customer").out == ""
    assert "#1\t" in admin.ok("report", "--tickets", "open-now", "--operator", "nobody", "--age", "0-1").out
    assert "#2\t" in admin.ok("report", "--tickets", "received", "--topic", "taxes").out
    first = admin.ok("report", "--tickets", "received", "--limit", "1", "--json").json
    second = admin.ok("report", "--tickets", "received", "--after", first["next"], "--json").json
    assert [first["items"][0]["number"], second["items"][0]["number"]] == [2, 1]
    assert second["next"] is None
    sheet = list(csv.DictReader(io.StringIO(admin.ok("report", "--tickets", "resolved", "--csv").out)))
    assert (sheet[0]["number"], sheet[0]["assignee_name"]) == ("2", "Luis")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--tickets gossip", 2),
        ("--operator me", 2),
        ("--tickets closed --age 0-1", 2),
        ("--tickets closed --hour 24", 2),
        ("--tickets closed --weekday lunes", 2),
        ("--tickets answered --operator customer", 2),
        ("--tickets received --operator nobody", 2),
        ("--tickets closed --operator who@where.example", 4),
        ("--tickets closed --after nonsense", 2),
        ("--tickets closed --compare year", 2),
    ],
)
def test_what_cannot_be_behind_a_figure_is_refused_in_one_line(busy: Office, line: str, code: int) -> None:
    ran = busy.admin("report", *line.split())
    assert (ran.code, ran.out) == (code, "")
    assert len(ran.err.strip().splitlines()) == 1


def test_a_page_to_print_is_written_once_and_recorded(busy: Office, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert busy.admin.ok("report", "--range", "today", "--html", str(target)).out.strip() == str(target)
    text = target.read_text()
    assert text.count("<h2>") == len(DATED) + 2
    assert target.stat().st_mode & 0o077 == 0
    assert busy.admin("report", "--html", str(target)).code == 6
    assert target.read_text() == text
    one = busy.admin.ok("report", "workload", "--html", "-").out
    assert one.startswith("<!DOCTYPE html>")
    assert one.count("<h2>") == 2
    exported = busy.admin.ok("audit", "list", "--json").json["items"]
    told = [line["detail"]["what"] for line in exported if line["kind"] == "exported"]
    assert told[:2] == ["report workload", "report all"]


def test_what_the_figures_mean_is_told_without_figures(busy: Office) -> None:
    said = busy.admin.ok("report", "team", "--definitions").out
    assert "Resolved:" in said
    assert "America/Argentina/Buenos_Aires" in said
    document = busy.admin.ok("report", "--definitions", "--json").json
    assert {"figure", "meaning"} == set(document["items"][0])
    assert document["time_zone"] == "America/Argentina/Buenos_Aires"
    assert busy.customer("report", "--definitions").code == 5
