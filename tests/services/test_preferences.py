"""What people may choose for themselves: a closed list, read strictly when chosen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Theme
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.services import arrival, preferences, profile
from sysmo_tui.services.preferences import PREFERENCES
from tests.cast import SEEN

_WORDS = st.text("abx =:,;\x00ñ", max_size=6)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("theme", " Light ", "light"),
        ("slow", "yes", True),
        ("events", "0", False),
        ("start", "reports", "reports"),
        ("start", "SAVED: Überfällig ", "saved:Überfällig"),
        ("after_closing", "stay", "stay"),
        ("columns", "assigned=number, subject; all=due", {"assigned": ["number", "subject"], "all": ["due"]}),
        ("recent_searches", ["a", "b", "a", ""], ["a", "b"]),
        ("keymap", {"ticket.reply": "b,f9"}, {"ticket.reply": "b,f9"}),
        ("theme", "", None),
        ("keymap", None, None),
    ],
)
def test_a_choice_is_read_as_people_write_it(name: str, text: object, value: object):
    assert preferences.checked({name: text}) == {name: value}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("theme", "pink"),
        ("slow", "perhaps"),
        ("start", "nowhere"),
        ("start", "saved:"),
        ("start", "saved:" + "x" * 200),
        ("after_closing", "leave"),
        ("keymap", "ticket.reply=b"),
        ("keymap", {"Ticket": "b"}),
        ("keymap", {"ticket.reply": "b c"}),
        ("keymap", {"ticket.reply": 3}),
        ("recent_searches", "printer"),
        ("columns", "number,subject"),
        ("columns", "nowhere=number"),
        ("columns", {"assigned": ["Number!"]}),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_and_named(name: str, text: object):
    with pytest.raises(Invalid) as refusal:
        preferences.checked({name: text})
    assert refusal.value.field == name


def test_an_unknown_name_is_told_with_the_names_that_there_are():
    with pytest.raises(NotFound) as refusal:
        preferences.checked({"colour": "red"})
    assert "theme, slow, start" in str(refusal.value.message)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*PREFERENCES, "unknown"]), _JSON))
def test_whatever_an_account_keeps_each_preference_has_a_value_that_could_be_chosen(stored: dict[str, Any]):
    values = preferences.of(stored)
    assert list(values) == list(PREFERENCES)
    for name, value in values.items():
        default = PREFERENCES[name].default
        assert value == default or preferences.checked({name: value}) in ({name: value}, {name: None})


def test_what_was_chosen_is_told_apart_from_what_nobody_chose():
    chosen = {
        each.name: (each.value, each.is_chosen)
        for each in preferences.listed({"theme": "light", "slow": "?"})
    }
    assert chosen["theme"] == ("light", True)
    assert chosen["slow"] == (False, False)
    assert "start" not in {each.name for each in preferences.listed({}, is_staff=False)}


def test_values_are_shown_as_they_can_be_typed():
    for name, text in (
        ("preview", "off"),
        ("start", "saved:Due"),
        ("columns", "all=number, due"),
        ("theme", ""),
    ):
        value = preferences.of(preferences.checked({name: text}))[name]
        assert preferences.shown(value) == text


def test_every_theme_has_a_word():
    assert list(PREFERENCES["theme"].words or {}) == list(Theme)


def test_who_comes_in_brings_the_preferences_and_the_defaults_of_the_rest(operator: Door):
    operator.write(profile.prefer, {"after_closing": "stay"})
    here = operator.read(arrival.arrive)
    assert here.preferences["after_closing"] == "stay"
    assert here.preferences == {**preferences.of(SEEN), "after_closing": "stay"}
