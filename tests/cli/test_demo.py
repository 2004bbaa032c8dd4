"""``sysmo demo``: one command to a desk that one can play with."""

from __future__ import annotations

from tests.cli.conftest import Cli


def test_the_demo_desk_is_made_once_says_who_one_can_be_and_each_of_them_can_sign_in(cli: Cli) -> None:
    ran = cli.ok("demo", "--no-tui", "--tickets", "50")
    assert "tinta papel tijera 42" in ran.out
    assert "● operator" in ran.out
    again = cli.ok("demo", "--no-tui", "--json").json
    assert again["signed_in"] == "luis.benitez@quillay.example"
    assert {account["role"] for account in again["accounts"]} == {"admin", "manager", "operator", "customer"}
    assert cli.ok("ticket", "list", "--demo", "--inbox", "topics", "--json").json["items"]
    assert cli.ok("whoami", "--demo", "--json").json["is_demo"] is True

    # Someone else signs in there, and stays.
    manager = next(account["email"] for account in again["accounts"] if account["role"] == "manager")
    cli.ok("login", "--demo", "--email", manager, "--password-stdin", stdin=again["password"] + "\n")
    last = cli.ok("demo", "--no-tui", "--json").json
    assert (last["signed_in"], last["database"]) == (manager, again["database"])
    assert cli.ok("ticket", "list", "--demo", "--inbox", "all", "--json").json["items"]


def test_a_fresh_demo_desk_replaces_the_old_one(cli: Cli) -> None:
    cli.ok("demo", "--no-tui", "--tickets", "50")
    number = str(cli.ok("ticket", "list", "--demo", "--inbox", "topics", "--json").json["items"][0]["number"])
    cli.ok("ticket", "edit", number, "--subject", "Zanahoria", "--demo")
    assert cli.ok("search", "zanahoria", "--demo", "--json").json["items"]
    cli.ok("demo", "--no-tui", "--fresh", "--tickets", "50")
    assert not cli.ok("search", "zanahoria", "--demo", "--json").json["items"]


def test_the_demo_desk_is_nowhere_but_in_its_own_file(cli: Cli) -> None:
    assert cli("demo", "--no-tui", "--database", "sqlite:////tmp/other.db").code == 2
    assert cli("demo", "--no-tui", "--tickets", "1").code == 2
    assert cli("ticket", "list").code == 2
