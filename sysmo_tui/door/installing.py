"""Installing the door: what shall be on the machine, as data, and making it so or leaving all as it was."""

from __future__ import annotations

import grp
import json
import os
import pwd
import re
import secrets
import shlex
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sysmo_tui.domain.errors import Conflict, Invalid, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.door.sshd import door_script, drop_in

__all__ = ["Account", "Door", "Entry", "Plan", "Step", "apply", "door_named", "planned"]

STANDARD_USER: Final = "sysmo"
STANDARD_CONFIG: Final = Path("/etc/sysmo/config.toml")
"""Read by every run of the program on this machine; a door of another name has settings of its own."""

LOCKED: Final = "*"
"""A password that none matches. Not "!": without PAM, sshd(8) shuts out an account with such a one."""

_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True)
class Door:
    """The names of one door. ``keyless`` is the account for people without a key, if there is one."""

    user: str = STANDARD_USER
    keyless: str | None = f"{STANDARD_USER}-new"

    @property
    def home(self) -> Path:
        """The account's home, where it may write nothing: no key, no start-up file, no crontab."""
        return Path("/var/lib") / self.user

    @property
    def data(self) -> Path:
        """The only folder where it may write."""
        return self.home / "data"

    @property
    def config(self) -> Path:
        """The settings of the desk behind the door."""
        return Path("/etc") / self.user / "config.toml"

    @property
    def script(self) -> Path:
        """What sshd runs for everyone."""
        return Path("/usr/local/lib") / self.user / "door"

    @property
    def drop_in(self) -> Path:
        """What sshd is told."""
        return Path("/etc/ssh/sshd_config.d") / f"50-{self.user}.conf"

    @property
    def accounts(self) -> tuple[str, ...]:
        """The names by which people come."""
        return (self.user, self.keyless) if self.keyless else (self.user,)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the machine; one that ``shares`` is another name for that account."""

    name: str
    home: Path
    shell: Path
    password: str
    shares: str | None = None

    def command(self, uid: str = "UID", gid: str = "GID") -> list[str]:
        """What makes it (useradd(8)); ``uid`` and ``gid`` are those of the account that it shares."""
        who = (
            ["--no-user-group", "--non-unique", "--uid", uid, "--gid", gid]
            if self.shares
            else ["--user-group"]
        )
        home = ["--home-dir", str(self.home), "--no-create-home", "--shell", str(self.shell)]
        return ["useradd", "--system", *who, *home, "--password", self.password, self.name]


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder, or a file with its ``content``. One that ``is_kept`` is left as it is where there is one."""

    path: Path
    mode: int
    content: str | None = None
    owner: str = "root"
    group: str = "root"
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be on the machine, in the order in which it is made."""

    accounts: tuple[Account, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was made, or was there already as it shall be."""

    what: str
    is_new: bool


def door_named(user: str, keyless: str | None) -> Door:
    """The door of these accounts; Invalid for what is no name of an account."""
    for field, name in (("user", user), ("keyless", keyless)):
        if name is not None and not _NAME.fullmatch(name):
            raise Invalid(N_("“{name}” is no name for an account."), field=field, name=name)
    if user == keyless:
        raise Invalid(N_("The account without a key needs a name of its own."), field="keyless")
    return Door(user, keyless)


def planned(door: Door, *, python: str, database_url: str = "", ends_unused: bool = True) -> Plan:
    """What the door needs. ``python`` is the interpreter with the program.

    Without a ``database_url`` the desk is a file in the door's own folder. ``ends_unused`` is for OpenSSH
    9.2 and later.
    """
    config = None if door.config == STANDARD_CONFIG else str(door.config)
    script = door_script(python=python, home=str(door.home), config=config)
    told = drop_in(user=door.user, keyless=door.keyless, door=str(door.script), ends_unused=ends_unused)
    # The shell is the door too: whoever comes by another way than sshd, such as su, gets nothing else.
    accounts = [Account(door.user, door.home, door.script, LOCKED)]
    if door.keyless:
        accounts.append(Account(door.keyless, door.home, door.script, "", shares=door.user))
    return Plan(
        tuple(accounts),
        (
            Entry(door.home, 0o755),
            Entry(door.data, 0o700, owner=door.user, group=door.user),
            Entry(door.config.parent, 0o755),
            Entry(door.config, 0o640, _settings(door, database_url), group=door.user, is_kept=True),
            Entry(door.script.parent, 0o755),
            Entry(door.script, 0o755, script),
            Entry(door.drop_in, 0o644, told),
        ),
    )


