"""Acts on the ticket that was under the cursor when their key was pressed."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.changes import NOTHING
from sysmo_tui.domain.enums import Category, CloseReason
from sysmo_tui.domain.views import TicketView
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.palette import Palette
from sysmo_tui.screens.picker import Picker
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import closing, reading, tagging, thread, tickets
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.services import requests as ask


def view_of(cast: Cast, number: int) -> TicketView:
    view = cast.admin().read(reading.show, number)
    assert isinstance(view, TicketView)
    return view


def answered(cast: Cast, *subjects: str) -> list[int]:
    """Requests that have an answer, so that closing asks nothing."""
    numbers = [ask.file(cast.customer("carla"), subject) for subject in subjects]
    for number in numbers:
        cast.admin().write(thread.reply, number, Outgoing("We look into it."))
    return numbers


def under_cursor(app: SysmoApp) -> int | None:
    screen = next(each for each in app.screen_stack if isinstance(each, InboxScreen))
    row = screen.row()
    return row.number if row is not None else None


async def go_to(pilot: Pilot[int], number: int) -> None:
    """Put the cursor of the inbox on a ticket."""
    assert isinstance(pilot.app, SysmoApp)
    screen = pilot.app.screen
    assert isinstance(screen, InboxScreen)
    screen.table.move_cursor(row=[row.number for row in screen.table.tickets].index(number))
    await until(pilot, lambda: under_cursor(pilot.app) == number)  # type: ignore[arg-type]


async def test_what_is_picked_lands_on_the_ticket_that_the_list_was_opened_for(
    stage: Stage, cast: Cast
) -> None:
    first, second = answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("slash", *"-tag:vip", "enter")
        await until_seen(pilot, "-tag:vip", "The first", "The second", "2 of 2")
        await go_to(pilot, first)
        await pilot.press("s")
        await until_seen(pilot, f"Status of #{first}")
        cast.admin().write(tagging.tag, first, ("vip",))
        inbox = app.screen_stack[-2]
        assert isinstance(inbox, InboxScreen)
        inbox.action_reload()
        await until(pilot, lambda: under_cursor(app) == second)
        assert isinstance(app.screen, Picker)
        app.screen.dismiss("on-hold")
        await until(pilot, lambda: view_of(cast, first).row.category is Category.HOLD)
    assert view_of(cast, second).row.category is not Category.HOLD


async def test_the_palette_does_nothing_to_another_ticket_than_it_was_opened_on(
    stage: Stage, cast: Cast
) -> None:
    first, second = answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await go_to(pilot, first)
        await pilot.press("colon", *"nobody")
        await until_seen(pilot, f" #{first} ", "Give it back to nobody")
        cast.admin().write(closing.close, first)
        inbox = app.screen_stack[-2]
        assert isinstance(inbox, InboxScreen)
        inbox.action_reload()
        await until(pilot, lambda: under_cursor(app) == second)
        await pilot.press("enter")
        await until_seen(pilot, f"! This is another ticket than #{first} now.")
    assert view_of(cast, second).row.assignee is not None


async def test_x_opens_again_what_was_just_closed_wherever_the_cursor_is(stage: Stage, cast: Cast) -> None:
    first, second = answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await go_to(pilot, first)
        await pilot.press("x")
        await until_seen(pilot, f"Closed #{first}.  u undo", "X Reopen")
        await until(pilot, lambda: under_cursor(app) == second)
        await pilot.press("X")
        await until_seen(pilot, f"Reopened #{first}.")
        await until(pilot, lambda: "X Reopen" not in seen(pilot))
    assert view_of(cast, first).row.category is not Category.CLOSED


async def test_a_refused_act_shows_what_the_ticket_is(stage: Stage, cast: Cast) -> None:
    number = ask.file(cast.customer("carla"), "The first")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        app._news = lambda: NOTHING  # type: ignore[method-assign]
        cast.operator("nora").write(tickets.take, number)
        await pilot.press("t")
        await until_seen(pilot, f"! Nora already took #{number}.", "Nora ")
        assert "t Take" not in seen(pilot)


async def test_moving_a_ticket_out_of_ones_topics_is_told_and_leads_back_to_the_list(
    stage: Stage, cast: Cast
) -> None:
    cast.topic("Billing")
    (number,) = answered(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("enter")
        await until_seen(pilot, "We look into it.")
        await pilot.press("m")
        await until_seen(pilot, f"Move #{number} to topic", "• General")
        assert isinstance(app.screen, Picker)
        app.screen.dismiss("billing")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until_seen(pilot, f"Moved #{number} to Billing.")
        assert "There is no ticket" not in seen(pilot)


async def test_any_open_ticket_is_marked_as_spam_from_the_palette(stage: Stage, cast: Cast) -> None:
    (number,) = answered(cast, "Buy now")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Buy now")
        await pilot.press("colon", *"spam", "enter")
        await until_seen(pilot, f"#{number} is spam.  u undo")
        await pilot.press("X")
        await until_seen(pilot, f"Reopened #{number}.")
    assert not view_of(cast, number).is_spam


async def test_files_and_the_last_text_are_at_hand_in_the_list(stage: Stage, cast: Cast) -> None:
    (number,) = answered(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("Y")
        await until_seen(pilot, f"The last text of #{number} was sent to the clipboard.")
        assert app.clipboard == "We look into it."
        await pilot.press("o")
        await until_seen(pilot, "There are no files in this ticket.")


@pytest.mark.parametrize("size", [(80, 24), (40, 20)])
async def test_the_palette_names_acts_first_lists_by_name_and_takes_one_line_each(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    (number,) = answered(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        listed = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert "Public reply" in listed[0]
        assert not any("\n" in line for line in listed)
        assert any("List: Unassigned" in line for line in listed)
        assert not any("First list" in line for line in listed)
        await pilot.press(*str(number))
        await until_seen(pilot, f"Go to #{number}")
        assert f"Go to #{number}" in str(app.screen.query_one(OptionList).get_option_at_index(0).prompt)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_opening_and_leaving_the_palette_in_haste_ends_nothing(stage: Stage, cast: Cast) -> None:
    answered(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        for _ in range(10):
            await pilot.press("ctrl+p", "t", "a", "escape")
        app.action_command_palette()
        app.screen.dismiss(None)
        await pilot.pause()
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Public reply")
    assert app.return_code in (None, 0)


async def test_what_is_closed_as_a_duplicate_is_the_ticket_that_was_asked_about(
    stage: Stage, cast: Cast
) -> None:
    first, second = (ask.file(cast.customer("carla"), subject) for subject in ("The first", "The second"))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await go_to(pilot, first)
        await pilot.press("x")
        await until_seen(pilot, f"Close #{first}: how was it answered?")
        inbox = app.screen_stack[-2]
        assert isinstance(inbox, InboxScreen)
        inbox.table.move_cursor(row=1 - inbox.table.cursor_row)
        await until(pilot, lambda: under_cursor(app) == second)
        app.screen.dismiss(CloseReason.DUPLICATE.value)
        await until(pilot, lambda: view_of(cast, first).row.category is Category.CLOSED)
    assert view_of(cast, second).row.category is Category.NEW


async def test_inside_tickets_one_goes_on_to_the_next_however_one_is_closed(stage: Stage, cast: Cast) -> None:
    numbers = answered(cast, "The first", "The second", "The third")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await go_to(pilot, under_cursor(app) or 0)
        await pilot.press("g", "enter")
        await until_seen(pilot, "1 of 3")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await pilot.press(*"Done", "f5")
        await until_seen(pilot, "Send, and then")
        await pilot.press("2")
        await until_seen(pilot, "2 of 3", "Reply sent", "We look into it.")
        await pilot.press("s")
        await until_seen(pilot, "Status of", "• In progress  2")
        await pilot.press("5")
        await until_seen(pilot, "3 of 3", "Changed", ": Closed.")
    categories = [view_of(cast, number).row.category for number in numbers]
    assert sorted(categories, key=str) == ["closed", "closed", "open"]


async def test_a_reason_is_chosen_by_its_number(stage: Stage, cast: Cast) -> None:
    number = ask.file(cast.customer("carla"), "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("x")
        await until_seen(pilot, "withdrawn", "duplicate")
        await pilot.press("4")
        await until_seen(pilot, f"Closed #{number}.")
    assert view_of(cast, number).close_reason is CloseReason.DUPLICATE


async def test_tags_that_there_are_already_are_completed(stage: Stage, cast: Cast) -> None:
    first, second = answered(cast, "The first", "The second")
    cast.admin().write(tagging.tag, second, ("warranty",))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await go_to(pilot, first)
        await pilot.press("number_sign")
        await until_seen(pilot, f"Tags of #{first}", "tab Complete")
        await pilot.press(*"vip wa")
        await until_seen(pilot, "vip warranty")
        await pilot.press("tab", "enter")
        await until_seen(pilot, f"Changed #{first}: vip warranty.")
        await pilot.press("D", "0")
        await until_seen(pilot, f"Nothing to change in #{first}.")
        await pilot.press("D", "1")
        await until_seen(pilot, f"Changed #{first}: follow up on ")
        await pilot.press("asterisk", "number_sign", *"vip", "enter")
        await until_seen(pilot, "Changed 1 ticket: vip. 1 was so already.")
    assert set(view_of(cast, first).tags) == {"vip", "warranty"}
