"""Who telephoned and has no account yet is written to; who was only invited to the staff is not."""

from __future__ import annotations

from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Channel, Role
from sysmo_tui.services import accounts, history, people
from sysmo_tui.services.accounts import Invitation
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_a_customer_who_telephoned_is_written_to(store_url: str, clock: Clock):
    desk = open_desk(store_url, clock=clock)
    cast = Cast(desk)
    cast.found()
    operator = cast.operator()
    accounts.invite(cast.admin(), Invitation("soon@desk.example", "Soon", Role.OPERATOR, ("general",)))
    number = ask.file(
        operator, requester="nora@customer.example", requester_name="Nora", channel=Channel.PHONE
    )
    ask.reply(operator, number, "Noted, we will call back.")
    told = [line.address for line in operator.read(history.mails, number)]
    assert told.count("nora@customer.example") == 2
    assert "soon@desk.example" not in told
    desk.close()


def test_an_account_that_somebody_else_makes_at_the_same_moment_is_taken(cast: Cast):
    def make_twice(work: Work) -> tuple[int, int]:
        address = "nora@customer.example"
        first = people.expected(work, address, "Nora", "en")
        second = people.expected(work, "Nora@customer.example", "Another", "es")
        assert (second.name, second.locale) == ("Nora", "en")
        return first.id, second.id

    first, second = cast.itself.touch(make_twice)
    assert first == second
