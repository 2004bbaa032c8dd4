from __future__ import annotations

import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sysmo_tui.cli.nouns import ENTRIES
from sysmo_tui.cli.root import build
from sysmo_tui.cli.verbs import NounGroup
from sysmo_tui.domain.enums import Theme
from sysmo_tui.i18n import CATALOGUES
from tests.cli.conftest import Cli, Office

HEAVY = {"sqlalchemy", "sqlmodel", "textual", "pydantic", "alembic", "argon2", "psycopg", "zxcvbn"}
HERE = Path(__file__).parents[2]
BARE = """
import typer
app = typer.Typer()
def say(name: str = "x"):
    "Say it."
for number in range(12):
    app.command(f"verb{number}")(say)
app()
"""


def python(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=HERE,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def verbs() -> Iterator[tuple[str, ...]]:
    root = build()
    yield ()
    for noun in ENTRIES:
        group = root.get_command(None, noun)
        yield (noun,)
        if isinstance(group, NounGroup):
            yield from _within(group, (noun,))


def _within(group: NounGroup, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield from ((*words, name) for name, info in group.registered.items() if not info.hidden)
    for name in group.nested:
        inner = group.get_command(None, name)
        assert isinstance(inner, NounGroup)
        yield (*words, name)
        yield from _within(inner, (*words, name))


def test_no_help_imports_a_database_or_a_screen():
    code = f"""
import sys
from sysmo_tui.cli.main import run
for words in {[[*words, "--help"] for words in verbs()]!r}:
    assert run(words) == 0, words
    heavy = {HEAVY!r} & set(sys.modules)
    assert not heavy, (words, heavy)
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", list(verbs()), ids=" ".join)
def test_every_help_ends_in_an_example(cli: Cli, words: tuple[str, ...]):
    ran = cli.ok(*words, "--help")
    last = ran.out.rstrip().splitlines()[-1].strip()
    is_verb = not words or (words[0] in ENTRIES and (len(words) == 2 or ENTRIES[words[0]].is_verb))
    assert not is_verb or last.startswith("Example: sysmo"), last
    assert ran.out.startswith("Usage: sysmo")


def test_help_speaks_the_readers_language_alone():
    code = f"""
from sysmo_tui.cli.main import run
for words in {[[*words, "--help"] for words in verbs()]!r}:
    assert run(words) == 0, words
"""
    done = python("-c", code, SYSMO_LANG="es", COLUMNS="500")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Uso: sysmo")
    catalogue = gettext.translation("sysmo", CATALOGUES, ["es"])
    english = {
        found
        for found in re.split(r"[ ]{2,}|\n", done.stdout)
        if found.endswith(".") and catalogue.gettext(found) != found
    }
    assert english == set()


def test_a_command_that_does_not_exist_is_one_line_that_proposes_another(cli: Cli):
    ran = cli("logn")
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err == "sysmo: There is no command “logn” in sysmo. Did you mean login?\n"


def test_an_option_that_does_not_exist_is_one_line(cli: Cli):
    ran = cli("login", "--emial", "x")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "--email" in ran.err


def test_a_mistake_in_usage_is_a_document_for_scripts(cli: Cli):
    ran = cli("login", "--emial", "x", "--json")
    assert ran.code == 2
    assert ran.json["error"]["code"] == "invalid"


def test_without_a_desk_the_three_ways_are_named(cli: Cli):
    ran = cli("whoami")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    for way in ("sysmo demo", "sysmo init", "sysmo connect"):
        assert way in ran.err


def test_the_screens_are_not_opened_in_a_pipe(cli: Cli):
    ran = cli()
    assert ran.code == 2
    assert "terminal" in ran.err


@pytest.mark.parametrize(("slow", "drawn"), [("true", "15 none"), ("false", "120 full")])
def test_a_slow_connection_is_known_before_the_screens_are_loaded(
    small_office: Office, slow: str, drawn: str
):
    code = """
import os
from sysmo_tui.cli import tui
from sysmo_tui.cli.context import Here
run = Here(os.environ, ())
assert run.desk
tui.set_pace(run)
from textual import constants
print(constants.MAX_FPS, constants.TEXTUAL_ANIMATIONS)
"""
    done = python("-c", code, SYSMO_UI__SLOW=slow, **small_office.environ)
    assert (done.returncode, done.stdout.strip()) == (0, drawn), done.stderr


def test_the_settings_of_the_screens_reach_them(small_office: Office, monkeypatch: pytest.MonkeyPatch):
    given: dict[str, object] = {}

    def opened(_desk: object, **options: object) -> int:
        given.update(options)
        return 0

    monkeypatch.setattr("sysmo_tui.app.run", opened)
    monkeypatch.setattr("sysmo_tui.cli.tui.refuse_unfit", lambda run: None)
    operator = small_office.operator
    operator.ok(SYSMO_UI__KIOSK="true", SYSMO_UI__THEME="contrast")
    assert (given["is_kiosk"], given["theme"]) == (True, Theme.CONTRAST)
    operator.ok()
    assert (given["is_kiosk"], given["theme"]) == (False, None)


UNNEEDED = {
    "sysmo_tui.worker",
    "sysmo_tui.domain.measures",
    "sysmo_tui.domain.quoting",
    "sysmo_tui.mail.compose",
    "sysmo_tui.mail.sending",
    "sysmo_tui.quarantined",
    "sysmo_tui.screens.password",
    "sysmo_tui.screens.registration",
    "sysmo_tui.screens.ticket",
    "sysmo_tui.services.choices",
    "sysmo_tui.services.deciding",
    "sysmo_tui.services.events",
    "sysmo_tui.services.files",
    "sysmo_tui.services.inbound",
    "sysmo_tui.services.mail_rules",
    "sysmo_tui.services.notices",
    "sysmo_tui.services.outbox",
    "sysmo_tui.services.quarantine",
    "sysmo_tui.services.report_records",
    "sysmo_tui.services.search_fields",
    "sysmo_tui.services.signing_in",
    "alembic",
    "argon2",
    "smtplib",
}
"""What the first rows can do without; the rest of it follows when somebody needs it."""
MOST_MODULES = 190
"""Of our own, before the first rows."""


def test_the_first_rows_wait_for_nothing_that_they_do_not_need(small_office: Office):
    code = f"""
import gc, sys
from sysmo_tui import collecting
collecting.seldom()
looks = []
gc.callbacks.append(lambda phase, info: looks.append(info["generation"]))
from sysmo_tui.cli import tui
from sysmo_tui.cli.main import run
given = {{}}
def opened(desk, **options):
    import sysmo_tui.screens.inbox
    assert not looks, looks
    given.update(options)
    return 0
import sysmo_tui.app
sysmo_tui.app.run = opened
tui.refuse_unfit = lambda run: None
assert run([]) == 0
early = {UNNEEDED!r} & set(sys.modules)
assert not early, early
ours = [name for name in sys.modules if name.startswith("sysmo_tui")]
assert len(ours) <= {MOST_MODULES}, len(ours)
from sysmo_tui.models import Ticket
assert not Ticket.__pydantic_complete__
given["background"]()
assert "sysmo_tui.worker" in sys.modules
"""
    done = python("-c", code, **small_office.operator.environ)
    assert done.returncode == 0, done.stderr


def test_a_list_loads_no_screen_and_no_mail(small_office: Office):
    code = f"""
import gc, sys
from sysmo_tui.cli.main import run
assert run(["ticket", "list"]) == 0
loaded = {UNNEEDED | {"textual"}!r} & set(sys.modules)
assert not loaded, loaded
assert gc.get_freeze_count()
"""
    done = python("-c", code, **small_office.operator.environ)
    assert done.returncode == 0, done.stderr


def test_a_bug_is_one_line_with_the_place_of_the_log_and_a_traceback_only_on_demand(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
):
    def explode(*_given: object) -> None:
        raise RuntimeError("postgresql://u:hush@h/d")

    monkeypatch.setattr("sysmo_tui.settings.load", explode)
    monkeypatch.setattr("sysmo_tui.cli.context.Here.log_path", Path(cli.environ["SYSMO_STATE_DIR"]) / "log")
    monkeypatch.setattr("sysmo_tui.cli.context.Here.language", "en")
    ran = cli("whoami")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    log = Path(cli.environ["SYSMO_STATE_DIR"]) / "log"
    assert str(log) in ran.err
    assert "RuntimeError" in log.read_text()
    assert "hush" not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_setting_that_is_wrong_does_not_keep_anyone_from_help(cli: Cli):
    assert cli("login", "--help", SYSMO_MAIL__ULR="x").code == 0
    ran = cli("whoami", SYSMO_MAIL__ULR="x")
    assert ran.code == 2
    assert "mail.url" in ran.err


def test_help_starts_about_as_fast_as_a_bare_program(tmp_path: Path):
    bare = tmp_path / "bare.py"
    bare.write_text(BARE)
    ours = min(_seconds("-m", "sysmo_tui", "--help") for _time in range(5))
    theirs = min(_seconds(str(bare), "--help") for _time in range(5))
    assert ours <= 1.3 * theirs


def _seconds(*words: str) -> float:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert python(*words).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
