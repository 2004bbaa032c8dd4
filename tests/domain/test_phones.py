"""Telephone numbers are kept in E.164."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.phones import normalise, show


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("11 4321-1234", "AR", "+541143211234"),
        ("+54 11 4321 1234", "PE", "+541143211234"),
        ("(01) 234 5678", "PE", "+5112345678"),
        ("+34 912 345 678", "", "+34912345678"),
    ],
)
def test_a_number_is_kept_in_e164(written, country, kept):
    assert normalise(written, country) == kept
    assert normalise(kept, country) == kept


@pytest.mark.parametrize(
    "text",
    ["", "abc", "123", "+54 11 4321-1234 ext. 5", "1" * 300, "11 4321\n12", "+999 123", "\x1b[2J"],
)
def test_anything_else_is_refused_under_its_field(text):
    with pytest.raises(Invalid) as refusal:
        normalise(text, "AR")
    assert refusal.value.field == "phone"


@given(st.text(max_size=45), st.sampled_from(["AR", "US", "", "XX"]))
@settings(deadline=None)
def test_any_text_is_a_number_or_refused(text, country):
    try:
        kept = normalise(text, country)
    except Invalid:
        return
    assert kept.startswith("+")
    assert normalise(show(kept), "") == kept


def test_a_number_is_shown_as_it_is_dialled_from_abroad():
    assert show("+541143211234") == "+54 11 4321-1234"
    assert show("unknown") == "unknown"
