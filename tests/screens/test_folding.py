"""Quotes and signatures are folded on the screen, and one key away."""

from __future__ import annotations

import pytest

from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import thread
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.screens.test_ticket import file_one

ANSWER = """\
Sí, 中文.

El mar, 3 mar 2026 a las 10:00, Mesa de ayuda (<
desk@acme.example>) escribió:

> Hello Carla,
> is it in the needle socket?

--\x20
Carla
ACME
"""
FOLDED = ("┄ 4 quoted lines · z", "┄ signature · z")


def answered(cast: Cast, answer: str = ANSWER) -> int:
    number = file_one(cast)
    cast.customer("carla").write(thread.reply, number, Outgoing(answer))
    return number


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_key_unfolds_all_and_folds_it_again(stage: Stage, cast: Cast, size: tuple[int, int]) -> None:
    answered(cast)
    async with stage(cast.operator()).run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Sí, 中文.", *FOLDED)
        assert "escribió" not in seen(pilot)
        assert "ACME" not in seen(pilot)
        await pilot.press("z")
        await until_seen(pilot, "desk@acme.example>) escribió:", "> Hello Carla,", "ACME")
        assert "┄" not in seen(pilot)
        await pilot.press("z")
        await until_seen(pilot, *FOLDED)


async def test_what_comes_later_and_the_next_ticket_are_as_the_reader_chose(stage: Stage, cast: Cast) -> None:
    number = answered(cast)
    answered(cast, ANSWER.replace("Sí", "Otra"))
    async with stage(cast.operator()).run_test(size=(80, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))
        await pilot.press("enter")
        await until_seen(pilot, *FOLDED)
        await pilot.press("z")
        await until_seen(pilot, "ACME")
        await pilot.press("right_square_bracket")
        await until_seen(pilot, "2 of 2", "escribió", "ACME")
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "1 of 2", "escribió", "ACME")
        screen = pilot.app.screen
        assert isinstance(screen, TicketScreen)
        row = screen.row()
        assert row is not None
        later = ANSWER.replace("Sí", "Después")
        cast.customer("carla").write(thread.reply, row.number, Outgoing(later))
        await until(pilot, lambda: seen(pilot).count("ACME") == 2)
        assert "┄" not in seen(pilot)
    assert number


async def test_finding_unfolds_what_it_finds(stage: Stage, cast: Cast) -> None:
    answered(cast)
    async with stage(cast.operator()).run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, *FOLDED)
        await pilot.press("slash", *"needle", "enter")
        await until_seen(pilot, "needle socket", "Found: 1 of 1")
        assert "┄" not in seen(pilot)


async def test_the_mouse_unfolds_too(stage: Stage, cast: Cast) -> None:
    answered(cast)
    async with stage(cast.operator()).run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, *FOLDED)
        row, line = next((at, text) for at, text in enumerate(seen(pilot).splitlines()) if FOLDED[0] in text)
        await pilot.click(offset=(line.index("quoted"), row))
        await until_seen(pilot, "> Hello Carla,")


async def test_the_preview_folds_and_names_no_key_that_does_something_else(
    stage: Stage, cast: Cast, at_once: None
) -> None:
    answered(cast)
    async with stage(cast.operator()).run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "Sí, 中文.", "┄ 4 quoted lines", "┄ signature")
        assert "· z" not in seen(pilot)
        assert "escribió" not in seen(pilot)


async def test_a_message_that_is_all_quote_is_shown(stage: Stage, cast: Cast) -> None:
    answered(cast, ANSWER.partition("\n\n")[2].partition("-- ")[0])
    async with stage(cast.operator()).run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "escribió:", "> Hello Carla,")


async def test_the_copied_text_is_whole(stage: Stage, cast: Cast) -> None:
    answered(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, *FOLDED)
        await pilot.press("Y")
        await until_seen(pilot, "was sent to the clipboard")
        assert app.clipboard.strip() == ANSWER.strip()
