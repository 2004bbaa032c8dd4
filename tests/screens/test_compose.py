"""Writing replies and notes."""

from __future__ import annotations

import pytest
from textual.widgets import Button, Select, Static
from textual.widgets._select import SelectOverlay

from sysmo_tui.domain.enums import DraftKind, Visibility
from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import drafts, filing, reading, sessions, thread, topic_upkeep
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.topic_upkeep import TopicEdits
from tests.cast import PASSWORD, Cast, Clock
from tests.screens.acting import ends_when_it_is_sent
from tests.screens.conftest import Stage, fill, seen, until, until_seen


def file_one(cast: Cast, subject: str = "The printer is on fire") -> int:
    request = Filing(topic="general", subject=subject, body="Smoke comes out of tray 2.")
    return cast.customer("carla").write(filing.file, request).number


async def test_a_reply_is_public_says_to_whom_and_reaches_the_customer(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(
            pilot, "PUBLIC REPLY → carla@customer.example", "Send to carla@customer.example", "Smoke"
        )
        await pilot.press(*"Unplug it")
        await ends_when_it_is_sent(pilot, monkeypatch)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until_seen(pilot, "Reply sent", "In progress")
    assert cast.operator().read(drafts.load, number, DraftKind.REPLY) is None
    view = cast.customer("carla").read(reading.show, number)
    assert isinstance(view, CustomerTicket)
    assert [entry.body for entry in view.entries] == ["Smoke comes out of tray 2.", "Unplug it"]
    answered = cast.operator().read(reading.show, number)
    assert not answered.row.is_unread


async def test_a_note_looks_otherwise_and_never_reaches_the_customer(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("i")
        await until_seen(pilot, "INTERNAL NOTE", "the customer never sees it", "Save note")
        assert "PUBLIC" not in seen(pilot)
        await pilot.press(*"Burned before", "f2")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    view = cast.operator().read(reading.show, number)
    assert isinstance(view, TicketView)
    assert view.entries[-1].visibility is Visibility.INTERNAL
    hers = cast.customer("carla").read(reading.show, number)
    assert "Burned before" not in repr(hers)


async def test_f6_turns_a_reply_into_a_note_and_keeps_the_text(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press(*"Burned before", "f6")
        await until_seen(pilot, "INTERNAL NOTE", "Burned before")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    assert cast.operator().read(drafts.load, number, DraftKind.REPLY) is None
    kept = cast.operator().read(drafts.load, number, DraftKind.NOTE)
    assert kept is not None
    assert kept.fields == {"body": "Burned before"}


async def test_f6_overwrites_no_draft_that_waits_on_the_other_side(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    cast.operator().touch(drafts.save, number, DraftKind.NOTE, {"body": "Ask the landlord"})
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press(*"Burned before", "f6")
        await until_seen(pilot, "INTERNAL NOTE", "Ask the landlord")
        assert "Burned before" not in seen(pilot)
        await pilot.press("f6")
        await until_seen(pilot, "PUBLIC REPLY →", "Burned before")
        assert "landlord" not in seen(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    kept = cast.operator().read(drafts.load, number, DraftKind.NOTE)
    assert kept is not None
    assert kept.fields == {"body": "Ask the landlord"}
    reply = cast.operator().read(drafts.load, number, DraftKind.REPLY)
    assert reply is not None
    assert reply.fields == {"body": "Burned before"}


async def test_f6_without_a_text_brings_the_other_draft(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    cast.operator().touch(drafts.save, number, DraftKind.NOTE, {"body": "Ask the landlord"})
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press("f6")
        await until_seen(pilot, "INTERNAL NOTE", "Ask the landlord", "is back")


async def test_who_signs_in_again_goes_on_where_the_session_ended(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    operator = cast.operator()
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "Half a thought"})
    app = stage(operator)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await until(pilot, lambda: app.known_choices is not None)
        cast.sign_in("luis").write(sessions.sign_out, everywhere=True)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        fill(pilot, email="luis@desk.example", password=PASSWORD)
        app.screen.query_one("#sign-in", Button).press()
        await until_seen(pilot, "PUBLIC REPLY → carla@customer.example", "Smoke", "Half a thought")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Reply sent")


async def test_a_draft_survives_leaving_and_comes_back_with_its_age(
    stage: Stage, cast: Cast, clock: Clock
) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press(*"Half a thou", "escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        clock.advance(minutes=20)
        await pilot.press("r")
        await until_seen(pilot, "Half a thou", "Your draft of 20m ago is back.")


async def test_a_text_that_is_too_long_to_be_kept_is_not_left_behind(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        screen = app.screen
        assert isinstance(screen, ComposeScreen)
        screen.text = "x" * (thread.BODY_LIMIT + 1)
        await pilot.press("escape")
        await until_seen(pilot, "The text is too long")
        assert app.screen is screen
        assert "draft saved" not in seen(pilot)
        screen.text = "short"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    saved = cast.operator().read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    assert saved.fields == {"body": "short"}


@pytest.mark.parametrize("is_offered", [True, False])
async def test_waiting_is_offered_where_the_topic_does_whatever_it_is_called(
    stage: Stage, cast: Cast, is_offered: bool
) -> None:
    cast.topic("Hard\u202eware")
    cast.admin().write(topic_upkeep.edit, "hardware", TopicEdits(offers_waiting=is_offered))
    number = cast.customer().write(filing.file, Filing("hardware", "The printer", "Smoke.")).number
    app = stage(cast.operator(topics=("hardware",)))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →", "Smoke.", "as it is")
        hint = "“Then” can set it to wait for the customer."
        if is_offered:
            await until_seen(pilot, hint)
            await pilot.press("escape", "x")
            await until_seen(pilot, "with a last reply")
            await pilot.press("1")
            await until_seen(pilot, "PUBLIC REPLY →", "Smoke.", "close it")
        assert hint not in seen(pilot)
    assert cast.admin().read(reading.show, number).row.topic == "Hard\ufffdware"


async def test_a_newer_message_is_shown_before_a_reply_goes_out(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →", "Smoke")
        await pilot.press(*"Unplug it")
        cast.customer("carla").write(thread.reply, number, Outgoing("It went out by itself"))
        await pilot.press("ctrl+s")
        await until_seen(pilot, "There is a newer message", "send it anyway")
        explained = app.screen.query_one(".explained Static", Static)
        assert "It went out by itself" in str(explained.content)
        await pilot.press("down", "enter")
        await until_seen(pilot, "Reply sent")
    view = cast.operator().read(reading.show, number)
    assert [entry.body for entry in view.entries][-2:] == ["It went out by itself", "Unplug it"]


async def test_an_empty_reply_is_refused_and_nothing_is_lost(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Write something first.")
        writing = app.screen
        assert isinstance(writing, ComposeScreen)
        # What was to be kept is kept while something is asked over it.
        await app.push_screen(Confirm("Sure?", yes="Yes"))
        writing.dismiss(False)
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))


async def test_a_customer_answers_without_anything_of_the_staffs(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    cast.operator().write(thread.note, number, Outgoing("secret canary"))
    cast.operator().write(thread.reply, number, Outgoing("Which printer?"))
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Which printer?", "r Reply")
        assert "canary" not in seen(pilot)
        assert "Note" not in seen(pilot)
        await pilot.press("i", "t", "a", "s", "p", "m", "e")
        assert isinstance(app.screen, TicketScreen)
        await pilot.press("r")
        await until_seen(pilot, "YOUR ANSWER", "Which printer?")
        assert "canary" not in seen(pilot)
        # Keys that come before what is offered has a place on the screen.
        app.screen.query_one(Select).expanded = True
        for key in ("first", "page_up"):
            await app.run_action(key, app.screen.query_one(SelectOverlay))
        app.screen.area.focus()
        await pilot.press(*"The red one", "f6", "ctrl+s")
        await until_seen(pilot, "Reply sent", "The red one")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_writing_screen_fits(stage: Stage, cast: Cast, size: tuple[int, int]) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →", "Send to carla@customer.example", "^s Send", "f1 Help")
