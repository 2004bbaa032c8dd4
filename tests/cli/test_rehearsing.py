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
