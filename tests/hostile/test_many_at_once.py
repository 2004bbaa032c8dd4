"""Many programs write on one desk at once, and nobody notices the others."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import threading
from datetime import UTC, datetime
from typing import IO

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.services import files
from tests.cast import Cast, Clock
from tests.hostile.acknowledging import answer, everything_is_as_told, program, sessions
from tests.services import requests as ask

WRITERS = 8
SECONDS = {"sqlite": 8.0, "postgresql": 3.0}
FILE = random.Random(1).randbytes(25_000_000)
PIECES = 100
LONGEST = 20.0
"""Seconds after which a write that finds the desk busy gives up: four tries of five seconds."""


def seconds_for(url: str) -> float:
    """How long to write; ``SYSMO_TEST_SECONDS`` chooses."""
    return float(os.environ.get("SYSMO_TEST_SECONDS") or SECONDS[url.partition(":")[0]])


def feed(pipe: IO[bytes], seconds: float) -> None:
    """Send the file in pieces, spread over the time."""
    pause = threading.Event()
    size = len(FILE) // PIECES
    for at in range(0, len(FILE), size):
        pipe.write(FILE[at : at + size])
        pause.wait(seconds / PIECES)
    pipe.flush()


def test_nobody_notices_the_others(store_url: str, cast: Cast, clock: Clock):
    clock.now = datetime.now(UTC)
    number = ask.file(cast.customer())
    seconds = seconds_for(store_url)
    pairs = sessions(cast, WRITERS)
    receiver = program(
        store_url, cast.sign_in("carla").caller.secret, number, "--receive", stdin=subprocess.PIPE
    )
    writers = [program(store_url, *pair, seconds, f"w{n}") for n, pair in enumerate(pairs)]
    assert receiver.stdin is not None
    feed(receiver.stdin, seconds)
    reports = [answer(writer) for writer in writers]
    received = answer(receiver)

    everything_is_as_told(cast, reports, [number], ["Smoke comes out.", ""])
    assert received["sha256"] == hashlib.sha256(FILE).hexdigest()
    [file] = cast.itself.read(files.of_ticket, number)
    assert b"".join(files.chunks(cast.itself, number, file.key)) == FILE
    slowest = max(report["slowest"] for report in reports)
    told = sum(len(report["bodies"]) for report in reports)
    print(f"{told} entries in {seconds:g} s; slowest {slowest:.2f} s")
    assert slowest < LONGEST


@pytest.mark.parametrize("takers", [8])
def test_of_many_who_take_a_ticket_one_gets_it(store_url: str, cast: Cast, takers: int):
    from concurrent.futures import ThreadPoolExecutor

    from sysmo_tui.domain.errors import Conflict
    from sysmo_tui.services import tickets

    number = ask.file(cast.customer())
    doors = [cast.operator(f"operator{n}") for n in range(takers)]
    start = threading.Barrier(takers)

    def take(door: Door) -> bool:
        start.wait()
        try:
            door.write(tickets.take, number)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(takers) as pool:
        assert sorted(pool.map(take, doors)) == [False] * (takers - 1) + [True]
