"""Undoing one's last act by key, and what is shown where no mail arrives."""

from __future__ import annotations

from textual.widgets import TextArea

from sysmo_tui.domain.enums import Category, Channel, DraftKind
from sysmo_tui.domain.views import CustomerTicket
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import account_list, closing, drafts, filing, reading
from sysmo_tui.services.filing import Filing
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.screens.test_acts import go_to
from tests.services import requests as ask

CARLA = "carla@customer.example"


def file_one(cast: Cast) -> int:
    request = Filing(topic="general", subject="The printer is on fire", body="Smoke comes out of tray 2.")
    return cast.customer("carla").write(filing.file, request).number


async def test_u_takes_back_the_reply_that_was_just_sent_from_the_list(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    cast.operator()
    app = stage(cast.sign_in("luis", Channel.TUI))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await pilot.press(*"Unplug it", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until_seen(pilot, f"Reply sent: #{number}, In progress.  u undo")
        await until_seen(pilot, "u takes it back")
        await pilot.press("u")
        await until_seen(pilot, f"Undone: the reply to #{number}. It is a draft", "≡ The printer", "New")
        assert "takes it back" not in seen(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await until(pilot, lambda: app.screen.query_one(TextArea).text == "Unplug it")
    view = cast.customer("carla").read(reading.show, number)
    assert isinstance(view, CustomerTicket)
    assert [entry.body for entry in view.entries] == ["Smoke comes out of tray 2."]


async def test_in_the_ticket_the_text_of_what_was_taken_back_goes(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    cast.operator()
    luis = cast.sign_in("luis", Channel.TUI)
    app = stage(luis)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Smoke")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await pilot.press(*"Unplug it", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Unplug it", "u takes it back")
        await pilot.press("u")
        await until_seen(pilot, "Taken back before anybody got it.", "took a reply back")
        assert "Unplug it" not in seen(pilot)
    draft = luis.read(drafts.load, number, DraftKind.REPLY)
    assert draft is not None
    assert draft.fields["body"] == "Unplug it"


async def test_where_no_mail_arrives_list_ticket_and_composer_say_so(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    ask.come_back(cast.itself, number)
    app = stage(cast.operator())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "✗@ The printer")
        await pilot.press("enter")
        await until_seen(pilot, "arrives there since", "550 5.1.1 no such user")
        await pilot.press("r")
        await until_seen(pilot, f"→ ✗@ {CARLA}", f"No mail arrives at {CARLA}")


async def test_an_administrator_says_by_key_that_mail_arrives_again(stage: Stage, cast: Cast) -> None:
    ask.come_back(cast.itself, file_one(cast))
    app = stage(cast.admin())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        app.push_screen(AccountsScreen())
        await until_seen(pilot, "✗@ carla@")
        screen = app.screen
        assert isinstance(screen, AccountsScreen)
        assert not screen.check_action("deliverable", ())
        await pilot.press("G")
        await until(pilot, lambda: screen.row is not None and screen.row.email == CARLA)
        await pilot.press("d")
        await until(pilot, lambda: "✗@" not in seen(pilot))
    assert cast.admin().read(account_list.show, CARLA).line.undeliverable_at is None


async def test_what_was_done_in_the_list_is_undone_in_another_ticket_and_said(
    stage: Stage, cast: Cast
) -> None:
    first, second = (ask.file(cast.customer("carla"), name) for name in ("The first", "The second"))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("u")
        await until_seen(pilot, "! There is nothing to undo")
        await go_to(pilot, first)
        await pilot.press("t")
        await until_seen(pilot, f"You have #{first} now.  u undo")
        await go_to(pilot, second)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, f"‹ #{second}")
        await pilot.press("u")
        await until_seen(pilot, f"✓ Undone: taking #{first}.")
    assert ask.as_staff(cast.operator(), first).row.assignee is None


async def test_keys_pressed_fast_are_done_and_undone_in_their_order(stage: Stage, cast: Cast) -> None:
    numbers = [ask.file(cast.customer("carla"), name) for name in ("The first", "The second")]
    luis = cast.operator()
    for number in numbers:
        ask.reply(luis, number)
    app = stage(cast.sign_in("luis", Channel.TUI))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("T", "x", "u", "u")
        await until_seen(pilot, "✓ Undone: releasing #")
        await pilot.press("u")
        await until_seen(pilot, "! There is nothing to undo")
    for number in numbers:
        row = ask.as_staff(luis, number).row
        assert (row.category, row.assignee is None) == (Category.OPEN, False)


async def test_several_are_undone_at_once_or_it_is_said_what_stands_in_the_way(
    stage: Stage, cast: Cast
) -> None:
    numbers = [ask.file(cast.customer("carla"), name) for name in ("The first", "The second")]
    luis = cast.operator()
    for number in numbers:
        ask.reply(luis, number)
    app = stage(cast.sign_in("luis", Channel.TUI))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("*", "x")
        await until_seen(pilot, "Closed 2 tickets.  u undo")
        await pilot.press("u")
        await until_seen(pilot, "✓ Undone: closing 2 tickets.", "The first", "The second")
        assert {ask.as_staff(luis, number).row.category for number in numbers} == {Category.OPEN}
        await pilot.press("*", "x")
        await until_seen(pilot, "Closed 2 tickets.  u undo")
        cast.admin().write(closing.reopen, numbers[1])
        await pilot.press("u")
        await until_seen(pilot, f"! Ada Admin changed #{numbers[1]} since: status. Nothing is undone.")
    assert ask.as_staff(luis, numbers[0]).row.category is Category.CLOSED


async def test_what_was_undone_stands_once_in_the_thread_and_says_so(stage: Stage, people: Cast) -> None:
    file_one(people)
    app = stage(people.sign_in("luis", Channel.TUI))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke")
        await pilot.press("t")
        await until_seen(pilot, "— Luis took it: status New → In progress · ")
        await pilot.press("u")
        await until_seen(pilot, "— Luis took it (undone since)", "— Luis undid “taken”")
        assert seen(pilot).count("— Luis took it") == 1
