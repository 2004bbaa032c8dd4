"""Who may do what by keys and by the palette: every action by everyone, as the services decide it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from sysmo_tui import keys
from sysmo_tui.app import PLACES, SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import CloseReason, DraftKind, EventKind
from sysmo_tui.keys import BY_ID, Context
from sysmo_tui.screens import inbox as inbox_screen
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.edit import EditScreen
from sysmo_tui.screens.history import HistoryScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.palette import Actions
from sysmo_tui.screens.picker import Picker
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.services import closing, tagging, tickets, topic_upkeep
from sysmo_tui.widgets.forms import Field
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.services import requests as ask
from tests.services.test_matrix import ALLOWED, FOR_BOTH, MISSING, WHO

Answer = Callable[[Pilot[Any]], Awaitable[None]]
Prepare = Callable[[Cast, int], object]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes between typing or moving and what follows from it."""
    monkeypatch.setattr(inbox_screen, "TYPING_SECONDS", 0.0)
    monkeypatch.setattr(inbox_screen, "PREVIEW_SECONDS", 0.0)


async def settled(pilot: Pilot[Any]) -> None:
    """Let everything that was asked for arrive."""
    await pilot.pause(0)
    await until(pilot, lambda: not any(worker.is_running for worker in pilot.app.workers))
    await pilot.pause(0)


def picking(*values: str) -> Answer:
    """Choose from the lists that open, whether they offer it or not."""

    async def answer(pilot: Pilot[Any]) -> None:
        for value in values:
            picker = pilot.app.screen
            if not isinstance(picker, Picker):
                return
            picker.dismiss(value)
            await settled(pilot)

    return answer


async def writing(pilot: Pilot[Any]) -> None:
    """Write something and send it."""
    if isinstance(pilot.app.screen, ComposeScreen):
        pilot.app.screen.query_one(TextArea).load_text("Words")
        await pilot.press("ctrl+s")
        await settled(pilot)


async def renaming(pilot: Pilot[Any]) -> None:
    """Give it another subject and save it."""
    if isinstance(pilot.app.screen, EditScreen):
        pilot.app.screen.query_one("#field-subject", Field).value = "Another subject"
        await pilot.press("ctrl+s")
        await settled(pilot)


def attaching(side: str) -> Answer:
    """Attach this very file; staff say who may see it."""

    async def answer(pilot: Pilot[Any]) -> None:
        if not isinstance(pilot.app.screen, FilesScreen):
            return
        await pilot.press("f8")
        prompt = pilot.app.screen
        assert isinstance(prompt, Prompt)
        prompt.query_one(Input).value = str(Path(__file__))
        await pilot.press("enter")
        await settled(pilot)
        await picking(side)(pilot)

    return answer


async def nothing_more(pilot: Pilot[Any]) -> None:
    """The key alone does it."""


def closed(cast: Cast, number: int) -> None:
    cast.admin().write(closing.close, number, reason=CloseReason.DUPLICATE)


def taken(cast: Cast, number: int) -> None:
    cast.operator("nora").write(tickets.take, number)


def as_it_is(cast: Cast, number: int) -> None:
    """A new ticket."""


@dataclass(frozen=True)
class Act:
    """A key of a ticket, the verb of the services that it stands for, and what it leaves in the history."""

    name: str
    verb: str
    happens: EventKind
    answer: Answer = nothing_more
    prepare: Prepare = as_it_is


ACTS = [
    Act("ticket.take", "take", EventKind.TAKEN),
    Act("ticket.release", "take", EventKind.RELEASED, prepare=taken),
    Act("ticket.assign", "assign", EventKind.ASSIGNED, picking("nora@desk.example")),
    Act("ticket.close", "close", EventKind.CLOSED, picking(CloseReason.DUPLICATE)),
    Act("ticket.reopen", "close", EventKind.REOPENED, prepare=closed),
    Act("ticket.status", "edit", EventKind.EDITED, picking("in-progress")),
    Act("ticket.priority", "edit", EventKind.EDITED, picking("urgent")),
    Act("ticket.topic", "edit", EventKind.EDITED, picking("spare")),
    Act("ticket.reply", "reply", EventKind.REPLIED, writing),
    Act("ticket.note", "note", EventKind.NOTED, writing),
    Act("ticket.edit", "edit", EventKind.EDITED, renaming),
    Act("ticket.files", "attach", EventKind.ATTACHED, attaching("public")),
]
STAFF_ONLY_ANSWERS = [
    Act("ticket.close", "spam", EventKind.SPAMMED, picking("spam")),
    Act("ticket.close", "close", EventKind.REPLIED, writing, prepare=as_it_is),
    Act("ticket.files", "attach internally", EventKind.ATTACHED, attaching("internal")),
]
READS = {"ticket.history", "ticket.files", "ticket.copy_number"}
"""Keys that every reader of a ticket has."""


