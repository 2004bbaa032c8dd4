"""Addresses and ratings by commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from sysmo_tui.domain.enums import CloseReason
from sysmo_tui.services import closing
from tests.cast import PASSWORD
from tests.cli.conftest import Office
from tests.cli.test_people import code_in
from tests.services import requests as ask

MAIN, OTHER = "carla@customer.example", "carla@home.example"


def test_an_address_is_added_verified_made_the_main_one_and_removed(
    small_office: Office, tmp_path: Path
) -> None:
    customer = small_office.customer
    sent = customer.ok("profile", "email", "add", OTHER, "--password-stdin", "--json", stdin=PASSWORD + "\n")
    assert sent.json["email"] == OTHER
    customer.ok("profile", "email", "verify", code_in(next(tmp_path.rglob("*.mail")), OTHER))
    listed = customer.ok("profile", "email", "list", "--json").json["items"]
    assert [(each["email"], each["is_primary"], each["is_verified"]) for each in listed] == [
        (MAIN, True, True),
        (OTHER, False, True),
    ]
    assert "main address" in customer.ok("profile", "email", "list").out
    customer.ok("profile", "email", "primary", OTHER)
    assert customer.ok("profile", "show", "--json").json["email"] == OTHER
    assert customer("profile", "email", "remove", OTHER).code == 6
    customer.ok("profile", "email", "remove", MAIN)
    assert "carla@" not in customer.ok("profile", "email", "list", "--csv").out.replace(OTHER, "")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("add", "no address"), 2),
        (("verify", "0000-0000"), 2),
        (("primary", "otto@customer.example"), 2),
        (("remove", MAIN), 6),
    ],
)
def test_what_does_not_work_with_addresses_says_so_in_one_line(
    small_office: Office, command: tuple[str, str], code: int
) -> None:
    more = ("--password-stdin",) if command[0] == "add" else ()
    done = small_office.customer("profile", "email", *command, *more, stdin=PASSWORD + "\n")
    assert (done.code, done.err.strip().count("\n")) == (code, 0)


def test_administrators_edit_the_addresses_of_others_in_one_command(small_office: Office) -> None:
    admin = small_office.admin
    small_office.cast.customer()
    admin.ok("account", "edit", MAIN, "--add-email", OTHER, "--primary-email", OTHER, "--remove-email", MAIN)
    shown = admin.ok("account", "show", OTHER, "--json").json
    assert [each["email"] for each in shown["emails"]] == [OTHER]
    assert small_office.customer("account", "edit", OTHER, "--add-email", "x@home.example").code == 5


def test_a_ticket_is_rated_by_command_and_the_rating_is_shown(small_office: Office) -> None:
    cast = small_office.cast
    number = str(ask.file(cast.customer()))
    assert small_office.customer("ticket", "rate", number, "5").code == 6
    cast.operator().write(closing.close, int(number), reason=CloseReason.NO_REPLY)
    assert small_office.customer("ticket", "rate", number, "6").code == 2
    small_office.customer.ok("ticket", "rate", number, "2")
    assert small_office.customer.ok("ticket", "show", number, "--json").json["rating"] == 2
    assert "2 · dissatisfied" in small_office.admin.ok("ticket", "show", number).out
    assert "rating 2 · dissatisfied" in small_office.admin.ok("ticket", "history", number).out
    assert small_office.admin("ticket", "rate", number, "5").code == 5
    found = small_office.admin.ok("search", "rating:1..2", "--json").json["items"]
    assert [str(each["number"]) for each in found] == [number]
