"""What is sent to a desk on another machine, and what of its answer reaches the terminal."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui import settings
from sysmo_tui.cli import far_line, far_ssh, own_config
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.far_ssh import Call
from sysmo_tui.cli.far_text import SafeStream
from sysmo_tui.cli.root import build
from sysmo_tui.domain.desk_address import DeskAddress
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.door.words import read_line
from tests.cli.conftest import Cli

DESK = DeskAddress("desk.example", "sysmo", 2222)
WORD = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)
HEAVY = {"sqlalchemy", "sqlmodel", "textual", "alembic", "argon2", "psycopg", "zxcvbn"}


def run_in(folder: Path, **environ: str) -> Here:
    """A run whose desk is elsewhere."""
    around = {"PATH": os.environ["PATH"], "SYSMO_STATE_DIR": str(folder), "SYSMO_DESK": str(DESK)}
    return Here(around | environ, ())


def parsed(*words: str) -> Any:
    """The context of a verb that understood these words."""
    root: Any = build()
    context = root.make_context("sysmo", list(words), obj=Here({}, words))
    while getattr(context.command, "resolve_command", None):
        name, command, rest = context.command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = command.make_context(name, rest, parent=context)
    return context


def sent(*words: str) -> tuple[list[str], far_line.Asked]:
    """The words that go over there for those that were typed."""
    context = parsed(*words)
    what = far_line.asked(context)
    return far_line.words(context.obj, what), what


def shown(*pieces: bytes, is_terminal: bool = False) -> str:
    """What a terminal gets of what comes in these pieces."""
    stream = SafeStream(is_terminal=is_terminal)
    return "".join(map(stream.feed, pieces)) + stream.rest(is_last=True)


@given(st.lists(WORD, min_size=1, max_size=20), st.booleans())
def test_the_door_reads_the_words_that_were_sent(words: list[str], is_parcel: bool):
    said = ["ticket", *words]
    found = read_line(far_line.line(Here({}, ()), said, is_parcel=is_parcel))
    assert list(found.words) == said
    assert found.is_parcel == is_parcel


@pytest.mark.parametrize("word", ["two\nlines", "\x00", "\x1b[2J", "\u2028", "x" * 9000])
def test_what_fits_into_no_line_is_refused_here(word: str):
    with pytest.raises(Invalid):
        far_line.line(Here({}, ()), ["ticket", "show", word])


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        (("42",), ["ticket", "show", "42"]),
        (
            ("--json", "ticket", "ls", "is:open", "-printer"),
            ["ticket", "list", "--json", "--", "is:open", "-printer"],
        ),
        (("ticket", "list", "--limit", "5", "--csv"), ["ticket", "list", "--csv", "--limit", "5"]),
        (
            ("ticket", "close", "1", "2", "--no-answer=x y"),
            ["ticket", "close", "--no-answer", "x y", "1", "2"],
        ),
        (("topic", "edit", "g", "--private"), ["topic", "edit", "--private", "g"]),
        (("ticket", "reply", "1", "--body", "-x"), ["ticket", "reply", "--body", "-x", "1"]),
        (("ticket", "edit", "1", "--owner", ""), ["ticket", "edit", "--owner", "", "1"]),
    ],
)
def test_only_what_was_typed_is_sent(typed: tuple[str, ...], there: list[str]):
    assert sent(*typed)[0] == there


def test_files_are_named_without_their_folders_and_places_to_write_to_stay_here():
    words, what = sent("ticket", "reply", "1", "--attach", "/home/x/-a\tb.png", "--body-file", "~/t.txt")
    assert words == ["ticket", "reply", "--body-file", "t.txt", "--attach", "-a b.png", "1"]
    assert what.is_parcel
    assert sent("ticket", "download", "1", "-o", "/home/x")[0] == ["ticket", "download", "1"]
    assert not sent("ticket", "attach", "1", "-")[1].is_parcel
    assert sent("ticket", "attach", "1", "-", "x")[1].is_parcel


def test_standard_input_is_handed_over_only_to_who_reads_it():
    assert sent("ticket", "attach", "1", "-")[1].reads_stdin
    assert sent("login", "--password-stdin")[1].reads_stdin
    assert not sent("ticket", "show", "1")[1].reads_stdin


def test_nothing_of_this_machine_is_lent_to_the_other_one(tmp_path: Path):
    argv = far_ssh.argv(run_in(tmp_path), DESK, Call("whoami"), "/log")
    options = dict(word.removeprefix("-o").split("=", 1) for word in argv if word.startswith("-o"))
    for lent in ("ForwardAgent", "ForwardX11", "PermitLocalCommand", "Tunnel"):
        assert options[lent] == "no"
    assert options["PreferredAuthentications"] == "publickey"
    assert options["ClearAllForwardings"] == "yes"
    assert options["RemoteCommand"] == options["EscapeChar"] == "none"
    assert argv[-7:] == ["-p", "2222", "-l", "sysmo", "--", "desk.example", "whoami"]
    assert "-T" in argv
    assert "-tt" in far_ssh.argv(run_in(tmp_path), DESK, Call(None, has_terminal=True), "/log")
    assert far_ssh.argv(run_in(tmp_path), DeskAddress("h"), Call(None), "/log")[-4:] == [
        "-l",
        "sysmo",
        "--",
        "h",
    ]


def test_without_anybody_to_ask_ssh_asks_nobody(tmp_path: Path):
    run = run_in(tmp_path)
    assert "-oBatchMode=yes" in far_ssh.argv(run, DESK, Call("x", may_ask=False), "/log")
    assert "-oBatchMode=no" in far_ssh.argv(run, DESK, Call("x"), "/log")


def test_a_connection_is_shared_only_in_a_folder_of_ones_own(tmp_path: Path):
    def control(folder: Path) -> str:
        argv = far_ssh.argv(run_in(tmp_path, XDG_RUNTIME_DIR=str(folder)), DESK, Call("x"), "/log")
        return next(word for word in argv if word.startswith("-oControlPath="))

    # The path of a socket is short, and pytest's folders are not.
    with tempfile.TemporaryDirectory() as short:
        assert control(Path(short)) == f'-oControlPath="{short}/sysmo/%C"'
        own = Path(short, "sysmo")
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        own.chmod(0o755)
        assert control(Path(short)) == "-oControlPath=none"
        own.rmdir()
        own.symlink_to(tmp_path)
        assert control(Path(short)) == "-oControlPath=none"
    assert control(tmp_path / ("x" * 80)) == "-oControlPath=none"


def test_without_ssh_there_is_one_line(cli: Cli):
    ran = cli("whoami", SYSMO_DESK="ssh://desk.example", PATH="/nowhere")
    assert ran.code == 2
    assert "OpenSSH" in ran.err


@given(st.binary(max_size=80), st.integers(1, 5), st.booleans())
def test_nothing_that_comes_back_gives_the_terminal_orders(data: bytes, size: int, is_terminal: bool):
    pieces = [data[place : place + size] for place in range(0, len(data), size)]
    seen = shown(*pieces, is_terminal=is_terminal)
    left = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    if is_terminal:
        left = re.sub(r"\r\n|\x08 \x08|\^D\x08\x08", "", left)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_ordinary_text_comes_back_as_it_is_in_whatever_pieces(size: int):
    text = "Título\n\x1b[1mFett\x1b[0m \x1b[38;5;12mx\x1b[m\té e\u0301 日本 👩\u200d💻 1\ufe0f\u20e3 ^D \n"
    data = text.encode()
    assert shown(*(data[place : place + size] for place in range(0, len(data), size))) == text


@pytest.mark.parametrize(
    "order",
    [
        b"\x1b]0;title\x07",
        b"\x1b]52;c;eA==\x07",
        b"\x1b[2J",
        b"\x1b[6n",
        b"\x1bP+q\x1b\\",
        b"\x1b[8m",
        b"\x1b[5m",
        b"\x9b2J",
        b"a\rb",
        b"\x1b[?1049h",
        b"\x08",
        b"\xe2\x80\xae",
    ],
)
def test_orders_to_the_terminal_are_shown_instead_of_followed(order: bytes):
    for size in (1, 100):
        pieces = [order[place : place + size] for place in range(0, len(order), size)]
        assert "\ufffd" in shown(*pieces, is_terminal=True)


def test_a_question_is_shown_before_its_line_ends_and_rubbing_out_works():
    stream = SafeStream(is_terminal=True)
    assert stream.feed(b"Password: ") == "Password: "
    assert stream.feed(b"x\x08 \x08\x08 \x08\r\n") == "x\x08 \x08\x08 \x08\r\n"


@pytest.mark.parametrize(
    ("file", "environ", "desk"),
    [
        ('[desk]\naddress = "ssh://a@h"', {}, "ssh://a@h"),
        ('[desk]\naddress = "ssh://a@h"', {"SYSMO_DESK": "ssh://b@h"}, "ssh://b@h"),
        ('[desk]\naddress = "ssh://a@h"', {"SYSMO_DATABASE_URL": "sqlite:///x"}, None),
        ('[database]\nurl = "sqlite:///x"', {"SYSMO_DESK": "ssh://b@h"}, "ssh://b@h"),
        ('[database]\nurl = "sqlite:///x"\n[desk]\naddress = "ssh://a@h"', {}, "ssh://a@h"),
    ],
)
def test_whoever_comes_later_says_where_the_desk_is(
    tmp_path: Path, file: str, environ: dict[str, str], desk: str | None
):
    config = tmp_path / "config.toml"
    config.write_text(file)
    found = settings.load(environ | {"SYSMO_CONFIG": str(config)}, system_file=tmp_path / "none").desk
    assert (None if found is None else str(found)) == desk


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# mine\n[ui]\ntheme = 'dark'",
        '[desk]\naddress = "ssh://old"\nshare_connection = false\n\n[ui]\nslow = true\n',
        "[desk]  # where it is\nshare_connection = false",
        "[ui]\nslow = true\n[ desk ]\n",
    ],
)
def test_the_address_is_written_and_all_else_is_kept(tmp_path: Path, before: str):
    real, path = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text(before)
    real.chmod(0o640)
    path.symlink_to(real)
    own_config.remember_desk(path, "ssh://sysmo@new")
    after = tomllib.loads(path.read_text())
    old = tomllib.loads(before)
    assert after == old | {"desk": old.get("desk", {}) | {"address": "ssh://sysmo@new"}}
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert all(line in path.read_text() for line in before.splitlines() if "old" not in line)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.toml", "dotfiles.toml"]


@pytest.mark.parametrize(
    "before", ["desk = 1\n", "desk.address = 'x'\n", "not toml", 'x = """\n[desk]\n"""\n']
)
def test_settings_that_cannot_just_be_added_to_stay_as_they_are(tmp_path: Path, before: str):
    path = tmp_path / "config.toml"
    path.write_text(before)
    with pytest.raises(Invalid) as refused:
        own_config.remember_desk(path, "ssh://sysmo@new")
    assert "ssh://sysmo@new" in str(refused.value)
    assert path.read_text() == before


def test_a_verb_over_there_needs_neither_database_nor_screens_here(tmp_path: Path):
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho '{\"items\": []}'\n")
    ssh.chmod(0o755)
    (tmp_path / "x.png").write_bytes(b"x")
    code = f"""
import os, sys
from sysmo_tui.cli.main import run
for words in (["ticket", "list"], ["ticket", "attach", "1", {str(tmp_path / "x.png")!r}],
              ["ticket", "files", "1", "--json"], ["ticket", "new", "--topic", "x"], ["whoami"]):
    assert run(words) == 0, words
heavy = {HEAVY!r} & set(sys.modules)
assert not heavy, heavy
"""
    environ = {"SYSMO_DESK": str(DESK), "PATH": f"{tmp_path}:/usr/bin:/bin", "SYSMO_STATE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
