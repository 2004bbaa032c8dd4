"""Every verb and every option of the command line is open in the door or closed, by a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sysmo_tui.cli.door_lines import ALONE, CLOSED, CLOSED_OPTIONS, EVERYWHERE, OPEN, Gate
from sysmo_tui.cli.local_options import DeskPlace, mark
from sysmo_tui.cli.root import build
from sysmo_tui.cli.verbs import NounGroup
from sysmo_tui.domain.enums import Role

NEVER = frozenset().union(*CLOSED_OPTIONS.values())
SHUT = frozenset().union(*CLOSED.values())
WORDS_OF_PLACES = (
    "url",
    "path",
    "database",
    "config",
    "editor",
    "pager",
    "file",
    "folder",
    "shell",
    "plugin",
)


def verbs(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every verb with its proper name, hidden ones that are nobody's other name included."""
    names = [*group.registered, *group.nested] if path else group.list_commands(None)
    for name in names:
        command = group.get_command(None, name)
        if isinstance(command, NounGroup):
            yield from verbs(command, f"{path}{name} ")
        elif group.proper_name(name) == name:
            yield path + name, command


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    return dict(verbs(build()))


@pytest.fixture(scope="module")
def opened() -> dict[str, frozenset[str]]:
    return {path: frozenset(names.split()) for each in OPEN.values() for path, names in each.items()}


def _options(command: Any) -> set[str]:
    return {
        name
        for param in command.params
        if param.param_type_name == "option"
        for name in (*param.opts, *param.secondary_opts)
    }


def test_every_verb_is_open_or_closed_for_a_reason(tree: dict[str, Any], opened: dict[str, frozenset[str]]):
    for path in tree:
        is_shut = any(path == shut or path.startswith(f"{shut} ") for shut in SHUT)
        assert (path in opened) != is_shut, f"decide about {path} in cli/door_lines.py"


def test_every_option_of_an_open_verb_is_open_or_closed_for_a_reason(
    tree: dict[str, Any], opened: dict[str, frozenset[str]]
):
    for path, names in opened.items():
        known = _options(tree[path])
        assert known == names | EVERYWHERE | (NEVER & known), f"decide about {path} in cli/door_lines.py"
    assert _options(build()) == ALONE | NEVER


def test_no_verb_is_open_twice():
    paths = [path for verbs in OPEN.values() for path in verbs]
    assert len(paths) == len(set(paths))


def test_nothing_that_is_open_takes_a_place_of_the_desk(
    tree: dict[str, Any], opened: dict[str, frozenset[str]]
):
    for path in opened:
        shown = Gate(Role.ADMIN).params(path, tree[path].params)
        assert not any(isinstance(mark(param), DeskPlace) for param in shown)
        for param in shown:
            if mark(param) is None and param.param_type_name == "option":
                assert not any(word in (param.name or "") for word in WORDS_OF_PLACES), (path, param.name)


def test_who_may_do_less_sees_less():
    gates = [Gate(None), *(Gate(role) for role in Role)]
    for path in (path for verbs in OPEN.values() for path in verbs):
        seen = [gate.shows(path) for gate in gates]
        assert seen == sorted(seen)
        assert seen[-1]
    assert [gate.shows("account") for gate in gates] == [False, False, True, True, True]
    assert not any(gate.shows(path) or gate.knows(path) for gate in gates for path in SHUT)
