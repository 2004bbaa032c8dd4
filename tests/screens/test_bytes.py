"""What the program writes on a terminal, in bytes: they are the same on every machine."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks.data import NOW
from benchmarks.terminals import Terminal, opened
from sysmo_tui.desk import Desk
from sysmo_tui.services import tickets
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.services import requests as ask

TICKETS = 60
STILL = 0.6
"""Seconds in which nothing may be written."""
FOLLOWED = 1.5
"""Seconds after which what others did is on the screen."""
MOVE, WITH_PREVIEW, PAGE, COUNTER = 1_500, 8_000, 16_000, 300


def is_still(terminal: Terminal) -> bool:
    """Whether nothing is written, once everything is painted."""
    terminal.painted(STILL)
    return not terminal.idle(STILL).content


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_little_is_written_for_a_key_and_nothing_while_nothing_happens(
    sqlite_store: Store, columns: int, rows: int
) -> None:
    cast = Cast(Desk(sqlite_store, clock=Clock(NOW)))
    cast.found()
    luis, carla = cast.operator("luis"), cast.customer("carla")
    for n in range(TICKETS):
        luis.write(tickets.take, ask.file(carla, subject=f"Fire on {n}"))
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    program = [sys.executable, "-m", "benchmarks.program", sqlite_store.url, luis.caller.secret or ""]
    with opened(program, environ, columns, rows) as terminal:
        terminal.until("Fire on")
        assert is_still(terminal)
        # Another program may have written over it.
        assert terminal.press("\x12").content.count(b"Fire on") > rows / 2
        if columns >= 100:
            assert 0 < terminal.press("j").size <= WITH_PREVIEW
            terminal.press("z")
        assert 0 < terminal.press("j").size <= MOVE
        assert 0 < terminal.press("\x1b[6~").size <= PAGE
        ask.file(carla, subject="One more")
        assert 0 < terminal.painted(quiet=FOLLOWED).size <= COUNTER
        for keys in (("/",), ("\x1b", "\r", "r")) if columns < 100 else ():
            for key in keys:
                terminal.press(key)
            assert is_still(terminal)
