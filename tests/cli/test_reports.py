from __future__ import annotations

import csv
import io

import pytest

from sysmo_tui.services import closing, filing, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.bars import bar
from tests.cli.conftest import Office

KINDS = ("summary", "team", "volume", "resolution", "response", "backlog", "topics")


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
