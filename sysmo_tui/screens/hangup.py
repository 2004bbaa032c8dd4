"""When the program is told to end from outside, perhaps because its terminal has gone away."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import termios
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from types import FrameType
from typing import IO, Any

from textual.driver import Driver

HANG_UP = signal.SIGHUP
_ENDING = (HANG_UP, signal.SIGTERM)
"""A closed window, a lost connection; a machine that shuts down."""

ENDS_WITHIN = 4.5
"""Seconds that a visit through the door may take to end when its connection is gone."""

_STANDARD_STREAMS = (0, 1, 2)


def heed_signals(end: Callable[[int], object]) -> None:
    """From now on have the event loop call ``end`` with the signal that ends the program."""
    loop, context = asyncio.get_running_loop(), copy_context()

    def told(number: int, _frame: FrameType | None) -> None:
        # The system continues a program whose terminal hangs up, and the toolkit would draw on it anew.
        signal.signal(signal.SIGCONT, lambda _number, _frame: None)
        let_go_of_terminal()
        if not loop.is_closed():
            loop.call_soon_threadsafe(end, number, context=context)

    for number in _ENDING:
        signal.signal(number, told)


class Enduring:
    """What the screens are written to, also when its terminal goes before the program is told so.

    A thread writes to it, which a failure would end, and the program would wait for that thread for ever.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> None:
        """Write, and once more where that failed: to nowhere, if the terminal is gone."""
        self._surely(partial(self._file.write, text))

    def flush(self) -> None:
        """See that all is written."""
        self._surely(self._file.flush)

    def _surely(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError:
            let_go_of_terminal()
            act()


def heeding(driver: type[Driver], heed: Callable[[], object]) -> type[Driver]:
    """The same driver, which calls ``heed`` before it changes anything of the terminal.

    Who is told to end in between would leave the terminal as nobody can use it.
    """

    def start_application_mode(itself: Any) -> None:
        """Take the terminal over."""
        heed()
        if not isinstance(itself._file, Enduring):
            itself._file = Enduring(itself._file)
        # Another program may have left it so that writing fails wherever it would have to wait.
        os.set_blocking(itself._file.fileno(), True)
        driver.start_application_mode(itself)

    return type(driver.__name__, (driver,), {"start_application_mode": start_application_mode})


def end_for_certain(code: int) -> None:
    """End the program with ``code`` in a moment, whatever still runs then: nobody waits for it."""
    ending = threading.Timer(ENDS_WITHIN, os._exit, (code,))
    ending.daemon = True
    ending.start()


def let_go_of_terminal() -> bool:
    """Have standard streams whose terminal is gone lead nowhere; whether any was.

    Otherwise writing fails and ends the thread that writes, and the program waits for it for ever.
    """
    gone = [stream for stream in _STANDARD_STREAMS if _is_gone(stream)]
    if gone:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in gone:
            os.dup2(nowhere, stream)
        os.close(nowhere)
    return bool(gone)


def _is_gone(stream: int) -> bool:
    try:
        termios.tcgetattr(stream)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False
