"""Whether the door is as it was installed, and what a machine's administrator may have loosened since."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice, Message
from sysmo_tui.door import programs
from sysmo_tui.door.installing import STANDARD_USER, Account, Door, Entry, Plan, planned, ran
from sysmo_tui.door.sshd import EVERYWHERE, in_the_door

__all__ = [
    "Fault",
    "accounts",
    "effective",
    "ends_unused",
    "entries",
    "examined",
    "installed",
    "require_told",
    "sshd",
]

DROP_INS: Final = Path("/etc/ssh/sshd_config.d")
SHADOW: Final = Path("/etc/shadow")
EMPTY: Final = Path("/run/sshd")
"""Where Debian's sshd locks its unprivileged half in."""

_SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/sbin:/usr/libexec"
_MATCH = re.compile(r"(?m)^\s*Match\s+User\s+(\S+)\s*$")
_VERSION = re.compile(r"OpenSSH_(\d+)\.(\d+)")
_ENDS_UNUSED_SINCE = 9, 2
_COMFORT = frozenset(
    {
        "MaxStartups",
        "PerSourceMaxStartups",
        "PerSourceNetBlockSize",
        "LoginGraceTime",
        "MaxSessions",
        "ClientAliveInterval",
        "ClientAliveCountMax",
        "UnusedConnectionTimeout",
    }
)
"""Keywords that keep the door free for others; all the rest keep it shut."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it shall be. What is not ``grave`` opens nothing."""

    text: Message
    advice: Message
    is_grave: bool = True


def installed(folder: Path = DROP_INS) -> list[Door]:
    """The doors of this machine, also one of which sshd is told nothing any more."""
    found = []
    for path in sorted(folder.glob("50-*.conf")):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            # Ours can be read by everybody; what cannot is somebody else's, such as cloud-init's.
            continue
        if "sysmo door install" in text:
            user = path.stem.removeprefix("50-")
            others = [name for name in _MATCH.findall(text) if name != user]
            found.append(Door(user, others[0] if others else _keyless_of(user)))
    standard = Door()
    if not found and standard.script.exists():
        found.append(Door(standard.user, _keyless_of(standard.user)))
    return found


def examined(door: Door, python: str) -> Iterator[Fault]:
    """Everything that is not as it was installed; ``python`` is the interpreter with the program."""
    server = sshd()
    plan = planned(door, python=python, ends_unused=ends_unused(server))
    yield from accounts(plan)
    yield from entries(plan)
    path = programs.changeable(python)
    if path is not None:
        yield Fault(
            _message(N_("Others than root can change {path}, which the door runs."), path=path),
            _fix(programs.closing(path)),
        )
    for folder in programs.open_ways(plan):
        yield Fault(
            _message(N_("Others than root can change {path}, where the door's files are."), path=folder),
            _fix(programs.closing(folder)),
        )
    if os.geteuid() == 0:
        yield from effective(door, server)
    else:
        yield Fault(
            Message(
                N_("Only root can ask sshd what it holds to, and see whether the accounts have passwords.")
            ),
            _fix("sudo sysmo doctor"),
            is_grave=False,
        )


def sshd() -> str:
    """Where the server is; Invalid when this machine has none."""
    path = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:{_SYSTEM_FOLDERS}")
    if path is None:
        raise Invalid(N_("There is no sshd on this machine. Install OpenSSH's server first."))
    return path


def ends_unused(server: str) -> bool:
    """Whether this sshd can end connections that open nothing."""
    # Before OpenSSH 9.3 there is no -V, and the refusal of it says the version.
    done = subprocess.run([server, "-V"], capture_output=True, text=True, errors="replace", check=False)
    found = _VERSION.search(done.stderr + done.stdout)
    return found is None or (int(found[1]), int(found[2])) >= _ENDS_UNUSED_SINCE


def effective(door: Door, server: str, config: Path | None = None) -> Iterator[Fault]:
    """What sshd holds to for those who come, against what it should; needs root, or sshd's own user.

    ``config`` is a configuration other than the standard one. Unavailable when sshd cannot read it.
    """
    chosen = ["-f", str(config)] if config else []
    unused = ends_unused(server)
    _prepare()
    told: set[tuple[str, str]] = set()
    for name in door.accounts:
        who = f"user={name},host=client.example.com,addr=192.0.2.1"
        there = _values(ran([server, "-T", *chosen, "-C", who]))
        wanted = in_the_door(door=str(door.script), is_keyless=name == door.keyless, ends_unused=unused)
        for keyword, value in {**wanted, **EVERYWHERE}.items():
            is_value = there.get(keyword.lower(), "none")
            about = name if keyword in wanted else ""
            if is_value != value and (about, keyword) not in told:
                told.add((about, keyword))
                yield _loosened(name, keyword, is_value, value)
        yield from _shut(door, name, there)


