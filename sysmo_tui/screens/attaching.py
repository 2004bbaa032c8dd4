"""Files between this machine and the desk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from textual.suggester import Suggester

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import File
from sysmo_tui.services import files
from sysmo_tui.services.files import Upload, display_name


class PathSuggester(Suggester):
    """Completes a path from what is in its folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first name in the folder that goes on like ``value``."""
        return next(iter(completions(value)), None)


def completions(value: str) -> Iterable[str]:
    """Paths that begin like ``value``, folders with a slash behind; nothing where it cannot be read."""
    if not value:
        return []
    folder, start = os.path.split(value)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as found:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in found
                if entry.name.startswith(start)
            )
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if start or not name.startswith(".")]


def stage_path(door: Door, path: str) -> Upload:
    """Stage the file at ``path``; Invalid for a folder, a device, or what cannot be read."""
    place = Path(path.strip()).expanduser()
    try:
        # Opening a pipe would wait for its other end.
        handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Invalid(N_("“{path}” is not a file."), field="attach", path=clean_line(path))
        with open(handle, "rb") as stream:
            return files.stage(door, stream, place.name)
    except OSError as error:
        raise Invalid(
            N_("“{path}” cannot be read: {reason}."),
            field="attach",
            path=clean_line(path),
            reason=error.strerror or type(error).__name__,
        ) from error


def save_file(door: Door, number: int, file: File, folder: str) -> Path:
    """Write a ticket's file into ``folder``, for its owner alone; never over a file or through a link."""
    target = Path(folder.strip()).expanduser() / display_name(file.filename)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(handle, "wb") as out:
            for chunk in files.chunks(door, number, file.key):
                out.write(chunk)
    except FileExistsError:
        raise Invalid(
            N_("There is already a file {path}. Choose another folder."),
            field="folder",
            path=clean_line(str(target)),
        ) from None
    except OSError as error:
        raise Invalid(
            N_("“{path}” cannot be written: {reason}."),
            field="folder",
            path=clean_line(str(target)),
            reason=error.strerror or type(error).__name__,
        ) from error
    return target
