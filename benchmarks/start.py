"""How soon the program is there, against the least that its libraries cost."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import as_installed, compared, peak, until_shown, whole

PYTHON = sys.executable
SUBJECT = 12
"""Characters of a subject that every list shows."""
TITLE = "DEMO"
"""What stands on the first frame."""
SYSMO = [PYTHON, "-m", "sysmo_tui"]
LIST = [*SYSMO, "ticket", "list", "--demo"]
CLI_MEGABYTES = 70


def run(runs: int = 9) -> Iterator[Figure]:
    """Times of whole processes, and what they have at their peak."""
    with tempfile.TemporaryDirectory() as home:
        environ = as_installed(Path(home)) | {"HOME": home, "XDG_DATA_HOME": home, "XDG_STATE_HOME": home}
        subprocess.run([*SYSMO, "demo", "--no-tui"], env=environ, check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(
            [*SYSMO, "ticket", "list", "--inbox", "assigned", "--demo", "--json"],
            env=environ,
            check=True,
            capture_output=True,
        )
        # What the inbox opens with; the beginning of a subject stands nowhere else, and no row cuts it.
        first = str(json.loads(listed.stdout)["items"][0]["subject"])[:SUBJECT]
        timed = partial(whole, environ=environ)
        shown = partial(until_shown, environ=environ)
        yield compared(
            "sysmo --help : a bare Typer program",
            lambda: timed([*SYSMO, "--help"]),
            lambda: timed([PYTHON, "-m", "benchmarks.bare_typer", "--help"]),
            1.3,
            runs,
        )
        yield compared(
            "sysmo ticket list : the imports alone",
            lambda: timed(LIST),
            lambda: timed([PYTHON, "-m", "benchmarks.bare_tables"]),
            1.25,
            runs,
        )
        yield compared(
            "the first frame : a bare Textual table",
            lambda: shown([*SYSMO, "--demo"], TITLE),
            lambda: shown([PYTHON, "-m", "benchmarks.bare_table"], "FIRST-ROW"),
            2.0,
            runs,
        )
        yield compared(
            "the first rows : a bare Textual table",
            lambda: shown([*SYSMO, "--demo"], first),
            lambda: shown([PYTHON, "-m", "benchmarks.bare_table"], "FIRST-ROW"),
            2.0,
            runs,
        )
        memory = peak(LIST, environ)
        goal = f"≤ {CLI_MEGABYTES} MB"
        yield Figure("start", "sysmo ticket list, memory", "MB", memory, goal, memory <= CLI_MEGABYTES)