def apply(plan: Plan, verify: Callable[[], object]) -> list[Step]:
    """Make everything so, and ``verify`` it; what is raised takes back whatever was made or changed."""
    with ExitStack() as undo:
        steps = [_account(each, undo) for each in plan.accounts]
        for each in plan.entries:
            try:
                steps.append(_entry(each, undo))
            except OSError as error:
                raise Unavailable(
                    N_("{path} cannot be made: {reason}."),
                    path=str(each.path),
                    reason=os.strerror(error.errno or 0),
                ) from error
        verify()
        undo.pop_all()
    return steps


def _settings(door: Door, database_url: str) -> str:
    url = database_url or f"sqlite:///{door.data}/desk.db"
    return _SETTINGS.format(url=_quoted(url), state=_quoted(f"{door.data}/state"))


_SETTINGS = """\
# The settings of the desk behind the SSH door. The account of the door reads this file, others do not.

[database]
url = {url}

[state]
dir = {state}

[ui]
kiosk = true
"""


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0, which takes every escape of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _account(account: Account, undo: ExitStack) -> Step:
    what = f"useradd {account.name}"
    try:
        found = pwd.getpwnam(account.name)
    except KeyError:
        _make(account, undo)
        return Step(what, True)
    _require_same(account, found)
    return Step(what, False)


def _make(account: Account, undo: ExitStack) -> None:
    if shutil.which("useradd") is None:
        raise Invalid(
            N_("There is no useradd on this machine. Make the account {name} with what it has, then again."),
            name=account.name,
        )
    # Two accounts of one number: the files must be those of the first.
    given = pwd.getpwnam(account.shares) if account.shares else None
    command = account.command(str(given.pw_uid), str(given.pw_gid)) if given else account.command()
    ran(command)
    # Not --force, which would remove the group that another account has as its own.
    undo.callback(ran, ["userdel", account.name])


def _require_same(account: Account, found: pwd.struct_passwd) -> None:
    """Refuse somebody else's account of that name."""
    wanted = {"home": (str(account.home), found.pw_dir), "shell": (str(account.shell), found.pw_shell)}
    if account.shares:
        wanted["uid"] = str(pwd.getpwnam(account.shares).pw_uid), str(found.pw_uid)
    for what, (should, there) in wanted.items():
        if there != should:
            raise Conflict(
                N_(
                    "There is an account {name} already, and it is not the door's: its {what} is {there}, "
                    "not {should}. Choose another name, or change it with usermod."
                ),
                name=account.name,
                what=what,
                there=there,
                should=should,
            )


def _entry(entry: Entry, undo: ExitStack) -> Step:
    uid, gid = pwd.getpwnam(entry.owner).pw_uid, grp.getgrnam(entry.group).gr_gid
    try:
        there = entry.path.lstat()
    except FileNotFoundError:
        there = None
    if entry.content is None:
        is_new = _folder(entry, there, (uid, gid), undo)
    elif there is not None and entry.is_kept:
        is_new = False
    else:
        is_new = _file(entry, there, (uid, gid), undo)
    return Step(str(entry.path), is_new)


def _folder(entry: Entry, there: os.stat_result | None, owner: tuple[int, int], undo: ExitStack) -> bool:
    if there is None:
        entry.path.mkdir(mode=0o700)
        undo.callback(entry.path.rmdir)
    elif not stat.S_ISDIR(there.st_mode):
        raise Conflict(N_("{path} is there already, and no folder."), path=str(entry.path))
    elif (there.st_uid, there.st_gid, stat.S_IMODE(there.st_mode)) == (*owner, entry.mode):
        return False
    else:
        undo.callback(os.chmod, entry.path, stat.S_IMODE(there.st_mode))
        undo.callback(os.chown, entry.path, there.st_uid, there.st_gid)
    os.chown(entry.path, *owner)
    entry.path.chmod(entry.mode)
    return True


def _file(entry: Entry, there: os.stat_result | None, owner: tuple[int, int], undo: ExitStack) -> bool:
    assert entry.content is not None
    content = entry.content.encode()
    if there is None:
        undo.callback(entry.path.unlink, missing_ok=True)
    elif not stat.S_ISREG(there.st_mode):
        raise Conflict(N_("{path} is there already, and no ordinary file."), path=str(entry.path))
    else:
        before = entry.path.read_bytes()
        facts = (there.st_uid, there.st_gid), stat.S_IMODE(there.st_mode)
        if (before, facts) == (content, (owner, entry.mode)):
            return False
        undo.callback(_write, entry.path, before, *facts)
    _write(entry.path, content, owner, entry.mode)
    return True


def _write(path: Path, content: bytes, owner: tuple[int, int], mode: int) -> None:
    """Put a whole file in its place, or leave what is there: sshd may read it at any moment."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchown(file.fileno(), *owner)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def ran(command: Sequence[str]) -> str:
    """What a command of the machine printed; Unavailable with its own words when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise Unavailable(N_("{command} failed: {reason}"), command=shlex.join(command), reason=said)
    return done.stdout
