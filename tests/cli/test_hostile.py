"""What people write reaches a terminal only as text, and no command line is a bug."""

from __future__ import annotations

import os
import pty
import random
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sysmo_tui.cli.nouns import ENTRIES
from sysmo_tui.cli.root import build
from sysmo_tui.cli.verbs import NounGroup
from tests.cli.conftest import Office

HOSTILE = "x\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\u200b\U000e0041[bold red]\ry\x00"
NOT_ON_A_TERMINAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
HERE = Path(__file__).parents[2]
DRIVER = """
import sys
from sysmo_tui.cli.main import run
for line in {lines!r}:
    run(line)
"""


def on_a_terminal(script: str, environ: dict[str, str]) -> str:
    """What a program writes to a terminal of its own."""
    control, terminal = pty.openpty()
    written: list[bytes] = []

    def collect() -> None:
        try:
            while piece := os.read(control, 65536):
                written.append(piece)
        except OSError:
            pass

    reader = threading.Thread(target=collect)
    reader.start()
    try:
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=HERE,
            env=os.environ | environ,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            check=True,
            timeout=60,
        )
    finally:
        os.close(terminal)
        reader.join(10)
        os.close(control)
    return b"".join(written).decode("utf-8")


def test_hostile_text_is_only_text_in_every_verb(small_office: Office, tmp_path: Path):
    hostile = HOSTILE.replace("\x00", "")
    admin = small_office.admin
    (tmp_path / "a\x1b[31mb.txt").write_text("x")
    admin.ok(
        *("ticket", "new", "--topic", "general", "--subject", hostile, "--body", hostile, "--for"),
        *("carl@customer.example", "--for-name", hostile, "--attach", str(tmp_path / "a\x1b[31mb.txt")),
    )
    admin.ok("ticket", "note", "1", "--body", hostile)
    admin("ticket", "tag", "1", hostile.split("\r")[0])
    admin.ok("topic", "new", hostile, "--slug", "hostile", "--description", hostile)
    admin.ok("status", "new", hostile, "--slug", "hostile", "--category", "hold", "--label", hostile)
    admin.ok("profile", "edit", "--name", hostile)
    admin.ok("config", "edit", "name", hostile)
    lines = [
        ["ticket", "list"],
        ["ticket", "list", hostile],
        ["ticket", "show", "1", "--events"],
        ["ticket", "history", "1"],
        ["ticket", "files", "1"],
        ["search", hostile],
        ["search", "--in", "people", "carl"],
        ["topic", "list"],
        ["topic", "show", "hostile"],
        ["topic", "show", hostile],
        ["status", "list"],
        ["account", "list"],
        ["account", "show", "carl@customer.example"],
        ["account", "show", hostile],
        ["profile", "show"],
        ["whoami"],
        ["config", "show"],
        ["config", "edit", hostile, hostile],
        ["audit", "list"],
        ["session", "list"],
        ["doctor"],
        ["ticket", "take", hostile],
        ["ticket", "download", "1", hostile],
        ["ticket", "reply", "1", "--body-file", hostile],
        ["ticket", "list", "--columns", hostile],
        ["ticket", "list", "--sort", hostile],
        ["login", "--" + hostile],
        [hostile],
        ["ticket", hostile],
        ["init", "--database", "sqlite:////" + hostile, "--no-input"],
    ]
    both = lines + [[*line, "--json"] for line in lines] + [[*line, "--csv"] for line in lines]
    environ = admin.environ | {"TERM": "dumb", "COLUMNS": "100"}
    written = on_a_terminal(DRIVER.format(lines=both), environ)
    found = NOT_ON_A_TERMINAL.findall(written.replace("\r\n", "\n"))
    assert not found
    assert "\r" not in written.replace("\r\n", "\n")
    assert "[bold red]" in written
    assert "Traceback" not in written


def test_a_table_fits_the_terminal(small_office: Office):
    for subject in ("short", "long " * 40, "宽" * 90, "🙂" * 60):
        small_office.customer.ok(
            "ticket", "new", "--topic", "general", "--subject", subject[:190], "--body", "x"
        )
    from rich.cells import cell_len

    environ = small_office.operator.environ | {"TERM": "dumb", "COLUMNS": "80"}
    written = on_a_terminal(DRIVER.format(lines=[["ticket", "list"]]), environ)
    rows = written.replace("\r\n", "\n").splitlines()
    assert len(rows) == 5
    assert all(cell_len(row) <= 80 for row in rows)
    assert rows[0].split()[:2] == ["No.", "Status"]


WORDS = [
    *(
        "1",
        "#1",
        "T-1",
        "0",
        "-1",
        "99999999999",
        "٣",
        "general",
        "ada@desk.example",
        "carla@customer.example",
        "me",
    ),
    *(
        "",
        " ",
        "-",
        "--",
        "-x",
        "--help",
        "\ud800",
        HOSTILE.replace("\x00", ""),
        "'",
        '"',
        "*",
        "(",
        ")",
        "or",
        "is:",
    ),
    *(
        "is:open",
        "created:>7d",
        "=1+1",
        "../../etc/passwd",
        "/dev/null",
        "x" * 5000,
        "💥",
        "low",
        "urgent",
        "+3d",
    ),
    *("2026-02-30", "operator", "tickets", "hold", "name", "General", "a,b", "%s", "{x}", "\\"),
]


@pytest.mark.parametrize("seed", range(4))
def test_no_command_line_is_a_bug(
    small_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    monkeypatch.chdir(tmp_path)
    chance = random.Random(seed)
    root = build()
    small_office.customer.ok("ticket", "new", "--topic", "general", "--subject", "a", "--body", "b")
    people = [small_office.admin, small_office.operator, small_office.customer]
    nouns = [name for name in ENTRIES if name not in {"worker", "demo"}]
    for _time in range(120):
        noun = chance.choice(nouns)
        command = root.get_command(None, noun)
        line = [noun]
        if isinstance(command, NounGroup):
            name = chance.choice(list(command.registered))
            command, line = command.get_command(None, name), [noun, name]
        options = [option for param in command.params for option in param.opts if option.startswith("--")]
        for _word in range(chance.randrange(6)):
            line.append(chance.choice(WORDS if chance.random() < 0.6 else options))
        ran = chance.choice(people)(*line, stdin=chance.choice(["", "x\n", "y\ny\ny\n"]))
        codes = {0, 75} if line[:2] == ["mail", "receive"] else {0, 2, 3, 4, 5, 6, 7, 130}
        assert ran.code in codes, (line, ran)
        assert ran.code == 0 or ran.err, line


def test_a_reader_that_goes_away_ends_it_quietly(small_office: Office):
    environ = os.environ | small_office.operator.environ
    for _time in range(3):
        small_office.customer.ok(
            "ticket", "new", "--topic", "general", "--subject", "x", "--body", "y" * 200_000
        )
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m sysmo_tui ticket list --json | head -c 10"],
        cwd=HERE,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert len(done.stdout) == 10


def test_output_that_is_not_utf8_is_no_bug(small_office: Office):
    small_office.customer.ok("ticket", "new", "--topic", "general", "--subject", "Señal 🙂", "--body", "y")
    environ = os.environ | small_office.operator.environ | {"PYTHONIOENCODING": "ascii"}
    for words in (
        ["ticket", "list"],
        ["ticket", "list", "--json"],
        ["ticket", "show", "1"],
        ["ticket", "list", "--csv"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "sysmo_tui", *words],
            cwd=HERE,
            env=environ,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done
        assert b"Se" in done.stdout
