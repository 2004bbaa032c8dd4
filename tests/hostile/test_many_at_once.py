"""Many programs write on one desk at once, and nobody notices the others."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import IO, Any

import pytest
import sqlalchemy as sa

from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Door
from sysmo_tui.models import Entry, Ticket, table
from sysmo_tui.services import files, proof
from sysmo_tui.storage import integrity
from tests.cast import Cast, Clock
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


def program(*words: object, stdin: int | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.writing", *map(str, words)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def answer(running: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What a program reports in the end; nothing may have gone wrong in it."""
    out, err = running.communicate(timeout=180)
    assert running.returncode == 0, err.decode()[-2000:]
    report: dict[str, Any] = json.loads(out)
    return report


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
    cast.operator()
    seconds = seconds_for(store_url)
    sessions = [
        (cast.sign_in("carla").caller.secret, cast.sign_in("luis").caller.secret) for _ in range(WRITERS)
    ]
    receiver = program(
        store_url, cast.sign_in("carla").caller.secret, number, "--receive", stdin=subprocess.PIPE
    )
    writers = [program(store_url, *pair, seconds, f"w{n}") for n, pair in enumerate(sessions)]
    assert receiver.stdin is not None
    feed(receiver.stdin, seconds)
    reports = [answer(writer) for writer in writers]
    received = answer(receiver)

    assert [error for report in reports for error in report["errors"]] == []
    numbers = [number, *(each for report in reports for each in report["numbers"])]
    assert [each for each, times in Counter(numbers).items() if times > 1] == []
    bodies = Counter(each for report in reports for each in report["bodies"])
    desk = open_desk(store_url)
    with desk.store.reading() as session:
        kept = set(session.execute(sa.select(table(Ticket).c.number)).scalars())
        said = Counter(session.execute(sa.select(table(Entry).c.body)).scalars())
    assert kept == set(numbers)
    assert said == bodies + Counter({"Smoke comes out.": 1, "": 1})
    assert received["sha256"] == hashlib.sha256(FILE).hexdigest()
    door = Door(desk, cast.itself.caller)
    [file] = door.read(files.of_ticket, number)
    assert b"".join(files.chunks(door, number, file.key)) == FILE
    assert [str(problem) for problem in integrity.check(desk.store)] == []
    assert door.read(proof.check) == ()
    desk.close()
    slowest = max(report["slowest"] for report in reports)
    print(f"{len(numbers)} tickets, {sum(bodies.values())} entries in {seconds:g} s; slowest {slowest:.2f} s")
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
