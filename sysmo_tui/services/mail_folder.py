"""Where a desk without a mail server puts its mail."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from sysmo_tui.desk import Desk, Door
from sysmo_tui.services import desk_settings


def beside(desk: Desk) -> Path | None:
    """The folder beside an embedded database; None for a desk on a server, which has no such place."""
    path = desk.store.path
    return None if path is None else Path(f"{path.absolute()}.mail")


def of_desk(door: Door) -> Path | None:
    """Where the desk's mail is written to files; None when it is sent, or goes nowhere.

    Who comes from another machine has no use for a place on the desk's, and hears of none.
    """
    if door.caller.is_remote:
        return None
    url = door.read(desk_settings.load).mail_url
    if not url:
        return beside(door.desk)
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None
