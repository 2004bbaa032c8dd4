"""What one visit may use up, so that none takes the machine from the others."""

from __future__ import annotations

import logging
import os
import resource
import select
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from sysmo_tui.i18n import _

MB = 1_000_000

MEMORY = 3_000 * MB
"""Bytes of addresses; the screens with their threads and a full attachment need a fifth of it."""

DATA = 1_000 * MB
"""Bytes that it writes into; the screens need a tenth of it."""

FILES = 256
"""Open files and connections."""

CPU_SECONDS = 120
"""What a command may compute. The screens, and what goes on until it is stopped, have no such bound."""

NOTICING_SECONDS, CLEARING_SECONDS = 2, 4
"""When a command that goes on for nobody is interrupted, and when ended: seconds since nobody is there."""

LARGEST_FILE = 1_100 * MB
"""Bytes of a file that is written here; no desk takes an attachment over 1 000 MB."""


def secure_process() -> None:
    """Bound what this process can use, and have no key or signal of its terminal stop it halfway.

    Files that it makes are its account's alone, and no memory of it is ever written to a file.
    """
    os.umask(0o077)
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_NOFILE, FILES)
    _bound(resource.RLIMIT_AS, MEMORY)
    _bound(resource.RLIMIT_DATA, DATA)
    for number in (signal.SIGTSTP, signal.SIGQUIT, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)


def keep_to_itself() -> None:
    """Have nothing that nobody catches, nor a warning, be written to the visitor: it names places here."""
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda _told: None
    threading.excepthook = lambda _told: None
    logging.lastResort = None
    warnings.simplefilter("ignore")


def let_interrupt() -> None:
    """Have the terminal's key for it interrupt what runs; the door's script has it ignored until then."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def bound_computing() -> None:
    """End this process when it computes for longer than a command needs."""
    _bound(resource.RLIMIT_CPU, CPU_SECONDS)


def bound_files() -> None:
    """Have larger files than an attachment refused.

    For a desk on a database server: an embedded one is a file that grows.
    """
    _bound(resource.RLIMIT_FSIZE, LARGEST_FILE)


@contextmanager
def ending_with_connection() -> Iterator[None]:
    """Within the block, end this process when nobody reads its output any more.

    sshd says so by a signal where there is a terminal, and by nothing where there is none: a command that
    computes or waits would go on for nobody. One that does not notice by itself is interrupted, so that it
    clears up what it began, and ended when that takes too long.
    """
    try:
        output = sys.stdout.fileno()
    except (OSError, ValueError):
        output = -1
    if output < 0 or os.isatty(output):
        yield
        return
    awake, asleep = os.pipe()
    watching = threading.Thread(target=_watch, args=(output, awake), name="connection", daemon=True)
    watching.start()
    try:
        yield
    finally:
        os.close(asleep)
        watching.join()
        os.close(awake)
        signal.alarm(0)


def _watch(output: int, awake: int) -> None:
    poll = select.poll()
    # No event is asked for: an error and a hang-up are told anyway.
    poll.register(output, 0)
    poll.register(awake, 0)
    told = [descriptor for descriptor, _event in poll.poll()]
    if awake not in told:
        signal.alarm(CLEARING_SECONDS)
        poll.unregister(output)
        # What read to the end of its input is clearing up already, and must not be interrupted in it.
        if not poll.poll(NOTICING_SECONDS * 1000):
            # To the thread that runs the command: what it waits for is interrupted, too.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _uncaught(kind: type[BaseException], *_where: object) -> None:
    if issubclass(kind, Exception):
        print(_("sysmo: Something is wrong in the program. Tell the desk."), file=sys.stderr)


def _bound(which: int, most: int) -> None:
    """Lower a limit to ``most``, hard and soft; one that is lower already stays."""
    _soft, hard = resource.getrlimit(which)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (wanted, wanted))
