"""The mail that follows from a command: sent at once when nobody else sends, else spoken of.

Visitors' commands are told the same whether or not they owe mail, and wait for no mail server:
who has an account would be told by either.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from sysmo_tui.desk import Desk
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.message import Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render

if TYPE_CHECKING:
    from sysmo_tui.cli.context import Here
    from sysmo_tui.mail.transport import Transport


SECONDS = 3.0
"""How long a command may spend on its own mail."""


def post(run: Here, desk: Desk, batches: list[str], visits: list[str]) -> None:
    """Send what these batches owe, for at most some seconds, or say that it waits.

    ``visits`` are the batches of who has not signed in, and is told nothing about what they owe.
    What was written stays written: trouble with mail is a line of talk, not a failure.
    """
    from sysmo_tui.assembly import choose_transport

    if run.visit is not None:
        # What was written stays written, whatever becomes of the desk before this is told.
        with suppress(DeskError):
            _leave_to_worker(run, desk, batches)
        return
    try:
        transport = choose_transport(desk, run.settings.mail_url, run.settings.mail_password)
        if batches:
            _post(run, desk, transport, batches)
        if visits:
            _post_unseen(run, desk, transport, visits)
    except DeskError as error:
        reason = render(error.message, clean=clean_line)
        run.out.say(_("Mail waits, it could not be sent now: {reason}", reason=reason))


def _post(run: Here, desk: Desk, transport: Transport, batches: list[str]) -> None:
    from sysmo_tui.mail.folder import FolderTransport
    from sysmo_tui.mail.sending import Outcome, send_batch, send_overdue

    outcomes = {send_batch(desk, transport, batch, SECONDS) for batch in batches}
    if Outcome.WAITING in outcomes and (reason := _trouble(run, batches)):
        run.out.say(_("Mail waits, it could not be sent now: {reason}", reason=reason))
    elif outcomes & {Outcome.NOBODY_SENDS, Outcome.WAITING}:
        run.out.say(_("Mail is queued, and nobody is sending: {command}", command=Advice("sysmo worker")))
    elif Outcome.SENT in outcomes and isinstance(transport, FolderTransport):
        run.out.say(render(transport.explanation))
    if Outcome.REFUSED in outcomes:
        _say_refused(run, desk, batches)
    if outcomes <= {Outcome.NOTHING_OWED, Outcome.SENT}:
        send_overdue(desk, transport, f"command:{batches[0]}", SECONDS)


def _leave_to_worker(run: Here, desk: Desk, batches: list[str]) -> None:
    """Send nothing for a visit: it has no business with the mail server. Staff hear when nobody does."""
    from sysmo_tui.cli.context import who_if_anyone
    from sysmo_tui.domain.actor import desk_caller
    from sysmo_tui.services import leases, outbox
    from sysmo_tui.services.leases import Duty

    if not batches or desk.read(desk_caller(), leases.is_alive, Duty.MAIL_OUT):
        return
    signed_in = run.door.read(who_if_anyone)
    is_owed = any(desk.read(desk_caller(), outbox.is_owed_by, batch) for batch in batches)
    if is_owed and signed_in is not None and signed_in.is_staff:
        run.out.say(_("Mail is queued, and nobody is sending it now."))


def _post_unseen(run: Here, desk: Desk, transport: Transport, visits: list[str]) -> None:
    """Have the mail of visitors sent; neither words nor time tell whether there was any."""
    from sysmo_tui.domain.actor import desk_caller
    from sysmo_tui.mail.folder import FolderTransport
    from sysmo_tui.mail.sending import send_batch
    from sysmo_tui.services import leases
    from sysmo_tui.services.leases import Duty

    if isinstance(transport, FolderTransport):
        run.out.say(render(transport.explanation))
        for batch in visits:
            send_batch(desk, transport, batch, SECONDS)
    elif desk.read(desk_caller(), leases.is_alive, Duty.MAIL_OUT):
        return
    elif transport.is_ready:
        _start_worker(run)
    else:
        run.out.say(_("Nobody is sending mail now: {command}", command=Advice("sysmo worker")))


def _start_worker(run: Here) -> None:
    """Start a process of its own that does what is due, and do not wait for it."""
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    os.posix_spawn(
        sys.executable,
        # Nothing that lies in the folder where somebody stands is taken for a part of the program.
        [sys.executable, "-P", "-m", "sysmo_tui", "worker", "--once"],
        {**run.environ, "SYSMO_DESK": "", "SYSMO_DATABASE_URL": run.database_url},
        file_actions=nowhere,
        setpgroup=0,
    )


def _say_refused(run: Here, desk: Desk, batches: list[str]) -> None:
    """Name the place where whoever ran the command may read why."""
    from sysmo_tui.cli.context import who_if_anyone
    from sysmo_tui.domain.actor import desk_caller
    from sysmo_tui.services import outbox

    actor = run.door.read(who_if_anyone)
    tickets = {number for batch in batches for number in desk.read(desk_caller(), outbox.refused, batch)}
    if actor is None or not actor.is_staff:
        run.out.say(_("The mail server refused mail."))
    elif tickets:
        command = Advice(f"sysmo ticket show {min(tickets)}")
        run.out.say(_("The mail server refused mail. See: {command}", command=command))
    else:
        run.out.say(
            _("The mail server refused mail. See: {command}", command=Advice("sysmo mail queue --failed"))
        )


def _trouble(run: Here, batches: list[str]) -> str:
    """What the mail server said, for the desk's staff alone."""
    from sysmo_tui.cli.context import who_if_anyone
    from sysmo_tui.services import outbox

    signed_in = run.door.read(who_if_anyone)
    if signed_in is None or not signed_in.is_staff:
        return ""
    return run.door.read(outbox.trouble_of, tuple(batches))