def require_told(door: Door, server: str) -> list[Fault]:
    """Refuse what sshd does not take, or does not hold to because something else comes first.

    Returns what else is not as it shall be, and opens nothing.
    """
    _prepare()
    ran([server, "-t"])
    faults = list(effective(door, server))
    for fault in faults:
        if fault.is_grave:
            raise Invalid(N_("{problem} {advice}"), problem=fault.text, advice=fault.advice)
    return faults


def entries(plan: Plan) -> Iterator[Fault]:
    """Folders and files that are not as they were made, and what does not belong in the account's home."""
    for entry in plan.entries:
        yield from _entry(entry, _again(plan))
    inside = plan.entries[1]
    home, data = plan.entries[0].path, inside.path
    yield from _of_others(inside)
    try:
        names = sorted(os.listdir(home))
    except OSError:
        return
    for name in names:
        if name != data.name:
            yield Fault(
                Message(
                    N_("{path} does not belong there: the account's home stays empty."), {"path": home / name}
                ),
                Message(N_("Look at it, and remove it.")),
            )


def accounts(plan: Plan, shadow: Path = SHADOW) -> Iterator[Fault]:
    """Accounts that are not as they were made."""
    passwords = _passwords(shadow)
    numbers = {}
    for account in plan.accounts:
        try:
            found = pwd.getpwnam(account.name)
        except KeyError:
            yield Fault(_message(N_("There is no account {name}."), name=account.name), _again(plan))
            continue
        numbers[account.name] = found.pw_uid
        yield from _account(account, found)
        if account.shares and numbers.get(account.shares) != found.pw_uid:
            yield Fault(
                _message(
                    N_("{name} is not the same account as {other}."), name=account.name, other=account.shares
                ),
                _fix(f"usermod --non-unique --uid {numbers.get(account.shares, 'UID')} {account.name}"),
            )
        if passwords.get(account.name, account.password) != account.password:
            yield _other_password(account)


def _prepare() -> None:
    """Make the empty folder that sshd's service makes when it starts: without it sshd checks nothing."""
    if os.geteuid() == 0 and EMPTY.parent.is_dir():
        EMPTY.mkdir(mode=0o755, exist_ok=True)


def _values(shown: str) -> dict[str, str]:
    """What ``sshd -T`` prints, by keyword in small letters; a list of several lines is one value."""
    found: dict[str, str] = {}
    for line in shown.splitlines():
        keyword, _space, value = line.partition(" ")
        found[keyword] = f"{found[keyword]} {value}" if keyword in found else value
    return found


def _shut(door: Door, name: str, there: dict[str, str]) -> Iterator[Fault]:
    """What keeps an account from coming in at all; the group of both is that of the first."""
    for keyword, own in (("AllowUsers", name), ("AllowGroups", door.user)):
        patterns = there.get(keyword.lower(), "").split()
        # Who is named for some hosts only may come from there.
        if patterns and not any(fnmatchcase(own, pattern.partition("@")[0]) for pattern in patterns):
            yield Fault(
                _message(
                    N_("sshd does not let {name} in: it holds to “{keyword} {value}”."),
                    name=name,
                    keyword=keyword,
                    value=" ".join(patterns),
                ),
                _message(
                    N_("Name {own} there, in {file} or {folder}."),
                    own=own,
                    file="/etc/ssh/sshd_config",
                    folder=DROP_INS,
                ),
                is_grave=False,
            )


def _loosened(name: str, keyword: str, there: str, should: str) -> Fault:
    return Fault(
        _message(
            N_("sshd holds to “{keyword} {there}” for {name}, not to “{should}”."),
            keyword=keyword,
            there=there,
            name=name,
            should=should,
        ),
        _message(
            N_("Look for it in {file} and {folder}: what sshd reads first counts."),
            file="/etc/ssh/sshd_config",
            folder=DROP_INS,
        ),
        is_grave=keyword not in _COMFORT,
    )


