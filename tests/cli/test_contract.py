"""What scripts rely on: columns, documents, refusals and exit codes that do not depend on the data."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.cli import sheets
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import companies
from tests.cli.conftest import Cli, Office

LISTS = (
    (("ticket", "list"), sheets.TICKETS),
    (("ticket", "list", "--inbox", "created"), sheets.CUSTOMER_TICKETS),
    (("search", "absent"), sheets.TICKETS),
    (("account", "list", "absent"), sheets.ACCOUNTS),
    (("company", "list", "absent"), sheets.COMPANIES),
    (("topic", "list"), sheets.TOPICS),
    (("topic", "operators", "general"), sheets.PEOPLE),
    (("status", "list"), sheets.STATUSES),
    (("priority", "list"), sheets.PRIORITIES),
    (("type", "list"), sheets.TYPES),
    (("session", "list"), sheets.SESSIONS),
    (("key", "list"), sheets.KEYS),
    (("token", "list"), sheets.CODES),
    (("mail", "queue", "--failed"), sheets.MAILS),
    (("mail", "mailbox", "list"), sheets.MAILBOXES),
    (("mail", "fetch"), sheets.VISITS),
    (("audit", "list"), sheets.AUDIT),
    (("doctor",), sheets.FINDINGS),
    (("db", "check"), sheets.PROBLEMS),
)


def file_one(office: Office) -> None:
    words = ("ticket", "new", "--topic", "general", "--subject", "Printer", "--body", "It burns.")
    office.customer.ok(*words)


@pytest.mark.parametrize(("words", "names"), LISTS)
def test_a_list_has_the_same_columns_whatever_it_holds(
    small_office: Office, words: tuple[str, ...], names: tuple[str, ...]
):
    admin = small_office.admin
    assert admin.ok(*words, "--csv").out.splitlines()[0].split(",") == list(names)
    file_one(small_office)
    small_office.operator.ok("ticket", "take", "1")
    assert admin.ok(*words, "--csv").out.splitlines()[0].split(",") == list(names)


def test_every_column_of_a_ticket_has_its_value(small_office: Office):
    file_one(small_office)
    small_office.operator.ok("ticket", "take", "1")
    row = small_office.admin.ok("ticket", "list", "--csv").out.splitlines()[1]
    for text in ("carla@customer.example", "Carla", "luis@desk.example", "Luis", "It burns."):
        assert text in row
    history = small_office.admin.ok("ticket", "history", "1", "--csv").out.splitlines()
    assert history[0] == ",".join(sheets.EVENTS)
    assert '""assignee"": [null, ""Luis""]' in history[2]


def test_columns_are_chosen_for_scripts_too(small_office: Office):
    file_one(small_office)
    admin = small_office.admin
    listed = ("ticket", "list", "--columns", "number,requester,assignee")
    assert admin.ok(*listed, "--csv").out.splitlines() == [
        "number,requester_name,requester_email,assignee_name,assignee_email",
        "1,Carla,carla@customer.example,,",
    ]
    [item] = admin.ok(*listed, "--json").json["items"]
    assert list(item) == ["number", "requester", "assignee"]
    assert admin.ok("ticket", "list", "--columns", "content,created_at", "--jsonl").out.startswith("{")
    assert admin("ticket", "list", "--columns", "nonsense", "--csv").code == 2
    assert small_office.customer("ticket", "list", "--columns", "version", "--json").code == 2


def test_a_query_that_is_not_understood_is_told_to_scripts(small_office: Office):
    file_one(small_office)
    ran = small_office.admin.ok("ticket", "list", "status:foo", "is:bar", "--json")
    assert [item["number"] for item in ran.json["items"]] == [1]
    assert len(ran.json["problems"]) == 2
    assert "foo" in ran.err
    assert "bar" in ran.err
    assert small_office.admin.ok("ticket", "list", "--json").json["problems"] == []


def test_two_forms_of_output_are_refused(small_office: Office):
    for pair in (("--json", "--csv"), ("--jsonl", "--json"), ("--csv", "--jsonl")):
        ran = small_office.admin("ticket", "list", *pair)
        assert ran.code == 2
        assert "--csv" in ran.err


def test_days_that_do_not_exist_are_answered_with_those_that_do(small_office: Office):
    ran = small_office.admin("report", "--range", "lastmonth")
    assert ran.code == 2
    assert "last-month" in ran.err
    assert small_office.admin("report", "--range", "today", "--from", "2026-01-01").code == 2


def test_catalogue_entries_are_shown(small_office: Office):
    admin = small_office.admin
    assert admin.ok("status", "show", "new", "--json").json["category"] == "new"
    assert admin.ok("priority", "show", "High", "--json").json["slug"] == "high"
    assert "Slug" in admin.ok("type", "show", "request").out
    assert admin("type", "show", "nonsense").code == 2
    assert small_office.customer("type", "show", "request").code == 5


def test_a_company_is_made(office: Office):
    admin = office.admin
    words = ("company", "new", "Acme S.A.", "--tax-id", "30-71659554-0", "--idempotency-key", "k")
    made = admin.ok(*words, "--domain", "acme.com", "--json").json
    assert (made["name"], made["country"], made["domains"]) == ("Acme S.A.", "AR", ["acme.com"])
    assert admin.ok(*words, "--domain", "acme.com", "--json").json == made
    assert admin("company", "new", "Other", "--tax-id", "30-71659554-0").code == 6
    assert admin("company", "new", "Other", "--tax-id", "nonsense").code == 2
    assert office.operator("company", "new", "Other", "--tax-id", "30-50001091-2").code == 5
    assert office.cast.admin().read(companies.show, "Acme S.A.").people == 0


@pytest.mark.parametrize("words", [(), ("ticket",), ("ticket", "list"), ("db", "backup"), ("status",)])
def test_help_is_short_and_ends_in_an_example(cli: Cli, words: tuple[str, ...]):
    short, long = cli.ok(*words, "-h").out, cli.ok(*words, "--help").out
    assert short == long
    assert "sysmo" in long.strip().splitlines()[-1]
    assert "Example: " in long.strip().splitlines()[-1]


def test_no_backup_is_called_minus(small_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    ran = small_office("db", "backup", "-")
    assert ran.code == 2
    assert not (tmp_path / "-").exists()


def test_a_damaged_backup_is_the_damaged_one(small_office: Office, tmp_path: Path):
    small_office.ok("db", "backup", str(tmp_path / "whole.db"))
    content = (tmp_path / "whole.db").read_bytes()
    (tmp_path / "trunc.db").write_bytes(content[: len(content) // 2])
    url = f"sqlite:///{tmp_path / 'other.db'}"
    ran = small_office("db", "restore", str(tmp_path / "trunc.db"), SYSMO_DATABASE_URL=url)
    assert ran.code == 2
    assert "trunc.db is damaged" in ran.err
    assert not (tmp_path / "other.db").exists()


def test_the_unit_names_its_user_and_its_settings(small_office: Office, tmp_path: Path):
    (tmp_path / "c.toml").touch()
    unit = small_office.ok("worker", "--print-unit", SYSMO_CONFIG=str(tmp_path / "c.toml")).out
    assert f"User={getpass.getuser()}\n" in unit
    assert f'Environment="SYSMO_CONFIG={tmp_path}/c.toml"' in unit
    assert "WantedBy=multi-user.target" in unit
    own = small_office.ok("worker", "--print-unit", "--user").out
    assert "User=" not in own
    assert "WantedBy=default.target" in own
    assert "network-online" not in own
    assert small_office("worker", "--user").code == 2


def test_one_round_of_the_worker_is_a_document(small_office: Office):
    done = small_office.ok("worker", "--once", "--json").json
    assert done == {"done": True, "mail": {"waiting": 0, "held": 0, "failed": 0}}


def test_mail_that_finds_no_server_waits_and_is_wrong(small_office: Office):
    environ = {"SYSMO_MAIL_URL": "smtp://127.0.0.1:9"}
    words = ("ticket", "new", "--topic", "general", "--subject", "Printer", "--body", "It burns.")
    assert "queued" in small_office.customer.ok(*words, **environ).err
    with small_office.cast.desk.store.touching() as session:
        earlier = datetime.now(UTC) - timedelta(minutes=5)
        session.execute(sa.update(table(Outbox)).values(next_attempt_at=earlier))
    ran = small_office("mail", "send", "--json", **environ)
    assert ran.code == 7
    assert ran.json["error"]["code"] == "unavailable"
    doctor = small_office("doctor", "--json", **environ)
    assert doctor.code == 2
    assert any("tried and did not leave" in item["text"] for item in doctor.json["items"])
    assert any("2 mails were tried" in item["text"] for item in doctor.json["items"])


def test_refused_mail_is_explained_where_one_may_look(small_office: Office):
    file_one(small_office)
    now = datetime.now(UTC)
    with small_office.cast.desk.store.touching() as session:
        session.execute(sa.update(table(Outbox)).values(failed_at=now, error="550 no such user", attempts=1))
    shown = small_office.operator.ok("ticket", "show", "1").out
    assert "carla@customer.example: 550 no such user" in shown
    failed = small_office.operator.ok("ticket", "show", "1", "--json").json["undelivered"]
    assert ("carla@customer.example", "550 no such user") in {
        (one["address"], one["error"]) for one in failed
    }
    assert "undelivered" not in small_office.customer.ok("ticket", "show", "1", "--json").json
