"""Changes that come one after the other are followed at once."""

from __future__ import annotations

from sysmo_tui.domain.changes import EVERYTHING, MOST, NOTHING, Changes


def test_nothing_is_nothing_and_adds_nothing():
    some = Changes(frozenset({1}), frozenset({2}))
    assert not NOTHING
    assert not (NOTHING | NOTHING)
    assert NOTHING | some == some | NOTHING == some


def test_changes_name_the_tickets_of_all_of_them():
    both = Changes(frozenset({1}), frozenset({7})) | Changes(frozenset({2}))
    assert both == Changes(frozenset({1, 2}), frozenset({7}))
    assert [both.touches(number) for number in (1, 2, 7)] == [True, True, False]
    assert [both.touches_presence(number) for number in (1, 7)] == [False, True]


def test_who_comes_or_goes_changes_no_ticket():
    assert Changes(presence=frozenset({1}))
    assert not Changes(presence=frozenset({1})).has_tickets


def test_everything_stays_everything_and_so_do_many():
    few = Changes(frozenset(range(MOST)))
    assert few | few == few
    for much in (EVERYTHING | few, few | EVERYTHING, few | Changes(frozenset({MOST}))):
        assert much == EVERYTHING
        assert much.touches(-1)
        assert much.touches_presence(-1)
        assert much.has_tickets
