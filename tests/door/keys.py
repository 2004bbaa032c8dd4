"""Public keys for tests, and what sshd writes about those that authenticated."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path


def packed(*parts: bytes) -> str:
    """A key's parts as OpenSSH encodes them."""
    return base64.b64encode(b"".join(len(p).to_bytes(4, "big") + p for p in parts)).decode()


def ed25519(name: str) -> str:
    """The line of a public key that is always the same for ``name``."""
    return f"ssh-ed25519 {packed(b'ssh-ed25519', hashlib.sha256(name.encode()).digest())} {name}"


def told_by_sshd(folder: Path, *lines: str) -> str:
    """The file that sshd names in SSH_USER_AUTH, with these public keys in it."""
    path = folder / "sshauth"
    path.write_text("".join(f"publickey {' '.join(line.split()[:2])}\n" for line in lines))
    path.chmod(0o600)
    return str(path)
