"""Somebody's own machine, from which a desk is used by OpenSSH: a home, a key, and the program."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sysmo_tui.domain.ssh_keys import PublicKey, read_public_key
from tests.door.sshd import Sshd
from tests.door.warm import ASKS, Warm
from tests.keys_of_people import public_key, public_line, told_by_sshd

_SSH = shutil.which("ssh") or "ssh"


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
    """A machine without a desk, whose owner has ``key``. ``folder`` is where they work."""

    warm: Warm
    folder: Path
    key: PublicKey
    environ: dict[str, str]

    def __call__(self, *words: str, stdin: bytes = b"", **environ: str) -> Ran:
        code, out, err = self.warm(words, self.environ | environ, self.folder, stdin)
        assert b"Traceback" not in err, err
        return Ran(code, out, err.decode())

    def ok(self, *words: str, stdin: bytes = b"", **environ: str) -> Ran:
        """Run a command that must work."""
        ran = self(*words, stdin=stdin, **environ)
        assert ran.code == 0, ran
        return ran


def beside(warm: Warm, folder: Path, name: str, config: Path) -> OwnMachine:
    """A machine whose ssh hands every line to the door at once, with the key that is ``name``'s."""
    folder.mkdir()
    told = {
        "SSH_CONNECTION": "203.0.113.5 51234 192.0.2.1 22",
        "SSH_USER_AUTH": told_by_sshd(folder, public_line(name)),
        "SYSMO_CONFIG": str(config),
    }
    _script(folder, f"#!{sys.executable} -IS\n{ASKS}")
    asked = {"WARM": json.dumps({"socket": warm.socket, "environ": told})}
    around = _around(folder, "ssh://sysmo@desk.example:2222") | asked
    return OwnMachine(warm, folder, public_key(name), around)


def across(warm: Warm, folder: Path, server: Sshd) -> OwnMachine:
    """A machine whose ssh is the real one, which knows of a server and a new key alone."""
    folder.mkdir()
    key = server.new_key()
    options = [option.removeprefix("-o").replace("=", " ", 1) for option in server.options() if "=" in option]
    settings = "\n".join([*options, f"IdentityFile {key}", ""])
    (folder / "ssh_config").write_text(settings)
    _script(folder, f'#!/bin/sh\nexec {_SSH} -F {folder}/ssh_config "$@"\n')
    around = _around(folder, f"ssh://{server.user}@127.0.0.1:{server.port}")
    return OwnMachine(warm, folder, read_public_key(key.with_suffix(".pub").read_text()), around)


def _script(folder: Path, text: str) -> None:
    ssh = folder / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(text)
    ssh.chmod(0o755)


def _around(folder: Path, address: str) -> dict[str, str]:
    return {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "SYSMO_DESK": address,
        "SYSMO_DESK__SHARE_CONNECTION": "false",
    }
