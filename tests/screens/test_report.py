"""Reports on screens."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sysmo_tui.domain.enums import AuditKind, Level, Measure
from sysmo_tui.domain.measures import Delta
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.sheets import comma_separated
from sysmo_tui.domain.text import cell_width
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.report import ReportScreen
from sysmo_tui.screens.report_cells import difference
from sysmo_tui.screens.report_sections import DRAWN
from sysmo_tui.screens.report_tickets import BehindScreen
from sysmo_tui.services import (
    audit,
    closing,
    filing,
    ratings,
    report_records,
    report_tickets,
    reports,
    tickets,
    whole_report,
)
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.screens.conftest import Stage, seen, until, until_seen

SIZE = (80, 24)


@pytest.fixture
def worked(cast: Cast, clock: Clock) -> Cast:
    """A desk on which two operators closed three tickets, and one is open."""
    cast.operator("luis")
    cast.operator("sofia")
    cast.customer("carla")
    for name in ("luis", "luis", "sofia", ""):
        filing_ = Filing(topic="general", subject="It smokes", body="A lot", urgency=Level.NORMAL)
        number = cast.sign_in("carla").write(filing.file, filing_).number
        if name:
            door = cast.sign_in(name)
            door.write(tickets.take, number)
            clock.advance(hours=2)
            door.write(closing.close, number, message=Outgoing(body="Done", seen=None))
    return cast


async def open_report(pilot: Pilot[Any], *texts: str) -> ReportScreen:
    """Open the reports once someone came in."""
    await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))
    screen = ReportScreen()
    pilot.app.push_screen(screen)
    await until_seen(pilot, "as of", *texts)
    return screen


async def test_every_section_answers_at_80_by_24(stage: Stage, worked: Cast) -> None:
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot, "Received", "Resolution, average", "2h")
        for key, texts in (
            ("2", ("Luis", "Sofia", "Total", "Resolved by", "██")),
            ("3", ("Received: 4", "Closed: 3", "2026-03-04")),
            ("4", ("operator", "General", "2h")),
            ("5", ("of n", "Total")),
            ("6", ("Open at the end of each day, 1 now", "up to 1 day")),
            ("7", ("General", "Open now")),
            ("8", ("8 Satisfaction", "Satisfied", "Rated")),
            ("9", ("now", "Load", "Unassigned", "Total")),
            ("0", ("Received: 4", "Mon", "██", "Closed: 3")),
            ("tab", ("  Time", "In status", "With", "Sofia", "33%", "Total")),
            ("1", ("Measure", "Before")),
        ):
            await pilot.press(key)
            await until_seen(pilot, *texts)
        assert "? Help" in seen(pilot)


async def test_a_headline_and_how_it_changed_are_told_apart(stage: Stage, worked: Cast) -> None:
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot, "Received")
        await pilot.press("3")
        await until_seen(pilot, "Received 4 · 4 more")


@pytest.mark.parametrize(
    ("measure", "value", "before", "text"),
    [
        (Measure.SATISFACTION, 0.5, 0.79, "−29 pts"),
        (Measure.SATISFACTION, 0.33, 0.0, "+33 pts"),
        (Measure.RATING_RATE, 0.341, 0.342, "−0.1 pts"),
        (Measure.RECEIVED, 12, 8, "+4 (+50%)"),
        (Measure.RECEIVED, 4, 0, "new"),
        (Measure.RECEIVED, 4, 4, "="),
        (Measure.RECEIVED, None, 4, "—"),
    ],
)
def test_shares_differ_by_points_and_counts_by_a_share(
    measure: Measure, value: float | None, before: float | None, text: str
) -> None:
    assert difference(Delta(measure, value, before)) == text


async def test_sections_follow_each_other_by_tab_and_by_mouse(stage: Stage, worked: Cast) -> None:
    app = stage(worked.sign_in("luis"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await open_report(pilot)
        await pilot.press("tab")
        await until_seen(pilot, "Resolved by")
        await pilot.press("h")
        await until_seen(pilot, "Measure")
        await pilot.click("#sections", offset=(24, 0))
        await until_seen(pilot, "Received: 4")


async def test_an_operator_sees_own_figures_and_the_volumes_of_own_topics(stage: Stage, worked: Cast) -> None:
    app = stage(worked.sign_in("luis"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot, "own figures")
        await pilot.press("2")
        await until_seen(pilot, "Luis", "Total")
        assert "Sofia" not in seen(pilot)
        await pilot.press("7")
        await until_seen(pilot, "General")
        await pilot.resize_terminal(40, 20)
        await until_seen(pilot, " topic: all  ", "18:00 · own figures, topics' volumes")


async def test_days_comparison_and_topic_are_chosen(stage: Stage, worked: Cast) -> None:
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = await open_report(pilot, "2026-02-03 → 2026-03-04")
        await pilot.press("d", *"this month", "enter")
        await until_seen(pilot, "2026-03-01 → 2026-03-04", "against 2026-02-25 → 2026-02-28")
        await pilot.press("c", "down", "enter")
        await until_seen(pilot, "against 2025-03-01")
        await pilot.press("d", *"from", "enter")
        await until_seen(pilot, "WHICH DAYS?", "2026-03-01")
        app.screen.form.field("first").value = "never"
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! “never” is not a date")
        app.screen.form.field("first").value = "2026-03-02"
        app.screen.form.field("last").value = "2026-03-01"
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! The range ends before it begins")
        app.screen.form.field("last").value = "today"
        await pilot.press("ctrl+s")
        await until_seen(pilot, "2026-03-02 → 2026-03-04")
        await pilot.press("t", "2")
        await until_seen(pilot, "topic: General")
        await pilot.press("c")
        await until_seen(pilot, "Compare with")
        await pilot.press("up", "up", "enter")
        await until(pilot, lambda: screen._ask.compare is None)
        await until_seen(pilot, "compared with nothing")


def exports(cast: Cast) -> list[str]:
    return [line.detail["what"] for line in cast.admin().read(audit.page, kind=AuditKind.EXPORTED).items]


async def test_what_is_shown_is_saved_as_csv_once(
    stage: Stage, worked: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot)
        await pilot.press("2")
        await until_seen(pilot, "Luis")
        await save_as(pilot, "down", "down")
        await until(pilot, lambda: list(tmp_path.glob("*.csv")))
        [path] = tmp_path.glob("*.csv")
        await until(pilot, lambda: "automatic" in path.read_text())
        report = worked.sign_in("mara").read(reports.team, reports.Ask(compare="previous"))
        records = report_records.of("team", report)
        assert path.read_text() == comma_separated(records.names, records.rows)
        rows = list(csv.DictReader(path.read_text().splitlines()))
        assert (rows[0]["closer"], rows[0]["name"]) == ("operator", "Luis")
        assert (rows[0]["resolved"], rows[0]["resolution_mean_seconds"]) == ("2", "7200")
        assert path.stat().st_mode & 0o077 == 0
        await until_seen(pilot, "Saved:")
        await until(pilot, lambda: exports(worked) == ["report team"])
        await save_as(pilot, "down", "down")
        await until_seen(pilot, "! There is a file")
        await pilot.press("y")
        assert "Luis" in app.clipboard


async def save_as(pilot: Pilot[Any], *moves: str) -> None:
    """Choose a form, and take the name that is offered."""
    await pilot.press("x")
    await until_seen(pilot, "Save as", "HTML", "JSON")
    await pilot.press(*moves, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
    await pilot.press("enter")


async def test_all_sections_are_saved_as_one_page_to_print_and_one_as_json(
    stage: Stage, worked: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot)
        await save_as(pilot)
        await until(pilot, lambda: exports(worked) == ["report all"])
        [path] = tmp_path.glob("*.html")
        assert path.read_text().count("<section>") == len(ReportKind) + 1
        await save_as(pilot, "down", "down", "down")
        await until(pilot, lambda: exports(worked) == ["report summary", "report all"])
        [path] = tmp_path.glob("*.json")
        assert json.loads(path.read_text())["received"] == 4


async def test_a_subject_that_the_list_behind_a_figure_cuts_is_whole_at_the_bottom(
    stage: Stage, cast: Cast
) -> None:
    subject = "The printer of the second floor smokes whenever somebody prints in colour"
    cast.customer("carla").write(filing.file, Filing("general", subject, "A lot"))
    app = stage(cast.manager())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot, "› Received")
        await pilot.press("enter")
        await until_seen(pilot, "1 ticket", subject, "Customer Carla")


async def test_enter_lists_the_tickets_behind_a_figure_and_opens_one(stage: Stage, worked: Cast) -> None:
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = await open_report(pilot, "Received")
        assert "› Received" in seen(pilot)
        await pilot.press("2")
        await until_seen(pilot, "› Luis")
        await pilot.press("j")
        assert "› Sofia" in seen(pilot)
        await pilot.press("k", "enter")
        await until_seen(pilot, "Resolved", "2 tickets", "First answered")
        await pilot.press("enter")
        await until_seen(pilot, "LUIS · RESOLVED", "#1", "#2", "It smokes", "2h", "2 tickets")
        assert "#3" not in seen(pilot)
        await pilot.press("y")
        assert app.clipboard == (
            "sysmo report team --tickets resolved --range 2026-02-03..2026-03-04 --operator luis@desk.example"
        )
        assert isinstance(app.screen, BehindScreen)
        oldest = app.screen.table.items[-1].ticket
        await pilot.press("j", "enter")
        await until_seen(pilot, f"‹ #{oldest.number}", "2 of 2")
        await pilot.press("escape")
        await until_seen(pilot, "LUIS · RESOLVED")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert "› Luis" in seen(pilot)


@pytest.mark.parametrize("who", ["mara", "luis"])
async def test_every_figure_that_can_be_picked_counts_what_is_behind_it(
    stage: Stage, worked: Cast, who: str
) -> None:
    worked.manager()
    worked.sign_in("carla").write(ratings.rate, 3, 5)
    door, ask = worked.sign_in(who), reports.Ask(compare="previous")
    app = stage(door)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await open_report(pilot)
        for name in ReportKind:
            report = door.read(whole_report.USE_CASES[name], ask)
            for width in (36, 57, 77, 97, 107, 117):
                drawing = DRAWN[name](report, width)
                assert all(cell_width(line.plain.rstrip()) <= width for line in drawing.lines), name
                assert width == 36 or not any("…" in line.plain for line in drawing.lines), name
                assert drawing.picks, name
                assert all(0 <= place < len(drawing.lines) for place in drawing.picks)
                figures = [(pick.name, each) for pick in drawing.picks.values() for each in pick.figures]
                for of, figure in figures if width == 77 else ():
                    found = door.read(report_tickets.behind, ask, figure.part, limit=1)
                    assert found.page.total == figure.count, (name, of, figure)


async def test_a_figure_is_picked_and_looked_behind_by_mouse(stage: Stage, worked: Cast) -> None:
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = await open_report(pilot)
        await pilot.press("7")
        await until_seen(pilot, "› General")
        [place, *_more] = sorted(screen.figures.drawing.picks)
        await pilot.click(screen.figures, offset=(4, place))
        await until_seen(pilot, "Received", "4 tickets", "Open now", "1 ticket")


async def test_what_the_figures_mean_and_by_whose_clock_is_one_key_away(stage: Stage, worked: Cast) -> None:
    worked.manager()
    app = stage(worked.sign_in("mara"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot)
        await pilot.press("4", "question_mark")
        await until_seen(
            pilot, "What the figures mean", "America/Argentina/Buenos_Aires", "From filing to the close"
        )
        await pilot.press("escape")
        await until_seen(pilot, "4 Resolution")


async def test_a_shared_account_saves_no_files(stage: Stage, worked: Cast) -> None:
    app = stage(worked.sign_in("luis"))
    app.is_kiosk = True
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await open_report(pilot)
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, ReportScreen)
        assert "Export" not in seen(pilot)


async def test_the_figures_are_those_of_the_service(stage: Stage, worked: Cast) -> None:
    worked.manager()
    door = worked.sign_in("mara")
    team = door.read(reports.team, reports.Ask(compare="previous")).now
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = await open_report(pilot)
        await pilot.press("2")
        await until_seen(pilot, "Luis")
        [total] = [line for line in seen(pilot).splitlines() if "Total" in line]
        assert total.split()[1] == str(team.total.resolved) == "3"
        assert [row[3] for row in screen._records.rows] == [row.resolved for row in team.rows]


async def test_a_customer_has_no_reports(stage: Stage, cast: Cast) -> None:
    app = stage(cast.customer())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert not app.is_place("reports")
