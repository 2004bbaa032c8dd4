from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.tallies import Cases, pack, unpack

IDS = st.one_of(st.none(), st.integers(1, 2**63 - 1))
KEYS = st.tuples(st.one_of(st.none(), st.sampled_from(Closer)), IDS, IDS)
CASES = st.tuples(
    st.integers(0, 10**9), st.lists(st.lists(st.integers(0, 2**32 - 1)).map(sorted), max_size=3)
)


@given(st.dictionaries(KEYS, CASES, max_size=8))
@settings(max_examples=150, deadline=None)
def test_packed_groups_are_the_same_when_they_are_unpacked(told: dict[tuple, tuple]) -> None:
    groups = {
        key: Cases(n, sum(map(sum, runs)), [run for run in runs if run]) for key, (n, runs) in told.items()
    }
    found = {key: (n, total, list(run)) for key, n, total, run in unpack(pack(groups))}
    assert found == {
        key: (cases.n, cases.total, sorted(value for run in cases.runs for value in run))
        for key, cases in groups.items()
    }
    backwards = dict(reversed(groups.items()))
    assert pack(backwards) == pack(groups)
