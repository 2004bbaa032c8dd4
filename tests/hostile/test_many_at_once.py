"""Many programs write on one desk at once, and nobody notices the others."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import IO

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.services import files, tickets
from tests.cast import Cast, Clock
from tests.hostile.acknowledging import answer, everything_is_as_told, program, sessions
from tests.services import requests as ask

WRITERS = 8
SECONDS = {"sqlite": 2.0, "postgresql": 1.5}
FILE = random.Random(1).randbytes(25_000_000)
PIECES = 100
ROUNDS = int(os.environ.get("SYSMO_TEST_ROUNDS") or 25)
TAKERS = 16
"""How often how many take the same ticket at once; ``SYSMO_TEST_ROUNDS`` chooses."""
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


def test_of_many_who_take_a_ticket_one_gets_it(cast: Cast):
    doors = [cast.operator(f"operator{n}") for n in range(TAKERS)]
    start = threading.Barrier(TAKERS)

    def take(door: Door) -> list[str]:
        """Take each ticket as soon as all are ready; what became of it."""
        outcomes = []
        for number in numbers:
            start.wait(30)
            try:
                door.write(tickets.take, number)
            except Conflict:
                outcomes.append("taken by another")
            else:
                outcomes.append("mine")
        return outcomes

    numbers = [ask.file(cast.customer()) for _ in range(ROUNDS)]
    with ThreadPoolExecutor(TAKERS) as pool:
        for outcomes in zip(*pool.map(take, doors), strict=True):
            assert Counter(outcomes) == {"mine": 1, "taken by another": TAKERS - 1}
