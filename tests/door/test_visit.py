"""A visit is what sshd says it is, and nothing that the visitor says."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.networks import network_of
from sysmo_tui.domain.ssh_keys import read_public_key
from sysmo_tui.door.visit import Visit, visit_of
from tests.keys_of_people import public_line, told_by_sshd

CONNECTION = {"SSH_CONNECTION": "203.0.113.5 51234 192.0.2.1 22"}


def test_a_visit_has_its_source_key_terminal_and_command(tmp_path):
    line = public_line("carla")
    environ = CONNECTION | {
        "SSH_USER_AUTH": told_by_sshd(tmp_path, line),
        "SSH_TTY": "/dev/pts/3",
        "TERM": "xterm-256color",
        "SSH_ORIGINAL_COMMAND": "ticket list",
    }
    key = read_public_key(line.rpartition(" ")[0])
    assert visit_of(environ) == Visit("203.0.113.5", key, True, "xterm-256color", "ticket list")


def test_a_visit_without_anything_is_a_visit_for_nobody_s_screens():
    assert visit_of(CONNECTION) == Visit("203.0.113.5", None, False, "dumb", None)
    assert visit_of(CONNECTION | {"SSH_ORIGINAL_COMMAND": "  "}).command is None


def test_outside_of_sshd_there_is_no_visit():
    for environ in ({}, {"SSH_CONNECTION": ""}, {"SSH_ORIGINAL_COMMAND": "ticket list"}):
        with pytest.raises(Invalid):
            visit_of(environ)


@pytest.mark.parametrize(
    ("written", "source", "network"),
    [
        ("203.0.113.5", "203.0.113.5", "203.0.113.5"),
        ("2001:DB8:0::1", "2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::ffff:1", "2001:db8::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5", "203.0.113.5"),
        ("fe80::1%eth0", "fe80::1%eth0", "fe80::/64"),
        ("UNKNOWN", "unknown", "unknown"),
        ("../../etc", "unknown", "unknown"),
    ],
)
def test_a_source_is_an_address_in_one_form(written, source, network):
    assert visit_of({"SSH_CONNECTION": f"{written} 1 192.0.2.1 22"}).source == source
    assert network_of(source) == network


@pytest.mark.parametrize(
    "term", ["", "-x", "../x", "xterm\n", "x" * 41, "xterm;id", "é", "/etc/passwd", "a b"]
)
def test_a_terminal_s_name_that_cannot_be_one_is_taken_for_none(term):
    assert visit_of(CONNECTION | {"TERM": term}).term == "dumb"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_terminal_s_name_is_never_anything_but_a_name(term):
    assert set(visit_of(CONNECTION | {"TERM": term}).term) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"
    )


def test_only_one_key_that_was_authenticated_counts(tmp_path):
    def key(*lines):
        return visit_of(CONNECTION | {"SSH_USER_AUTH": told_by_sshd(tmp_path, *lines)}).key

    one, other = public_line("one"), public_line("other")
    assert key(one) == read_public_key(one.rpartition(" ")[0])
    assert key(one, other) is None
    assert key() is None
    assert key("ssh-dss AAAA") is None
    path = tmp_path / "sshauth"
    for told in ("none\n", "password\n", "keyboard-interactive\n", f"hostbased {one}\n", "\xff\x00\n"):
        path.write_text(told, encoding="latin-1")
        assert visit_of(CONNECTION | {"SSH_USER_AUTH": str(path)}).key is None


def test_what_sshd_told_is_read_from_its_own_file_alone(tmp_path):
    told = told_by_sshd(tmp_path, public_line("carla"))
    link, pipe, large = tmp_path / "link", tmp_path / "pipe", tmp_path / "large"
    link.symlink_to(told)
    os.mkfifo(pipe)
    large.write_text(f"publickey {public_line('carla')}\n" + "x" * 70_000)
    for path in (link, pipe, large, tmp_path, tmp_path / "none", "/dev/null"):
        with pytest.raises(Unavailable) as refusal:
            visit_of(CONNECTION | {"SSH_USER_AUTH": str(path)})
        assert str(path) not in str(refusal.value)


def test_somebody_else_s_file_tells_nothing(tmp_path, monkeypatch):
    told = told_by_sshd(tmp_path, public_line("carla"))
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    with pytest.raises(Unavailable):
        visit_of(CONNECTION | {"SSH_USER_AUTH": told})
