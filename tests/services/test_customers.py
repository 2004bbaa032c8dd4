"""The customer of a ticket as its staff know them."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import CloseReason
from sysmo_tui.domain.errors import Forbidden, NotFound
from sysmo_tui.services import closing, companies, customers
from sysmo_tui.services.companies import CompanyEdits
from tests.cast import Cast
from tests.services import requests as ask


def test_a_card_tells_the_company_and_the_tickets_that_its_reader_works_on(cast: Cast, operator: Door):
    cast.topic("Spare")
    carla = cast.customer("carla", company="ACME")
    company = cast.admin().read(companies.show, "ACME")
    cast.admin().write(companies.edit, str(company.id), CompanyEdits(notes="Pays late.\nKind."))
    closed, here, elsewhere = (
        ask.file(carla, "Old"),
        ask.file(carla, "New"),
        ask.file(carla, "Hidden", topic="spare"),
    )
    ask.file(cast.customer("oscar"), "Another's")
    operator.write(closing.close, closed, reason=CloseReason.DUPLICATE)
    card = operator.read(customers.card, here)
    assert (card.name, card.email) == ("Carla", "carla@customer.example")
    assert card.company is not None
    assert (card.company.name, card.company.notes) == ("ACME", "Pays late.\nKind.")
    assert [row.number for row in card.tickets] == [here, closed]
    assert (card.ticket_count, card.open_count) == (2, 1)
    whole = cast.manager().read(customers.card, here)
    assert [row.number for row in whole.tickets] == [elsewhere, here, closed]
    with pytest.raises(Forbidden):
        carla.read(customers.card, here)
    with pytest.raises(NotFound):
        operator.read(customers.card, elsewhere)
