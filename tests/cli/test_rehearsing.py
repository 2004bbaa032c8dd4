"""``--dry-run`` says what would happen, refuses what would be refused, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sysmo_tui.services import companies, desk_settings, filing
from sysmo_tui.services.filing import Filing
from tests.cli.conftest import Cli, Office


@pytest.fixture
def busy(office: Office) -> Office:
    """A desk where "luis" works on a ticket of "carla", of the company Acme."""
    cast = office.cast
    cast.customer("carla", company="Acme").write(filing.file, Filing("general", "Printer", "It burns."))
    cast.customer("zoe", company="Acme S.A.")
    office.operator.ok("ticket", "take", "1")
    return office


def test_disabling_says_how_much_work_moves(busy: Office):
    admin = busy.admin
    assert admin("account", "disable", "luis@desk.example", "--dry-run").code == 6
    ran = admin.ok("account", "disable", "luis@desk.example", "--release", "--dry-run", "--json")
    assert (ran.json["tickets"], ran.json["dry_run"]) == (1, True)
    assert admin.ok("account", "show", "luis@desk.example", "--json").json["state"] == "active"
    assert admin.ok("ticket", "show", "1", "--json").json["assignee"]["name"] == "Luis"
    assert busy.operator("account", "disable", "carla@customer.example", "--dry-run").code == 5


def test_archiving_a_topic_says_how_many_tickets_move(busy: Office):
    admin = busy.admin
    admin.ok("topic", "new", "Other")
    assert admin("topic", "archive", "general", "--dry-run").code == 6
    ran = admin.ok("topic", "archive", "general", "--move-to", "other", "--dry-run")
    assert ran.out == "General would be archived. Open tickets that would move: 1.\n"
    assert admin.ok("topic", "show", "general", "--json").json["is_archived"] is False
    assert admin.ok("ticket", "show", "1", "--json").json["topic"] == "General"


def test_two_companies_are_made_one(busy: Office):
    admin: Cli = busy.admin
    words = ("company", "merge", "Acme", "--into", "Acme S.A.")
    planned = admin.ok(*words, "--dry-run", "--json").json
    assert (planned["people"], planned["tickets"], planned["dry_run"]) == (1, 1, True)
    assert admin(*words).code == 2, "without a terminal only --yes confirms"
    assert busy.cast.admin().read(companies.show, "Acme").people == 1
    done = admin.ok(*words, "--yes")
    assert done.out == "“Acme” went into “Acme S.A.”. People that moved: 1. Tickets that moved: 1.\n"
    assert admin("company", "show", "Acme").code == 4
    assert "Acme S.A." in admin.ok("ticket", "history", "1").out
    assert "company_merged" in admin.ok("ticket", "history", "1", "--json").out
    assert admin("db", "check").code == 0


def test_applying_a_configuration_is_rehearsed_whole(small_office: Office, tmp_path: Path):
    admin = small_office.admin
    document = admin.ok("config", "export").json
    document["topics"] += [{"slug": "a", "name": "A"}, {"slug": "a", "name": "B"}]
    (tmp_path / "desk.json").write_text(json.dumps(document))
    for more in (("--dry-run",), ()):
        assert admin("config", "apply", str(tmp_path / "desk.json"), *more).code in (2, 6)


def test_a_password_is_not_taken_from_the_command_line(small_office: Office):
    admin, url = small_office.admin, "smtp://desk:hunter2@mail.example"
    refused = admin("config", "edit", "mail_url", url)
    assert refused.code == 2
    assert "SYSMO_MAIL_PASSWORD" in refused.err
    assert "hunter2" not in refused.out + refused.err
    admin.ok("config", "edit", "mail_url", "smtp://desk@mail.example")
    admin.ok("config", "edit", "mail_url", "-", stdin=url + "\n")
    assert small_office.cast.admin().read(desk_settings.load).mail_url == url


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("release",), "is free for others"),
        (("assign", "--to", "rosa@desk.example"), "is with Rosa"),
        (("close", "--body", "It works."), "is closed"),
        (("reply", "--body", "Soon."), "Your reply"),
        (("spam",), "is spam"),
        (("edit", "--subject", "Smoke"), "is changed"),
    ],
)
def test_a_change_of_a_ticket_is_tried(busy: Office, words: tuple[str, ...], told: str):
    busy.cast.operator("rosa")
    operator = busy.operator
    verb, *more = words
    before = operator.ok("ticket", "show", "1", "--events", "--json").out
    ran = operator.ok("ticket", verb, "1", *more, "--dry-run")
    assert ran.out.startswith("Only tried: ")
    assert told in ran.out
    assert operator.ok("ticket", verb, "1", *more, "--dry-run", "--json").json["dry_run"] is True
    assert operator.ok("ticket", "show", "1", "--events", "--json").out == before
    assert "mails" not in busy.customer("ticket", "close", "1", "--dry-run", "--json").json


def test_what_is_tried_says_how_much_mail_would_go_and_what_would_be_refused(busy: Office, tmp_path: Path):
    busy.environ["SYSMO_MAIL_URL"] = f"file://{tmp_path}/mail"
    busy.customer.ok("ticket", "new", "--topic", "general", "--subject", "x", "--body", "y")
    ran = busy.operator("ticket", "close", "1", "2", "7", "--body", "Done.", "--dry-run", "--json")
    assert ran.code == 4
    assert [each["number"] for each in ran.json["items"]] == [1, 2]
    assert [each["number"] for each in ran.json["errors"]] == [7]
    assert ran.json["mails"] == 2
    assert not busy.admin.ok("mail", "queue", "--json").json["items"]
    assert busy.operator("ticket", "take", "9", "--dry-run").code == 4


def test_inviting_giving_a_role_and_trial_mail_are_tried(busy: Office, tmp_path: Path):
    busy.environ["SYSMO_MAIL_URL"] = f"file://{tmp_path}/mail"
    admin = busy.admin
    waiting = admin.ok("mail", "queue", "--json").json["items"]
    words = ("account", "new", "--email", "new@desk.example", "--name", "New")
    planned = admin.ok(*words, "--dry-run", "--json").json
    assert (planned["dry_run"], planned["mails"]) == (True, 1)
    assert "invitation_code" not in planned
    assert admin("account", "show", "new@desk.example").code == 4
    assert admin("account", "role", "luis@desk.example", "customer", "--dry-run").code == 6
    planned = admin.ok("account", "role", "luis@desk.example", "manager", "--dry-run", "--json").json
    assert (planned["role"], planned["dry_run"]) == ("manager", True)
    assert admin.ok("account", "show", "luis@desk.example", "--json").json["role"] == "operator"
    assert admin.ok("mail", "test", "me@desk.example", "--dry-run").out == (
        "A mail to me@desk.example would be sent.\n"
    )
    assert admin("mail", "retry", "99", "--dry-run").code == 4
    assert admin.ok("mail", "queue", "--json").json["items"] == waiting


def test_closing_twice_with_the_same_key_closes_once(busy: Office):
    words = ("ticket", "close", "1", "--body", "It works.", "--idempotency-key", "k")
    first = busy.operator.ok(*words, "--json").json
    assert busy.operator.ok(*words, "--json").json == first
    assert first["changes"]["status"] == ["In progress", "Closed"]
    assert first["version"] > 2
    assert len(busy.operator.ok("ticket", "show", "1", "--json").json["entries"]) == 2
    other = ("ticket", "close", "1", "--body", "Something else.", "--idempotency-key", "k")
    assert busy.operator(*other).code == 6


def test_a_change_says_what_it_changed_and_customers_get_no_version(busy: Office):
    operator = busy.operator
    edited = operator.ok("ticket", "edit", "1", "--subject", "Smoke", "--priority", "high", "--json").json
    assert edited["changes"] == {"subject": ["Printer", "Smoke"], "priority": ["Normal", "High"]}
    assert list(edited["changes"]) == ["subject", "priority"]
    assert operator.ok("ticket", "tag", "1", "vip", "late", "--json").json["changes"] == {
        "tag": [None, "vip late"]
    }
    assert operator.ok("ticket", "watch", "1", "--json").json["changes"] == {"watcher": [None, "Luis"]}
    closed = busy.customer.ok("ticket", "close", "1", "--json").json
    assert not {"version", "changes"} & closed.keys()


def test_a_history_reads_the_same_on_every_database(busy: Office):
    operator = busy.operator
    operator.ok("ticket", "edit", "1", "--contact-email", "c@customer.example", "--type", "claim")
    operator.ok("ticket", "edit", "1", "--urgency", "high", "--subject", "Smoke", "--follow-up", "2030-01-01")
    lines = operator.ok("ticket", "history", "1").out.splitlines()
    places = [lines[-1].index(word) for word in ("subject", "priority", "urgency", "follow up")]
    assert places == sorted(places)
    assert lines[-2].index("type") < lines[-2].index("contact")
