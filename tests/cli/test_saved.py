"""``sysmo saved`` and the lists that it gives."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli, Office, capture, cli, small_office
from tests.services import requests as ask

__all__ = ["capture", "cli", "small_office"]


@pytest.fixture
def luis(small_office: Office) -> Cli:
    cast = small_office.cast
    carla = cast.customer()
    for _ in range(3):
        ask.file(carla)
    return small_office.at("luis", cast.operator())


def test_a_saved_search_is_a_list_with_its_words_its_columns_and_what_one_adds(luis: Cli) -> None:
    luis.ok("ticket", "tag", "2", "vip")
    luis.ok("saved", "new", "Very important", "tag:vip", "-nothing", "--columns", "number")
    kept = luis.ok("saved", "show", "very important", "--json").json
    assert kept["query"] == "tag:vip -nothing"
    assert (kept["tickets"], kept["has_more_tickets"], kept["columns"]) == (1, False, ["number"])
    listed = luis.ok("ticket", "list", "--saved", "very important", "--json").json
    assert listed["items"] == [{"number": 2}]
    assert luis.ok("ticket", "list", "--saved", "very important", "is:closed", "--json").json["items"] == []
    luis.ok("saved", "edit", "Very important", "--query", "is:open or tag:vip", "--columns", "")
    several = luis.ok("ticket", "list", "--saved", "very important", "number:1..2", "--json").json["items"]
    assert [each["number"] for each in several] == [2, 1]
    assert several[0]["waiting_since"].endswith("Z")
    assert luis.ok("saved", "list", "--json").json["items"][0]["name"] == "Very important"
    luis.ok("saved", "delete", "Very important", "--yes")
    assert luis("ticket", "list", "--saved", "very important").code == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "Late", "topic:nowhere"), "In the search: topic: there is no “nowhere”"),
        (("new", "Late", "--columns", "colour"), "There is no column “colour”."),
        (("new", "Late", "--sort", "colour"), "This list is sorted by one of"),
        (("edit", "Late"), "Say what to change"),
        (("edit", "Late", "--name", "x"), "There is no saved search “Late”."),
        (("new", "Late", "--shared"), "Only managers and administrators can do this."),
    ],
)
def test_what_cannot_be_saved_is_one_clear_line(luis: Cli, words: tuple[str, ...], said: str) -> None:
    ran = luis("saved", *words)
    assert ran.code != 0
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert luis.ok("saved", "list", "--json").json["items"] == []
