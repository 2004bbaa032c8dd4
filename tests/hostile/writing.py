"""One of many programs that write on a desk at once.

Run as ``python -m tests.hostile.writing URL CUSTOMER OPERATOR SECONDS NAME``, with the secrets of two
sessions: files, answers, notes and takes until the time is over. As ``… URL SECRET NUMBER --receive`` it
attaches what comes through standard input instead. Prints one line of JSON: what was acknowledged.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import BinaryIO, cast

from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel, Inbox, Sort
from sysmo_tui.domain.errors import Conflict, DeskError
from sysmo_tui.services import files, filing, inboxes, thread, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing

PATIENCE = 60.0
"""Seconds to wait for a server that is away: on a busy machine it takes long to come back."""


def write(desk: Desk, customer: Door, operator: Door, seconds: float, name: str) -> dict[str, object]:
    """Write as fast as possible for a while; returns what the desk said it had done."""
    dice = random.Random(name)
    numbers: list[int] = []
    bodies: list[str] = []
    errors: list[str] = []
    taken: list[int] = []
    races, slowest, step = 0, 0.0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        step += 1
        words = f"{name}.{step}"
        begun = time.monotonic()
        try:
            if step % 4 == 1:
                numbers.append(customer.write(filing.file, Filing("general", words, words)).number)
            elif step % 4 == 2:
                customer.write(thread.reply, dice.choice(numbers), Outgoing(words))
            elif step % 4 == 3:
                operator.write(thread.note, dice.choice(numbers), Outgoing(words))
            else:
                # Any ticket that stands in the inbox, the others' too: a number below one's own may belong
                # to a filing that is not over yet.
                listed = operator.read(inboxes.page, Inbox.ALL, sort=Sort.CREATED).page
                number = dice.choice(listed.items).number
                operator.write(tickets.take, number)
                taken.append(number)
            if step % 4:
                bodies.append(words)
        except Conflict:
            races += 1
        except DeskError as error:
            errors.append(f"{words}: {type(error).__name__}: {error}")
        slowest = max(slowest, time.monotonic() - begun)
    return {
        "numbers": numbers,
        "bodies": bodies,
        "taken": taken,
        "errors": errors,
        "races": races,
        "slowest": slowest,
    }


def receive(door: Door, number: int, stream: BinaryIO) -> dict[str, object]:
    """Attach what comes through a pipe, however slowly."""
    upload = files.stage(door, stream, "slow.bin")
    done = door.write(thread.attach, number, (upload,))
    return {"entry": done.entry_key, "size": upload.size, "sha256": upload.sha256}


def main() -> None:
    """Do what the command line says."""
    url, *given = sys.argv[1:]
    desk = open_desk(url).with_patience(PATIENCE)

    def door(secret: str) -> Door:
        return Door(desk, Caller(Channel.CLI, "many", secret))

    if given[-1] == "--receive":
        report = receive(door(given[0]), int(given[1]), cast("BinaryIO", sys.stdin.buffer.raw))  # type: ignore[attr-defined]
    else:
        report = write(desk, door(given[0]), door(given[1]), float(given[2]), given[3])
    desk.close()
    print(json.dumps(report))


if __name__ == "__main__":
    main()
