"""The worker: the background duties until it is stopped, or once."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _, render

if TYPE_CHECKING:
    from sysmo_tui.desk import Desk

app = Noun()


@app.verb(
    "worker",
    help=_(
        "Do the background duties: mail out and in, wake tickets, clean up. For those who hold the database."
    ),
    example="sysmo worker --once",
)
def _worker(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help=_("Do what is due now, then end."))] = False,
    print_unit: Annotated[
        bool, typer.Option("--print-unit", help=_("Print a unit for systemd instead."))
    ] = False,
    for_user: Annotated[
        bool, typer.Option("--user", help=_("With --print-unit: one for your own systemd, without root."))
    ] = False,
) -> None:
    run = here(context)
    if print_unit:
        _print_unit(run, for_user=for_user)
        return
    if for_user:
        raise Invalid(N_("--user goes with --print-unit."), field="for_user")
    from sysmo_tui.assembly import current_transport
    from sysmo_tui.services import mail_queue
    from sysmo_tui.storage.retrying import DUTY_SECONDS
    from sysmo_tui.worker import Worker

    transport = current_transport(run.desk, run.settings.mail_url, run.settings.mail_password)
    worker = Worker(run.desk.with_patience(DUTY_SECONDS), transport)
    worker.watch(run.settings.mailboxes)
    run.out.say(render(transport.explanation))
    if once:
        try:
            worker.run_once()
        finally:
            worker.stop()
        waiting = run.itself.read(mail_queue.waiting_summary)
        left = {"waiting": waiting.waiting, "held": waiting.held, "failed": waiting.failed}
        said = _("What was due is done. Mail that waits: {count}.", count=waiting.waiting)
        run.out.done({"done": True, "mail": left}, said)
        return
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    with _stopped_by_signals(run.desk) as stop:
        run.out.say(_("The worker runs. Stop it with Ctrl+C."))
        worker.run(stop)


@contextmanager
def _stopped_by_signals(desk: Desk) -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl+C set, so that the mail at hand is finished first."""
    stop = threading.Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()
        desk.store.stop_waiting()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_unit(run: Here, *, for_user: bool) -> None:
    """Print the unit for this program, user and desk; an address with a password is left to its file."""
    import os
    import pwd
    import shlex
    import shutil

    from sysmo_tui.storage.engine import parse, shown
    from sysmo_tui.worker import secrets_file, unit

    url = run.database_url
    program = shutil.which("sysmo", path=run.environ.get("PATH"))
    command = [program] if program else [str(Path(sys.executable).absolute()), "-m", "sysmo_tui"]
    config = run.environ.get("SYSMO_CONFIG")
    # What that file says may change, and counts for the worker too.
    is_in_file = bool(config) and not (
        run.options.demo or run.options.database or run.environ.get("SYSMO_DATABASE_URL")
    )
    has_secret = not is_in_file and shown(parse(url)) != parse(url).render_as_string(hide_password=False)
    environment = {"SYSMO_DATABASE_URL": url} if not (is_in_file or has_secret) else {}
    if config:
        environment["SYSMO_CONFIG"] = str(Path(config).expanduser().absolute())
    # Not from the environment, which runuser(1) and su(1) may leave to whoever called them.
    user = None if for_user else pwd.getpwuid(os.geteuid()).pw_name
    run.out.print(unit(shlex.join([*command, "worker"]), environment, user))
    if has_secret:
        run.out.say(
            _(
                "Write {name} into {file}, for it holds a password.",
                name="SYSMO_DATABASE_URL",
                file="~/.config/sysmo/worker.env" if for_user else secrets_file(environment),
            )
        )
