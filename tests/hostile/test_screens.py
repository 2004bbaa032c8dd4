"""Whatever people wrote, every screen shows it as text: nothing crashes, acts, links, hides or escapes."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from sysmo_tui import keys
from sysmo_tui.app import PLACES, SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.screens.account_forms import AccountScreen, InviteScreen
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.audit import AuditScreen
from sysmo_tui.screens.catalogue import CatalogueScreen, Kind
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.confirm import Confirm, Prompt
from sysmo_tui.screens.history import HistoryScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.mail_queue import MailQueueScreen
from sysmo_tui.screens.mailboxes import MailboxesScreen
from sysmo_tui.screens.new_ticket import NewTicketScreen
from sysmo_tui.screens.pending import PendingScreen
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.screens.responses import ResponsesScreen
from sysmo_tui.screens.sessions import SessionsScreen
from sysmo_tui.screens.settings import SettingsScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.screens.topic_form import TopicScreen
from sysmo_tui.screens.topics_admin import TopicsScreen
from tests.hostile.corpus import ESCAPES, FORMATS, HARMLESS, INVISIBLE, LONG, MARKUP, SHORT, unsafe_in
from tests.hostile.poison import Poisoned
from tests.screens.acting import back_to
from tests.screens.conftest import Kept, seen, until

BIG, SMALL = (120, 40), (80, 24)


def place(module: str, screen: str) -> Screen[Any]:
    """A new screen of a place."""
    made: Screen[Any] = getattr(import_module(f"sysmo_tui.screens.{module}"), screen)()
    return made


SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "accounts": AccountsScreen,
    "an account": lambda: AccountScreen("customer8@customer.example"),
    "invite": InviteScreen,
    "audit": AuditScreen,
    "statuses": lambda: CatalogueScreen(Kind.STATUS),
    "types": lambda: CatalogueScreen(Kind.TYPE),
    "priorities": lambda: CatalogueScreen(Kind.PRIORITY),
    "responses": ResponsesScreen,
    "mail": MailQueueScreen,
    "mailboxes": MailboxesScreen,
    "pending": PendingScreen,
    "sessions": SessionsScreen,
    "settings": SettingsScreen,
    "topics": TopicsScreen,
    "a topic": lambda: TopicScreen("topic-24"),
    "new ticket": NewTicketScreen,
    **{f"place {name}": partial(place, *where) for name, where in PLACES.items() if name != "login"},
}


@asynccontextmanager
async def opened(poisoned: Poisoned, door: Door, size: tuple[int, int] = BIG) -> AsyncIterator[Pilot[Any]]:
    """The program with its inbox open; whatever is shown in it is checked at the end."""
    app = SysmoApp(poisoned.desk, session=Kept(door.caller.secret), environ={})
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.arrival is not None)
        await settled(pilot)
        yield pilot
        assert app.is_running
        assert app._exception is None


async def settled(pilot: Pilot[Any]) -> None:
    """Let everything that was asked for arrive."""
    await pilot.pause()
    await until(pilot, lambda: not any(worker.is_running for worker in pilot.app.workers))
    await pilot.pause()


def problems(pilot: Pilot[Any]) -> list[str]:
    """What is on the screen that must not be."""
    found = []
    for screen in pilot.app.screen_stack:
        for strip in screen._compositor.render_strips():
            for segment in strip:
                found += unsafe_in(segment.text)
                if "\n" in segment.text or "\t" in segment.text:
                    found.append(f"more than a line: {segment.text!r}")
                if segment.style and segment.style.link:
                    found.append(f"a link: {segment.style.link}")
                if segment.style and "app.quit" in str(segment.style.meta):
                    found.append(f"an action: {segment.style.meta}")
    return found


VISITS = 4
"""In how many visits the screens are looked at."""


@pytest.mark.parametrize("first", range(VISITS))
async def test_every_screen_shows_hostile_texts_as_texts(poisoned: Poisoned, first: int):
    async with opened(poisoned, poisoned.staff) as pilot:
        for name in list(SCREENS)[first::VISITS]:
            pilot.app.push_screen(SCREENS[name]())
            await settled(pilot)
            assert problems(pilot) == [], name
            for key in ("down", "end", "pageup", "enter"):
                await pilot.press(key)
                await settled(pilot)
                assert problems(pilot) == [], (name, key)
            await back_to(pilot, InboxScreen)


@pytest.mark.parametrize("who", ["operator", "customer"])
@pytest.mark.parametrize(
    ("groups", "size"),
    [((ESCAPES, MARKUP, HARMLESS), BIG), ((INVISIBLE, FORMATS, LONG), SMALL)],
    ids=["escapes, markup, harmless", "invisible, formats, long"],
)
async def test_every_ticket_shows_hostile_texts_as_texts(
    poisoned: Poisoned, who: str, groups: tuple[dict[str, str], ...], size: tuple[int, int]
):
    async with opened(poisoned, getattr(poisoned, who), size) as pilot:
        for group in groups:
            numbers = [
                number
                for name, number in poisoned.numbers.items()
                if SHORT.get(name, LONG.get(name.removeprefix("long "))) in group.values()
            ]
            assert len(numbers) == len(group)
            for number in numbers[:: 2 if who == "operator" else 4]:
                pilot.app.push_screen(TicketScreen(number))
                await settled(pilot)
                assert f"{number}" in seen(pilot)
                assert problems(pilot) == []
                pilot.app.pop_screen()


async def test_dialogs_and_toasts_show_markup_as_text(poisoned: Poisoned):
    async with opened(poisoned, poisoned.operator) as pilot:
        for name in ("closing", "action", "protocol", "unterminated", "values"):
            text, number = MARKUP[name], poisoned.numbers[f"markup {name}"]
            for screen in (
                Confirm(text, yes=text, explains=text),
                Prompt(text, value=text, explains=text),
                Picker(text, [Item(text, text, text), Item("b", text)]),
                HistoryScreen(number),
                FilesScreen(number, is_staff=True),
                ComposeScreen(number, DraftKind.REPLY),
                ComposeScreen(number, DraftKind.NOTE),
            ):
                pilot.app.push_screen(screen)
                await settled(pilot)
                assert problems(pilot) == [], name
                pilot.app.pop_screen()
            inbox: Any = pilot.app.screen
            for say in (inbox.say, inbox.say_error, inbox.done):
                say(text)
            await settled(pilot)
            assert problems(pilot) == [], name


async def test_fields_show_hostile_texts_as_texts_and_keep_them(poisoned: Poisoned):
    number = poisoned.numbers["escape title"]
    async with opened(poisoned, poisoned.operator) as pilot:
        pilot.app.push_screen(ComposeScreen(number, DraftKind.REPLY))
        await settled(pilot)
        pilot.app.screen.query_one(TextArea).load_text("\n".join((*ESCAPES.values(), *INVISIBLE.values())))
        await pilot.pause()
        assert problems(pilot) == []
        for text in (ESCAPES["title"], ESCAPES["newlines"], INVISIBLE["override"]):
            prompt = Prompt("", value=text)
            pilot.app.push_screen(prompt)
            await pilot.pause()
            assert (problems(pilot), prompt.query_one(Input).value) == ([], text)
            pilot.app.pop_screen()


async def test_harmless_scripts_are_on_the_screen_as_they_are(poisoned: Poisoned):
    async with opened(poisoned, poisoned.staff) as pilot:
        for name in ("Arabic", "Chinese", "family", "accents"):
            pilot.app.push_screen(TicketScreen(poisoned.numbers[f"harmless {name}"]))
            await settled(pilot)
            await until(pilot, lambda name=name: HARMLESS[name] in seen(pilot))  # type: ignore[misc]
            pilot.app.pop_screen()


KEYS = sorted(
    {key for binding in keys.KEYS for key in binding.keys.split(",")}
    | {
        "enter",
        "escape",
        "tab",
        "shift+tab",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "pageup",
        "pagedown",
    }
    | {"space", "backspace", "delete", "f1", "f5", "ctrl+a", "ctrl+c", "ctrl+u", "ctrl+v", "ctrl+z", "ctrl+s"}
    | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?:.,;-+*#@!")
)
LEAVES = {"ctrl+q"} | {
    key
    for binding in keys.KEYS
    if binding.id in {"app.quit", "dialog.yes"}
    for key in binding.keys.split(",")
}
"""Also what answers whether one leaves."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["one", "two"])
async def test_random_keys_never_end_the_program(sandbox: Poisoned, seed: str):
    dice = random.Random(seed)
    door = sandbox.cast.sign_in("ada" if seed == "one" else "carla")
    app = SysmoApp(sandbox.desk, session=Kept(door.caller.secret), environ={})
    pressed = []
    async with app.run_test(size=SMALL if seed == "one" else BIG, notifications=True) as pilot:
        await until(pilot, lambda: app.arrival is not None)
        for step in range(300):
            key = dice.choice([key for key in KEYS if key not in LEAVES])
            pressed.append(key)
            await pilot.press(key)
            if dice.random() < 0.1:
                width, height = app.size
                await pilot.click(offset=(dice.randrange(width), dice.randrange(height)))
            if dice.random() < 0.02:
                await pilot.resize_terminal(dice.randrange(1, 140), dice.randrange(1, 50))
            assert app.is_running, pressed[-20:]
            if step % 50 == 49:
                await settled(pilot)
                assert problems(pilot) == [], pressed[-20:]
        assert app._exception is None
