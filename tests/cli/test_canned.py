"""``sysmo canned``, and answering with a canned response."""

from __future__ import annotations

from tests.cli.conftest import Office
from tests.services import requests as ask

BODY = "Hello {customer.first_name}, we are on #{ticket.number}.\n\n{operator.name}"


def test_a_response_is_written_previewed_and_sent(office: Office):
    number = ask.file(office.cast.customer(), "Printer")
    office.cast.operator()
    made = office.admin.ok(
        "canned", "new", "On it", "--body", BODY, "--topic", "general", "--lang", "en", "--json"
    )
    assert made.json == {
        "slug": "on-it",
        "name": "On it",
        "topic": "general",
        "language": "en",
        "body": BODY,
        "position": 0,
        "is_archived": False,
    }
    listed = office.operator.ok("canned", "list", "--json").json["items"]
    assert [each["slug"] for each in listed] == ["on-it"]
    text = f"Hello Carla, we are on #{number}.\n\nLuis"
    assert office.operator.ok("canned", "preview", f"{number}", "on-it").out == f"{text}\n"
    assert office.operator.ok("canned", "preview", f"{number}", "--json").json["items"][0]["body"] == text
    office.operator.ok("ticket", "reply", f"{number}", "--canned", "ON IT", "--close")
    view = ask.as_staff(office.cast.operator(), number)
    assert (view.entries[-1].body, view.row.category) == (text, "closed")


def test_what_is_wrong_with_a_response_is_said_and_nothing_is_sent(office: Office):
    number = ask.file(office.cast.customer(), "Printer")
    office.cast.operator()
    wrong = office.admin("canned", "new", "On it", "--body", "Hello {name}", "--json")
    assert (wrong.code, wrong.json["error"]["field"]) == (2, "body")
    office.admin.ok("canned", "new", "On it", "--body", BODY)
    for words in (["--canned", "nothing"], ["--canned", "on-it", "--body", "x"], ["--canned", ""]):
        assert office.operator("ticket", "reply", f"{number}", *words).code == 2
    assert office.customer("ticket", "reply", f"{number}", "--canned", "on-it").code == 5
    assert len(ask.as_staff(office.cast.operator(), number).entries) == 1
    office.admin.ok("canned", "archive", "on-it")
    assert office.operator("ticket", "reply", f"{number}", "--canned", "on-it").code == 2
    assert "on-it" not in office.operator.ok("canned", "list").out
    assert "on-it" in office.operator.ok("canned", "list", "--archived").out


def test_a_response_is_edited_and_tried_without_changing_it(office: Office):
    office.admin.ok("canned", "new", "On it", "--body", BODY)
    planned = office.admin.ok("canned", "edit", "on-it", "--body", "Other", "--dry-run", "--json").json
    assert planned["body"] == "Other"
    assert office.admin.ok("canned", "show", "on-it", "--json").json["body"] == BODY
    office.admin.ok("canned", "edit", "on-it", "--name", "We are on it", "--lang", "es", stdin="")
    shown = office.admin.ok("canned", "show", "on-it", "--json").json
    assert (shown["name"], shown["language"], shown["topic"]) == ("We are on it", "es", None)
    assert office.admin("canned", "edit", "on-it", "--no-input").code == 2
