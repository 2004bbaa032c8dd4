"""A real IMAP server for the tests: Dovecot on this machine, as whoever runs them."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

PASSWORD = "brass-lantern-44"
TOKEN = "access-token-77"
REFRESH_TOKEN = "refresh-token-77"

_NUMBERS = count(1)


@dataclass(frozen=True)
class Dovecot:
    """A server that takes every user with :data:`PASSWORD`; each has a mail store of their own."""

    port: int
    tls_port: int
    certificate: Path
    store: Path
    owner: tuple[int, int]
    tokens: TokenServer

    def url(self, user: str, *, port: int | None = None, options: str = "") -> str:
        """Where the user's mail is, without encryption, which this machine need not have."""
        return f"imap://{user}@127.0.0.1:{port or self.port}{options}"

    def tls_url(self, user: str) -> str:
        """Where the user's mail is, encrypted from the first byte."""
        return f"imaps://{user}@127.0.0.1:{self.tls_port}?ca={self.certificate}"

    def folder(self, user: str, name: str = "INBOX") -> Path:
        """The files of a folder, made like Maildir++ does."""
        path = self.store / user / (f".{name}" if name != "INBOX" else "")
        for each in (self.store / user, path, *(path / name for name in ("cur", "new", "tmp"))):
            if not each.exists():
                each.mkdir()
                os.chown(each, *self.owner)
        return path

    def deliver(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder as a mail server does."""
        where = self.folder(user, folder)
        for mail in mails:
            name = f"{next(_NUMBERS):08}.{os.getpid()}.tests"
            (where / "tmp" / name).write_bytes(mail)
            os.chown(where / "tmp" / name, *self.owner)
            (where / "tmp" / name).rename(where / "new" / name)

    def deliver_broken(self, user: str) -> None:
        """Put a mail into the inbox that the server cannot read: it is shorter than its name says."""
        where = self.folder(user)
        name = f"{next(_NUMBERS):08}.{os.getpid()}.tests,S=5000:2,"
        (where / "tmp" / name).write_bytes(b"From: x@y.example\r\n\r\nToo short.\r\n")
        os.chown(where / "tmp" / name, *self.owner)
        (where / "tmp" / name).rename(where / "cur" / name)

    def mend(self, user: str) -> None:
        """Make what :meth:`deliver_broken` delivered as long as it says."""
        for path in (self.folder(user) / "cur").glob("*,S=5000:*"):
            path.write_bytes(path.read_bytes().ljust(5000, b"x"))

    def held(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails in a folder, oldest first."""
        where = self.folder(user, folder)
        files = [*(where / "new").iterdir(), *(where / "cur").iterdir()]
        return [path.read_bytes() for path in sorted(files, key=_moment)]

    def flags(self, user: str) -> list[str]:
        """The Maildir flags of the mails in the inbox, oldest first: S is read, T is deleted."""
        files = sorted((self.folder(user) / "cur").iterdir(), key=lambda path: path.name)
        return [path.name.partition(":2,")[2] for path in files]

    def renumber(self, user: str) -> None:
        """Forget the folder's numbers: a new UIDVALIDITY, as after a move to another server."""
        for path in self.folder(user).glob("dovecot*"):
            path.unlink()
        uids = self.folder(user) / "dovecot-uidlist"
        uids.touch()
        os.chown(uids, *self.owner)
        uids.write_text(f"3 V{next(_NUMBERS) + 2_000_000_000} N1 G{os.urandom(16).hex()}\n")


class TokenServer:
    """Grants access tokens for refresh tokens (RFC 6749) and tells Dovecot which are good (RFC 7662).

    A token among ``single_use`` is good once, and replaced by another of the kind.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.single_use: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                given = {name: values[0] for name, values in parse_qs(body).items()}
                outer.asked.append(given)
                if given.get("refresh_token") in outer.single_use:
                    next_one = f"{given['refresh_token']}+"
                    outer.single_use = {next_one}
                    self._answer(200, f'{{"access_token": "{TOKEN}", "refresh_token": "{next_one}"}}')
                elif given.get("refresh_token") == REFRESH_TOKEN:
                    self._answer(200, f'{{"access_token": "{TOKEN}", "token_type": "Bearer"}}')
                else:
                    self._answer(400, '{"error": "invalid_grant", "error_description": "no"}')

            def do_GET(self) -> None:
                is_good = parse_qs(urlsplit(self.path).query).get("token") == [TOKEN]
                user = '"active": true, "user": "olga"' if is_good else '"active": false'
                self._answer(200, f"{{{user}}}")

            def _answer(self, code: int, text: str) -> None:
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_given: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving() -> Iterator[Dovecot]:
    """A server with a folder of its own, which everybody on this machine may enter."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Dovecot is missing: apt-get install dovecot-imapd")
        pytest.skip("needs Dovecot: apt-get install dovecot-imapd")
    tokens = TokenServer()
    with tempfile.TemporaryDirectory(prefix="sysmo-dovecot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = _configured(folder, tokens)
        command = [program, "-F", "-c", str(folder / "dovecot.conf")]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            _wait_for(server.port, process)
            yield server
        finally:
            process.terminate()
            process.communicate(timeout=10)
            tokens.close()


def _configured(folder: Path, tokens: TokenServer) -> Dovecot:
    plain, tls = _free_ports(2)
    key, certificate, store = folder / "key.pem", folder / "certificate.pem", folder / "mail"
    request = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
    )
    subprocess.run(
        [*request.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    (folder / "tokens.conf").write_text(
        f"introspection_mode = get\nintrospection_url = {tokens.url}/?token=\nusername_attribute = user\n"
        "active_attribute = active\nactive_value = true\n"
    )
    user, is_root = getpass.getuser(), os.getuid() == 0
    # Dovecot serves no mail as root, and signs nobody in as root.
    mail_user = pwd.getpwnam("nobody" if is_root else user)
    owner = mail_user.pw_uid, mail_user.pw_gid
    store.mkdir()
    os.chown(store, *owner)
    config = _CONFIG.format(
        folder=folder,
        certificate=certificate,
        key=key,
        plain=plain,
        tls=tls,
        password=PASSWORD,
        user=user,
        login_user="dovenull" if is_root else user,
        chroot="" if is_root else "chroot =",
        group=grp.getgrgid(os.getgid()).gr_name,
        uid=owner[0],
        gid=owner[1],
    )
    (folder / "dovecot.conf").write_text(config)
    return Dovecot(plain, tls, certificate, store, owner, tokens)


def _free_ports(wanted: int) -> list[int]:
    with_ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(wanted)]
    ports = [each.getsockname()[1] for each in with_ports]
    for each in with_ports:
        each.close()
    return ports


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
            if line.recv(4) == b"* OK":
                return
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "Dovecot does not answer"
        time.sleep(0.02)


_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 1000
mailbox_list_index = no
mailbox_idle_check_interval = 1 secs
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/tokens.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  {chroot}
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
  }}
}}
service imap {{
  service_count = 0
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  client_limit = 2000
}}
"""


def _moment(path: Path) -> list[int]:
    """Seconds, and microseconds without leading zeros, by which a Maildir names its files."""
    return [int(digits) for digits in re.findall(r"\d+", path.name)]


@dataclass
class Line:
    """A way to a server that is cut where a test says so. ``cut`` is asked for every piece that passes.

    It is given "client" or "server", for who speaks, and what is said; it answers "" to let it
    through, "before" to cut instead, "after" to let it through and cut then, "half" to cut in the middle.
    """

    target: int
    cut: Callable[[str, bytes], str] = lambda _who, _said: ""
    rewrite: Callable[[bytes], bytes] = lambda said: said
    heard: list[bytes] = field(default_factory=list)
    answered: list[bytes] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    client.close()
                    continue
                for who, source, goal in (("client", client, server), ("server", server, client)):
                    threading.Thread(target=self._pass, args=(who, source, goal), daemon=True).start()

    def _pass(self, who: str, source: socket.socket, goal: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                if who == "client":
                    self.heard.append(said)
                else:
                    said = self.rewrite(said)
                    self.answered.append(said)
                how = self.cut(who, said)
                if how == "half":
                    goal.sendall(said[: len(said) // 2])
                elif how != "before":
                    goal.sendall(said)
                if how:
                    if how == "after" and who == "client":
                        source.shutdown(socket.SHUT_WR)  # what the server answers reaches nobody
                        time.sleep(0.05)
                    break
        for each in (source, goal):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
