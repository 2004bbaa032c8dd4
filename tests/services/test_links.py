"""The links of a thread, as far as its reader may know them."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.links import Doubt
from sysmo_tui.services import links
from tests.cast import Cast
from tests.services import requests as ask


def test_everybody_finds_the_links_that_they_may_read_each_once(
    customer: Door, operator: Door, cast: Cast
) -> None:
    number = ask.file(customer, body="Look: https://a.example/x and HTTP://B.example")
    ask.note(operator, number, "Their page is https://internal.example/")
    key = ask.reply(operator, number, "See [bank.example](https://a.example/x).")
    found = operator.read(links.of_ticket, number)
    assert [each.link.host for each in found] == ["b.example", "internal.example", "a.example"]
    assert found[-1].entry == key
    assert found[-1].author == "Luis"
    assert found[-1].link.doubts == (Doubt.OTHER,)
    assert [each.link.host for each in customer.read(links.of_ticket, number)] == ["b.example", "a.example"]
    with pytest.raises(NotFound):
        cast.customer("oscar").read(links.of_ticket, number)
