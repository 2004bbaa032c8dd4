"""Encryption to the database server, with real certificates; a real pooler stands for a server with TLS."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import open_store
from tests.databases import PostgresqlServer
from tests.pooler import pgbouncer

NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


@dataclass(frozen=True)
class Encrypted:
    """A desk that is reached by TLS alone, as ``localhost``; who signed for it, and somebody who did not."""

    url: sa.URL
    authority: Path
    stranger: Path

    def address(self, host: str = "localhost", **query: object) -> str:
        """The desk's address with settings of TLS."""
        asked = self.url.set(host=host, query={name: str(value) for name, value in query.items()})
        return asked.render_as_string(hide_password=False)


def _openssl(folder: Path, line: str) -> None:
    subprocess.run(["openssl", *shlex.split(line)], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``server.crt`` is for localhost, signed by ``authority.crt``."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("authority", "stranger"):
        _openssl(folder, f"req -x509 {NEW_KEY} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt")
    (folder / "names").write_text("subjectAltName=DNS:localhost")
    _openssl(folder, f"req {NEW_KEY} -subj /CN=localhost -keyout server.key -out server.csr")
    signed_by = "-CA authority.crt -CAkey authority.key -CAcreateserial"
    _openssl(folder, f"x509 -req -in server.csr {signed_by} -days 2 -extfile names -out server.crt")
    return folder


@pytest.fixture(scope="module")
def encrypted(postgres_server: PostgresqlServer, certificates: Path) -> Iterator[Encrypted]:
    names = [certificates / "server.key", certificates / "server.crt"]
    with (
        postgres_server.fresh() as url,
        pgbouncer(
            url,
            "client_tls_sslmode = require",
            *("client_tls_{}_file = {}".format(*each) for each in zip(("key", "cert"), names, strict=True)),
        ) as there,
    ):
        signers = (certificates / f"{name}.crt" for name in ("authority", "stranger"))
        yield Encrypted(sa.make_url(there), *signers)


def test_a_server_that_proves_who_it_is_is_spoken_to_by_tls(encrypted: Encrypted):
    url = encrypted.address(sslmode="verify-full", sslrootcert=encrypted.authority)
    with closing(open_store(url)) as store, store.reading() as session:
        schema.check(store)
        assert session.connection().connection.driver_connection.pgconn.ssl_in_use


def test_a_server_that_does_not_is_not_spoken_to(encrypted: Encrypted, tmp_path: Path):
    for url in (
        encrypted.address(sslmode="verify-full", sslrootcert=encrypted.stranger),
        encrypted.address("127.0.0.1", sslmode="verify-full", sslrootcert=encrypted.authority),
        encrypted.address(sslmode="verify-full", sslrootcert=tmp_path / "none.crt"),
    ):
        with pytest.raises(Invalid, match="certificate is not good"):
            open_store(url)


def test_who_wants_no_encryption_or_gets_none_is_told(encrypted: Encrypted, postgresql_url: str):
    with pytest.raises(Invalid, match="Check sslmode"):
        open_store(encrypted.address(sslmode="disable"))
    with pgbouncer(postgresql_url) as plain, pytest.raises(Invalid, match="Check sslmode"):
        open_store(f"{plain}?sslmode=require")