def expected(who: str, verb: str) -> str:
    """What the services answer to a verb."""
    _make, for_both, for_staff = WHO[who]
    return for_both if verb in FOR_BOTH else for_staff


@pytest.fixture
def people(cast: Cast) -> Cast:
    """A desk with a second topic and a colleague to assign to."""
    cast.topic("Spare")
    cast.operator("nora")
    cast.operator("luis")
    cast.customer("carla")
    return cast


def history(cast: Cast, number: int) -> list[EventKind]:
    """What happened to a ticket."""
    return [event.kind for event in ask.as_staff(cast.admin(), number, with_history=True).events]


def offered(screen: DeskScreen[Any]) -> set[str]:
    """The keys of tickets that a screen offers now."""
    return {
        key.id
        for key in keys.of_context(screen.CONTEXT)
        if key.id.startswith("ticket.") and screen.check_action(key.action.partition("(")[0], ()) is not False
    } & ({act.name for act in ACTS} | READS)


async def palette(screen: DeskScreen[Any]) -> dict[str, Any]:
    """What the palette lists now, and what runs."""
    return {str(hit.text): hit.command async for hit in Actions(screen).discover()}  # type: ignore[union-attr]


def named(names: Iterable[str]) -> set[str]:
    """What the palette calls the keys."""
    helps = [BY_ID[name].help for name in names]
    return {text[:1].upper() + text[1:] for text in helps}


async def arrived(pilot: Pilot[Any]) -> None:
    """Let the inbox come."""
    await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))
    await settled(pilot)


async def open_ticket(pilot: Pilot[Any], number: int) -> TicketScreen:
    """Go to a ticket by its number, from the list."""
    await back_to(pilot, InboxScreen)
    app = pilot.app
    assert isinstance(app, SysmoApp)
    app.open_ticket(number)
    await settled(pilot)
    assert isinstance(app.screen, TicketScreen)
    return app.screen


async def put_cursor_on(pilot: Pilot[Any], number: int) -> InboxScreen:
    """Go to the list with a ticket in it, and to its line if it has one."""
    await back_to(pilot, InboxScreen)
    inbox = pilot.app.screen
    assert isinstance(inbox, InboxScreen)
    inbox.search.value = f"#{number}"
    inbox.table.focus()
    await settled(pilot)
    return inbox


async def back_to(pilot: Pilot[Any], screen: type[Screen[Any]]) -> None:
    """Leave whatever is above a screen."""
    while not isinstance(pilot.app.screen, screen):
        pilot.app.screen.dismiss()
        await pilot.pause()
    await settled(pilot)


def offered_to(who: str, state: str) -> set[str]:
    """The keys that someone must find on a ticket in a state."""
    allowed = {act.name for act in ACTS if expected(who, act.verb) == ALLOWED}
    if expected(who, "show") == ALLOWED:
        allowed |= READS
    if state == "closed":
        return allowed - {"ticket.take", "ticket.release", "ticket.assign", "ticket.close"}
    return allowed - {"ticket.reopen", "ticket.take" if state == "taken" else "ticket.release"}


STATES: dict[str, Prepare] = {"new": as_it_is, "taken": taken, "closed": closed}


@pytest.mark.parametrize("who", WHO)
async def test_keys_and_palette_offer_on_a_ticket_what_the_services_allow(
    stage: Stage, people: Cast, who: str
) -> None:
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        for state, prepare in STATES.items():
            number = ask.file(people.customer("carla"))
            prepare(people, number)
            screen = await open_ticket(pilot, number)
            wanted = offered_to(who, state)
            assert offered(screen) == wanted, state
            listed = set(await palette(screen))
            assert listed & named({act.name for act in ACTS} | READS) == named(wanted), state
            more = {"Watch it", "File the same again"}
            assert listed & more == (more if expected(who, "watch") == ALLOWED else set()), state


