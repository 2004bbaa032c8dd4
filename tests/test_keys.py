"""The keys: one list, no clash, and what remapping accepts."""

from __future__ import annotations

from itertools import combinations

import pytest

from sysmo_tui import keys
from sysmo_tui.keys import BY_ID, KEYS, Context, checked_keymap


def test_every_binding_has_its_own_id() -> None:
    assert len(BY_ID) == len(KEYS)


@pytest.mark.parametrize("context", [context for context in Context if context is not Context.EVERYWHERE])
def test_no_two_keys_of_a_place_are_the_same(context: Context) -> None:
    here = [key for key in keys.of_context(context, Context.EVERYWHERE) if key.bound]
    for one, other in combinations(here, 2):
        assert not set(keys.spelled(one.keys)) & set(keys.spelled(other.keys)), (one.id, other.id)


def test_keys_that_terminals_send_for_others_are_not_used() -> None:
    used = {name for key in KEYS for name in keys.spelled(key.keys)}
    assert not used & {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+b", "ctrl+a", "ctrl+w", "ctrl+["}


def test_q_never_quits() -> None:
    assert all("q" not in keys.spelled(key.keys) for key in KEYS if key.action == "quit")


def test_every_function_key_has_a_second_key() -> None:
    for key in KEYS:
        names = keys.spelled(key.keys)
        if any(name.startswith("f") and name[1:].isdigit() for name in names) and key.id not in (
            "compose.switch",
            "compose.attach",
        ):
            assert len(names) > 1, key.id


def test_a_keymap_replaces_keys_by_id() -> None:
    accepted, problems = keys.checked_keymap({"ticket.reply": "E", "inbox.find": "?"})
    assert accepted == {"ticket.reply": "E"}
    assert str(problems[0]) == "? is already the key of app.help; inbox.find keeps its own."


def test_a_keymap_can_swap_two_keys() -> None:
    accepted, problems = keys.checked_keymap({"ticket.reply": "i", "ticket.note": "r"})
    assert (accepted, problems) == ({"ticket.reply": "i", "ticket.note": "r"}, [])


def test_a_keymap_with_unknown_names_or_impossible_keys_is_refused() -> None:
    accepted, problems = keys.checked_keymap({"no.such": "b", "ticket.reply": "ctrl+m", "ticket.note": ""})
    assert accepted == {}
    assert len(problems) == 3


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        *(("app.quit", keys) for keys in ("E", "ctrl+e,E", "backspace", "shift+f", "home")),
        *(("app.back", keys) for keys in ("E", "q,E", "delete")),
        *(
            (name, keys)
            for name in ("app.quit", "app.back")
            for keys in ("f99", "Escape", "hyper", "ctrl+", "+")
        ),
    ],
)
def test_nobody_takes_their_own_way_out_away(name: str, keys: str) -> None:
    accepted, problems = checked_keymap({name: keys})
    assert accepted == {}
    assert len(problems) == 1


def test_what_presses_a_button_or_goes_to_another_does_nothing_else_in_a_question() -> None:
    accepted, problems = checked_keymap(
        {"dialog.yes": "enter", "dialog.no": "shift+tab", "issued.copy": "tab"}
    )
    assert (accepted, len(problems)) == ({}, 3)


def test_the_way_out_may_be_another() -> None:
    wanted = {
        "app.quit": "ctrl+e,f9",
        "app.back": "q,f11",
        "app.help": "f1,alt+h",
        "ticket.reply": "shift+f3,E",
    }
    assert checked_keymap(wanted) == (wanted, [])
