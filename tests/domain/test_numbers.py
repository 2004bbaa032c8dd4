"""Ticket numbers are read as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.numbers import parse_number


@pytest.mark.parametrize("text", ["42", "#42", "T-42", "t-42", "t42", " 42 ", "0042"])
def test_a_number_is_read(text):
    assert parse_number(text) == 42


@pytest.mark.parametrize(
    "text", ["", "0", "#0", "-1", "4 2", "42x", "#", "T-", "٤٢", "2147483648", "99999999999", "1e3", "#T-42"]
)
def test_anything_else_is_no_number(text):
    with pytest.raises(Invalid) as refusal:
        parse_number(text)
    assert refusal.value.field == "number"


@given(st.integers(1, 2**31 - 1))
def test_a_shown_number_is_read_back(number):
    assert parse_number(f"#{number}") == number
