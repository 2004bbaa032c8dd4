"""Visits through the SSH door in this process: what sshd would run, without sshd."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.models import SshKey, table
from sysmo_tui.services import arrival
from tests.cli.conftest import Cli, Office, Ran
from tests.keys_of_people import SOURCE, public_key, public_line, told_by_sshd


class Visits(Cli):
    """Command lines of somebody who comes with a key, or without one."""

    def __init__(self, environ: dict[str, str], capture: Callable[[], tuple[str, str]]) -> None:
        super().__init__(environ | {"SSH_CONNECTION": f"{SOURCE} 51234 192.0.2.1 22"}, capture)

    def __call__(self, *words: str, stdin: str | bytes = "", **environ: str) -> Ran:
        """Run these words, quoted as the client quotes them."""
        return self.line(shlex.join(words), stdin=stdin, **environ)

    def line(self, line: str, *, stdin: str | bytes = "", **environ: str) -> Ran:
        """Run a line as sshd hands it over."""
        return super().__call__("door", stdin=stdin, SSH_ORIGINAL_COMMAND=line, **environ)


def door_of(office: Office, folder: Path, key: str | None = None) -> Visits:
    """The door of an office, for who comes with the key of that name."""
    config = folder / "door.toml"
    url, state = office.environ["SYSMO_DATABASE_URL"], folder / "door-state"
    config.write_text(f'[database]\nurl = "{url}"\n[state]\ndir = "{state}"\n')
    environ = {"SYSMO_CONFIG": str(config)}
    if key is not None:
        place = folder / f"auth-{key}"
        place.mkdir(exist_ok=True)
        environ["SSH_USER_AUTH"] = told_by_sshd(place, public_line(key))
    return Visits(environ, office._capture)


def bind(office: Office, person: Door, key: str) -> None:
    """Have an account own the key of that name."""
    read = public_key(key)
    account = person.read(arrival.arrive).actor.account_id
    with office.cast.desk.store.writing() as session:
        session.execute(
            sa.insert(table(SshKey)).values(
                account_id=account,
                fingerprint=read.fingerprint,
                algorithm=read.algorithm,
                label=key,
                created_at=datetime.now(UTC),
                last_source="",
            )
        )


def revoke(office: Office, key: str) -> None:
    """Have the key of that name open nothing any more."""
    keys = table(SshKey)
    fingerprint = public_key(key).fingerprint
    with office.cast.desk.store.writing() as session:
        session.execute(
            sa.update(keys).where(keys.c.fingerprint == fingerprint).values(revoked_at=datetime.now(UTC))
        )
