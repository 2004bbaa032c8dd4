"""Whatever people wrote, no command prints anything that could act on a terminal or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sysmo_tui.cli.main import run
from sysmo_tui.cli.session_file import SessionFile
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.services import desk_settings
from tests.hostile.corpus import HARMLESS, LONG, SHORT, UNSTORABLE, unsafe_in
from tests.hostile.poison import DESK_NAME, Poisoned

_OUR_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
csv.field_size_limit(10_000_000)
_FORMULA = tuple("=+-@\t\r＝＋－＠")

EXIT_CODES = {0, 2, 3, 4, 5, 6, 7}

FORMATS: dict[str, tuple[str, ...]] = {
    "terminal": (),
    "plain": ("--plain",),
    "json": ("--json",),
    "csv": ("--csv",),
}
ORIGINALS = {"config show"}
"""What shows scripts the very texts that were typed, escaped."""

STAFF_COMMANDS = [
    *(f"ticket list --inbox {inbox} --limit 200" for inbox in Inbox),
    "ticket list --limit 200 --columns number,status,priority,type,topic,subject,requester,company,email,"
    "assignee,owner,channel,age,created",
    "ticket history 1",
    "ticket files 1",
    "ticket links 1",
    "ticket customer 1",
    "ticket why 1",
    "search red --limit 200",
    "search click --in people",
    "account list --limit 200",
    "account show customer1@customer.example",
    "company list --limit 200",
    "company show 2",
    "topic list",
    "topic list --jsonl",
    "topic show topic-0",
    "status list",
    "priority list",
    "type list",
    "token list",
    "audit list --limit 200",
    "mail queue --failed --limit 200",
    "mail queue --limit 200",
    "session list",
    "session list --email carla@customer.example",
    "key list --email carla@customer.example",
    "config show",
    "profile show",
    "whoami",
    *(f"report {k}" for k in ("summary", "team", "volume", "resolution", "response", "backlog", "topics")),
    "report workload",
    "report --tickets received",
    "doctor",
    "db status",
]
CUSTOMER_COMMANDS = ["ticket list --limit 200", "ticket files 1", "search red", "session list", "topic list"]


class Pipe(io.StringIO):
    """Standard output that takes every character."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"


class Screen(Pipe):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Prompt:
    """The command line of one person on the hostile desk."""

    def __init__(self, poisoned: Poisoned, door: Door, folder: Path) -> None:
        state = folder / "state"
        uuid = door.read(desk_settings.load).uuid
        SessionFile(state, uuid).save(door.caller.secret or "")
        self.environ = {
            "SYSMO_DATABASE_URL": poisoned.url,
            "SYSMO_STATE_DIR": str(state),
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "COLUMNS": "100",
            "PATH": "/usr/bin:/bin",
        }

    def __call__(self, *words: str, is_terminal: bool = False, stdin: str = "") -> tuple[int, str, str]:
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stderr = io.StringIO(stdin), io.StringIO()
        sys.stdout = Screen() if is_terminal else Pipe()
        try:
            code = run(words, self.environ)
            out, err = sys.stdout.getvalue(), sys.stderr.getvalue()
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
        assert "Traceback" not in err, err
        return code, out, err


@pytest.fixture(scope="module")
def staff(poisoned: Poisoned, tmp_path_factory: pytest.TempPathFactory) -> Prompt:
    return Prompt(poisoned, poisoned.staff, tmp_path_factory.mktemp("staff"))


@pytest.fixture(scope="module")
def customer(poisoned: Poisoned, tmp_path_factory: pytest.TempPathFactory) -> Prompt:
    return Prompt(poisoned, poisoned.customer, tmp_path_factory.mktemp("customer"))


