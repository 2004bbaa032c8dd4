"""Trying a mailbox out: opened with the secrets of this process, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping

from sysmo_tui.desk import Door
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.mail.fetching import access_for, look
from sysmo_tui.mail.imap import Unreachable
from sysmo_tui.services import mailboxes
from sysmo_tui.services.mailboxes import Trial
from sysmo_tui.settings import MailboxAccess


def try_out(door: Door, name: str, known: Mapping[str, MailboxAccess]) -> Trial:
    """Open a mailbox as fetching would, for who manages mail at the desk.

    Invalid where nothing is fetched from it, Unavailable where its secret is not ``known`` here or its
    server does not open it, with the reason.
    """
    line = door.read(mailboxes.to_try, name)
    fetched = door.desk.read(desk_caller(), mailboxes.to_fetch)
    wanted = next((each for each in fetched if each.name == line.name), None)
    if wanted is None:
        raise Invalid(N_("No mail is fetched from mailbox {name}."), field="mailbox", name=line.name)
    access = access_for(wanted.name, fetched, known)
    if access is None:
        raise Unavailable(
            N_("The secret of mailbox {name} is not here. Set {variable}."),
            name=line.name,
            variable=mailboxes.variable(line.name, len(fetched)),
        )
    try:
        seen = look(wanted, access)
    except Unreachable as error:
        raise Unavailable(
            N_("Mailbox {name} cannot be opened: {answer}"), name=line.name, answer=str(error)
        ) from error
    return Trial(line.name, line.folder, seen.waiting, seen.tells)
