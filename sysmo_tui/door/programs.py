"""The program behind the door: nobody but root may change it, and the door's account can run it."""

from __future__ import annotations

import json
import os
import pwd
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.door.installing import Door, Plan, ran

__all__ = ["changeable", "closing", "interpreter", "open_ways", "require_safe", "require_usable"]

ROOT = 0

_PLACES = "import json, sys, sysmo_tui; print(json.dumps([sysmo_tui.__file__, *sys.path]))"


def interpreter() -> str:
    """The interpreter of this program, by the same name however it was started."""
    usual = Path(sys.prefix, "bin", "python")
    return str(usual if usual.exists() else Path(sys.executable).absolute())


def require_safe(python: str, plan: Plan) -> None:
    """Refuse what others than root can change: interpreter, imports, the way to the door's files."""
    found = changeable(python)
    if found is not None:
        raise Invalid(
            N_(
                "Others than root can change {path}, which the door would run. Install the program where "
                "only root may write, such as /opt/sysmo."
            ),
            path=str(found),
        )
    for folder in open_ways(plan):
        raise Invalid(
            N_("Others than root can change {path}, where the door's files would be. Do: {command}"),
            path=str(folder),
            command=closing(folder),
        )


def require_usable(door: Door, python: str) -> None:
    """Refuse a program that the door's account cannot run."""
    account = pwd.getpwnam(door.user)
    try:
        done = subprocess.run(
            [python, "-I", "-m", "sysmo_tui", "--version"],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            env={"PATH": "/usr/bin:/bin", "HOME": str(door.home), "LANG": "C.UTF-8"},
            cwd="/",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        reason = " ".join(done.stderr.split())[-200:] if done.returncode else ""
    except OSError as error:
        reason = os.strerror(error.errno or 0)
    if reason:
        raise Invalid(
            N_(
                "The account {name} cannot run {path}, a Python of {place}: {reason}. Install the program "
                "where everybody may read it, such as /opt/sysmo, with a Python of the system: {command}"
            ),
            name=door.user,
            path=python,
            place=os.path.realpath(python),
            reason=reason,
            command="/usr/bin/python3 -m venv /opt/sysmo",
        )


def changeable(python: str, owner: int = ROOT, below: Path = Path("/")) -> Path | None:
    """The first place of the interpreter or its imports that others than ``owner`` and root can change.

    What is not ``below`` that folder is taken to be safe.
    """
    module, *folders = json.loads(ran([python, "-I", "-c", _PLACES]))
    named = (python, os.path.dirname(module), *folders)
    # What a link leads to has a way of its own.
    for place in dict.fromkeys((*named, *map(os.path.realpath, named))):
        found = _changeable(Path(place), owner, below)
        if found is not None:
            return found
    return None


def open_ways(plan: Plan, owner: int = ROOT, below: Path = Path("/")) -> Iterator[Path]:
    """Folders that lead to what the plan makes, and that others than ``owner`` and root can change."""
    made = {entry.path for entry in plan.entries}
    ways = {folder for path in made for folder in path.parents if folder.is_relative_to(below)}
    yield from (folder for folder in sorted(ways - made) if _is_open(folder, owner))


def closing(path: Path | str) -> str:
    """The command by which root alone can change what is at ``path``."""
    quoted = shlex.quote(str(path))
    return f"chown root: {quoted}; chmod go-w {quoted}"


def _changeable(place: Path, owner: int, below: Path) -> Path | None:
    """What lets others change ``place``: itself, a folder on the way to it, or what is in it."""
    for each in (*reversed(place.parents), place):
        if each.is_relative_to(below) and _is_open(each, owner):
            return each
    for folder, names, files in os.walk(place):
        for name in (*names, *files):
            path = Path(folder, name)
            if _is_open(path, owner):
                return path
    return None


def _is_open(path: Path, owner: int) -> bool:
    try:
        facts = path.lstat()
    except OSError:
        # What is not there, such as the standard library's archive, is made by who may write its folder.
        return False
    if facts.st_uid not in (ROOT, owner) or stat.S_ISLNK(facts.st_mode):
        return facts.st_uid not in (ROOT, owner)
    by_group = facts.st_mode & stat.S_IWGRP and facts.st_gid != ROOT
    return bool(by_group or facts.st_mode & stat.S_IWOTH)
