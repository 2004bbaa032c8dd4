"""Pictures for the documentation are small, and say what the screen said."""

from __future__ import annotations

from scripts.pictures import small


def test_places_are_rounded_and_what_is_read_is_not():
    svg = '<text class="t-r1" x="12.2345" y="1.5" textLength="24.44">25.000.000</text>'
    assert small(svg) == '<text class="t-r1" x="12.2" y="1.5" textLength="122.0">25.000.000</text>'
