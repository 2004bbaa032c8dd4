"""``sysmo key``: through the door with the key of the connection, and at the desk for others."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.main import serve
from sysmo_tui.desk import Door
from sysmo_tui.door.visit import Visit
from tests.cast import PASSWORD
from tests.cli.conftest import Cli, Office, Ran
from tests.keys_of_people import SOURCE, bound, public_key, public_line

EMAIL = "carla@customer.example"


class Guest(Cli):
    """Commands through the door, from a connection with ``name``'s key or without one."""

    def __init__(self, office: Office, name: str | None) -> None:
        super().__init__(office.environ, office._capture)
        self.visit = Visit(SOURCE, public_key(name) if name else None, False, "dumb", None)

    def __call__(self, *words: str, stdin: str | bytes = "", **environ: str) -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
        self._capture()
        try:
            code = serve(Here(self.environ | environ, words, self.visit))
        finally:
            sys.stdin = before
        return Ran(code, *self._capture())


def fingerprint(name: str) -> str:
    return public_key(name).fingerprint


@pytest.fixture
def carla(small_office: Office) -> Door:
    return small_office.cast.customer()


def test_a_visitor_binds_the_key_lists_it_and_takes_it_away(small_office: Office, carla: Door):
    guest = Guest(small_office, "laptop")
    assert guest("key", "list").code == 3
    made = guest.ok(
        "key", "new", "--email", EMAIL, "--label", "laptop", "--password-stdin", "--json", stdin=PASSWORD
    ).json
    assert (made["fingerprint"], made["label"], made["is_current"]) == (fingerprint("laptop"), "laptop", True)
    [line] = guest.ok("key", "list", "--json").json["items"]
    assert line["last_source"] == SOURCE
    made |= {"last_used_at": line["last_used_at"], "last_source": SOURCE}
    assert line == made
    shown = guest.ok("key", "list").out
    assert fingerprint("laptop") in shown
    assert "this one" in shown
    again = guest.ok("key", "new", "--label", "old laptop", "--json").json
    assert again == made | {"label": "old laptop"}
    assert guest("key", "revoke", fingerprint("laptop")).code == 2
    assert guest.ok("key", "revoke", fingerprint("laptop")[:13], "--yes", "--json").json == {"keys": 1}
    assert guest("key", "list").code == 3


def test_a_wrong_password_and_no_key_bind_nothing(small_office: Office, carla: Door):
    words = ("key", "new", "--email", EMAIL, "--password-stdin")
    wrong = Guest(small_office, "laptop")(*words, stdin="wrong")
    unknown = Guest(small_office, "laptop")(*words[:3], "nobody@x.example", "--password-stdin", stdin="wrong")
    assert (wrong.code, wrong.err) == (3, unknown.err)
    keyless = Guest(small_office, None)(*words, stdin=PASSWORD)
    assert (keyless.code, keyless.err.count("\n")) == (2, 1)
    assert "ssh-keygen -t ed25519" in keyless.err
    assert "--email" in Guest(small_office, "laptop")("key", "new").err


def test_a_key_of_somebody_else_is_refused_without_a_name(small_office: Office, carla: Door):
    bound(small_office.cast.operator(), "shared")
    ran = Guest(small_office, "shared")("key", "new", "--email", EMAIL, "--password-stdin", stdin=PASSWORD)
    assert ran.code == 6
    assert "luis" not in ran.err.lower()


def test_at_the_desk_one_is_told_how_a_key_is_bound(small_office: Office):
    ran = small_office.customer("key", "new", "--label", "laptop")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "sysmo connect ssh://" in ran.err
    assert "key new" in ran.err


def test_an_administrator_adds_and_revokes_somebodys_key(small_office: Office, carla: Door):
    admin = small_office.admin
    made = admin.ok("key", "new", "--for", EMAIL, "--json", stdin=public_line("field") + "\n").json
    assert (made["label"], made["is_current"]) == ("field@laptop", False)
    assert admin.ok("key", "list", "--email", EMAIL, "--json").json["items"] == [made]
    [line] = Guest(small_office, "field").ok("key", "list", "--json").json["items"]
    assert (line["fingerprint"], line["is_current"]) == (made["fingerprint"], True)
    admin.ok("key", "revoke", fingerprint("field"), "--yes")
    assert Guest(small_office, "field")("whoami").code == 3


@pytest.mark.parametrize(
    "line", ["", "ssh-ed25519", "ssh-ed25519 AAAA me", "-----BEGIN OPENSSH PRIVATE KEY-----", "x" * 20_000]
)
def test_what_is_no_public_key_is_refused_on_one_line(small_office: Office, carla: Door, line: str):
    ran = small_office.admin("key", "new", "--for", EMAIL, stdin=line)
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_keys_of_others_are_for_administrators(small_office: Office, carla: Door):
    bound(small_office.cast.customer("cora"), "cora")
    for person in (small_office.customer, small_office.operator):
        assert person("key", "new", "--for", EMAIL, stdin=public_line("x")).code == 5
        assert person("key", "list", "--email", EMAIL).code == 5
        foreign, missing = (person("key", "revoke", fingerprint(name), "--yes") for name in ("cora", "none"))
        assert (foreign.code, missing.code) == (4, 4)
        assert foreign.err.replace(fingerprint("cora"), fingerprint("none")) == missing.err
    assert person("key", "new", "--for", EMAIL, "--email", EMAIL).code == 2


def test_the_key_of_a_connection_is_not_what_it_was_offered(small_office: Office, carla: Door):
    bound(carla, "laptop")
    guest = Guest(small_office, "another")
    guest.visit = replace(guest.visit, command=f"key list {fingerprint('laptop')}")
    assert guest("whoami").code == 3
