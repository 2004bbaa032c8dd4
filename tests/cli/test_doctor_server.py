"""What the doctor says of a PostgreSQL server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sysmo_tui.cli.context import Here
from sysmo_tui.desk import Desk
from sysmo_tui.storage import roles
from sysmo_tui.storage.engine import Store
from tests.cast import Cast
from tests.cli.conftest import Cli
from tests.pooler import pgbouncer

ROLES = roles.Roles("doctor_owner", "doctor_app", "doctor_report")


@pytest.fixture
def url(postgresql_store: Store) -> str:
    """A desk that is set up, on a server with roles."""
    Cast(Desk(postgresql_store)).found()
    with psycopg.connect(postgresql_store.url, autocommit=True) as connection:
        connection.execute(roles.script(ROLES).encode())
    return postgresql_store.url


def _said(cli: Cli, url: str) -> dict[str, str]:
    """The findings about the server by their text."""
    found = cli("doctor", "--json", SYSMO_DATABASE_URL=url).json["items"]
    return {each["text"]: each["health"] for each in found if each["name"] in ("Server", "Standby")}


def test_who_the_program_is_to_the_server_is_told(cli: Cli, url: str):
    known = {text.split()[0]: health for text, health in _said(cli, url).items()}
    assert known == {"PostgreSQL": "good", "The": "warning"}
    assert "The program works as a superuser of the server, who may do anything there." in _said(cli, url)
    as_owner, as_app = (url.replace("postgres:@", f"{name}@") for name in (ROLES.owner, ROLES.application))
    assert (
        _said(cli, as_owner)["The program's role owns the tables, and so could rewrite the history."]
        == "good"
    )
    assert _said(cli, as_app)["The program's role cannot rewrite the history."] == "good"
    with psycopg.connect(url) as connection:
        connection.execute(f'REVOKE ALL ON mailbox FROM "{ROLES.application}"')
    assert _said(cli, as_app)["The program may not read mailbox."] == "wrong"


def test_a_pooler_is_told(cli: Cli, url: str):
    with pgbouncer(url) as there:
        assert any(text.startswith("A pooler lends") for text in _said(cli, there))


def test_a_clock_that_differs_from_the_servers_is_told(cli: Cli, url: str, monkeypatch: pytest.MonkeyPatch):
    later = datetime.now(UTC) + timedelta(minutes=2)
    monkeypatch.setattr(Here, "clock", lambda _run: later)
    found = next(text for text, health in _said(cli, url).items() if health == "wrong")
    assert found.startswith("The clock of this machine is 1")
