"""What the benchmarks say of figures; the figures themselves depend on the machine."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from benchmarks import figures
from benchmarks.__main__ import sizes
from benchmarks.cases import Case, Goal, compared, p95
from benchmarks.figures import Figure, Growth, growths
from benchmarks.table import tables, with_tables


def figure(tickets: int, ours: float, ideal: float | None = 1.0, growth: float | None = 1.5) -> Figure:
    return Figure(
        "sql",
        "inbox",
        "ms",
        ours,
        "≤ 3 ×",
        is_met=ours <= 3,
        ideal=ideal,
        database="sqlite",
        tickets=tickets,
        growth=growth,
    )


def test_a_goal_in_milliseconds_grows_with_the_ideal_of_a_slower_machine() -> None:
    goal = Goal(most=3, where_ideal=0.5)
    assert goal.is_met(3.0, 0.1)
    assert not goal.is_met(3.1, 0.5)
    assert goal.is_met(5.9, 1.0)
    assert not Goal(most=3).is_met(3.1, 100.0)
    assert Goal(times=3, more=0.5).is_met(3.5, 1.0)
    assert str(goal) == "≤ 3 ms where ideal 0.5"


def test_a_case_is_done_in_turn_with_its_ideal() -> None:
    done: list[str] = []
    case = Case("x", lambda: done.append("ours"), lambda: done.append("ideal"), Goal(times=1_000))
    found = compared("sql", case, "sqlite", 10)
    assert done[::2] == ["ours"] * (len(done) // 2)
    assert done[1::2] == ["ideal"] * (len(done) // 2)
    assert found.p95 is not None
    assert found.p95 >= found.ours > 0


def test_the_95th_percentile_is_a_value_that_was_measured() -> None:
    assert p95(list(range(1, 101))) == 95
    assert p95([7.0]) == 7.0


def test_growth_is_from_the_smallest_desk_to_the_largest_and_allowed_what_the_ideal_grew() -> None:
    small, middle, large = figure(10, 1.0), figure(100, 9.0), figure(1_000, 2.9, ideal=2.0)
    assert list(growths([middle, large, small])) == [Growth(large, small)]
    assert Growth(large, small).is_met
    assert not Growth(figure(1_000, 1.6), small).is_met
    assert Growth(figure(1_000, 9.0, growth=None), small).is_met
    assert list(growths([small])) == []


def test_figures_are_kept_beside_those_of_other_sizes_and_replaced_by_newer_ones(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    figures.keep(path, [figure(10, 1.0), figure(100, 2.0)])
    figures.keep(path, [figure(100, 2.5)])
    machine, found = figures.load(path)
    assert machine == figures.machine()
    assert found == [figure(10, 1.0), figure(100, 2.5)]


def test_figures_of_another_machine_are_not_mixed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "figures.json"
    figures.keep(path, [figure(10, 1.0)])
    before = path.read_bytes()
    monkeypatch.setattr(figures, "machine", lambda: {"cpu": "another"})
    with pytest.raises(SystemExit, match="another machine"):
        figures.keep(path, [figure(10, 2.0)])
    assert path.read_bytes() == before


def test_tables_have_a_column_for_each_size_and_mark_what_misses() -> None:
    text = tables({"cpu": "2 × some"}, [figure(10, 1.0), figure(1_000, 4.0)])
    assert "### sql, sqlite" in text
    assert (
        "| inbox | 1 ms (1) | **4 ms (1)** | **4.0 × (1.0 ×)** | ≤ 3 ×; growth ≤ 1.5 × the ideal's |" in text
    )
    assert with_tables("a\n<!-- figures -->\nold\n<!-- /figures -->\nb", "new\n") == (
        "a\n<!-- figures -->\nnew\n<!-- /figures -->\nb"
    )


@pytest.mark.parametrize("given", ["", "10x", "0", "10k,,1m", "-1k"])
def test_what_is_no_size_is_refused(given: str) -> None:
    with pytest.raises(ArgumentTypeError, match="no size"):
        sizes(given)


def test_sizes_are_taken_smallest_first() -> None:
    assert sizes("1m,10k,500,10000") == [500, 10_000, 1_000_000]
