"""What made a ticket what it is."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Cause, Channel, EventKind, TicketField
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.services import accounts, editing, explaining, tickets
from tests.cast import Cast
from tests.services import requests as ask


def test_each_fact_is_told_with_what_last_decided_it(cast: Cast, customer: Door):
    nora, luis = cast.operator("nora"), cast.operator("luis")
    number = ask.file(customer)
    luis.write(tickets.take, number)
    luis.write(editing.edit, number, {TicketField.PRIORITY: "urgent"})
    cast.admin().write(accounts.disable, "luis@desk.example", hand_over_to="nora@desk.example")
    reasons = {reason.field: reason for reason in nora.read(explaining.why, number)}
    assert (reasons["priority"].value, reasons["priority"].event.actor) == ("Urgent", "Luis")
    assert reasons["topic"].event.kind is EventKind.FILED
    assert reasons["topic"].event.channel is Channel.CLI
    assert (reasons["assignee"].value, reasons["assignee"].event.cause) == ("Nora", Cause.ACCOUNT_DISABLED)
    assert reasons["status"].event.kind is EventKind.TAKEN
    assert "close_reason" not in reasons
    nora.write(tickets.release, number)
    assert "assignee" not in {reason.field for reason in nora.read(explaining.why, number)}
    with pytest.raises(Forbidden):
        customer.read(explaining.why, number)
