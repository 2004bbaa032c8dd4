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
from pathlib import Path

from benchmarks.cases import p95
from benchmarks.figures import Figure

PATIENCE = 20.0
"""Seconds after which a program that shows nothing is given up."""


_RUN = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
UNITS_IN_MEGABYTE = 1024**2 if sys.platform == "darwin" else 1024
"""In which the system counts memory."""


def as_installed(kept: Path) -> dict[str, str]:
    """The environment of a program once it is installed: what is compiled is kept, in the folder ``kept``.

    Where nothing may be kept, each start would compile our own modules anew, and theirs not.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {"PYTHONPYCACHEPREFIX": str(kept), "TERM": "xterm-256color"}


def whole(arguments: Sequence[str], environ: dict[str, str]) -> float:
    """Milliseconds from starting a program to its end; it must succeed."""
    begun = time.perf_counter()
    subprocess.run(arguments, env=environ, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - begun) * 1000


def peak(arguments: Sequence[str], environ: dict[str, str]) -> float:
    """Megabytes that a program has at its peak; it must succeed."""
    # A child's peak begins with what its parent has: the parent is a small one, therefore.
    command = [sys.executable, "-S", "-c", _RUN, *arguments]
    told = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    return int(told.stdout) / UNITS_IN_MEGABYTE


def until_shown(arguments: Sequence[str], text: str, environ: dict[str, str]) -> float:
    """Milliseconds from starting a program on a terminal of 120×40 to the first appearance of ``text``."""
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
        return (time.perf_counter() - begun) * 1000
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def compared(
    name: str, ours: Callable[[], float], ideal: Callable[[], float], goal: float, runs: int
) -> Figure:
    """Time both in turn, the first ones not counted."""
    pairs = [(ours(), ideal()) for _ in range(runs + 1)][1:]
    mine, best = zip(*pairs, strict=True)
    middle, least = statistics.median(mine), statistics.median(best)
    is_met = middle <= goal * least
    return Figure("start", name, "ms", middle, f"≤ {goal:g} ×", is_met, p95=p95(mine), ideal=least)
