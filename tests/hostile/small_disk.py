"""A disk that is soon full: a small file system in memory, for who may mount one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BLOCK = 4096


class SmallDisk:
    """A file system that one can fill and make room on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    @property
    def free(self) -> int:
        """How many bytes are left."""
        return shutil.disk_usage(self.folder).free

    def fill(self, but: int = 0) -> None:
        """Leave no more than ``but`` bytes to anybody."""
        with self._filling.open("ab") as file:
            while self.free - but >= _BLOCK:
                file.write(bytes(min(self.free - but, 1024 * _BLOCK)))
                file.flush()

    def make_room(self) -> None:
        """Take away what fills it."""
        self._filling.unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk of that size; skips where one may not (that takes root, and not every container's)."""
    folder = Path(tempfile.mkdtemp(prefix="sysmo-disk-"))
    size = f"size={megabytes}m,mode=755"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("A full disk takes the right to mount a small one.")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
