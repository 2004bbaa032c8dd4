"""How a mail server's pipe ends: with one of the two exit codes that it understands (sysexits.h).

0 says that it may forget the message, 75 (EX_TEMPFAIL) that it has to try again. There is no third answer.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from sysmo_tui.cli.context import Here

TRY_AGAIN = 75
"""EX_TEMPFAIL: nothing is kept, the mail server delivers the message again."""

LOOKS_UP_EVERY = 0.5
"""Seconds after which a silent pipe is left for a moment, to see whether a signal came."""

AT_ONCE = 1024 * 1024
"""The most bytes of one read."""

_WORDS = ["mail", "receive"]


class Pipe:
    """Standard input, read so that a signal is answered while nothing comes.

    A signal that arrives just before a blocking read would wait for more of the message.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self, size: int, /) -> bytes:
        """Exactly ``size`` bytes, fewer at the end."""
        pieces, missing = [], size
        while missing:
            while not select.select([self._descriptor], [], [], LOOKS_UP_EVERY)[0]:
                pass
            piece = os.read(self._descriptor, min(missing, AT_ONCE))
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)


def standard_input() -> Pipe | BinaryIO:
    """Where the message comes from."""
    try:
        return Pipe(sys.stdin.fileno())
    except OSError:  # no descriptor: a stream in memory
        return sys.stdin.buffer


def is_meant(words: Sequence[str]) -> bool:
    """Whether a command line is a mail server's: its caller understands two exit codes alone."""
    named = [word for word in words if not word.startswith("-")]
    return any(named[at : at + 2] == _WORDS for at in range(len(named)))


def as_mail_server_expects(run: Here, do: Callable[[], int]) -> int:
    """Run ``do`` and give one of the two exit codes, whatever it gives, raises or is told by a signal."""
    if sys.stdin is None:
        return TRY_AGAIN
    with _told_to_end(run):
        try:
            code = do()
        except BaseException:  # noqa: BLE001 - also SystemExit: a mail server would bounce the message
            code = TRY_AGAIN
    _let_go_of_broken_output()
    return 0 if code == 0 or run.is_mail_kept else TRY_AGAIN


@contextmanager
def _told_to_end(run: Here) -> Iterator[None]:
    """End at once when told to, with the code that is true at that moment: what is kept stays kept."""

    def end(_number: int, _frame: object) -> None:
        os._exit(0 if run.is_mail_kept else TRY_AGAIN)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_go_of_broken_output() -> None:
    """Leave nothing for the end of the program to write where nobody reads: Python would exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
