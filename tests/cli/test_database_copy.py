"""``sysmo db copy``: what it says to people and scripts, and what both desks remember of it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.services import audit, filing, leases, notices, outbox
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Dialect, parse, shown
from tests.cast import mails
from tests.cli.conftest import Office
from tests.databases import PostgresqlServer


@pytest.fixture
def elsewhere(office: Office, postgres_server: PostgresqlServer, tmp_path: Path) -> Iterator[str]:
    """An empty place of the other kind of database."""
    if office.cast.desk.store.dialect is Dialect.POSTGRESQL:
        yield f"sqlite:///{tmp_path / 'copy.db'}"
    else:
        with postgres_server.fresh("template1") as url:
            yield url


def test_a_desk_that_was_copied_is_used_by_the_same_people(office: Office, elsewhere: str):
    office.cast.operator()
    mailing = Desk(office.cast.desk.store, consequences=(notices.owe, outbox.write))
    filed = Filing("general", "Toner", "It is empty.")
    number = Door(mailing, office.cast.customer().caller).write(filing.file, filed).number
    ran = office.admin.ok("db", "copy", elsewhere, "--json")
    told = ran.json
    assert (told["revision"], told["tickets"], told["entries"], told["files"]) == (schema.HEAD, 1, 1, 0)
    assert told["from"] == office.cast.desk.store.shown_url
    assert told["rows"] == sum(each["rows"] for each in told["tables"].values())
    assert len(told["tables"]["entry"]["sha256"]) == 64
    assert told["held_mails"] == len(mails(mailing)) > 0
    assert told["in_use_by"] == []
    assert [f"{n}. {step}" for n, step in enumerate(told["next"], 1)] == ran.err.splitlines()[1:]
    assert "sysmo mail release --all" in ran.err
    for cli in (office.operator, office.customer):
        found = cli.ok("search", "toner", "--json", SYSMO_DATABASE_URL=elsewhere).json
        assert [ticket["number"] for ticket in found["items"]] == [number]
    office.operator.ok("ticket", "reply", str(number), "--body", "Here.", SYSMO_DATABASE_URL=elsewhere)
    assert "Everything is as it should be." in office.ok("db", "check", SYSMO_DATABASE_URL=elsewhere).err


def test_both_desks_remember_who_copied_it_and_where_to(office: Office, elsewhere: str):
    office.admin.ok("db", "copy", elsewhere)
    for url, word in ((None, "to"), (elsewhere, "from")):
        environ = {"SYSMO_DATABASE_URL": url} if url else {}
        (line,) = office.admin.ok("audit", "list", "--kind", "copied", "--json", **environ).json["items"]
        assert line["actor"] == "ada@desk.example"
        assert list(line["detail"]) == [word]
        where = office.cast.desk.store.shown_url if word == "from" else shown(parse(elsewhere))
        assert line["detail"] == {word: where}


def test_where_it_cannot_go_is_about_the_address_that_was_given(small_office: Office, tmp_path: Path):
    file = tmp_path / "there.db"
    file.write_text("precious")
    for url, code, told in (
        ("there.db", 2, "The database address is not understood."),
        (f"sqlite:///{file}", 6, "There is a file at"),
        (f"sqlite:///{tmp_path}/none/there.db", 2, "There is no folder"),
        ("postgresql://desk@127.0.0.1:1/desk", 7, "The database server cannot be reached."),
    ):
        ran = small_office("db", "copy", url, "--json")
        assert (ran.code, ran.json["error"]["code"] != "bug") == (code, True)
        assert ran.err.startswith(f"sysmo: {told}")
        assert ran.json["error"]["field"] in {"url", "path", None}
    assert file.read_text() == "precious"
    assert not small_office.cast.admin().read(audit.page, kind=AuditKind.COPIED).items


def test_a_password_in_the_command_is_refused_and_never_said(small_office: Office):
    for url in ("postgresql://desk:hunter2@127.0.0.1:1/desk", "postgresql://desk@db/desk?password=hunter2"):
        ran = small_office("db", "copy", url)
        assert ran.code == 2
        assert "sysmo: A password is no argument" in ran.err
        assert "PGPASSWORD" in ran.err
        assert "hunter2" not in ran.out + ran.err


def test_somebody_at_a_terminal_sees_how_far_it_is(small_office: Office, tmp_path: Path):
    seen = small_office.on_a_terminal("db", "copy", f"sqlite:///{tmp_path}/one.db").out
    assert [word for word in ("Copying", "Making the search index", "Comparing") if word not in seen] == []
    assert "Comparing" not in small_office.ok("db", "copy", f"sqlite:///{tmp_path}/two.db").err


def test_who_has_the_desk_open_is_named(small_office: Office, tmp_path: Path):
    itself = small_office.cast.itself
    itself.write(leases.take, leases.Duty.WORKER, "1", 60, "worker@host")
    ran = small_office.ok("db", "copy", f"sqlite:///{tmp_path}/copy.db", "--json")
    assert ran.json["in_use_by"] == ["worker@host"]
    assert "in use by: worker@host." in ran.err


def test_the_address_that_is_named_next_can_be_typed_as_it_stands(small_office: Office, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/the new desk.db"
    named = next(
        line for line in small_office.ok("db", "copy", url).err.splitlines() if line.startswith("2. ")
    )
    assert shlex.split(named)[-1] == f"SYSMO_DATABASE_URL={url}"
