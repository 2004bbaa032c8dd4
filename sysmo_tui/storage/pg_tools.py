"""PostgreSQL's own programs for backups, which know all that a database holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.storage import roles
from sysmo_tui.storage.engine import Store

_SECRETS = ("password", "sslpassword")


def dump(url: sa.URL, target: Path, snapshot: str) -> None:
    """Write the database, as the transaction that exported ``snapshot`` sees it, into ``target``."""
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={roles.VIEWS_SCHEMA}"]
    arguments.append(f"--snapshot={snapshot}")
    _run("pg_dump", [*arguments, f"--file={target}", f"--dbname={_address(url)}"], url)


def require(store: Store) -> None:
    """Refuse when ``pg_dump`` is missing, or older than the server: no backup could be made."""
    with store.reading() as session:
        server = int(session.connection().scalar(sa.text("SHOW server_version_num"))) // 10_000
    found = re.search(r"\d+", _run("pg_dump", ["--version"]))
    if found is None or int(found[0]) < server:
        raise _too_old("pg_dump")


def restore(source: Path, url: sa.URL) -> None:
    """Put a dump in the place of what the database holds, all or nothing."""
    arguments = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner"]
    _run("pg_restore", [*arguments, "--no-privileges", f"--dbname={_address(url)}", str(source)], url)


def revision(source: Path) -> str | None:
    """The revision that a dump holds; None when it is not of a desk. Refuses a damaged one."""
    script = _run("pg_restore", ["--data-only", "--table=alembic_version", "--file=-", str(source)])
    # The whole file is read once, so that a cut one is noticed before anything is replaced.
    _run("pg_restore", ["--file=/dev/null", str(source)])
    _, is_there, rows = script.partition("COPY public.alembic_version (version_num) FROM stdin;\n")
    return rows.partition("\n")[0] if is_there else None


def _run(program: str, arguments: Sequence[str], url: sa.URL | None = None) -> str:
    found = shutil.which(program)
    if found is None:
        raise Invalid(
            N_("{program} is needed and was not found. Install PostgreSQL's client programs."),
            program=program,
        )
    with _secrets(url) as secrets:
        done = subprocess.run(
            [found, *arguments],
            env=os.environ | secrets,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode == 0:
        return done.stdout
    if "server version mismatch" in done.stderr:
        raise _too_old(program)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    raise Invalid(
        N_("{program} did not succeed: {reason}"),
        program=program,
        reason=lines[0] if lines else str(done.returncode),
    )


@contextmanager
def _secrets(url: sa.URL | None) -> Iterator[dict[str, str]]:
    """Variables that give the programs their passwords, where other users of this machine do not see them."""
    query = {} if url is None else {name: url.normalized_query.get(name, ()) for name in _SECRETS}
    password = (url.password if url is not None else None) or next(iter(query.get("password", ())), None)
    given = {} if password is None else {"PGPASSWORD": password}
    if not query.get("sslpassword"):
        yield given
        return
    # There is no variable for it, only a file of connection settings, which is for its owner alone.
    with tempfile.NamedTemporaryFile("w", prefix="sysmo-", encoding="utf-8") as settings:
        settings.write(f"[sysmo]\nsslpassword={query['sslpassword'][0]}\n")
        settings.flush()
        yield given | {"PGSERVICEFILE": settings.name, "PGSERVICE": "sysmo"}


def _too_old(program: str) -> Invalid:
    return Invalid(
        N_("{program} is older than the database server. Install that of the server's version."),
        program=program,
    )


def _address(url: sa.URL) -> str:
    """The address without its passwords, wherever they stand."""
    query = {name: value for name, value in url.query.items() if name not in _SECRETS}
    plain = sa.URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, query | {"connect_timeout": "5"}
    )
    return plain.render_as_string(hide_password=False)
