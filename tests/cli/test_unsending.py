"""Taking back replies, addresses at which nothing arrives, and trying all failed mail again, by command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sysmo_tui.models import Outbox, table
from tests.cli.conftest import Cli, Office
from tests.services import requests as ask

CARLA = "carla@customer.example"
_ROWS = table(Outbox)


def shown(cli: Cli, number: int) -> Any:
    return cli.ok("ticket", "show", str(number), "--json").json


def test_a_reply_with_a_delay_is_taken_back_and_its_text_is_a_draft(office: Office, tmp_path: Path) -> None:
    number = ask.file(office.cast.customer())
    luis, carla = office.operator, office.customer
    folder = (tmp_path / "out").as_uri()
    luis.environ["SYSMO_MAIL_URL"] = folder
    luis.ok("ticket", "reply", str(number), "--body", "Wrong customer, sorry.", "--delay", "60", "--close")
    assert not list((tmp_path / "out").glob("*.eml"))
    assert len(shown(carla, number)["entries"]) == 2
    planned = luis.ok("ticket", "unsend", str(number), "--dry-run", "--json").json
    assert planned["dry_run"] is True
    assert shown(luis, number)["category"] == "closed"
    taken = luis.ok("ticket", "unsend", str(number), "--json").json
    assert (taken["category"], taken["assignee"], taken["files"]) == ("new", None, 0)
    entries = shown(carla, number)["entries"]
    assert [entry["body"] for entry in entries] == ["Smoke comes out."]
    request, withdrawn = shown(luis, number)["entries"]
    assert request["withdrawn_at"] is None
    assert (withdrawn["body"], withdrawn["withdrawn_at"] is None) == ("", False)
    assert "Taken back before anybody got it." in luis.ok("ticket", "show", str(number)).out
    again = luis("ticket", "unsend", str(number))
    assert (again.code, "no reply" in again.err) == (6, True)
    assert luis("ticket", "reply", str(number), "--body", "x", "--delay", "-1").code == 2
    assert carla("ticket", "unsend", str(number)).code == 5


def test_where_no_mail_arrives_commands_say_so_until_an_administrator_knows_better(
    small_office: Office,
) -> None:
    number, other = ask.file(small_office.cast.customer()), ask.file(small_office.cast.customer("dora"))
    ask.come_back(small_office.cast.itself, number)
    luis, ada = small_office.operator, small_office.admin
    assert shown(luis, number)["undeliverable_at"] is not None
    assert shown(luis, other)["undeliverable_at"] is None
    told = luis.ok("ticket", "show", str(number)).out
    assert f"No mail arrives  {CARLA}, since" in told
    assert "550 5.1.1 no such user" in told
    found = luis.ok("ticket", "list", "is:undeliverable", "--json").json["items"]
    assert [item["number"] for item in found] == [number]
    assert "undeliverable" in small_office.customer("ticket", "list", "is:undeliverable").err
    assert (
        "No mail arrives at the contact address" in luis.ok("ticket", "reply", str(number), "--body", "x").err
    )
    account = ada.ok("account", "show", CARLA, "--json").json
    assert account["undeliverable_reason"] == "550 5.1.1 no such user"
    assert luis("account", "edit", CARLA, "--deliverable").code == 5
    ada.ok("account", "edit", CARLA, "--deliverable")
    assert ada.ok("account", "show", CARLA, "--json").json["undeliverable_at"] is None
    assert shown(luis, number)["undeliverable_at"] is None
    ada.ok("db", "check")


def test_all_failed_mail_is_tried_again_at_once(small_office: Office, tmp_path: Path) -> None:
    cast = small_office.cast
    luis = small_office.operator
    for _ in range(3):
        luis.ok("ticket", "reply", str(ask.file(cast.customer())), "--body", "x", "--delay", "60")
    with cast.desk.store.writing() as session:
        session.execute(sa.update(_ROWS).values(failed_at=cast.desk.clock(), attempts=5, error="554 no"))
    mara = small_office.at("mara", cast.manager())
    failed = len(mara.ok("mail", "queue", "--failed", "--json").json["items"])
    assert failed >= 3
    assert mara("mail", "retry").code == 2
    assert mara("mail", "retry", "1", "--all").code == 2
    assert mara.ok("mail", "retry", "--all", "--dry-run", "--json").json == {
        "retried": failed,
        "dry_run": True,
    }
    assert mara.ok("mail", "retry", "--all", "--json").json == {"retried": failed}
    assert mara.ok("mail", "queue", "--failed", "--json").json["items"] == []
    assert luis("mail", "retry", "--all").code == 5
