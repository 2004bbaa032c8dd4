"""Replying, noting and tagging in several tickets: one command, one way back, each ticket for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sysmo_tui.services import bulk_writing
from tests.cli.conftest import Office
from tests.services import requests as ask


@pytest.fixture
def two(office: Office) -> tuple[str, str]:
    """Two tickets of "carla"; "luis" answers on the desk."""
    customer = office.cast.customer()
    numbers = ask.file(customer, "Printer"), ask.file(customer, "Sound")
    office.cast.operator()
    return str(numbers[0]), str(numbers[1])


def last(office: Office, number: str) -> tuple[str, str]:
    """The newest entry of a ticket: its text, and who sees it."""
    entry = office.operator.ok("ticket", "show", number, "--json").json["entries"][-1]
    return entry["body"], entry["visibility"]


def test_one_reply_goes_into_several_tickets_and_one_undo_takes_all_back(
    office: Office, two: tuple[str, str], tmp_path: Path
):
    (tmp_path / "plan.txt").write_text("The plan.")
    words = ("ticket", "reply", *two, "--body", "It works.", "--delay", "60", "--status", "waiting")
    tried = office.operator.ok(*words, "--dry-run", "--json").json
    assert (tried["dry_run"], [each["number"] for each in tried["items"]]) == (True, [int(n) for n in two])
    assert last(office, two[0]) != ("It works.", "public")
    done = office.operator.ok(*words, "--attach", str(tmp_path / "plan.txt"), "--json").json
    assert [each["category"] for each in done["items"]] == ["waiting", "waiting"]
    shown = [office.operator.ok("ticket", "show", n, "--json").json for n in two]
    assert [each["entries"][-1]["attachments"][0]["filename"] for each in shown] == ["plan.txt"] * 2
    assert [last(office, number) for number in two] == [("It works.", "public")] * 2
    undone = office.operator.ok("undo", "--json").json
    assert undone["numbers"] == [int(n) for n in two]
    assert [ask.as_staff(office.cast.operator(), int(n)).row.category for n in two] == ["new", "new"]
    office.admin.ok("db", "check")


def test_what_one_ticket_refuses_does_not_stop_the_others(office: Office, two: tuple[str, str]):
    ran = office.operator("ticket", "reply", two[0], "99", two[1], "--body", "Hello.", "--close", "--json")
    assert ran.code == 4
    assert [each["number"] for each in ran.json["items"]] == [int(n) for n in two]
    assert [(each["number"], each["code"]) for each in ran.json["errors"]] == [(99, "not_found")]
    assert office.operator("ticket", "reply", *two, "--body", "x", "--if-version", "1").code == 2
    assert office.operator("ticket", "note", *two, "--no-input").code == 2


def test_a_response_is_filled_in_from_each_ticket(office: Office, two: tuple[str, str]):
    office.admin.ok("canned", "new", "On it", "--body", "We are on #{ticket.number}.")
    assert office.operator("ticket", "reply", *two, "--canned", "on-it", "--body", "x").code == 2
    told = office.operator.ok("ticket", "reply", *two, "--canned", "on-it")
    assert told.out == "".join(f"Your reply to #{n} is sent.\n" for n in two)
    assert [last(office, n) for n in two] == [(f"We are on #{n}.", "public") for n in two]
    unknown = office.operator("ticket", "reply", *two, "--canned", "nothing", "--json")
    assert (unknown.code, len(unknown.json["errors"])) == (2, 2)


def test_a_note_goes_into_several_tickets_once_for_a_key(office: Office, two: tuple[str, str]):
    words = ("ticket", "note", *two, "--body", "Same cable.", "--idempotency-key", "cable")
    told = office.operator.ok(*words)
    assert told.out == "".join(f"Your note on #{n} is saved.\n" for n in two)
    again = office.operator.ok(*words)
    assert again.out == told.out
    for number in two:
        entries = office.operator.ok("ticket", "show", number, "--json").json["entries"]
        assert [each["body"] for each in entries].count("Same cable.") == 1
    assert last(office, two[1]) == ("Same cable.", "internal")
    refused = office.customer("ticket", "note", *two, "--body", "x", "--json")
    assert (refused.code, refused.json["items"]) == (5, [])


def test_a_long_text_goes_into_fewer_tickets_at_once(
    office: Office, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bulk_writing, "MOST_CHARACTERS", 19)
    told = "A text as long as this goes into at most 1"
    for verb in ("note", "reply"):
        before = last(office, two[0])
        refused = office.operator("ticket", verb, *two, "--body", "Ten letters")
        assert (refused.code, told in refused.err) == (2, True)
        assert last(office, two[0]) == before
        office.operator.ok("ticket", verb, *two, "--body", "Nine more")


def test_a_customer_answers_in_several_tickets_of_theirs(office: Office, two: tuple[str, str]):
    office.operator.ok("ticket", "reply", *two, "--body", "Which one?", "--status", "waiting")
    done = office.customer.ok("ticket", "reply", *two, "--body", "The left one.", "--json").json
    assert [each["category"] for each in done["items"]] == ["open", "open"]
    assert last(office, two[1]) == ("The left one.", "public")


def test_tags_hang_on_several_tickets_and_come_off_again(office: Office, two: tuple[str, str]):
    joined = ",".join(two)

    def tags() -> list[list[str]]:
        return [office.operator.ok("ticket", "show", n, "--json").json["tags"] for n in two]

    office.operator.ok("ticket", "tag", joined, "vip", "2024")
    assert tags() == [["2024", "vip"]] * 2
    office.operator.ok("ticket", "untag", joined, "vip")
    assert tags() == [["2024"]] * 2
    office.operator.ok("undo")
    office.operator.ok("undo")
    assert tags() == [[], []]
    assert office.operator("ticket", "tag", f"{two[0]},", "vip").code == 2
    assert office.operator("ticket", "tag", two[0], "a,b").code == 2
