"""Whatever is wrong with the database is one line that says what to do, and the right exit code."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Cli, Office

NO_DESK, FORBIDDEN, LATER = 2, 5, 7
NOBODY = 65_534
WITHOUT_PSYCOPG = """
import sys
sys.modules["psycopg"] = None
from sysmo_tui.cli.main import run
sys.exit(run(["whoami"]))
"""


def one_line(cli: Cli, url: str, code: int, *said: str) -> None:
    """Every kind of command says the same about a database, the doctor in a table."""
    cli.environ["SYSMO_DATABASE_URL"] = url
    for words in (("whoami",), ("ticket", "list"), ("db", "status"), ("worker", "--once")):
        ran = cli(*words)
        assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1), ran
        for text in said:
            assert text in ran.err
    doctor = cli("doctor")
    assert doctor.code == NO_DESK
    assert all(text in doctor.out for text in said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ("There is no desk", "sysmo demo", "sysmo init", "sysmo connect")),
        (b"", ("but not a desk", "sysmo demo", "sysmo init", "sysmo connect")),
        (b"Dear diary," * 1000, ("not an SQLite database",)),
    ],
)
def test_a_file_that_is_no_desk(cli: Cli, tmp_path: Path, content: bytes | None, said: tuple[str, ...]):
    path = tmp_path / "desk.db"
    if content is not None:
        path.write_bytes(content)
    one_line(cli, f"sqlite:///{path}", NO_DESK, *said)


@pytest.mark.parametrize("kept", [50, 5_000, 100_000])
def test_a_file_that_was_cut_short(small_office: Office, tmp_path: Path, kept: int):
    whole = Path(small_office.environ["SYSMO_DATABASE_URL"].removeprefix("sqlite:///"))
    (tmp_path / "cut.db").write_bytes(whole.read_bytes()[:kept])
    one_line(small_office, f"sqlite:///{tmp_path}/cut.db", NO_DESK, "damaged", "sysmo db restore")


def test_a_folder(cli: Cli, tmp_path: Path):
    one_line(cli, f"sqlite:///{tmp_path}", NO_DESK, "is a folder")


@pytest.mark.parametrize("url", ["gopher://x", "mysql://x/y", "desk.db", "postgresql//x", "://"])
def test_an_address_that_is_none(cli: Cli, url: str):
    one_line(cli, url, NO_DESK, "The database address is not understood", "sqlite:////folder/file")


def test_a_server_that_is_down(cli: Cli):
    one_line(cli, "postgresql://u:hush@127.0.0.1:1/d", LATER, "The database server cannot be reached")


def test_a_server_without_this_database(cli: Cli, postgresql_url: str):
    other = sa.make_url(postgresql_url).set(database="nowhere")
    one_line(cli, other.render_as_string(hide_password=False), NO_DESK, "no database of that name")


def test_postgresql_without_its_package(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PSYCOPG],
        cwd=Path(__file__).parents[2],
        env=os.environ
        | {"SYSMO_DATABASE_URL": "postgresql://u@localhost/d", "SYSMO_LANG": "en", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (NO_DESK, "")
    assert done.stderr.count("\n") == 1
    assert f"{sys.executable} -m pip install 'psycopg[binary]'" in done.stderr


def test_root_leaves_no_files_where_another_account_keeps_the_desk(
    small_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "data"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    name = pwd.getpwuid(folder.stat().st_uid).pw_name
    state = {"SYSMO_STATE_DIR": str(folder / "state")}
    for words in (("login",), ("ticket", "list"), ("worker", "--once"), ("db", "status"), ("demo",)):
        ran = small_office(*words, **state)
        assert (ran.code, ran.out, ran.err.count("\n")) == (FORBIDDEN, "", 1)
        verb = " ".join(each for each in words if not each.startswith("-"))
        assert f"runuser -u {name} -- sysmo {verb}\n" in ran.err
    small_office("doctor", **state)
    assert list(folder.iterdir()) == []