def _entry(entry: Entry, again: Message) -> Iterator[Fault]:
    path = entry.path
    try:
        facts = path.lstat()
    except FileNotFoundError:
        yield Fault(_message(N_("There is no {path}."), path=path), again)
        return
    is_right_kind = stat.S_ISDIR(facts.st_mode) if entry.content is None else stat.S_ISREG(facts.st_mode)
    owner = f"{_name_of(facts.st_uid)}:{_group_of(facts.st_gid)}"
    wanted = f"{entry.owner}:{entry.group}"
    if not is_right_kind:
        yield Fault(
            _message(N_("{path} is something else than it was."), path=path),
            Message(N_("Look at it, and remove it.")),
        )
        return
    if owner != wanted:
        yield Fault(
            _message(
                N_("{path} belongs to {there}, not to {should}."), path=path, there=owner, should=wanted
            ),
            _fix(f"chown {wanted} {path}"),
        )
    if (mode := stat.S_IMODE(facts.st_mode)) != entry.mode:
        yield Fault(
            _message(
                N_("{path} has the mode {there}, not {should}."),
                path=path,
                there=f"{mode:04o}",
                should=f"{entry.mode:04o}",
            ),
            _fix(f"chmod {entry.mode:04o} {path}"),
        )
    if entry.content is not None and not entry.is_kept and path.read_bytes() != entry.content.encode():
        yield Fault(_message(N_("{path} is not what this version writes."), path=path), again)


def _of_others(entry: Entry) -> Iterator[Fault]:
    """The first thing in the account's folder that belongs to another one, such as what root made there."""
    wanted = f"{entry.owner}:{entry.group}"
    for folder, names, files in os.walk(entry.path):
        for name in (*names, *files):
            path = Path(folder, name)
            try:
                owner = _name_of(path.lstat().st_uid)
            except FileNotFoundError:
                continue
            if owner != entry.owner:
                yield Fault(
                    _message(
                        N_("{path} belongs to {there}, not to {should}."),
                        path=path,
                        there=owner,
                        should=entry.owner,
                    ),
                    _fix(f"chown -R {wanted} {entry.path}"),
                )
                return


def _account(account: Account, found: pwd.struct_passwd) -> Iterator[Fault]:
    if found.pw_shell != str(account.shell):
        yield Fault(
            _message(
                N_("The shell of {name} is {shell}, not the door."), name=account.name, shell=found.pw_shell
            ),
            _fix(f"usermod --shell {account.shell} {account.name}"),
        )
    if found.pw_dir != str(account.home):
        yield Fault(
            _message(N_("The home of {name} is {home}."), name=account.name, home=found.pw_dir),
            _fix(f"usermod --home {account.home} {account.name}"),
        )
    own = found.pw_gid
    for gid in os.getgrouplist(account.name, own):
        if gid != own:
            group = _group_of(gid)
            yield Fault(
                _message(N_("{name} belongs to the group {group}."), name=account.name, group=group),
                _fix(f"gpasswd --delete {account.name} {group}"),
            )


def _other_password(account: Account) -> Fault:
    if account.password:
        text = _message(
            N_("{name} has a password, or is locked in a way that shuts the door."), name=account.name
        )
        return Fault(text, _fix(f"usermod --password '{account.password}' {account.name}"))
    text = _message(N_("{name} has a password: nobody comes in without a key."), name=account.name)
    return Fault(text, _fix(f"passwd --delete {account.name}"), is_grave=False)


def _passwords(shadow: Path) -> dict[str, str]:
    """The passwords of shadow(5), by account; none where they may not be read."""
    try:
        lines = shadow.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {name: rest.partition(":")[0] for name, _colon, rest in (line.partition(":") for line in lines)}


def _keyless_of(user: str) -> str | None:
    """The second name of an account, where there is one of the usual form."""
    name = f"{user}-new"
    try:
        pwd.getpwnam(name)
    except KeyError:
        return None
    return name


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group_of(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _again(plan: Plan) -> Message:
    """What makes the plan so again."""
    user, *others = (account.name for account in plan.accounts)
    words = [] if user == STANDARD_USER else [f"--user {user}"]
    if not others:
        words.append("--no-keyless")
    elif others != [f"{user}-new"]:
        words.append(f"--keyless {others[0]}")
    return Message(
        N_("Install it again: {command}"), {"command": Advice(" ".join(["sysmo door install", *words]))}
    )


def _message(text: str, **params: object) -> Message:
    return Message(text, {name: str(value) for name, value in params.items()})


def _fix(command: str) -> Message:
    return _message(N_("Do: {command}"), command=command)
