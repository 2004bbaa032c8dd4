"""Whatever is typed, a command ends with a code of the contract and without a traceback."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sysmo_tui.cli.nouns import ENTRIES
from sysmo_tui.cli.root import build
from tests.cli.conftest import Cli, Office, capture, cli, small_office
from tests.hostile.corpus import SHORT, UNSTORABLE, unsafe_in
from tests.services import requests as ask

__all__ = ["capture", "cli", "small_office"]

CODES = {0, 2, 3, 4, 5, 6, 7}
LINES = int(os.environ.get("SYSMO_TEST_COMMANDS") or 250)
"""How many commands each person types; ``SYSMO_TEST_COMMANDS`` chooses."""

# They ask for a password, take a while, wait for ever, or replace the desk that the others work on.
LEFT_OUT = {"worker", "demo", "init", "db", "login", "tui", "register"}

WORDS = [
    *(
        "1",
        "2",
        "#3",
        "T-4",
        "0",
        "-1",
        "99999999999999999999",
        "1e9",
        "1.5",
        "٣",
        "general",
        "me",
        "",
        " ",
        "-",
    ),
    *("--", "---", "-x", "--json", "--csv", "--jsonl", "--plain", "--no-input", "--debug", "--yes", "--help"),
    *("2026-01-01", "2026-13-45", "0000-00-00", "+3d", "+99999999w", "today..", "..", "last-30-days"),
    *(
        "carla@customer.example",
        "luis@desk.example",
        "nobody@",
        "@",
        "a@b@c",
        "open",
        "closed",
        "high",
        "admin",
    ),
    *(
        "is:open",
        "topic:",
        "from:me",
        '"',
        '"unclosed',
        "(",
        ")",
        "OR",
        "-",
        "*",
        "a*",
        "created:>today",
        ":::",
    ),
    *(
        "/",
        "/etc/passwd",
        "/dev/zero",
        "/dev/null",
        ".",
        "..",
        "~",
        "nowhere/x",
        "en",
        "es",
        "true",
        "null",
        "{}",
    ),
    *SHORT.values(),
    *UNSTORABLE.values(),
    "x" * 5000,
    "9" * 5000,
    "(" * 2000,
    "\udcff\udcfe",
]


def verbs() -> list[tuple[list[str], list[str]]]:
    """Every verb with the options that it has."""
    root = build()
    found = []
    for name in ENTRIES.keys() - LEFT_OUT:
        group: Any = root.get_command(None, name)
        for verb, command in getattr(group, "commands", {"": group}).items():
            options = [o for param in command.params for o in param.opts if o.startswith("--")]
            found.append(([name, verb] if verb else [name], options))
    return sorted(found)


def line(dice: random.Random, known: list[tuple[list[str], list[str]]]) -> list[str]:
    """A command as someone might type it who does not know what it does."""
    words, options = dice.choice(known)
    more = range(dice.choice([0, 1, 1, 2, 2, 3, 4, 6]))
    given = words + [dice.choice(options if dice.random() < 0.45 else WORDS) for _ in more]
    if dice.random() < 0.1:
        dice.shuffle(given)
    # Secrets are asked for on a terminal alone, and here is none.
    return [word for word in given if word not in {"--database", "--demo", "--password-stdin"}]


@pytest.mark.parametrize("who", ["admin", "operator", "customer"])
def test_random_commands_end_as_they_should(
    small_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
):
    monkeypatch.chdir(tmp_path)
    cast = small_office.cast
    cast.operator()
    for _ in range(4):
        ask.file(cast.customer(), files=(ask.upload(cast.customer()),))
    doors: dict[str, Callable[[], Any]] = {
        "admin": lambda: cast.sign_in("ada"),
        "operator": lambda: cast.sign_in("luis"),
        "customer": lambda: cast.sign_in("carla"),
    }
    dice, known = random.Random(f"commands of {who}"), verbs()
    person: Cli = small_office.at(who, doors[who]())
    codes: Counter[int] = Counter()
    for _ in range(LINES):
        words = line(dice, known)
        # Logging out, or a changed role, would leave the rest to be refused alike.
        if (
            "logout" in words
            or "revoke" in words
            or words[:2] in (["account", "role"], ["account", "disable"])
        ):
            continue
        ran = person(*words, stdin=dice.choice(["", "y\n", "{}", "secret\nsecret\n"]))
        assert ran.code in CODES, (words, ran)
        codes[ran.code] += 1
        if "--raw" not in words:
            assert unsafe_in(ran.out + ran.err) == [], words
        if ran.code:
            assert len(ran.err.strip().splitlines()) <= 12 or not words[1:], (words, ran.err)
    assert person("whoami").code == 0
    assert codes[0] > LINES // 20
