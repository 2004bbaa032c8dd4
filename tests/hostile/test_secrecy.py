"""A database's password is in no message, no log and no process list, whatever goes wrong."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import open_store
from tests.cli.conftest import Cli, capture, cli
from tests.databases import PostgresqlServer

__all__ = ["capture", "cli"]

SECRET = "Gr8-Kelp+Hinge"
VERBS = (
    ("db", "status", "--debug"),
    ("db", "backup", "desk.bak"),
    ("report", "--debug"),
    ("doctor",),
    ("worker", "--once"),
    ("init", "--email", "ada@desk.example", "--name", "Ada", "--no-input"),
    ("mail", "receive"),
)


@contextmanager
def rude_server() -> Iterator[int]:
    """A server that speaks no protocol that anybody knows; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)

        def answer() -> None:
            try:
                while True:
                    connection, _whence = listening.accept()
                    with connection:
                        connection.recv(1000)
                        connection.sendall(b"EGo away\0\0\r\n\x00")
            except OSError:
                pass

        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        yield listening.getsockname()[1]
        listening.close()
        answering.join(1)


def _addresses(url: sa.URL, port: int) -> dict[str, str]:
    """Addresses with the password, by what is the matter with them."""
    host = url.normalized_query["host"][0]
    query = f"host={host}"
    who = f"postgresql://postgres:{SECRET}@"
    return {
        "it works": f"{who}/{url.database}?{query}",
        "no such user": f"postgresql://nobody-here:{SECRET}@/{url.database}?{query}",
        "no such database": f"{who}/nothing?{query}",
        "no desk": f"{who}/postgres?{query}",
        "nobody listens": f"{who}127.0.0.1:1/desk",
        "no such host": f"{who}no.such.host.invalid/desk",
        "no PostgreSQL": f"{who}127.0.0.1:{port}/desk",
        "no such setting": f"{who}/{url.database}?{query}&sslmood=require",
        "bad setting": f"{who}/{url.database}?{query}&sslmode=perhaps",
        "bad options": f"{who}/{url.database}?{query}&options=-c%20nothing%3D1",
        "no certificate": f"{who}127.0.0.1:{port}/desk?sslmode=verify-full&sslrootcert=/none",
        "in the query": f"postgresql://postgres@/nothing?{query}&password={SECRET}",
        "of a key": f"postgresql://postgres@/nothing?{query}&sslpassword={SECRET}",
        "unescaped": f"postgresql://postgres:ab@{SECRET}@127.0.0.1:1/desk",
        "bad port": f"{who}127.0.0.1:port/desk",
        "another database": f"mysql://postgres:{SECRET}@127.0.0.1/desk",
    }


WRONG = tuple(_addresses(sa.make_url("postgresql:///x?host=/y"), 1))


@pytest.mark.parametrize("matter", WRONG)
def test_no_password_is_told_or_written_whatever_fails(
    matter: str, cli: Cli, postgres_server: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{os.environ['PATH']}")
    with postgres_server.fresh() as plain, rude_server() as port:
        url = _addresses(sa.make_url(plain), port)[matter]
        for verb in VERBS:
            ran = cli(*verb, SYSMO_DATABASE_URL=url, SYSMO_REPORT_DATABASE_URL=url)
            assert SECRET not in ran.out + ran.err, verb
            assert ran.code != 1 or matter == "it works", (verb, ran)
            assert ran.err.count("\n") < 12, ran.err
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_a_password_is_refused_as_an_argument(cli: Cli):
    for url in (f"postgresql://desk:{SECRET}@db/desk", f"postgresql://desk@db/desk?password={SECRET}"):
        ran = cli("ticket", "list", "--database", url)
        assert (ran.code, ran.out) == (2, "")
        assert "--database: A password is no argument" in ran.err
        assert SECRET not in ran.err


def test_no_program_that_is_started_has_the_password_in_its_arguments(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str
):
    for name in ("pg_dump", "pg_restore", "psql"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\ntr "\\0" " " < /proc/$$/cmdline >> {tmp_path}/seen\necho 99.0\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    url = sa.make_url(postgresql_url).set(password=SECRET).render_as_string(hide_password=False)
    with closing(open_store(url)) as store:
        schema.check(store)
    cli("db", "backup", str(tmp_path / "desk.bak"), SYSMO_DATABASE_URL=url)
    cli("doctor", SYSMO_DATABASE_URL=url)
    seen = (tmp_path / "seen").read_text()
    assert "--snapshot=" in seen
    assert SECRET not in seen
