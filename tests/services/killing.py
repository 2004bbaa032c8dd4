"""Kills a program that works on a desk at random moments, then looks at what is left.

Run as ``python -m tests.services.killing URL ADDRESS_OF_CUSTOMER ROUNDS SEED``. Prints one
line of JSON: how much was acknowledged, and every promise that was broken.
"""

from __future__ import annotations

import gc
import io
import json
import os
import random
import signal
import sys
import time

import sqlalchemy as sa

from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Command, Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from sysmo_tui.models import Attachment, Batch, Blob, Entry, Outbox, Ticket, table
from sysmo_tui.services import files, filing, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cast import START

FILE = os.urandom(2_000_000)
"""What is attached: 2 MB, in several pieces."""

MOST_STEPS = 4
"""How many steps of a working program are acknowledged at most before it is killed."""

WITHIN_SECONDS = 0.01
"""How long after that at most."""


def work_until_killed(url: str, secret: str, life: int, answers: int) -> None:
    """File, reply and attach under keys of its own, and write each key once it is acknowledged."""
    door = Door(open_desk(url, clock=lambda: START), Caller(Channel.CLI, "killed", secret))
    number = 0
    for step in range(10_000):
        key = f"{life}.{step}"
        os.write(answers, f"try {key}\n".encode())
        number = one_step(door, key, number)
        os.write(answers, f"ok {key}\n".encode())


def one_step(door: Door, key: str, number: int) -> int:
    """The step that a key names; doing it again does nothing."""
    step = int(key.partition(".")[2])
    if step % 4 == 0 or not number:
        asked = Filing("general", f"Request {key}", f"Body of {key}")
        return door.write_once(Command("filing.file", key, key), filing.file, asked).number
    if step % 4 == 2:
        upload = files.stage(door, io.BytesIO(FILE), f"{key}.bin")
        door.write_once(Command("thread.attach", key, key), thread.attach, number, (upload,))
    else:
        door.write_once(Command("thread.reply", key, key), thread.reply, number, Outgoing(f"Reply {key}"))
    return number


def one_life(url: str, secret: str, life: int, dice: random.Random) -> tuple[list[str], str | None]:
    """Let a program work and kill it; returns the acknowledged keys, and the one it died in."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        work_until_killed(url, secret, life, writing)
        os._exit(0)
    os.close(writing)
    steps, begun = dice.randint(0, MOST_STEPS), b""
    while begun.count(b"ok ") < steps or not begun:
        piece = os.read(reading, 4096)
        assert piece, "the program ended by itself"
        begun += piece
    time.sleep(dice.uniform(0.0, WITHIN_SECONDS))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as rest:
        said = [
            line.split()
            for line in (begun + rest.read()).decode().splitlines(keepends=True)
            if line.endswith("\n")
        ]
    done = [key for word, key in said if word == "ok"]
    open_key = said[-1][1] if said and said[-1][0] == "try" else None
    return done, open_key


def broken_promises(work: Work, acknowledged: list[str]) -> list[str]:
    """What an honest desk would not show after all this."""
    batch, ticket, entry = table(Batch), table(Ticket), table(Entry)
    attachment, blob, outbox = table(Attachment), table(Blob), table(Outbox)
    run = work.session.execute
    kept = list(
        run(
            sa.select(batch.c.key).where(
                batch.c.command.in_(("filing.file", "thread.reply", "thread.attach"))
            )
        ).scalars()
    )
    found = [f"lost {key}" for key in set(acknowledged) - set(kept)]
    subjects = list(run(sa.select(ticket.c.subject)).scalars())
    bodies = list(run(sa.select(entry.c.body).where(entry.c.body != "")).scalars())
    names = list(run(sa.select(attachment.c.filename)).scalars())
    for texts in (subjects, bodies, names):
        found += [f"doubled {text}" for text in set(texts) if texts.count(text) > 1]
    requests = run(
        sa.select(sa.func.count()).select_from(entry).where(entry.c.kind == "request")
    ).scalar_one()
    if requests != len(subjects):
        found.append(f"{len(subjects)} tickets but {requests} requests")
    half = sa.select(sa.func.count()).select_from(attachment.join(blob)).where(~blob.c.is_complete)
    if run(half).scalar_one():
        found.append("a file that is not complete")
    without_mail = sa.select(ticket.c.number).where(
        ~sa.exists().where(outbox.c.ticket_number == ticket.c.number)
    )
    if run(without_mail).first():
        found.append("a ticket that nobody was told of")
    return found


def main() -> None:
    """Live, die, retry, look."""
    url, secret, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    dice = random.Random(seed)
    acknowledged: list[str] = []
    retried: list[str] = []
    # What is imported by the first step is there before the programs live: their lives are short.
    before = open_desk(url, clock=lambda: START)
    one_step(Door(before, Caller(Channel.CLI, "killed", secret)), "before.0", 0)
    before.close()
    gc.freeze()
    for life in range(rounds):
        done, open_key = one_life(url, secret, life, dice)
        acknowledged += done
        if open_key is not None and int(open_key.partition(".")[2]) % 4 == 0:
            retried.append(open_key)
    desk = open_desk(url, clock=lambda: START)
    door = Door(desk, Caller(Channel.CLI, "killed", secret))
    for key in retried * 2:
        one_step(door, key, 0)
    print(
        json.dumps(
            {
                "acknowledged": len(acknowledged),
                "retried": len(retried),
                "broken": desk.read(
                    Caller(Channel.DESK, is_desk=True), broken_promises, acknowledged + retried
                ),
            }
        )
    )
    desk.close()


if __name__ == "__main__":
    main()
