"""Putting a new demo desk where there is none, or in the place of an older one."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.demo.build import ITSELF, DemoDesk, build, described
from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk
from sysmo_tui.domain.message import N_
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import desk_settings
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Store, open_store, parse
from sysmo_tui.storage.failures import explained

_FRESH_FOR = timedelta(days=1)
_BESIDE = ("", "-wal", "-shm")
"""A database file, and what SQLite keeps beside it."""

_NEWEST = sa.select(sa.func.max(table(Ticket).c.created_at))


def exists(url: str) -> bool:
    """Whether there is a whole demo desk of this version; Conflict when there is a real desk."""
    try:
        store = open_store(url)
    except NoDesk:
        return False
    try:
        _refuse_real(store)
        schema.check(store)
    except (NoDesk, Invalid):
        return False
    finally:
        store.close()
    return True


def is_fresh(url: str, now: datetime) -> bool:
    """Whether somebody filed something at the demo desk within the last day."""
    store = open_store(url)
    try:
        newest = Desk(store).read(ITSELF, _newest)
    finally:
        store.close()
    return newest is not None and now - newest < _FRESH_FOR


def renew(url: str, *, tickets: int, now: datetime, language: str = "es") -> DemoDesk:
    """Make a demo desk in a file, in the place of an older one; Conflict when there is a real desk.

    It is made beside its place and put there when it is whole.
    """
    exists(url)
    path = Path(parse(url).database or "")
    with explained():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        build(str(sa.URL.create("sqlite", database=str(new))), tickets=tickets, now=now, language=language)
        for end in _BESIDE[1:]:
            _remove(Path(f"{path}{end}"))
        os.replace(new, path)
    finally:
        for end in _BESIDE:
            _remove(Path(f"{new}{end}"))
    return described(url)


def _refuse_real(store: Store) -> None:
    """Conflict for a desk that is set up, and not as a demo."""
    if not Desk(store).read(ITSELF, desk_settings.load).is_demo:
        raise Conflict(
            N_("The desk at {where} is a real one, not a demo. It stays as it is."),
            field="database",
            where=store.shown_url,
        )


def _newest(work: Work) -> datetime | None:
    return work.session.execute(_NEWEST).scalar()


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
