"""A terminal that goes away."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import IO, Any

from textual.drivers.headless_driver import HeadlessDriver

from sysmo_tui.screens.hangup import heeding

_WRITES_ON = """
import os, sys
from sysmo_tui.screens.hangup import Enduring
file = Enduring(sys.stderr)
os.read(0, 1)
for _ in range(100):
    file.write("x" * 100 + "\\\\n")
    file.flush()
os.write(3, b"done")
"""


class Taking(HeadlessDriver):
    """A driver that takes over what stands for a terminal."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def start_application_mode(self) -> None:
        assert os.get_blocking(self._file.fileno())


def test_writing_waits_for_a_terminal_also_where_another_program_left_it_otherwise() -> None:
    reads, writes = os.pipe()
    heard: list[bool] = []
    driver: Any = heeding(Taking, lambda: heard.append(os.get_blocking(writes)))
    with os.fdopen(reads), os.fdopen(writes, "w") as file:
        os.set_blocking(writes, False)
        driver(file).start_application_mode()
    assert heard == [False]


def test_what_writes_the_screens_outlives_their_terminal() -> None:
    master, slave = pty.openpty()
    told, tells = os.pipe()
    code = _WRITES_ON.replace("os.write(3,", f"os.write({tells},")
    begins, begin = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=begins, stdout=slave, stderr=slave, pass_fds=[tells]
    ) as writer:
        for each in (slave, tells, begins):
            os.close(each)
        os.close(master)
        os.write(begin, b"!")
        os.close(begin)
        with os.fdopen(told, "rb") as end:
            assert end.read() == b"done"
        assert writer.wait() == 0
