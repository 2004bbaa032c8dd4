"""Somebody's own machine, from which a desk is used by OpenSSH: a home, a key, and the program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sysmo_tui.domain.ssh_keys import read_public_key
from tests.door.sshd import PATIENCE, Sshd

_REAL_SSH = shutil.which("ssh") or "ssh"


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Its output, as text."""
        return self.out.decode()

    @property
    def json(self) -> Any:
        """The document that it printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class OwnMachine:
    """A machine without a desk. Its ``ssh`` is the real one, which knows of this server and key alone."""

    server: Sshd
    folder: Path
    key: Path
    environ: dict[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls, server: Sshd, folder: Path, **environ: str) -> OwnMachine:
        """Whoever has a new key, and a home in ``folder``."""
        key, home, programs = server.new_key(), folder / "home", folder / "bin"
        home.mkdir(parents=True)
        programs.mkdir()
        options = "".join(
            f"{option.removeprefix('-o').replace('=', ' ', 1)}\n" for option in _settings(server, key)
        )
        (folder / "ssh_config").write_text(options)
        ssh = programs / "ssh"
        ssh.write_text(f'#!/bin/sh\nexec {_REAL_SSH} -F {folder}/ssh_config "$@"\n')
        ssh.chmod(0o755)
        around = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "SYSMO_DESK": f"ssh://{server.user}@127.0.0.1:{server.port}",
            "SYSMO_DESK__SHARE_CONNECTION": "false",
            **environ,
        }
        return cls(server, folder, key, around)

    @property
    def public_key(self) -> str:
        """The fingerprint of the key."""
        return read_public_key(self.key.with_suffix(".pub").read_text()).fingerprint

    def __call__(self, *words: str, stdin: bytes = b"", **environ: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "sysmo_tui", *words],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.environ | environ,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())

    def ok(self, *words: str, stdin: bytes = b"", **environ: str) -> Ran:
        """Run a command that must work."""
        ran = self(*words, stdin=stdin, **environ)
        assert ran.code == 0, (ran, self.server.log[-2000:])
        return ran


def _settings(server: Sshd, key: Path) -> list[str]:
    return [option for option in server.options() if option.startswith("-o")] + [f"-oIdentityFile={key}"]
