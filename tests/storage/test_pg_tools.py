"""What PostgreSQL's programs are given."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.storage import pg_tools


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs that stand for PostgreSQL's write down what they were given."""
    for name in ("pg_dump", "pg_restore"):
        program = tmp_path / name
        program.write_text(
            f'#!/bin/sh\n{{ echo "$@"; echo "$PGPASSWORD"; stat -c %a "$PGSERVICEFILE"; '
            f'cat "$PGSERVICEFILE"; }} > {tmp_path}/told 2>/dev/null; true\n'
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "told"


@pytest.mark.parametrize(
    "url", ["postgresql://ana:hunter2@db/desk", "postgresql://ana@db/desk?password=hunter2&sslmode=require"]
)
def test_no_password_is_an_argument(told: Path, url: str):
    parsed = sa.make_url(url)
    for work in (
        lambda: pg_tools.dump(parsed, Path("to"), "snapshot"),
        lambda: pg_tools.restore(Path("from"), parsed),
    ):
        work()
        arguments, password = told.read_text().splitlines()
        assert "db/desk" in arguments
        assert ("sslmode=require" in arguments) == ("sslmode" in url)
        assert "hunter2" not in arguments
        assert password == "hunter2"


def test_the_password_of_a_key_is_in_a_file_for_its_owner_alone(told: Path):
    pg_tools.dump(sa.make_url("postgresql://ana@db/desk?sslpassword=hunter2"), Path("to"), "snapshot")
    arguments, _password, mode, *settings = told.read_text().splitlines()
    assert "hunter2" not in arguments
    assert (mode, settings) == ("600", ["[sysmo]", "sslpassword=hunter2"])
