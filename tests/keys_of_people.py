"""SSH keys for the tests, and doors that sshd authenticated with them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.ssh_keys import PublicKey, read_public_key
from sysmo_tui.services import ssh_keys

SOURCE = "203.0.113.5"
"""Where the door sees its visitors come from."""


def public_line(name: str) -> str:
    """The public half of ``name``'s key on one line, the same each time."""
    half = hashlib.sha256(name.encode()).digest()
    return f"ssh-ed25519 {packed(b'ssh-ed25519', half)} {name}@laptop"


def packed(*parts: bytes) -> str:
    """A key's parts as OpenSSH encodes them."""
    return base64.b64encode(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).decode()


def told_by_sshd(folder: Path, *lines: str) -> str:
    """The file that sshd names in SSH_USER_AUTH, with these public keys in it."""
    path = folder / "sshauth"
    path.write_text("".join(f"publickey {' '.join(line.split()[:2])}\n" for line in lines))
    path.chmod(0o600)
    return str(path)


def public_key(name: str) -> PublicKey:
    """``name``'s key as sshd reports it: without a comment."""
    return replace(read_public_key(public_line(name)), comment="")


def connected(desk: Desk, name: str, channel: Channel = Channel.CLI, source: str = SOURCE) -> Door:
    """A connection through the door with ``name``'s key, bound or not."""
    return Door(desk, Caller(channel, source, key=public_key(name).fingerprint, is_remote=True))


def bound(door: Door, name: str, label: str = "") -> Door:
    """A connection with ``name``'s key, after whoever ``door`` belongs to bound it."""
    bind(door, public_key(name), label)
    return connected(door.desk, name, door.caller.channel)


def bind(door: Door, key: PublicKey, label: str = "") -> None:
    """Bind ``key`` for whoever ``door`` belongs to, as if they had connected with it."""
    caller = replace(door.caller, key=key.fingerprint)
    Door(door.desk, caller).write(ssh_keys.bind, key, label)
