"""The user's own settings file, changed by the program: one value, with everything else kept as it is."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

_HEADER = re.compile(r"\s*\[")
_DESK = re.compile(r"\s*\[\s*desk\s*\]\s*(#.*)?")
_ADDRESS = re.compile(r"\s*address\s*=")


def remember_desk(path: Path, address: str) -> None:
    """Write ``[desk] address`` into a settings file, which may be a link; Invalid where that cannot be."""
    # What a link points to is changed, not the link: people keep such files elsewhere.
    target = Path(os.path.realpath(path))
    try:
        text = target.read_text("utf-8") if target.exists() else ""
        _replace(target, with_desk(text, address))
    except (OSError, ValueError) as error:
        raise Invalid(
            N_("{path} cannot be changed. Write into it yourself: {line}"),
            field="config",
            path=str(path),
            line=f'[desk] address = "{address}"',
        ) from error


def with_desk(text: str, address: str) -> str:
    """The TOML ``text`` with this address of the desk; ValueError where it cannot just be put in."""
    lines = text.splitlines(keepends=True)
    wanted = f'address = "{address}"\n'
    start = next((place for place, line in enumerate(lines) if _DESK.fullmatch(line.rstrip("\n"))), None)
    if start is None:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        changed = f"{text}{gap}[desk]\n{wanted}"
    else:
        behind = range(start + 1, len(lines))
        end = next((place for place in behind if _HEADER.match(lines[place])), len(lines))
        at = next((place for place in range(start + 1, end) if _ADDRESS.match(lines[place])), None)
        lines[start] = lines[start].rstrip("\n") + "\n"
        if at is None:
            lines.insert(start + 1, wanted)
        else:
            lines[at] = wanted
        changed = "".join(lines)
    before = tomllib.loads(text)
    desk = before.get("desk", {})
    if not isinstance(desk, dict) or tomllib.loads(changed) != before | {"desk": desk | {"address": address}}:
        raise ValueError("not changed in the one place")
    return changed


def _replace(path: Path, text: str) -> None:
    """Put ``text`` into a file, whole or not at all; who may read it stays as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    handle, new = tempfile.mkstemp(".toml", ".sysmo-", path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        os.replace(new, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(new)
        raise