@pytest.mark.parametrize("who", WHO)
async def test_keys_and_palette_offer_in_a_list_what_the_services_allow(
    stage: Stage, people: Cast, who: str
) -> None:
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        if app.actor.is_staff:
            await pilot.press("4")
        for state, prepare in STATES.items():
            number = ask.file(people.customer("carla"))
            prepare(people, number)
            inbox = await put_cursor_on(pilot, number)
            row = inbox.row()
            assert (row is not None and row.number == number) is (expected(who, "show") == ALLOWED), state
            wanted = {name for name in offered_to(who, state) if Context.INBOX in BY_ID[name].contexts}
            assert offered(inbox) == wanted, state
            listed = set(await palette(inbox))
            assert listed & named({act.name for act in ACTS} | READS) == named(wanted), state


async def tried(pilot: Pilot[Any], screen: DeskScreen[Any], act: Act, way: str) -> None:
    """Do something by its key, by the palette, or past all that hides it."""
    key = BY_ID[act.name]
    if way == "key":
        await pilot.press(keys.spelled(key.keys)[0])
    elif way == "palette":
        (name,) = named({act.name})
        command = (await palette(screen)).get(name)
        if command is not None:
            await command()
    else:
        getattr(screen, f"action_{key.action}")()
    await settled(pilot)


MAY, MAY_NOT = (
    ("the requester", "an operator of the topic"),
    [who for who in WHO if expected(who, "note") != ALLOWED],
)
TRIED = [
    *((who, "key") for who in WHO if expected(who, "show") == ALLOWED),
    *((who, "palette") for who in MAY),
    *((who, "forced") for who in MAY_NOT),
]
"""Key and palette lead to the same action; whoever may not do it must not get past what hides it."""


@pytest.mark.parametrize(("who", "way"), TRIED)
async def test_what_is_done_to_an_open_ticket_is_what_the_services_allow(
    stage: Stage, people: Cast, who: str, way: str
) -> None:
    found = {}
    app = stage(WHO[who][0](people))
    is_staff_of_it = expected(who, "note") == ALLOWED
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        for act in [*ACTS, *(STAFF_ONLY_ANSWERS if is_staff_of_it and way == "key" else ())]:
            number = ask.file(people.customer("carla"))
            act.prepare(people, number)
            before = history(people, number)
            screen = await open_ticket(pilot, number)
            await tried(pilot, screen, act, way)
            if act.happens is EventKind.REPLIED and act.name == "ticket.close":
                await picking("reply")(pilot)
            await act.answer(pilot)
            happened = history(people, number)[len(before) :]
            is_allowed = expected(who, act.verb) == ALLOWED
            if (act.happens in happened) is not is_allowed or (happened and not is_allowed):
                found[act.name, act.verb] = (happened, seen(pilot))
    assert found == {}


@pytest.mark.parametrize("who", [*MAY, "an operator of another topic"])
async def test_what_is_done_to_a_line_of_a_list_is_what_the_services_allow(
    stage: Stage, people: Cast, who: str
) -> None:
    found = {}
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        if app.actor.is_staff:
            await pilot.press("4")
        for act in ACTS:
            if Context.INBOX not in BY_ID[act.name].contexts:
                continue
            number = ask.file(people.customer("carla"))
            act.prepare(people, number)
            before = history(people, number)
            inbox = await put_cursor_on(pilot, number)
            await tried(pilot, inbox, act, "key")
            await act.answer(pilot)
            happened = history(people, number)[len(before) :]
            is_allowed = expected(who, act.verb) == ALLOWED
            if (act.happens in happened) is not is_allowed or (happened and not is_allowed):
                found[act.name] = (happened, seen(pilot))
    assert found == {}


@pytest.mark.parametrize("who", [who for who in WHO if expected(who, "watch") == ALLOWED])
async def test_what_has_no_key_is_done_from_the_palette(stage: Stage, people: Cast, who: str) -> None:
    number = ask.file(people.customer("carla"))
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        screen = await open_ticket(pilot, number)
        for name, kind in (
            ("Watch it", EventKind.WATCHED),
            ("Watch it no more", EventKind.UNWATCHED),
            ("File the same again", EventKind.FILED),
        ):
            (await palette(screen))[name]()
            await settled(pilot)
            about = number + 1 if kind is EventKind.FILED else number
            assert kind in history(people, about), name


