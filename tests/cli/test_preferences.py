"""What one chooses for the screens, and one's own keys, by commands."""

from __future__ import annotations

from pathlib import Path

from sysmo_tui.services.preferences import PREFERENCES
from tests.cli.conftest import Cli
from tests.cli.test_people import init, login


def desk(cli: Cli, tmp_path: Path) -> None:
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/desk.db"
    init(cli)
    login(cli, "ada@desk.example")


def test_preferences_are_set_shown_and_forgotten(cli: Cli, tmp_path: Path):
    desk(cli, tmp_path)
    chosen = ("--set", "theme=light", "--set", "start=saved:Overdue", "--set", "preview=off")
    shown = cli.ok("profile", "edit", *chosen, "--json").json["preferences"]
    assert (shown["theme"], shown["start"], shown["preview"]) == ("light", "saved:Overdue", False)
    assert list(shown) == list(PREFERENCES)
    lines = [line.split() for line in cli.ok("profile", "show").out.splitlines()]
    assert ["start", "saved:Overdue"] in lines
    assert ["preview", "off"] in lines
    again = cli.ok("profile", "edit", "--set", "theme=", "--json").json["preferences"]
    assert (again["theme"], again["preview"]) == ("", False)


def test_what_cannot_be_a_preference_is_refused_and_changes_nothing(cli: Cli, tmp_path: Path):
    desk(cli, tmp_path)
    before = cli.ok("profile", "show", "--json").json
    for words, code, said in (
        (("--set", "theme"), 2, "NAME=VALUE"),
        (("--set", "colour=red"), 4, "theme, slow, start"),
        (("--set", "theme=pink", "--name", "Other"), 2, "dark, light, contrast"),
        (("--set", "start=nowhere"), 2, "saved:NAME"),
        (("--set", "keymap=ticket.reply"), 2, "one by one"),
    ):
        refused = cli("profile", "edit", *words)
        assert (refused.code, said in refused.err) == (code, True), refused
    assert cli.ok("profile", "show", "--json").json == before


def test_a_key_is_changed_told_and_given_back(cli: Cli, tmp_path: Path):
    desk(cli, tmp_path)
    listed = cli.ok("profile", "keys", "edit", "ticket.reply", "ctrl+e,f9", "--json").json
    [reply] = listed["items"]
    assert reply["id"] == "ticket.reply"
    assert (reply["keys"], reply["usual"], reply["is_own"]) == (["ctrl+e", "f9"], ["r"], True)
    assert "usually r" in cli.ok("profile", "keys", "list").out
    assert "No key is changed." in cli.ok("profile", "keys", "edit", "ticket.reply", "ctrl+e,f9").err
    after = cli.ok("profile", "keys", "reset", "ticket.reply", "--json").json
    assert [(each["id"], each["is_own"]) for each in after["items"]] == [("ticket.reply", False)]


def test_a_key_that_is_taken_is_refused_by_name(cli: Cli, tmp_path: Path):
    desk(cli, tmp_path)
    taken = cli("profile", "keys", "edit", "ticket.reply", "i")
    assert taken.code == 2
    assert "i is already the key of ticket.note" in taken.err
    assert cli("profile", "keys", "edit", "ticket.nothing", "i").code == 4
    assert cli("profile", "keys", "edit", "ticket.reply", "ctrl+c").code == 2
    assert cli("profile", "keys", "reset", "nothing").code == 4
    assert "ticket.reply" in cli.ok("profile", "keys", "list", "--csv").out


def test_a_key_whose_usual_one_is_taken_meanwhile_cannot_go_back_alone(cli: Cli, tmp_path: Path):
    desk(cli, tmp_path)
    cli.ok("profile", "keys", "set", "ticket.reply", "f9")
    cli.ok("profile", "keys", "set", "ticket.take", "r")
    refused = cli("profile", "keys", "reset", "ticket.reply")
    assert refused.code == 2
    assert "r is already the key of ticket.reply" in refused.err
    everything = cli.ok("profile", "keys", "reset", "--json").json
    assert not any(each["is_own"] for each in everything["items"])


def test_a_list_can_be_read_aloud_with_the_name_of_every_value(cli: Cli, tmp_path: Path):
    desk(cli, tmp_path)
    cli.ok("ticket", "new", "--topic", "general", "--subject", "Printer", "--body", "Smoke; fire: now")
    line = cli.ok("--spoken", "ticket", "list", "--columns", "number,status,subject").out
    assert line == "No.: 1; Status: New; Subject: Printer.\n"
    assert "Level: 2; Usual: yes.\n" in cli.ok("priority", "list", "--spoken").out
    shown = cli.ok("ticket", "show", "1", "--spoken").out
    assert "\nStatus: New\n" in shown
    assert "──" not in shown
    team = cli.ok("report", "team", "--compare", "previous", "--spoken").out
    assert "; Resolved: 0; " in team
    assert "; Resolved before: 0; Average before: none; " in team
    assert "\nRole: administrator\n" in cli.ok("profile", "show", "--spoken").out
    assert cli.ok("ticket", "list", "--spoken", "--json").json["items"][0]["number"] == 1
