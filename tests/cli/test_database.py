"""``sysmo db``: the database itself, for those who hold it."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.models import Audit, table
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import open_store, parse
from tests.cast import Cast
from tests.cli.conftest import Cli


def older_desk(url: str, revision: str) -> None:
    """A desk that is set up, of an older version."""
    Path(parse(url).database or "").touch(0o600)
    with schema.migrating(parse(url)) as connection:
        command.upgrade(schema.alembic_config(connection), revision)
    store = open_store(url)
    Cast(Desk(store)).found()
    store.close()


def test_an_older_backup_is_put_back_and_brought_up_to_date(cli: Cli, tmp_path: Path):
    older_desk(f"sqlite:///{tmp_path}/older.bak", "0004")
    url = f"sqlite:///{tmp_path}/desk.db"
    ran = cli.ok("db", "restore", str(tmp_path / "older.bak"), "--json", SYSMO_DATABASE_URL=url)
    assert ran.json == {
        "revision": schema.HEAD,
        "from_revision": "0004",
        "tickets": 0,
        "entries": 0,
        "held_mails": 0,
    }
    assert f"went from 0004 to {schema.HEAD}" in ran.err
    store = open_store(url)
    schema.check(store)
    with store.reading() as session:
        kinds = session.scalars(sa.select(table(Audit).c.kind).order_by(table(Audit).c.id))
        assert list(kinds)[-1] is AuditKind.RESTORED
    store.close()
