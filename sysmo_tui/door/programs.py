"""The program behind the door: nobody but root may change it, and the door's account can run it."""

from __future__ import annotations

import json
import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.door.installing import Door, ran

__all__ = ["changeable", "interpreter", "require_safe", "require_usable"]

ROOT = 0

_PLACES = "import json, sys, sysmo_tui; print(json.dumps([sysmo_tui.__file__, *sys.path]))"


def interpreter() -> str:
    """The interpreter of this program, by the same name however it was started."""
    usual = Path(sys.prefix, "bin", "python")
    return str(usual if usual.exists() else Path(sys.executable).absolute())


def require_safe(python: str) -> None:
    """Refuse an interpreter that somebody else than root can change, or something that it imports."""
    found = changeable(python)
    if found is not None:
        raise Invalid(
            N_(
                "Others than root can change {path}, which the door would run. Install the program where "
                "only root may write, such as /opt/sysmo."
            ),
            path=str(found),
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
                "The account {name} cannot run {path}: {reason}. Install the program where everybody may "
                "read it, such as /opt/sysmo."
            ),
            name=door.user,
            path=python,
            reason=reason,
        )


def changeable(python: str, owner: int = ROOT, below: Path = Path("/")) -> Path | None:
    """The first place of the interpreter or its imports that others than ``owner`` and root can change.

    What is not ``below`` that folder is taken to be safe.
    """
    module, *folders = json.loads(ran([python, "-I", "-c", _PLACES]))
    for place in (python, os.path.realpath(python), os.path.dirname(module), *folders):
        found = _changeable(Path(place), owner, below)
        if found is not None:
            return found
    return None


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
