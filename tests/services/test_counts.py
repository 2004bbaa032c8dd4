"""Numbers tell nobody of tickets that they may not know of."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.services import account_list, tagging, tickets, topics
from tests.cast import Cast
from tests.services import requests as ask


@pytest.fixture
def number(cast: Cast, admin: Door) -> int:
    """Carla's one ticket in "general", beside two of hers that only administrators and "fin" may know of."""
    cast.topic("Finance", is_public=False)
    cast.operator("fin", ["finance"])
    carla = cast.customer()
    for subject in ("Merger", "Layoffs"):
        hidden = ask.file(
            admin, subject, topic="finance", requester="carla@customer.example", channel="phone"
        )
        admin.write(tickets.assign, hidden, "fin@desk.example")
    return ask.file(carla)


def counted(door: Door, number: int) -> dict[str, int]:
    """Every number of tickets that staff are told."""
    customer = door.read(account_list.show, "carla@customer.example").line
    listed = {line.email: line.open_tickets for line in door.read(account_list.page).items}
    lines = {line.slug: line.open_tickets for line in door.read(topics.lines)}
    assert listed["carla@customer.example"] == customer.open_tickets
    assert lines["finance"] == door.read(topics.show, "finance").line.open_tickets
    return {
        "carla": customer.open_tickets,
        "fin": listed["fin@desk.example"],
        "finance": lines["finance"],
        "panel": ask.as_staff(door, number).requester_tickets,
    }


def test_an_operator_is_told_of_no_ticket_of_topics_that_others_serve(cast: Cast, admin: Door, number: int):
    luis = cast.operator()
    assert counted(luis, number) == {"carla": 1, "fin": 0, "finance": 0, "panel": 1}
    everything = {"carla": 3, "fin": 2, "finance": 2, "panel": 3}
    assert counted(admin, number) == counted(cast.manager(), number) == everything


def test_a_ticket_that_an_operator_takes_part_in_counts(cast: Cast, admin: Door, number: int):
    luis = cast.operator()
    admin.write(tickets.assign, number - 1, "luis@desk.example")
    assert counted(luis, number) == {"carla": 2, "fin": 0, "finance": 1, "panel": 2}
    cast.sign_in("luis").write(tagging.watch, number - 1)
    admin.write(tickets.assign, number - 1, "fin@desk.example")
    assert counted(luis, number) == {"carla": 2, "fin": 1, "finance": 1, "panel": 2}
    assert ask.as_staff(luis, number - 1).is_watched
