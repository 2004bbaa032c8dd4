"""Reports on paper: one page without anything that runs, is fetched, or was typed by a stranger as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui import i18n
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.printed import svg
from sysmo_tui.printed.page import page
from sysmo_tui.services import filing, reports, thread, whole_report
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock

EVIL = '<script>alert("x")</script><img src=//evil.example>'
EMPTY = frozenset({"meta", "rect", "line", "polyline"})


class Tags(HTMLParser):
    """Every tag and attribute of a page; refuses what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.values: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _value in attrs}
        self.values += [value or "" for _name, value in attrs]
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """A desk in a file: what is tested here is the same on every database."""
    return sqlite_store


@pytest.fixture
def whole(cast: Cast, clock: Clock) -> whole_report.Whole:
    """Every report of a desk where names and topics are HTML."""
    cast.topic(EVIL)
    cast.operator(EVIL)
    carla = cast.customer()
    for _ in range(3):
        number = carla.write(filing.file, Filing("general", "Printer", "It burns.")).number
    clock.advance(hours=2)
    cast.sign_in(EVIL).write(thread.reply, number, Outgoing("Better?", closes=True))
    return cast.manager().read(whole_report.read, Ask(range="this-week", compare="previous"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_has_every_report_and_nothing_that_runs_or_is_fetched(
    whole: whole_report.Whole, language: str
) -> None:
    with i18n.speaking(language):
        text = page(whole.parts, desk=whole.desk, language=language)
    tags = Tags(text)
    assert not {"script", "img", "link", "iframe", "a", "object", "form"} & set(tags.tags)
    assert not {name for name in tags.names if name.startswith("on") or name in ("href", "src", "style")}
    assert not [value for value in tags.values if "://" in value and "www.w3.org" not in value]
    assert "url(" not in text
    assert "@import" not in text
    assert "&lt;script&gt;alert(&quot;" in text.lower()
    assert "@media print" in text
    assert f'<html lang="{language}">' in text
    assert tags.tags.count("h2") == len(ReportKind) + 1
    for found in re.findall(r"(?s)<svg.*?</svg>", text):
        assert ElementTree.fromstring(found).get("role") == "img"


def test_the_figures_of_a_page_are_those_of_the_reports(whole: whole_report.Whole, cast: Cast) -> None:
    text = page(whole.parts, desk="", language="en")
    team = cast.manager().read(reports.team, Ask(range="this-week", compare="previous")).now
    assert (team.total.resolved, "Received: 3" in text, "Closed: 1" in text) == (1, True, True)
    cells = re.findall(r"<tfoot><tr><td>Total</td><td class=n>(.*?)</td>", text)
    assert cells[0] == "1"
    assert "America/Argentina/Buenos_Aires" in text


def test_other_days_have_columns_only_where_there_are_any(whole: whole_report.Whole, cast: Cast) -> None:
    alone = cast.manager("nora").read(whole_report.read, Ask(range="this-week"))
    compared = page(whole.parts, desk="", language="en")
    assert compared.count("<th class=n>Before</th>") == 5
    assert "Before" not in page(alone.parts, desk="", language="en")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=40), st.integers(0, 10**6)), max_size=12),
    st.lists(st.integers(0, 10**6), max_size=40),
)
def test_every_chart_is_xml_within_its_box(rows: list[tuple[str, int]], values: list[int]) -> None:
    printable = [(re.sub(r"[^\x20-\ud7ff]", "", label), value, str(value)) for label, value in rows]
    labels = [str(at) for at in range(len(values))]
    for text in (
        svg.bars("Bars", printable),
        svg.columns("Columns", values, labels, most=max(values, default=0)),
        svg.lines("Lines", values, values[::-1], labels, ("now", "before")),
        svg.heat("Heat", [(values + [0] * 24)[:24]], ["Mon"]),
    ):
        tree = ElementTree.fromstring(text)
        for rect in tree.iter("{http://www.w3.org/2000/svg}rect"):
            assert float(rect.get("height", "")) >= 0
            assert 0 <= float(rect.get("x", "")) + float(rect.get("width", "")) <= svg.WIDTH + 1
