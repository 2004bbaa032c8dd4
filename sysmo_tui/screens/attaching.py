"""Files between this machine and the desk."""

from __future__ import annotations

import io
import os
import shlex
from pathlib import Path
from urllib.parse import unquote

from sysmo_tui import local_files
from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.views import File
from sysmo_tui.services import files, kept_mail
from sysmo_tui.services.files import Upload


def stage_path(door: Door, path: str) -> Upload:
    """Stage the file at a typed ``path``; Invalid for a folder, a device, or what cannot be read."""
    place = typed(path)
    with local_files.opened(place, "attach") as stream:
        return files.stage(door, stream, place)


def save_file(door: Door, number: int, file: File, folder: str) -> Path:
    """Write a ticket's file into a typed ``folder``, under a free name; returns where it is."""
    return local_files.save(files.chunks(door, number, file.key), typed(folder), file)


def save_mail(door: Door, inbound_id: int, path: str) -> Path:
    """Write a mail as it came into a new file at a typed ``path``; Conflict where there is one."""
    return local_files.save_bytes(typed(path), kept_mail.raw(door, inbound_id))


def save_text(_door: Door, path: str, text: str) -> Path:
    """Write a new file at a typed ``path``; Conflict where there is one, Invalid where none can be."""
    return local_files.save_text(typed(path), text)


def here() -> str:
    """The folder in which the program runs; one's home where that is gone."""
    try:
        return os.getcwd()
    except OSError:
        return os.path.expanduser("~")


def for_downloads() -> str:
    """The folder that is offered for what is saved."""
    downloads = os.path.expanduser("~/Downloads")
    return downloads if os.path.isdir(downloads) else here()


def typed(path: str) -> str:
    """A path as people type it: ``~`` is their home."""
    try:
        return os.path.expanduser(path.strip())
    except ValueError:
        # Nobody is called what no name can be; no file either, which is told when it is opened.
        return path.strip()


def stage_text(door: Door, text: str, name: str) -> Upload:
    """Stage a text as a file of its own."""
    return files.stage(door, io.BytesIO(text.encode("utf-8", "replace")), name)


def dropped(_door: Door, text: str) -> tuple[str, ...]:
    """The ordinary files that ``text`` names as terminals do for what is dropped on them; else none.

    A path may be quoted, escaped for a shell, or a file's address (RFC 8089); there may be several.
    """
    for paths in ([text.strip()], _split(text)):
        places = [_path(path) for path in paths]
        if places and all(place and _is_ordinary(place) for place in places):
            return tuple(places)
    return ()


def _is_ordinary(path: str) -> bool:
    try:
        with local_files.opened(path, "attach"):
            return True
    except Invalid:
        return False


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _path(text: str) -> str:
    """The path that a word names; "" for one that begins nowhere."""
    if text.startswith("file:///"):
        text = unquote(text.removeprefix("file://"))
    path = typed(text)
    return path if path.startswith("/") else ""
