"""Putting a desk together: the one place that knows what follows from what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sysmo_tui.desk import Desk, Work, utc_now
from sysmo_tui.storage.engine import Store, open_store

if TYPE_CHECKING:
    from sysmo_tui.mail.transport import Transport
    from sysmo_tui.settings import MailboxAccess
    from sysmo_tui.worker import BackgroundDuties


def open_desk(url: str, *, clock: Callable[[], datetime] = utc_now) -> Desk:
    """Open the desk at ``url``; never creates one (NoDesk), Unavailable when its server is not there."""
    return desk_on(open_store(url), clock=clock)


def desk_on(store: Store, *, clock: Callable[[], datetime] = utc_now) -> Desk:
    """The desk of an open database."""
    return Desk(store, consequences=(_owe_mail,), clock=clock)


def _owe_mail(works: Sequence[Work]) -> None:
    """Write down the mail that follows from a change; commands that only read never load this."""
    from sysmo_tui.services import notices, outbox

    notices.owe(works)
    outbox.write(works)


def background_duties(
    desk: Desk,
    override: str = "",
    password: str = "",
    access: Mapping[str, MailboxAccess] | None = None,
) -> Callable[[], BackgroundDuties]:
    """What loads the duties as a thread of this process, not started; for staff's screens.

    ``access`` opens the mailboxes that mail is fetched from. Invalid, at once, when mail cannot be sent
    as it is set.
    """
    from sysmo_tui.storage.retrying import DUTY_SECONDS

    desk = desk.with_patience(DUTY_SECONDS)
    return partial(_loaded_duties, desk, current_transport(desk, override, password), access)


def _loaded_duties(
    desk: Desk, transport: Transport, access: Mapping[str, MailboxAccess] | None
) -> BackgroundDuties:
    from sysmo_tui.worker import BackgroundDuties

    return BackgroundDuties(desk, transport, access=access)


def current_transport(desk: Desk, override: str = "", password: str = "") -> Transport:
    """What :func:`choose_transport` chooses, for a program that runs while the desk's setting changes."""
    from sysmo_tui.mail.current import CurrentTransport

    return CurrentTransport(lambda: choose_transport(desk, override, password))


def choose_transport(desk: Desk, override: str = "", password: str = "") -> Transport:
    """How this process sends the desk's mail: ``override``, else the desk's setting, else files.

    Without any, mail is written beside an embedded database; a desk on a server has no such place.
    """
    from sysmo_tui.domain.actor import desk_caller
    from sysmo_tui.services import desk_settings

    return transport_to(desk, override or desk.read(desk_caller(), desk_settings.load).mail_url, password)


def transport_to(desk: Desk, url: str, password: str = "") -> Transport:
    """How mail is sent by ``url``; by files where that is empty, as far as there is a place for them."""
    from sysmo_tui.mail.folder import FolderTransport
    from sysmo_tui.mail.transport import NoTransport, open_transport
    from sysmo_tui.services import mail_folder

    if url:
        return open_transport(url, password)
    folder = mail_folder.beside(desk)
    return NoTransport() if folder is None else FolderTransport(folder)
