"""Which values of command lines are files, and whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sysmo_tui.cli.local_options import DeskPlace, LocalFile, LocalTarget, Named, files_read, mark
from sysmo_tui.cli.root import build

NO_PLACES = {
    ("ticket download", "files"),
    ("mail mailbox new", "folder"),
    ("mail mailbox new", "moves_to"),
    ("mail mailbox edit", "folder"),
    ("mail mailbox edit", "moves_to"),
}
LOOKS_LIKE_A_PLACE = {"FILE", "FILE…", "FOLDER", "PATH"}


def verbs(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every verb that help shows, with the words that lead to it."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if command.hidden:
            continue
        if hasattr(command, "list_commands"):
            yield from verbs(command, f"{path}{name} ")
        else:
            yield path + name, command


@pytest.fixture(scope="module")
def marked() -> dict[type, set[tuple[str, str]]]:
    """The marked parameters, by their mark."""
    found: dict[type, set[tuple[str, str]]] = {}
    for path, command in verbs(build()):
        for param in command.params:
            if (kind := mark(param)) is not None:
                found.setdefault(type(kind), set()).add((path, param.name))
    return found


def test_every_value_that_is_a_place_is_marked():
    for path, command in verbs(build()):
        for param in command.params:
            is_known = mark(param) is not None or (path, param.name) in NO_PLACES
            assert is_known or param.metavar not in LOOKS_LIKE_A_PLACE, (path, param.name)


def test_these_files_are_read_and_written_where_the_words_are_typed(marked: Any):
    written = ("mail template edit", "mail template preview", "canned new", "canned edit")
    texts = ("ticket new", "ticket reply", "ticket note", "ticket close")
    assert marked[LocalFile] == {
        *((path, "body_file") for path in (*texts, *written)),
        *((path, "attach") for path in texts),
        ("ticket attach", "files"),
        ("config apply", "file"),
        ("mail route test", "file"),
    }
    assert marked[LocalTarget] == {
        ("ticket download", "output"),
        ("mail raw", "output"),
        ("report", "html"),
    }


def test_these_places_are_known_only_at_the_desk(marked: Any):
    assert marked[DeskPlace] == {("init", "shared"), ("db backup", "file"), ("db restore", "file")}


def test_the_text_of_a_line_is_read_before_its_files():
    commands = dict(verbs(build()))
    values = {"attach": ["a.png", "-"], "body": None, "body_file": "text.txt", "number": "1"}
    for path in ("ticket new", "ticket reply", "ticket note", "ticket close"):
        assert files_read(commands[path].params, values) == (
            Named("body_file", "text.txt"),
            Named("attach", "a.png"),
            Named("attach", "-"),
        )
    assert files_read(commands["ticket reply"].params, {"attach": None}) == ()
