"""The worker: the background duties until it is stopped, or once."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.i18n import _, render

app = Noun()


@app.verb(
    "worker",
    help=_("Do the background duties: send mail, wake tickets, clean up. For those who hold the database."),
    example="sysmo worker --once",
)
def _worker(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help=_("Do what is due now, then end."))] = False,
    print_unit: Annotated[
        bool, typer.Option("--print-unit", help=_("Print a unit for systemd instead."))
    ] = False,
) -> None:
    run = here(context)
    if print_unit:
        _print_unit(run)
        return
    from sysmo_tui.assembly import choose_transport
    from sysmo_tui.worker import Worker

    transport = choose_transport(run.desk, run.settings.mail_url, run.settings.mail_password)
    worker = Worker(run.desk, transport)
    run.out.say(render(transport.explanation))
    if once:
        try:
            worker.run_once()
        finally:
            worker.stop()
        return
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    with _stopped_by_signals() as stop:
        run.out.say(_("The worker runs. Stop it with Ctrl+C."))
        worker.run(stop)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl+C set, so that the mail at hand is finished first."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda _number, _frame: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_unit(run: Here) -> None:
    """Print the unit for this program and desk; an address with a password is left to the unit's file."""
    import shlex
    import shutil

    from sysmo_tui.storage.engine import parse, shown
    from sysmo_tui.worker import unit

    url = run.database_url
    program = shutil.which("sysmo", path=run.environ.get("PATH"))
    command = [program] if program else [str(Path(sys.executable).absolute()), "-m", "sysmo_tui"]
    has_secret = shown(parse(url)) != parse(url).render_as_string(hide_password=False)
    environment = {} if has_secret else {"SYSMO_DATABASE_URL": url}
    run.out.print(unit(shlex.join([*command, "worker"]), environment))
    if has_secret:
        run.out.say(
            _(
                "Write {name} into {file}, for it holds a password.",
                name="SYSMO_DATABASE_URL",
                file="/etc/sysmo/worker.env",
            )
        )
