"""A real sshd for the tests, as whoever runs them, with the very texts that are installed."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from sysmo_tui.door.sshd import door_script, drop_in

PATIENCE = 30.0
"""Seconds until something that ssh should do is given up."""

GIVES_TERMINALS = os.getuid() == 0
"""Whether the server can give who connects a terminal; sshd(8) can only as root."""

_NUMBERS = count(1)
_SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/libexec"


@dataclass(frozen=True)
class Sshd:
    """A server on 127.0.0.1 whose only door is that of one desk. ``folder`` holds its files and keys."""

    port: int
    folder: Path
    user: str
    config: Path
    """The settings of the desk behind the door."""
    environ: Mapping[str, str] = field(
        default_factory=lambda: {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    )
    """What the client's own environment is."""

    @property
    def log(self) -> str:
        """What sshd wrote so far."""
        return (self.folder / "sshd.log").read_text(errors="replace")

    def new_key(self, kind: str = "ed25519") -> Path:
        """A new key; its public half lies beside it, as ``.pub``."""
        path = self.folder / f"key-{next(_NUMBERS)}"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", path], check=True)
        return path

    def options(self, *keys: Path) -> list[str]:
        """What makes ssh look at nothing of this machine but ``keys``."""
        wanted = {
            "UserKnownHostsFile": self.folder / "known_hosts",
            "GlobalKnownHostsFile": "none",
            "StrictHostKeyChecking": "yes",
            "IdentityAgent": "none",
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "LogLevel": "ERROR",
        }
        identities = [word for key in keys for word in ("-i", str(key))]
        return ["-F", "none", *(f"-o{name}={value}" for name, value in wanted.items()), *identities]

    def argv(self, *words: str, keys: Sequence[Path] = (), options: Sequence[str] = ("-T",)) -> list[str]:
        """The command line of ssh that asks for ``words``."""
        return [
            "ssh",
            *self.options(*keys),
            *options,
            "-p",
            str(self.port),
            "-l",
            self.user,
            "--",
            "127.0.0.1",
            *words,
        ]

    def line(self, *words: str, keys: Sequence[Path] = (), options: Sequence[str] = ("-T",)) -> str:
        """:meth:`argv` to be typed into a shell."""
        return shlex.join(self.argv(*words, keys=keys, options=options))

    def ssh(
        self,
        *words: str,
        keys: Sequence[Path] = (),
        options: Sequence[str] = ("-T",),
        stdin: bytes = b"",
        environ: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,
    ) -> subprocess.CompletedProcess[bytes]:
        """Ask for ``words`` over there, to the end; ``environ`` is added to the client's own environment."""
        return subprocess.run(
            self.argv(*words, keys=keys, options=options),
            input=stdin,
            capture_output=True,
            env={**self.environ, **(environ or {})},
            timeout=timeout,
            check=False,
        )

    def start(
        self, *words: str, keys: Sequence[Path] = (), options: Sequence[str] = ("-T",)
    ) -> subprocess.Popen[bytes]:
        """Ask for ``words`` over there and go on; whoever starts it ends it."""
        return subprocess.Popen(
            self.argv(*words, keys=keys, options=options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(self.environ),
        )


def program() -> str:
    """Where sshd is. Without it nothing here can run, which is no excuse where everything is checked."""
    found = shutil.which("sshd", path=_SYSTEM_PATH)
    if found is None or shutil.which("ssh") is None:
        if os.environ.get("CI"):
            pytest.fail("OpenSSH is missing: apt-get install openssh-server openssh-client")
        pytest.skip("needs OpenSSH: apt-get install openssh-server openssh-client")
    return found


def new_host_key(folder: Path) -> Path:
    """A key by which a server is known."""
    path = folder / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def open_machine(folder: Path, port: int, host_key: Path) -> str:
    """The sshd_config of a machine as open as can be, which reads the door's part first."""
    return _CONFIG.format(folder=folder, port=port, host_key=host_key)


@contextmanager
def serving(folder: Path, host_key: Path, config: Mapping[str, Mapping[str, str]]) -> Iterator[Sshd]:
    """A server in ``folder``, before a desk whose settings, by section, are ``config``."""
    user, port = getpass.getuser(), free_port()
    home, settings, door = folder / "home", folder / "config.toml", folder / "door"
    home.mkdir(exist_ok=True)
    settings.write_text(_toml(config))
    door.write_text(door_script(python=sys.executable, home=str(home), config=str(settings)))
    door.chmod(0o755)
    (folder / "sysmo.conf").write_text(drop_in(user=user, keyless=None, door=str(door), asks_as=user))
    (folder / "sshd_config").write_text(open_machine(folder, port, host_key))
    name, key, *_ = host_key.with_suffix(".pub").read_text().split()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {name} {key}\n")
    served = Sshd(port, folder, user, settings)
    with started(served, ["-f", str(folder / "sshd_config")]):
        yield served


@contextmanager
def started(served: Sshd, options: Sequence[str]) -> Iterator[None]:
    """Run sshd with ``options``, which have it answer where ``served`` is."""
    if os.getuid() == 0:
        # Where sshd has its unprivileged half look at nothing; a service manager makes it elsewhere.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    process = subprocess.Popen([program(), "-D", *options, "-E", str(served.folder / "sshd.log")])
    try:
        _wait_for(served, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(served: Sshd, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", served.port), 1) as line:
            if line.recv(4) == b"SSH-":
                return
        assert process.poll() is None, served.log
        assert time.monotonic() < end, served.log
        time.sleep(0.02)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _toml(config: Mapping[str, Mapping[str, str]]) -> str:
    lines = [
        line
        for section, values in config.items()
        for line in (f"[{section}]", *(f'{name} = "{value}"' for name, value in values.items()))
    ]
    return "\n".join([*lines, ""])


_CONFIG = """
Include {folder}/sysmo.conf
Port {port}
ListenAddress 127.0.0.1
HostKey {host_key}
PidFile none
UsePAM no
PermitRootLogin yes
LogLevel VERBOSE
AcceptEnv *
AllowAgentForwarding yes
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
GatewayPorts yes
PermitTunnel yes
X11Forwarding yes
PermitUserRC yes
Subsystem sftp internal-sftp
"""
