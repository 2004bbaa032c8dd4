"""The lists of tickets."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.enums import Category, Level
from sysmo_tui.domain.views import TicketView
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import filing, reading, tickets
from sysmo_tui.services.filing import Filing
from tests.cast import Cast, Clock
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.services import requests as ask

HOSTILE = "[/b] [URGENT] [@click=app.quit]x[/] {0} %s"


def file_some(cast: Cast, *subjects: str, urgency: Level = Level.NORMAL) -> list[int]:
    customer = cast.customer("carla", company="ACME S.A.")
    return [
        customer.write(filing.file, Filing("general", subject, "It is broken.", urgency=urgency)).number
        for subject in subjects
    ]


def row_of(cast: Cast, number: int) -> TicketView:
    view = cast.admin().read(reading.show, number)
    assert isinstance(view, TicketView)
    return view


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_operator_sees_what_waits_and_the_keys_that_help(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    file_some(cast, "The printer is on fire", HOSTILE)
    app = stage(cast.operator())
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire", "My topics 2", "most urgent first")
        assert "[URGENT]" in seen(pilot)
        assert "enter Open  t Take  a Assign  r Reply  i Note  x Close" in seen(pilot)
        assert all(len(line) <= size[0] for line in seen(pilot).splitlines())


async def test_take_assign_and_release_are_one_key_each(stage: Stage, cast: Cast) -> None:
    (number,) = file_some(cast, "The printer is on fire")
    cast.operator("nora")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("t")
        await until_seen(pilot, "You have #1 now.", "In progress")
        await pilot.press("T")
        await until_seen(pilot, "#1 is nobody's now.")
        await until_seen(pilot, "t Take")
        await pilot.press("a")
        await until_seen(pilot, "Assign to", "nora@desk.example")
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: row_of(cast, number).row.assignee is not None)
    assignee = row_of(cast, number).row.assignee
    assert assignee is not None
    assert assignee.name == "Nora"


async def test_a_ticket_that_someone_else_took_is_refused_on_the_status_line(
    stage: Stage, cast: Cast
) -> None:
    (number,) = file_some(cast, "The printer is on fire")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        cast.operator("nora").write(tickets.take, number)
        await pilot.press("t")
        await until_seen(pilot, "! Nora already took #1.")


async def test_closing_what_was_never_answered_asks_for_a_reason(stage: Stage, cast: Cast) -> None:
    (number,) = file_some(cast, "The printer is on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("x")
        await until_seen(pilot, "how was it answered?", "solved elsewhere")
        await pilot.press("down", "enter")
        await until(pilot, lambda: row_of(cast, number).row.category is Category.CLOSED)
        await until_seen(pilot, "Closed #1.", "no open tickets")


async def test_rows_stay_in_place_and_news_are_only_counted(stage: Stage, cast: Cast, clock: Clock) -> None:
    file_some(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        clock.advance(minutes=1)
        file_some(cast, "The second", urgency=Level.HIGH)
        await until_seen(pilot, "1 new · ctrl+r", "My topics 2")
        assert "The second" not in seen(pilot)
        await pilot.press("ctrl+r")
        await until_seen(pilot, "The second")
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        row = screen.row()
        assert row is not None
        assert row.subject == "The first"


async def test_what_others_did_shows_in_its_row(stage: Stage, cast: Cast) -> None:
    (number,) = file_some(cast, "The first")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "New")
        cast.operator("nora").write(tickets.take, number)
        await until_seen(pilot, "In progress", "Nora")


async def test_the_search_narrows_names_problems_and_is_cleared_by_escape(stage: Stage, cast: Cast) -> None:
    file_some(cast, "The printer is on fire", "The screen flickers")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "printer", "flickers")
        await pilot.press("slash", *"flick*")
        await until(pilot, lambda: "printer" not in seen(pilot) and "flickers" in seen(pilot))
        await pilot.press(*" is:nonsense")
        await until_seen(pilot, "! “is:” does not know “nonsense”")
        await pilot.press("escape")
        await until_seen(pilot, "printer", "flickers")
        await pilot.press("f")
        await until_seen(pilot, "is:overdue", "topic:general")
        await pilot.press(*"overdue", "enter")
        await until_seen(pilot, "is:overdue", "Nothing matches. esc clears the search.")


async def test_the_next_page_comes_when_the_cursor_gets_there(stage: Stage, cast: Cast) -> None:
    file_some(cast, *(f"Request {n:03}" for n in range(70)))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Request 000", "50 of")
        await pilot.press("G")
        await until_seen(pilot, "70 of")
        await pilot.press("G")
        await until_seen(pilot, "Request 069")


async def test_tab_goes_to_the_next_unread_and_digits_to_the_lists(stage: Stage, cast: Cast) -> None:
    first, second, third = file_some(cast, "The first", "The second", "The third")
    luis = cast.operator("luis")
    ask.open_ticket(luis, second)
    luis.write(tickets.take, first)
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Assigned 1", "The first")
        await pilot.press("3")
        await until_seen(pilot, "The second", "The third")
        await pilot.press("tab")
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        row = screen.row()
        assert row is not None
        assert row.number == third
        await pilot.press("h", "h")
        await until(pilot, lambda: "The third" not in seen(pilot))


async def test_the_columns_give_way_to_the_subject(stage: Stage, cast: Cast) -> None:
    file_some(cast, "The printer is on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "ACME S.A.", "Age")
        await pilot.resize_terminal(70, 24)
        await until(pilot, lambda: "ACME S.A." not in seen(pilot) and "Age" in seen(pilot))
        await pilot.resize_terminal(62, 24)
        await until(pilot, lambda: "Age" not in seen(pilot))
        await pilot.resize_terminal(40, 20)
        await until_seen(pilot, "#1 · New", "The printer is on fire")
        await pilot.press("enter")
        await until_seen(pilot, "It is broken.")
        await pilot.resize_terminal(120, 40)
        await until_seen(pilot, "ACME S.A.")


async def test_the_preview_shows_the_ticket_under_the_cursor(stage: Stage, cast: Cast) -> None:
    file_some(cast, "The printer is on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "It is broken.", "#1  The printer is on fire")
        await pilot.press("z")
        await until(pilot, lambda: "It is broken." not in seen(pilot))


async def test_a_customer_has_one_list_and_files_by_keyboard(stage: Stage, cast: Cast) -> None:
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "You have created no tickets. c writes one.")
        assert "Unassigned" not in seen(pilot)
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "Subject", "Description")
        assert "For" not in seen(pilot)
        await pilot.press(*"The printer is on fire", "tab", *"Smoke comes out.", "ctrl+s")
        await until_seen(pilot, "Filed #1.", "The printer is on fire")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Smoke comes out.", "nobody has it yet")


async def test_leaving_is_offered_and_enter_does_not_do_it(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("q")
        await until_seen(pilot, "Leave Sysmo Tickets?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("q", "y")
        await until(pilot, lambda: app.return_code == 0)


async def test_news_that_come_before_a_screen_has_its_widgets_wait(stage: Stage, cast: Cast) -> None:
    file_some(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        file_some(cast, "The second")
        app.push_screen(InboxScreen())
        assert not app.screen.is_mounted
        app._wake_screens()
        await until_seen(pilot, "The first", "The second")
