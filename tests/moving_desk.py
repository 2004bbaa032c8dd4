"""A desk on which people work at random for some weeks, across a change of the clocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import CloseReason, TicketField
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.services import closing, desk_settings, editing, filing, thread, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock

ZONE = "Europe/Madrid"
"""Where the clocks go forward on 29 March 2026."""


def work_for_weeks(
    cast: Cast, clock: Clock, seed: int, steps: int = 260, meanwhile: Callable[[], object] = lambda: None
) -> list[int]:
    """Let customers, operators and the desk itself act at random; the numbers of the tickets.

    ``meanwhile`` is called now and then.
    """
    dice = Random(seed)
    cast.admin().write(desk_settings.change, "time_zone", ZONE)
    cast.topic("Billing")
    cast.operator("luis", ["general", "billing"])
    cast.operator("rosa", ["general"])
    cast.customer("carla")
    cast.customer("ciro")
    numbers: list[int] = []
    for step in range(steps):
        if step % 10 == 9:
            meanwhile()
        clock.advance(minutes=dice.choice([3, 47, 240, 600, 1440]) + dice.random() * 30)
        # Sessions end with the night; whoever acts signs in again.
        customer = partial(cast.sign_in, dice.choice(["carla", "ciro"]))
        operator = partial(cast.sign_in, dice.choice(["luis", "rosa", "ada"]))
        if not numbers or dice.random() < 0.25:
            filed = Filing(dice.choice(["general", "billing"]), "Printer", "It burns.")
            numbers.append(customer().write(filing.file, filed).number)
            continue
        try:
            _act(
                dice,
                dice.choice(numbers if dice.random() < 0.3 else numbers[-12:]),
                operator,
                customer,
                cast.itself,
            )
        except DeskError:
            continue
    return numbers


def _act(
    dice: Random, number: int, operator: Callable[[], Door], customer: Callable[[], Door], itself: Door
) -> None:
    match dice.choice(
        ["take", "reply", "reply", "close", "close", "ask", "own", "auto", "reopen", "spam", "move"]
    ):
        case "take":
            operator().write(tickets.take, number)
        case "reply":
            operator().write(thread.reply, number, Outgoing("Try again.", closes=dice.random() < 0.3))
        case "close":
            operator().write(closing.close, number, reason=CloseReason.NOT_OURS)
        case "ask":
            customer().write(thread.reply, number, Outgoing("And now?"))
        case "own":
            customer().write(closing.close, number)
        case "auto":
            itself.write(closing.close, number, reason=CloseReason.NO_REPLY)
        case "reopen":
            dice.choice([operator, customer])().write(closing.reopen, number)
        case "spam":
            if dice.random() < 0.4:
                operator().write(closing.spam, number)
        case _:
            operator().write(editing.edit, number, {TicketField.TOPIC: dice.choice(["general", "billing"])})
