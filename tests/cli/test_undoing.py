"""``sysmo undo``: one's last command, or a named one, with JSON, a rehearsal, and words in the history."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import Cli, Office
from tests.services import requests as ask


def shown(cli: Cli, number: int, *more: str) -> Any:
    return cli.ok("ticket", "show", str(number), "--json", *more).json


def test_the_last_command_is_undone_and_then_the_one_before(office: Office) -> None:
    luis, carla = office.operator, office.customer
    one, other = (ask.file(office.cast.customer()) for _ in range(2))
    before = shown(carla, one)
    luis.ok("ticket", "tag", str(one), "fire", "roof")
    luis.ok("ticket", "close", str(one), str(other), "--no-answer", "duplicate")
    planned = luis.ok("undo", "--dry-run", "--json").json
    assert (planned["dry_run"], planned["numbers"]) == (True, [one, other])
    assert shown(luis, one)["category"] == "closed"
    undone = luis.ok("undo", "--json").json
    assert (undone["command"], undone["what"]) == ("closing.close", ["closing 2 tickets"])
    assert [ticket["category"] for ticket in undone["tickets"]] == ["new", "new"]
    assert undone["tickets"][0]["changes"]["status"] == ["Closed", "New"]
    told = luis.ok("undo").out
    assert f"Undone: the tags of #{one}" in told
    assert f"#{one}  tag roof fire → —" in told
    assert shown(luis, one)["tags"] == []
    # The mail about the close left at once: who got it is told that the request is in progress again.
    kept = ("status", "category", "closed_at", "entries")
    assert {name: shown(carla, one)[name] for name in kept} == {name: before[name] for name in kept}
    nothing = luis("undo")
    assert (nothing.code, "nothing to undo" in nothing.err) == (6, True)
    office.admin.ok("db", "check")


def test_the_history_names_the_batch_that_can_be_undone_and_says_what_was(office: Office) -> None:
    luis = office.operator
    number = ask.file(office.cast.customer())
    luis.ok("ticket", "edit", str(number), "--priority", "urgent")
    luis.ok("ticket", "take", str(number))
    history = luis.ok("ticket", "history", str(number), "--json").json["items"]
    edited = next(event for event in history if event["kind"] == "edited")
    assert (edited["is_undone"], edited["undoes"]) == (False, None)
    undone = luis.ok("undo", edited["batch"], "--json").json
    assert (undone["batch"], undone["what"]) == (edited["batch"], [f"the priority of #{number}"])
    *_, taken, last = luis.ok("ticket", "history", str(number), "--json").json["items"]
    assert (taken["kind"], last["kind"], last["undoes"]) == ("taken", "undone", edited["batch"])
    assert "undid: edited · priority Urgent → Normal" in luis.ok("ticket", "history", str(number)).out
    assert "edited (undone since)" in luis.ok("ticket", "history", str(number)).out
    again = luis("undo", edited["batch"])
    assert (again.code, "undone already" in again.err) == (6, True)
    assert luis("undo", "0" * 32).code == 4
    assert office.admin("undo", taken["batch"]).code == 4


def test_what_stands_in_the_way_is_named(office: Office) -> None:
    luis = office.operator
    number = ask.file(office.cast.customer())
    luis.ok("ticket", "edit", str(number), "--priority", "urgent")
    office.admin.ok("ticket", "edit", str(number), "--priority", "low")
    refused = luis("undo", "--json")
    assert refused.code == 6
    assert refused.json["error"]["field"] == "priority"
    assert f"Ada Admin changed #{number} since: priority" in refused.json["error"]["message"]
    assert office.customer("undo").code == 5
