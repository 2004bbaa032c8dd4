"""A real pgbouncer for the tests, which lends a few connections by the transaction."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.waiting import until

LENT = 3
"""How many connections to the server there are for everybody."""


@contextmanager
def pgbouncer(server_url: str, *settings: str) -> Iterator[str]:
    """Where the database at ``server_url`` is, through a pooler with ``settings``."""
    url = sa.make_url(server_url)
    folder = Path(tempfile.mkdtemp(prefix="sysmo-pgbouncer-"))
    folder.chmod(0o777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    host = url.normalized_query["host"][0]
    lines = [
        "[databases]",
        f"* = host={host} user={url.username}",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        f"listen_port = {port}",
        "unix_socket_dir =",
        "auth_type = any",
        "pool_mode = transaction",
        f"default_pool_size = {LENT}",
        "max_client_conn = 200",
        *settings,
    ]
    # Files that only their owner may read belong to whoever runs it.
    for each in settings:
        name, _is, path = each.partition(" = ")
        if name.endswith("_file") and os.geteuid() == 0:
            copied = folder / Path(path).name
            shutil.copy(path, copied)
            shutil.chown(copied, Path(host).owner())
            lines[lines.index(each)] = f"{name} = {copied}"
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n", encoding="ascii")
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        if "CI" in os.environ:
            pytest.fail("pgbouncer is not installed")
        pytest.skip("needs pgbouncer: apt-get install pgbouncer")
    # It refuses to run as root; the server's own user reaches the server's socket.
    whom = ["-u", Path(host).owner()] if os.geteuid() == 0 else []
    running = subprocess.Popen(
        [program, "-q", *whom, str(folder / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        assert running.poll() is None, "it ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    try:
        until(answers)
        yield url.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
    finally:
        running.terminate()
        running.wait(10)
        shutil.rmtree(folder)
