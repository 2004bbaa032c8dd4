"""What sshd is told about the desk: its part of sshd_config(5), and the script that it runs for everyone."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

__all__ = ["ANY_KEY", "EVERYWHERE", "PASSED_ON", "door_script", "drop_in", "in_the_door"]

ANY_KEY: Final = "/bin/echo restrict,pty %t %k"
"""Answers for every key that it is the account's: a line of authorized_keys, see AUTHORIZED_KEYS FILE FORMAT
in sshd(8). sshd(8) still has the client prove that the key is its own."""

EVERYWHERE: Final[Mapping[str, str]] = {
    "MaxStartups": "100:30:200",
    "PerSourceMaxStartups": "10",
    "PerSourceNetBlockSize": "32:64",
    "LoginGraceTime": "60",
    "PermitUserEnvironment": "no",
}
"""Keywords that sshd knows for the whole machine only."""

PASSED_ON: Final = ("TERM", "SSH_CONNECTION", "SSH_USER_AUTH", "SSH_TTY", "SSH_ORIGINAL_COMMAND")
"""The variables of sshd that reach the door."""

_UNUSED: Final = "UnusedConnectionTimeout"

_BOTH: Final[Mapping[str, str]] = {
    "ExposeAuthInfo": "yes",
    # CVE-2025-32728: before OpenSSH 10.0 DisableForwarding left the agent and X11 alone.
    "DisableForwarding": "yes",
    "AllowAgentForwarding": "no",
    "AllowTcpForwarding": "no",
    "AllowStreamLocalForwarding": "no",
    "X11Forwarding": "no",
    "GatewayPorts": "no",
    "PermitTunnel": "no",
    "PermitUserRC": "no",
    "PermitTTY": "yes",
    # A list of its own takes the place of the machine's, and nobody sends this.
    "AcceptEnv": "SYSMO_NOTHING",
    "AuthorizedKeysFile": "none",
    "TrustedUserCAKeys": "none",
    "KbdInteractiveAuthentication": "no",
    "MaxSessions": "10",
    "ClientAliveInterval": "30",
    "ClientAliveCountMax": "4",
}
_WITH_KEY: Final[Mapping[str, str]] = {
    "AuthenticationMethods": "publickey",
    "PubkeyAuthentication": "yes",
    "PasswordAuthentication": "no",
    "PermitEmptyPasswords": "no",
    "AuthorizedKeysCommand": ANY_KEY,
}
_WITHOUT_KEY: Final[Mapping[str, str]] = {
    "AuthenticationMethods": "none",
    "PubkeyAuthentication": "no",
    # sshd lets an empty password in by the method "none" only where passwords are taken at all.
    "PasswordAuthentication": "yes",
    "PermitEmptyPasswords": "yes",
    "AuthorizedKeysCommand": "none",
}


def in_the_door(
    *, door: str, asks_as: str = "nobody", is_keyless: bool = False, ends_unused: bool = True
) -> dict[str, str]:
    """What sshd has to hold to for one account of the door, by keyword.

    ``door`` is the script's path, ``asks_as`` the account under which sshd asks for keys. ``ends_unused``
    is for OpenSSH 9.2 and later, which can end connections that open nothing.
    """
    method = _WITHOUT_KEY if is_keyless else {**_WITH_KEY, "AuthorizedKeysCommandUser": asks_as}
    unused = {_UNUSED: "120"} if ends_unused else {}
    return {"ForceCommand": shlex.quote(door), **_BOTH, **unused, **method}


def drop_in(
    *,
    user: str,
    keyless: str | None,
    door: str,
    asks_as: str = "nobody",
    ends_unused: bool = True,
) -> str:
    """The file for sshd_config.d. ``keyless`` names the account for people without a key, if there is one.

    The first value that sshd meets counts: the file is to be read before other settings.
    """
    with_key = in_the_door(door=door, asks_as=asks_as, ends_unused=ends_unused)
    blocks = [_EVERYWHERE_TEXT, *_lines(EVERYWHERE), "", _WITH_KEY_TEXT, f"Match User {user}"]
    blocks += _lines(with_key, "    ")
    if keyless:
        without = in_the_door(door=door, is_keyless=True, ends_unused=ends_unused)
        blocks += ["", _WITHOUT_KEY_TEXT, f"Match User {keyless}", *_lines(without, "    ")]
    return "\n".join([_HEAD, *blocks, ""])


def door_script(*, python: str, home: str, config: str | None = None) -> str:
    """The script that sshd runs for everyone: a clean environment, and the door.

    ``python`` is the interpreter with the program, ``home`` the account's home, ``config`` a file of
    settings other than the standard ones.
    """
    fixed = {"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}
    if config is not None:
        fixed["SYSMO_CONFIG"] = config
    # ${X+"X=$X"} is one word where X is set, whatever is in it, and none where it is not.
    words = [shlex.quote(f"{name}={value}") for name, value in fixed.items()]
    words += [f'${{{name}+"{name}=${name}"}}' for name in PASSED_ON]
    # -I: no PYTHON* variable, no folder of the account's own, not the current folder.
    program = f"{shlex.quote(python)} -I -m sysmo_tui door"
    return "\n".join([_SCRIPT_HEAD, *(f"    {word} \\" for word in words), f"    {program}", ""])


def _lines(values: Mapping[str, str], before: str = "") -> list[str]:
    return [f"{before}{keyword} {value}" for keyword, value in values.items()]


_HEAD = """\
# The SSH door of Sysmo Tickets. Written by "sysmo door install"; "sysmo doctor" checks it.
"""
_EVERYWHERE_TEXT = """\
# These hold for the whole machine, since sshd has them so only. Who connects and does not say who they
# are, from one address (or one IPv6 network), takes ten places at most and for a minute, so that nobody
# keeps others out."""
_WITH_KEY_TEXT = """\
# Everybody comes in as one account. Any key will do: whose it is, the desk decides from the key that was
# really used. Nobody gets a shell, a file, a tunnel or a variable through."""
_WITHOUT_KEY_TEXT = """\
# For those without a key: they can register, confirm their address, and sign in with a password."""
_SCRIPT_HEAD = """\
#!/bin/sh
# What sshd runs for everyone who comes to the desk. Written by "sysmo door install".
# Until the program is there, no key of the visitor's terminal ends it, and no memory of it becomes a file.
trap '' INT QUIT TSTP
ulimit -c 0
exec /usr/bin/env -i \\"""
