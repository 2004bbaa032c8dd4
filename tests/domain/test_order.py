from __future__ import annotations

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain import order
from sysmo_tui.domain.measures import Times
from sysmo_tui.domain.order import Order

VALUES = st.one_of(st.integers(0, 9), st.integers(0, 2**32 - 1))
RUNS = st.lists(st.lists(VALUES, max_size=40).map(sorted), max_size=30)


@given(RUNS, st.sampled_from([0, 10**9]))
@settings(max_examples=150, deadline=None)
def test_every_value_is_in_its_place_however_many_there_are(runs: list[list[int]], few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # As if these were many already.
        patch.setattr(order, "FEW", few)
        patch.setattr(order, "_STEP", 3)
        patch.setattr(order, "_SPREAD", 1)
        found = Order([array("I", run) for run in runs])
        expected = sorted(value for run in runs for value in run)
        assert [found[k] for k in range(len(found))] == expected
        with pytest.raises(IndexError):
            found[len(expected)]


def test_a_million_equal_values_have_themselves_in_the_middle() -> None:
    runs = [array("I", [5]) * 250_000 for _ in range(4)] + [array("I", [7])]
    assert Times.of_runs(runs, 5_000_007) == Times(n=1_000_001, mean=5, median=5, p90=5)
