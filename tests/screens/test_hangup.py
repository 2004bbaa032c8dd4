"""A terminal that goes away."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

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