def values_in(document: object) -> Iterator[str]:
    """Every text of a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from values_in(value)
    elif isinstance(document, list):
        for value in document:
            yield from values_in(value)


def problems(form: str, out: str, err: str) -> list[str]:
    """What is wrong with what a command printed."""
    found = unsafe_in(err) + unsafe_in(_OUR_COLOURS.sub("", out) if form == "terminal" else out)
    if not out.strip():
        return found
    if form == "json":
        for line in out.splitlines() if out.startswith("{") and "\n{" in out else [out]:
            found += [text for value in values_in(json.loads(line)) for text in unsafe_in(value)]
    if form == "csv":
        found += [
            f"a formula: {cell[:60]!r}"
            for row in list(csv.reader(io.StringIO(out)))[1:]
            for cell in row
            if cell.startswith(_FORMULA) and not re.fullmatch(r"-?[0-9.]+", cell)
        ]
    return found


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", STAFF_COMMANDS)
def test_what_staff_read_is_safe(staff: Prompt, command: str, form: str):
    code, out, err = staff(*command.split(), *FORMATS[form], is_terminal=form in {"terminal", "plain"})
    assert code in EXIT_CODES, err
    assert problems("plain" if command in ORIGINALS else form, out, err) == []


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", CUSTOMER_COMMANDS)
def test_what_customers_read_is_safe(customer: Prompt, command: str, form: str):
    code, out, err = customer(*command.split(), *FORMATS[form], is_terminal=form == "terminal")
    assert code == 0, err
    assert problems(form, out, err) == []


@pytest.mark.parametrize("form", ["terminal", "json"])
@pytest.mark.parametrize("who", ["staff", "customer"])
def test_every_ticket_is_printed_safely(
    poisoned: Poisoned, staff: Prompt, customer: Prompt, who: str, form: str
):
    prompt = staff if who == "staff" else customer
    for name, number in list(poisoned.numbers.items())[form == "json" :: 2]:
        words = ("ticket", "show", str(number), "--events", *FORMATS[form])
        code, out, err = prompt(*words, is_terminal=form == "terminal")
        assert code == 0, err
        assert problems(form, out, err) == [], name
        if name in {f"harmless {each}" for each in HARMLESS}:
            assert SHORT[name] in out


def test_an_export_is_printed_safely_and_can_be_read_back(staff: Prompt):
    code, out, err = staff("config", "export")
    assert (code, err) == (0, "")
    assert unsafe_in(out) == []
    assert DESK_NAME in set(values_in(json.loads(out))), "the original is exported"


EVERY = 5
"""Each command is given every fifth text, the next command the texts beside them."""

WITH_A_WORD = [
    "{}",
    "ticket {}",
    "ticket show {}",
    "ticket list {}",
    "ticket list --columns {}",
    "session revoke {}",
    "ticket list --sort {}",
    "ticket list --inbox {}",
    "ticket list --after {}",
    "ticket list --limit {}",
    "ticket download 1 {}",
    "ticket new --subject S --body B --topic {}",
    "ticket assign 1 --to {}",
    "ticket edit 1 --status {}",
    "ticket edit 1 --follow-up {}",
    "ticket untag 1 {}",
    "ticket attach 1 {}",
    "ticket reply 1 --body-file {}",
    "search {}",
    "account show {}",
    "account list {}",
    "account role {} admin",
    "company show {}",
    "topic show {}",
    "config edit {} x",
    "report summary --range {}",
    "report summary --topic {}",
    "report --tickets received --weekday {}",
    "report --tickets closed --operator {}",
    "audit list --actor {}",
    "audit list --since {}",
    "mail retry {}",
    "token reissue {}",
    "password forgot --email {}",
    "verify {}",
    "--database {} ticket list",
    "ticket list --database {}",
]


@pytest.mark.parametrize("command", WITH_A_WORD)
def test_every_word_that_someone_may_type_is_answered_safely(staff: Prompt, command: str):
    odd = SHORT | UNSTORABLE | {"nothing": "", "escapes": LONG["escapes"]}
    start = WITH_A_WORD.index(command) % EVERY
    for name, text in list(odd.items())[start::EVERY]:
        words = [text if word == "{}" else word for word in command.split()]
        code, out, err = staff(*words, "--json")
        assert code in EXIT_CODES, (name, err)
        assert unsafe_in(out + err) == [], name
