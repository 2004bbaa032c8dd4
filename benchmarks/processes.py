"""Running programs and timing them: as a whole, or until something is on their screen."""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from fcntl import ioctl

PATIENCE = 20.0
"""Seconds after which a program that shows nothing is given up."""


def whole(arguments: Sequence[str], environ: dict[str, str]) -> float:
    """Seconds from starting a program to its end; it must succeed."""
    begun = time.perf_counter()
    subprocess.run(arguments, env=environ, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - begun


def until_shown(arguments: Sequence[str], text: str, environ: dict[str, str]) -> float:
    """Seconds from starting a program on a terminal of 120×40 to the first appearance of ``text``."""
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(arguments[0], list(arguments), environ)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen = b""
    try:
        while text.encode() not in seen:
            if not select.select([terminal], [], [], PATIENCE)[0]:
                raise RuntimeError(f"{arguments} never showed {text!r}")
            seen += os.read(terminal, 65_536)
        return time.perf_counter() - begun
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def compare(name: str, ours: Callable[[], float], ideal: Callable[[], float], goal: float, runs: int) -> bool:
    """Time both in turn, print medians and their ratio; whether the goal is met."""
    pairs = [(ours(), ideal()) for _ in range(runs + 1)][1:]
    mine, best = (statistics.median(column) for column in zip(*pairs, strict=True))
    is_met = mine <= goal * best
    figures = f"{mine * 1000:8.1f} ms {best * 1000:8.1f} ms {mine / best:6.2f} ×  ≤ {goal:.2f}"
    print(f"{name:<44} {figures}  {'ok' if is_met else 'OVER'}")
    sys.stdout.flush()
    return is_met
