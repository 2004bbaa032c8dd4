"""Putting a desk together: the one place that knows what follows from what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sysmo_tui.desk import Desk, utc_now
from sysmo_tui.mail.folder import FolderTransport
from sysmo_tui.mail.sending import desk_caller
from sysmo_tui.mail.transport import NoTransport, Transport, open_transport
from sysmo_tui.services import desk_settings, notices, outbox
from sysmo_tui.storage.engine import open_store
from sysmo_tui.worker import BackgroundDuties


def open_desk(url: str, *, clock: Callable[[], datetime] = utc_now) -> Desk:
    """Open the desk at ``url``; never creates one (NoDesk), Unavailable when its server is not there."""
    return Desk(open_store(url), consequences=(notices.owe, outbox.write), clock=clock)


def background_duties(desk: Desk, override: str = "", password: str = "") -> BackgroundDuties:
    """The duties as a thread of this process, not started; for staff's screens."""
    return BackgroundDuties(desk, choose_transport(desk, override, password))


def choose_transport(desk: Desk, override: str = "", password: str = "") -> Transport:
    """How this process sends the desk's mail: ``override``, else the desk's setting, else files.

    Without any, mail is written beside an embedded database; a desk on a server has no such place.
    """
    url = override or desk.read(desk_caller(), desk_settings.load).mail_url
    if url:
        return open_transport(url, password)
    path = desk.store.path
    if path is None:
        return NoTransport()
    return FolderTransport(Path(f"{path.absolute()}.mail"))
