from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category, CloseReason
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.i18n import render
from sysmo_tui.services import closing, tickets
from sysmo_tui.services.thread import Outgoing
from tests.services import requests as ask


def test_closing_what_was_never_answered_wants_a_last_reply_or_a_reason(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    with pytest.raises(Invalid) as refused:
        operator.write(closing.close, number)
    assert refused.value.field == "reason"
    closed = operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    assert closed.category is Category.CLOSED
    assert ask.as_staff(operator, number).close_reason is CloseReason.DUPLICATE


def test_an_answered_ticket_is_closed_without_further_words(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.reply(operator, number)
    operator.write(closing.close, number)
    seen = ask.as_staff(operator, number)
    assert (seen.row.category, seen.close_reason) == (Category.CLOSED, CloseReason.ANSWERED)
    assert seen.row.closed_at is not None


@pytest.mark.parametrize("reason", [CloseReason.SPAM, CloseReason.ANSWERED, CloseReason.BY_CUSTOMER])
def test_some_reasons_are_the_desks_own(customer: Door, operator: Door, reason: CloseReason):
    with pytest.raises(Invalid):
        operator.write(closing.close, ask.file(customer), reason=reason)


def test_who_asked_gives_no_reason_and_is_offered_none(customer: Door, operator: Door):
    own = ask.file(operator)
    for door, number in ((customer, ask.file(customer)), (operator, own)):
        with pytest.raises(Invalid) as refused:
            door.write(closing.close, number, reason=CloseReason.DUPLICATE)
        assert refused.value.field == "reason"
        assert "duplicate" not in render(refused.value.message)
    operator.write(closing.close, own)
    assert ask.as_staff(operator, own).close_reason is CloseReason.BY_CUSTOMER


def test_customers_close_and_reopen_their_own(customer: Door, operator: Door):
    number = ask.file(customer)
    customer.write(closing.close, number)
    assert ask.as_staff(operator, number).close_reason is CloseReason.BY_CUSTOMER
    with pytest.raises(Conflict):
        customer.write(closing.close, number)
    customer.write(closing.reopen, number)
    assert ask.as_staff(operator, number).row.category is Category.OPEN
    with pytest.raises(Conflict):
        customer.write(closing.reopen, number)


def test_a_refused_last_reply_leaves_the_ticket_open(customer: Door, operator: Door):
    number = ask.file(customer)
    with pytest.raises(Invalid):
        operator.write(closing.close, number, message=Outgoing(" "))
    assert ask.as_staff(operator, number).row.category is Category.NEW


def test_spam_is_closed_and_reopening_takes_it_back(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(closing.spam, number)
    assert ask.as_staff(operator, number).is_spam
    with pytest.raises(Conflict):
        operator.write(closing.spam, number)
    operator.write(closing.reopen, number)
    assert not ask.as_staff(operator, number).is_spam
    with pytest.raises(Forbidden):
        customer.write(closing.spam, number)
