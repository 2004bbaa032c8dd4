"""What is done by key, by palette, or past all that hides it, is what the services allow."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.enums import EventKind
from sysmo_tui.keys import BY_ID, Context
from sysmo_tui.services import topic_upkeep
from tests.cast import Cast
from tests.screens.acting import (
    ACTS,
    STAFF_ONLY_ANSWERS,
    arrived,
    expected,
    history,
    open_ticket,
    palette,
    picking,
    put_cursor_on,
    settled,
    tried,
)
from tests.screens.conftest import Stage, seen
from tests.services import requests as ask
from tests.services.test_matrix import ALLOWED, WHO

pytestmark = pytest.mark.usefixtures("at_once")


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
SHARES = {"a manager": slice(0, None, 2), "an administrator": slice(1, None, 2)}
"""Who may do what an operator of the topic may: each of the two does half of it."""


@pytest.mark.parametrize(("who", "way"), TRIED)
async def test_what_is_done_to_an_open_ticket_is_what_the_services_allow(
    stage: Stage, people: Cast, who: str, way: str
) -> None:
    found = {}
    app = stage(WHO[who][0](people))
    is_staff_of_it = expected(who, "note") == ALLOWED
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        acts = [*ACTS, *(STAFF_ONLY_ANSWERS if is_staff_of_it and way == "key" else ())]
        for act in acts[SHARES.get(who, slice(None))]:
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
        (await palette(screen))["File the same again"]()
        await settled(pilot)
        assert EventKind.FILED in history(people, number + 1)


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
