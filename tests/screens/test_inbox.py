"""The lists of tickets."""

from __future__ import annotations

import pytest

from sysmo_tui import themes
from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Work
from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.enums import Category, CloseReason, Level, TicketField
from sysmo_tui.domain.views import TicketView
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.settings import SettingsScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import closing, desk_settings, editing, filing, reading, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Store
from sysmo_tui.widgets.ticket_table import TicketTable
from tests.cast import Cast, Clock
from tests.screens.conftest import Kept, Stage, mailing, seen, until, until_seen
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
        await until_seen(pilot, "enter Open  t Take  a Assign  r Reply  i Note  x Close")
        assert all(len(line) <= size[0] for line in seen(pilot).splitlines())


async def test_take_assign_and_release_are_one_key_each(stage: Stage, cast: Cast) -> None:
    (number,) = file_some(cast, "The printer is on fire")
    cast.operator("nora")
    cast.operator("berta", topics=())
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press(".")
        await until_seen(pilot, "– You did nothing yet that could be done again.")
        await pilot.press("t")
        await until_seen(pilot, "You have #1 now.", "In progress")
        await until(pilot, lambda: "t Take" not in seen(pilot))
        await pilot.press("t")
        await until_seen(pilot, "– You have #1 already.")
        await pilot.press("T")
        await until_seen(pilot, "#1 is nobody's now.")
        await until_seen(pilot, "t Take")
        await pilot.press("T")
        await until_seen(pilot, "– Nobody has #1.")
        await pilot.press("X")
        await until_seen(pilot, "– #1 is not closed.")
        await pilot.press("a")
        await until_seen(pilot, "Assign #1 to", "nora@desk.example")
        listed = [line for line in seen(pilot).splitlines() if "@desk.example" in line or " me " in line]
        assert [line.split("│")[1].split()[0] for line in listed] == ["me", "Ada", "Nora", "Berta"]
        await pilot.press("down", "down", "enter")
        await until_seen(pilot, "Assigned #1 to Nora.")
        await pilot.press("a", "n", "o", "r", "enter")
        await until_seen(pilot, "– Nothing to change in #1.")
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
        await until_seen(pilot, "“is:” does not know “nonsense”")
        await pilot.press("escape")
        await until_seen(pilot, "printer", "flickers")
        found = app.screen.query_one(TicketTable).current
        assert found is not None
        assert found.subject == "The screen flickers"
        await pilot.press("slash", *"nowhere")
        await until_seen(pilot, "Nothing matches.")
        await pilot.press("escape")
        await until_seen(pilot, "printer", "flickers")
        assert app.screen.query_one(TicketTable).current == found
        await pilot.press("f")
        await until_seen(pilot, "Phase", "Assignee", "[ ] not closed")
        await pilot.press("j", "right", "j", "space")
        await until_seen(pilot, "[x] overdue", "/ is:overdue", "Nothing matches. esc clears the search.")
        await pilot.press("left", "j", "enter", "space")
        await until_seen(pilot, "/ is:overdue topic:general")
        await pilot.press("0", "escape")
        await until(pilot, lambda: "topic:general" not in seen(pilot))


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
        await until_seen(pilot, "ACME S.A.", "Waits", "1 of 1 · most urgent first")
        await pilot.resize_terminal(70, 24)
        await until(pilot, lambda: "ACME S.A." not in seen(pilot) and "Waits" in seen(pilot))
        await pilot.resize_terminal(62, 24)
        await until(pilot, lambda: "Waits" not in seen(pilot))
        await pilot.resize_terminal(40, 20)
        await until_seen(pilot, "#1 · New", "The printer is on fire")
        await until(pilot, lambda: "most urgent" not in seen(pilot))
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Change the priority", "Move it to another topic")
        await pilot.press("escape")
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


