"""Several tickets at once: what is marked is changed as one command, and what refuses is told."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widgets import Static

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, CloseReason, DraftKind, Visibility
from sysmo_tui.models import Event, table
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.picker import Picker
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import closing, drafts, profile
from sysmo_tui.widgets.marked_rows import MARK
from tests.cast import Cast
from tests.screens.acting import ends_when_it_is_sent, settled
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.screens.test_acts import answered, go_to, under_cursor, view_of
from tests.screens.test_responding import write_responses
from tests.services import requests as ask

pytestmark = pytest.mark.usefixtures("at_once")


def inbox_of(pilot: Pilot[Any]) -> InboxScreen:
    """The list."""
    return next(each for each in pilot.app.screen_stack if isinstance(each, InboxScreen))


def category(cast: Cast, number: int) -> Category:
    return view_of(cast, number).row.category


def _batches(work: Work, number: int) -> list[str]:
    event = table(Event)
    found = sa.select(event.c.batch_id).where(event.c.ticket_number == number).order_by(event.c.id)
    return list(work.session.execute(found).scalars())


async def test_what_is_marked_is_changed_as_one_command(stage: Stage, cast: Cast) -> None:
    numbers = answered(cast, "The first", "The second", "The third")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second", "The third")
        await pilot.press("g", "space", "space")
        await until_seen(pilot, f"{MARK} 2 marked: keys act on all of them · esc")
        marked = inbox_of(pilot).table.marked
        await until_seen(pilot, "a Assign  r Reply  i Note  x Close  s Status  esc Unmark  ? Help")
        await pilot.press("e")
        await until_seen(pilot, "All fields are edited in one ticket at a time: unmark the others.")
        await pilot.press("x")
        await until_seen(pilot, "Closed 2 tickets.")
        await settled(pilot)
        assert inbox_of(pilot).table.marked == ()
        await until_seen(pilot, "enter Open")
        assert "Unmark" not in seen(pilot)
    assert [number for number in numbers if category(cast, number) is Category.CLOSED] == sorted(marked)
    last = {cast.itself.read(_batches, number)[-1] for number in marked}
    assert len(last) == 1


async def test_what_refuses_is_told_with_its_reason_and_stays_marked(stage: Stage, cast: Cast) -> None:
    numbers = answered(cast, "The first", "The second", "The third")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second", "The third")
        await pilot.press("*")
        await until_seen(pilot, "3 marked")
        cast.admin().write(closing.close, numbers[1])
        await pilot.press("x")
        await until_seen(pilot, "1 ticket stays as it was", "Closed 2 tickets.")
        assert f"! #{numbers[1]}  #{numbers[1]} is closed already." in seen(pilot)
        await pilot.press("enter")
        await settled(pilot)


async def test_a_range_goes_from_the_last_mark_and_the_cursor_to_what_is_left(
    stage: Stage, cast: Cast
) -> None:
    answered(cast, *(f"Number {place}" for place in range(6)))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Number 0", "Number 5")
        await pilot.press("g", "v", "j", "j", "j", "v")
        await until_seen(pilot, "4 marked")
        table = inbox_of(pilot).table
        assert table.marked == tuple(table.numbers[:4])
        await pilot.press("escape")
        await until(pilot, lambda: table.marked == ())
        assert isinstance(app.screen, InboxScreen)
        await pilot.press("*")
        await until_seen(pilot, "6 marked")
        await pilot.press("*")
        await until(pilot, lambda: table.marked == ())
        third = table.numbers[2]
        await pilot.press("g", "space", "space", "k", "x")
        await until_seen(pilot, "Closed 2 tickets.")
        await settled(pilot)
        assert table.current is not None
        assert table.current.number == third


async def test_marks_are_gone_with_the_list_they_were_made_in(stage: Stage, cast: Cast) -> None:
    numbers = answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("*", "slash", *"first", "enter")
        await until_seen(pilot, "1 of 1", "1 marked")
        await pilot.press("x")
        await until_seen(pilot, f"Closed #{numbers[0]}")
    assert category(cast, numbers[1]) is not Category.CLOSED


async def test_closing_several_asks_a_reason_once_for_those_never_answered(stage: Stage, cast: Cast) -> None:
    (was_answered,) = answered(cast, "The first")
    never = ask.file(cast.customer("carla"), "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("*", "x")
        await until_seen(pilot, "Close 2 tickets: 1 was never answered")
        assert isinstance(app.screen, Picker)
        app.screen.dismiss(CloseReason.DUPLICATE.value)
        await until_seen(pilot, "Closed 2 tickets.")
    assert view_of(cast, was_answered).close_reason is CloseReason.ANSWERED
    assert view_of(cast, never).close_reason is CloseReason.DUPLICATE


async def test_a_full_stop_does_the_same_to_the_ticket_under_the_cursor(stage: Stage, cast: Cast) -> None:
    first, second = answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await go_to(pilot, first)
        await pilot.press("number_sign", *"vip", "enter")
        await until_seen(pilot, f"Changed #{first}: vip.")
        await settled(pilot)
        await go_to(pilot, second)
        await pilot.press("full_stop")
        await until_seen(pilot, f"Changed #{second}: vip.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.row() is not None)
        await pilot.press("number_sign")
        await until_seen(pilot, "Now: vip.")
        await pilot.press(*"-vip", "enter")
        await until_seen(pilot, f"Changed #{second}: -vip.")
    assert [view_of(cast, number).tags for number in (first, second)] == [("vip",), ()]


async def test_keys_in_haste_close_one_ticket_after_the_other(stage: Stage, cast: Cast) -> None:
    numbers = answered(cast, "The first", "The second", "The third")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second", "The third")
        await pilot.press("4")
        await settled(pilot)
        await pilot.press("g", "x", "x")
        await until(pilot, lambda: [category(cast, each) for each in numbers].count(Category.CLOSED) == 2)
        await settled(pilot)
        assert len({view_of(cast, each).row.number for each in numbers}) == 3


async def test_commands_are_done_in_the_order_of_their_keys(stage: Stage, cast: Cast) -> None:
    (number,) = answered(cast, "The first")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        inbox = inbox_of(pilot)
        for _turn in range(5):
            inbox.action_close_ticket()
            inbox.action_reopen()
        await settled(pilot)
        assert category(cast, number) is not Category.CLOSED


async def test_after_closing_in_a_ticket_the_next_of_the_list_is_open(stage: Stage, cast: Cast) -> None:
    answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("g", "enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.row() is not None)
        first, second = inbox_of(pilot).table.numbers
        await pilot.press("x")
        await until_seen(pilot, f"Closed #{first}", f"‹ #{second}")
        await pilot.press("X")
        await until_seen(pilot, f"Reopened #{first}.")
    assert category(cast, second) is not Category.CLOSED


async def test_who_wants_to_stay_stays_after_closing(stage: Stage, cast: Cast) -> None:
    answered(cast, "The first", "The second")
    operator = cast.operator()
    operator.write(profile.prefer, {"after_closing": "stay"})
    app = stage(operator)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("g", "enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.row() is not None)
        assert isinstance(app.screen, TicketScreen)
        number = app.screen.row()
        assert number is not None
        await pilot.press("x")
        await until_seen(pilot, f"Closed #{number.number}", f"‹ #{number.number}", "X Reopen")


async def test_what_is_put_off_leaves_the_top_and_is_woken(stage: Stage, cast: Cast) -> None:
    (number,) = answered(cast, "The first")
    app = stage(cast.operator())
    async with app.run_test(size=(40, 20), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("b")
        await until_seen(pilot, f"Put off #{number}", "in two weeks   5  Wed 18 Mar ", "another day…")
        await pilot.press("d")
        await until_seen(pilot, "A date like 2026-01-31")
        await pilot.press(*"today", "enter")
        await until_seen(pilot, "! Choose a day after today")
        await pilot.press(*["backspace"] * 5, *"+2w", "enter")
        await until_seen(pilot, f"#{number} is put off until")
        await settled(pilot)
        assert category(cast, number) in (Category.HOLD, Category.WAITING)
        await pilot.press("B")
        await until_seen(pilot, f"#{number} is in progress again.")


async def test_the_mouse_marks_in_front_selects_elsewhere_and_opens_what_is_selected(
    stage: Stage, cast: Cast
) -> None:
    answered(cast, "The first", "The second")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("g")
        inbox = inbox_of(pilot)
        first, second = inbox.table.numbers
        await pilot.click(inbox.table, offset=(1, 2))
        await until(pilot, lambda: inbox.table.marked == (second,))
        await pilot.click(inbox.table, offset=(1, 2))
        await until(pilot, lambda: inbox.table.marked == ())
        await pilot.click(inbox.table, offset=(30, 1))
        await until(pilot, lambda: under_cursor(app) == first)
        assert isinstance(app.screen, InboxScreen)
        await pilot.click(inbox.table, offset=(30, 1))
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_customers_mark_nothing(stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = cast.customer("carla")
    ask.file(customer, "The first")
    app = stage(customer)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("space", "*", "v")
        # What the mouse is on may have been taken away since it was drawn.
        gone = (Static(), Offset(0, 0))
        monkeypatch.setattr(app.screen._compositor, "get_widget_and_offset_at", lambda x, y: gone)
        await pilot.click(inbox_of(pilot).table, offset=(0, 1))
        await settled(pilot)
        assert inbox_of(pilot).table.marked == ()


@pytest.mark.parametrize(("key", "is_public"), [("r", True), ("i", False)])
async def test_the_same_words_are_written_to_all_that_is_marked(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch, key: str, is_public: bool
) -> None:
    numbers = (*answered(cast, "The first"), ask.file(cast.customer("otto"), "The second"))
    write_responses(cast)
    mara = cast.manager("mara")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("*", key)
        border = "PUBLIC REPLY → the customers of 2 tickets" if is_public else "the customer never sees it"
        await until_seen(pilot, "‹ 2 tickets", border, *(f"#{number}" for number in numbers))
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! Write something first.")
        await pilot.press("f6")
        await until_seen(pilot, "– Only for a text in one ticket.")
        await pilot.press(*"{x} ", "f7")
        await until_seen(pilot, "On it", "– Bye", "Hello {customer.first_name}")
        await pilot.press("down", "enter")
        await until_seen(pilot, "! Not for all: other languages are")
        await pilot.press("up", "enter")
        await until_seen(pilot, "filled in from each ticket: {customer.first_name}")
        if not is_public:
            await pilot.press(*" @ma", "tab")
            await until_seen(pilot, "will be told: Mara")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press(key)
        await until_seen(pilot, "Your draft of", "filled in from each ticket: {customer.first_name}")
        if is_public:
            # In another window of the same person.
            other = cast.sign_in("luis")
            other.touch(drafts.save, drafts.SEVERAL, DraftKind.REPLY, {"body": "Something else"})
        await ends_when_it_is_sent(pilot, monkeypatch)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "2 replies sent." if is_public else "2 notes saved. Told: Mara")
        await settled(pilot)
        assert isinstance(app.screen, InboxScreen)
        await pilot.press("*", key)
        await until_seen(pilot, "‹ 2 tickets", "Something else" if is_public else "")
        await settled(pilot)
        assert "Hello" not in seen(pilot)
    for number, name in zip(numbers, ("Carla", "Otto"), strict=True):
        last = ask.as_staff(mara, number).entries[-1]
        words = f"{{x}} Hello {name}, we are on it."
        assert (last.body.rstrip(), last.visibility is Visibility.PUBLIC) == (
            (words, True) if is_public else (f"{words} @mara", False)
        )
        assert [each.name for each in ask.as_staff(mara, number).watchers] == ([] if is_public else ["Mara"])


async def test_what_is_taken_stays_in_its_line_and_what_left_the_list_leaves_it(
    stage: Stage, cast: Cast
) -> None:
    for place in range(4):
        ask.file(cast.customer("carla"), f"Number {place}")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Number 0", "Number 3")
        await settled(pilot)
        table = inbox_of(pilot).table
        before = list(table.numbers)
        await pilot.press("g", "j", "j", "t")
        await until_seen(pilot, f"You have #{before[2]} now.")
        await settled(pilot)
        assert (list(table.numbers), under_cursor(app)) == (before, before[2])
        assert "In progress" in seen(pilot)
        await pilot.press("3")
        await until(pilot, lambda: len(table.numbers) == 3)
        await settled(pilot)
        before = list(table.numbers)
        await pilot.press("g", "j", "t")
        await until_seen(pilot, f"You have #{before[1]} now.", "2 of 2")
        await settled(pilot)
        assert (list(table.numbers), under_cursor(app)) == ([before[0], before[2]], before[2])
        await pilot.press("u")
        await until(pilot, lambda: under_cursor(app) == before[1])
        await pilot.press("4")
        await until(pilot, lambda: len(table.numbers) == 4)
        await pilot.press("3")
        await until(pilot, lambda: len(table.numbers) == 3)
        assert under_cursor(app) == before[1]
