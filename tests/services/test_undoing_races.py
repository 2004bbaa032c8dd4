"""Undo at the same time as a colleague's edit, as a sender, and as itself: one of the two, never half."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable

import sqlalchemy as sa

from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Command, Door
from sysmo_tui.domain import taken_back
from sysmo_tui.domain.enums import Category, Channel, CloseReason, EventKind, TicketField
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.models import Batch, Event, table
from sysmo_tui.services import bulk, closing, editing, outbox, proof, tagging, tickets, undoing
from tests.cast import START, Cast, Clock
from tests.services import requests as ask

_BATCH, _EVENT = table(Batch), table(Event)


def together(*tasks: Callable[[], object]) -> None:
    """Run tasks at the same moment, and wait for all."""
    ready = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        ready.wait()
        task()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_of_two_that_undo_the_same_one_does(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    done: list[str] = []

    def undo() -> None:
        try:
            done.append(operator.write(undoing.undo).command)
        except Conflict as refusal:
            done.append(str(refusal))

    for _ in range(4):
        operator.write(tickets.take, number)
        together(undo, undo)
        assert done.count("tickets.take") == 1
        assert ask.as_staff(operator, number).row.assignee is None
        done.clear()
    assert cast.itself.read(proof.check) == ()


def test_an_undo_and_a_colleagues_edit_of_the_same_field_are_one_after_the_other(
    cast: Cast, customer: Door, operator: Door
):
    number, rita = ask.file(customer), cast.operator("rita")
    refused: list[str] = []

    def undo() -> None:
        try:
            operator.write(undoing.undo)
        except Conflict as refusal:
            refused.append(str(refusal))

    for _ in range(5):
        operator.write(editing.edit, number, {TicketField.PRIORITY: "urgent"})
        together(undo, lambda: rita.write(editing.edit, number, {TicketField.PRIORITY: "low"}))
        assert ask.as_staff(rita, number).row.priority == "Low"
        rita.write(editing.edit, number, {TicketField.PRIORITY: "normal"})
    assert set(refused) <= {f"Rita changed #{number} since: priority. Nothing is undone."}
    assert cast.itself.read(proof.check) == ()


def test_mail_about_a_close_that_is_undone_was_sent_and_corrected_or_never_leaves(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    luis = cast.sign_in("luis", Channel.TUI)
    numbers = [ask.file(customer) for _ in range(6)]
    cast.itself.touch(outbox.claim, "before", 1000)
    for number in numbers:
        luis.write(closing.close, number, reason=CloseReason.NOT_OURS)
    clock.advance(seconds=10)
    claimed: list[int | None] = []

    def send() -> None:
        for _ in numbers:
            for mail in cast.itself.touch(outbox.claim, "sender", 1):
                cast.desk.settle(cast.itself.caller, outbox.mark_sent, mail.id, "sender")
                claimed.append(mail.ticket_number)

    together(send, lambda: [luis.write(undoing.undo) for _ in numbers])
    clock.advance(seconds=10)
    corrected = [mail.ticket_number for mail in cast.itself.touch(outbox.claim, "later", 1000)]
    for number in numbers:
        assert (claimed.count(number), corrected.count(number)) in {(0, 0), (1, 1)}
        assert ask.as_customer(customer, number).row.category is Category.NEW
    assert cast.itself.read(proof.check) == ()


def test_a_program_that_is_killed_while_it_undoes_leaves_each_undo_whole_or_undone(
    store_url: str, cast: Cast, customer: Door, operator: Door
):
    numbers = [ask.file(customer) for _ in range(3)]
    for _ in range(3):
        kill_while_it_undoes(store_url, operator, numbers)
    with cast.desk.store.reading() as session:
        undone = set(session.execute(sa.select(_BATCH.c.id).where(_BATCH.c.undone_by.is_not(None))).scalars())
        causes = session.execute(sa.select(_EVENT.c.cause).where(_EVENT.c.kind == EventKind.UNDONE)).scalars()
        told = {taken_back.batch_of(cause) for cause in causes}
    assert undone == told
    assert undone
    assert cast.itself.read(proof.check) == ()


def kill_while_it_undoes(url: str, door: Door, numbers: list[int]) -> None:
    """Let a program do and undo, and kill it at some moment after its first undo."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        theirs = Door(open_desk(url, clock=lambda: START), door.caller)
        while True:
            theirs.write_once(Command("tagging.tag"), bulk.each, numbers, tagging.tag, ("fire", "roof"))
            theirs.write(undoing.undo)
            os.write(writing, b".")
    os.close(writing)
    with os.fdopen(reading, "rb") as rest:
        assert rest.read(1) == b"."
        time.sleep(random.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