async def test_a_ticket_that_is_open_when_its_topic_is_taken_away_cannot_be_acted_on(
    stage: Stage, people: Cast
) -> None:
    numbers = {}
    for act in ACTS:
        numbers[act.name] = ask.file(people.customer("carla"))
        act.prepare(people, numbers[act.name])
    befores = {name: history(people, number) for name, number in numbers.items()}
    app = stage(people.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        for act in ACTS:
            number = numbers[act.name]
            people.admin().write(topic_upkeep.add_operators, "general", ("luis@desk.example",))
            screen = await open_ticket(pilot, number)
            assert screen.row() is not None
            people.admin().write(topic_upkeep.remove_operators, "general", ("luis@desk.example",))
            await tried(pilot, screen, act, "forced")
            await act.answer(pilot)
            assert history(people, number) == befores[act.name], act.name


BY_NUMBER: dict[str, Callable[[int], Screen[Any]]] = {
    "ticket": TicketScreen,
    "reply": lambda number: ComposeScreen(number, DraftKind.REPLY),
    "note": lambda number: ComposeScreen(number, DraftKind.NOTE),
    "history": HistoryScreen,
    "files": lambda number: FilesScreen(number, is_staff=True),
}


@pytest.mark.parametrize("who", [who for who in WHO if expected(who, "show") == MISSING])
async def test_a_foreign_ticket_looks_like_one_that_is_missing(stage: Stage, people: Cast, who: str) -> None:
    foreign, missing = ask.file(people.customer("carla"), "Secret subject"), 7
    people.operator("luis").write(tagging.tag, foreign, ("vip",))
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await arrived(pilot)
        inbox = app.screen
        for name, make in BY_NUMBER.items():
            looks = []
            for number in (foreign, missing):
                app.push_screen(make(number))
                await settled(pilot)
                looks.append(
                    (
                        seen(pilot).replace(f"#{number}", "#N"),
                        [str(each.message) for each in app._notifications],
                        sorted(await palette(app.screen)) if isinstance(app.screen, DeskScreen) else [],
                    )
                )
                await back_to(pilot, InboxScreen)
            assert looks[0] == looks[1], name
            assert "Secret subject" not in looks[0][0]
            assert "There is no ticket #N." in looks[0][0], name
        assert app.screen is inbox


@pytest.mark.parametrize("who", [who for who in WHO if expected(who, "show") == MISSING])
async def test_go_to_a_number_finds_no_foreign_ticket(stage: Stage, people: Cast, who: str) -> None:
    foreign, missing = ask.file(people.customer("carla"), "Secret subject"), 7
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        looks = []
        for number in (foreign, missing):
            await pilot.press("colon", *f"#{number}")
            await until_seen(pilot, f"Go to #{number}")
            await pilot.press("enter")
            await until_seen(pilot, f"There is no ticket #{number}.")
            await settled(pilot)
            looks.append(seen(pilot).replace(f"#{number}", "#N"))
            assert isinstance(app.screen, TicketScreen)
            assert offered(app.screen) == set()
            await pilot.press("escape")
            await arrived(pilot)
        assert looks[0] == looks[1]


@pytest.mark.parametrize("who", WHO)
async def test_places_are_open_by_role(stage: Stage, people: Cast, who: str) -> None:
    make: Callable[[Cast], Door] = WHO[who][0]
    app = stage(make(people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        inbox = app.screen
        assert isinstance(inbox, InboxScreen)
        for place, letter in (("reports", "R"), ("administration", "A"), ("profile", "P")):
            is_open = app.actor.is_staff or place == "profile"
            (name,) = named({f"app.{place}"})
            assert (name in await palette(inbox)) is is_open, place
            assert app.is_place(place) is is_open
            await pilot.press(letter)
            await settled(pilot)
            assert (app.screen is not inbox) is is_open, place
            inbox._open_place(place)
            await settled(pilot)
            assert (type(app.screen).__name__ == PLACES[place][1]) is is_open, place
            await back_to(pilot, InboxScreen)


AREAS = {
    "an operator of the topic": {"Accounts", "Topics"},
    "an operator of another topic": {"Accounts", "Topics"},
    "a manager": {"Accounts", "Topics", "Mail"},
    "an administrator": {
        "Accounts",
        "Waiting for their code",
        "Topics",
        "Statuses",
        "Ticket types",
        "Priorities",
        "Mail",
        "Settings",
        "Audit log",
    },
}


@pytest.mark.parametrize("who", AREAS)
async def test_the_administration_shows_its_parts_by_role(stage: Stage, people: Cast, who: str) -> None:
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 40), notifications=True) as pilot:
        await arrived(pilot)
        await pilot.press("A")
        await settled(pilot)
        lines = [line.strip() for line in seen(pilot).splitlines()]
        shown = {area for area in AREAS["an administrator"] if any(line.startswith(area) for line in lines)}
        assert shown == AREAS[who]
