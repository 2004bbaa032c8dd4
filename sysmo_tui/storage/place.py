"""Where an embedded database may lie: on a disk of this machine, in a folder that can be written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

_NETWORK = frozenset(
    {
        "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "glusterfs", "gpfs", "lustre",
        "ncpfs", "nfs", "nfs3", "nfs4", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs", "webdav",
    }
)  # fmt: skip
_NETWORK_FUSE = frozenset(
    {"ceph", "davfs2", "gcsfuse", "glusterfs", "rclone", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse"}
)
_ESCAPED = re.compile(r"\\([0-7]{3})")
_BSD_MOUNT = re.compile(r"^.+ on (?P<point>/.*) \((?P<kind>[^,)]+)")


def refuse_unsuitable(path: Path) -> None:
    """Refuse a file on a network file system, where SQLite's locks and shared memory do not hold."""
    kind = file_system(path.resolve(), _mounts())
    if is_network(kind):
        raise Invalid(
            N_(
                "{path} is on a network file system ({kind}), where SQLite loses data. "
                "Use a local folder, or PostgreSQL."
            ),
            field="database",
            path=str(path),
            kind=kind,
        )


def refuse_unwritable(path: Path) -> None:
    """Refuse a database file or its folder that this user may not write."""
    if path.is_dir():
        raise Invalid(
            N_("{path} is a folder; name the database file in it."), field="database", path=str(path)
        )
    for place in (path, path.parent):
        if place.exists() and not _may(place, os.W_OK):
            raise Invalid(
                N_("{path} is read-only for you: the desk needs to write the file and its folder."),
                field="database",
                path=str(place),
            )
    if path.exists() and not _may(path, os.R_OK):
        raise Invalid(N_("You may not read {path}."), field="database", path=str(path))


def is_network(kind: str) -> bool:
    """Tell whether a file system of this kind lies on another machine."""
    return kind in _NETWORK or kind.removeprefix("fuse.") in _NETWORK_FUSE


def file_system(path: Path, mounts: list[tuple[str, str]]) -> str:
    """The kind of the file system that holds ``path``, which may not exist yet; "" when unknown.

    ``mounts`` are mount points and kinds in the order in which they were mounted.
    """
    best, kind = -1, ""
    above = {str(path), *map(str, path.parents)}
    for point, name in mounts:
        if point in above and len(point) >= best:
            best, kind = len(point), name
    return kind


def linux_mounts(text: str) -> list[tuple[str, str]]:
    """Mount points and kinds of ``/proc/mounts``, where a space is written as ``\\040``."""
    fields = (line.split(" ") for line in text.splitlines())
    return [(_ESCAPED.sub(lambda m: chr(int(m[1], 8)), f[1]), f[2]) for f in fields if len(f) > 2]


def bsd_mounts(text: str) -> list[tuple[str, str]]:
    """Mount points and kinds of what macOS's ``mount`` prints."""
    return [(m["point"], m["kind"]) for m in map(_BSD_MOUNT.match, text.splitlines()) if m]


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _mounts() -> list[tuple[str, str]]:
    try:
        if sys.platform == "darwin":
            done = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False)
            return bsd_mounts(done.stdout)
        return linux_mounts(Path("/proc/mounts").read_text(errors="surrogateescape"))
    except (OSError, subprocess.SubprocessError):
        return []


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at ``path``, whatever its name becomes; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