async def test_without_room_for_the_preview_its_key_says_so_and_changes_nothing(
    stage: Stage, cast: Cast
) -> None:
    file_some(cast, "The printer is on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("z")
        await until_seen(pilot, "The preview needs 100 columns.")
        await pilot.resize_terminal(120, 40)
        await until_seen(pilot, "It is broken.")


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
        app.wake_screens(EVERYTHING)
        await until_seen(pilot, "The first", "The second")


async def test_what_left_the_list_is_dimmed_in_its_line_and_has_the_keys_of_what_it_is(
    stage: Stage, cast: Cast
) -> None:
    first, second = file_some(cast, "The first", "The second")
    app = stage(cast.operator("nora"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("3")
        await until_seen(pilot, "The first", "The second", "t Take")
        cast.operator("luis").write(tickets.take, first)
        await until_seen(pilot, "In progress", "Luis", "no longer in this list · ctrl+r", "Unassigned 1")
        await until(pilot, lambda: "t Take" not in seen(pilot))
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        assert [row.number for row in screen.table.tickets] == [first, second]
        assert [dims(screen, number) for number in (first, second)] == [True, False]
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "The first" not in seen(pilot))
        assert "no longer" not in seen(pilot)


def dims(screen: InboxScreen, number: int) -> bool:
    """Whether a line is dimmed as a whole."""
    cells = screen.table.get_row(str(number))
    return all(any(span.style == "dim" for span in cell.spans) for cell in cells if cell.plain.strip())


async def test_a_ticket_that_one_may_see_no_more_has_no_keys(stage: Stage, cast: Cast) -> None:
    cast.topic("Payroll")
    (number,) = file_some(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "r Reply")
        cast.admin().write(editing.edit, number, {TicketField.TOPIC: "payroll"})
        await until(pilot, lambda: "r Reply" not in seen(pilot))
        assert "The first" in seen(pilot)


async def test_lines_far_down_are_renewed_as_well(stage: Stage, cast: Cast) -> None:
    numbers = file_some(cast, *(f"Request {n:03}" for n in range(60)))
    app = stage(cast.operator("nora"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Request 000", "50 of")
        await pilot.press("G")
        await until_seen(pilot, "60 of")
        await pilot.press("G")
        await until_seen(pilot, "Request 059")
        cast.operator("luis").write(tickets.take, numbers[-1])
        await until_seen(pilot, "In progress", "Luis")


async def test_the_label_tells_the_order_that_the_list_is_in(stage: Stage, cast: Cast) -> None:
    file_some(cast, "The first")
    file_some(cast, "The second", urgency=Level.HIGH)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "most urgent first", "Waits")
        await pilot.press("slash", *"is:open")
        await until_seen(pilot, "is:open", "2 of 2 · most urgent first")
        await pilot.press("tab", "escape", "slash", *"number:1..9")
        await until_seen(pilot, "2 of 2 · newest first", "Age")


@pytest.mark.parametrize(("width", "has_company"), [(100, False), (120, True)])
async def test_a_company_that_only_the_preview_has_room_for_is_named_there(
    stage: Stage, cast: Cast, width: int, has_company: bool
) -> None:
    file_some(cast, "The printer is on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(width, 30), notifications=True) as pilot:
        await until_seen(pilot, "It is broken.", "Who", "Waits", "ACME S.A.")
        assert ("Company" in seen(pilot)) is has_company
        assert all(len(line) <= width for line in seen(pilot).splitlines())


async def test_another_theme_colours_the_table_at_once(stage: Stage, cast: Cast) -> None:
    (number,) = file_some(cast, "The printer is on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        before = screen.table.get_row(str(number))[0].style
        app.theme = next(name for name in themes.NAMES if name != app.theme and "light" in name)
        await until(pilot, lambda: screen.table.get_row(str(number))[0].style != before)
        wanted = app.theme_variables["unread"].lower()
        assert wanted in str(screen.table.get_row(str(number))[0].style).lower()


async def test_a_customer_counts_what_the_list_shows(stage: Stage, cast: Cast) -> None:
    first, _second = file_some(cast, "The first", "The second")
    cast.admin().write(closing.close, first, reason=CloseReason.DUPLICATE)
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second", "My tickets 2")


async def test_the_open_list_and_who_one_is_are_named_whatever_room_there_is(
    stage: Stage, cast: Cast
) -> None:
    file_some(cast, "The first")
    app = stage(cast.admin())
    async with app.run_test(size=(40, 20), notifications=True) as pilot:
        await until_seen(pilot, "Ada")
        for place, name in enumerate(("Assigned", "My topics", "Unassigned", "All", "Created"), 1):
            await pilot.press(str(place))
            await until_seen(pilot, f"{place} {name}")
        assert "Ada Admin" not in seen(pilot)
        await pilot.resize_terminal(120, 30)
        await until_seen(pilot, "Ada Admin", "1 Assigned", "5 Created")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Ada Admin" not in seen(pilot))


async def test_staff_are_told_that_mail_waits_and_nobody_sends(sqlite_store: Store, clock: Clock) -> None:
    people = mailing(sqlite_store, clock)
    file_some(people, "The first")
    clock.advance(minutes=5)
    told = "mail waits and nobody sends it: sysmo worker"
    for door, is_told in ((people.operator(), True), (people.customer("carla"), False)):
        app = SysmoApp(people.desk, session=Kept(door.caller.secret), environ={})
        async with app.run_test(size=(120, 24), notifications=True) as pilot:
            await until_seen(pilot, "The first", *([told] if is_told else []))
            assert (told in seen(pilot)) is is_told


async def test_who_cannot_start_a_worker_is_not_told_to(sqlite_store: Store, clock: Clock) -> None:
    people = mailing(sqlite_store, clock)
    file_some(people, "The first")
    clock.advance(minutes=5)
    session = Kept(people.operator().caller.secret)
    app = SysmoApp(people.desk, session=session, environ={}, is_kiosk=True)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "mail waits and nobody sends it")
        assert "sysmo worker" not in seen(pilot)


def way(work: Work) -> str:
    return desk_settings.load(work).mail_url.replace("smtp://desk:secret@", "smtp://desk@")


async def test_staff_are_told_that_mail_goes_to_files_as_long_as_it_does(cast: Cast) -> None:
    file_some(cast, "The first")
    admin = cast.admin()
    admin.write(desk_settings.change, "mail_url", "file:///srv/desk.mail")
    app = SysmoApp(cast.desk, session=Kept(admin.caller.secret), environ={}, mail_way=way)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until_seen(pilot, "The first", "mail goes to files")
        await pilot.press("A")
        await until_seen(pilot, "Settings")
        app.push_screen(SettingsScreen())
        await until_seen(pilot, "How mail leaves", "used here: file:///srv/desk.mail")
        admin.write(desk_settings.change, "mail_url", "smtp://desk:secret@mail.example")
        await pilot.press("ctrl+r")
        await until_seen(pilot, "used here: smtp://desk@mail.example")
        await pilot.press("escape", "escape")
        await until_seen(pilot, "The first")
        await until(pilot, lambda: "mail goes to files" not in seen(pilot))
