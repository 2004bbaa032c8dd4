"""How soon the program is there, against the least that its libraries cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial

from benchmarks.processes import compare, until_shown, whole

PYTHON = sys.executable
SUBJECT = 12
"""Characters of a subject that every list shows."""
SYSMO = [PYTHON, "-m", "sysmo_tui"]


def run(runs: int = 9) -> bool:
    """Print the ratios; whether every goal is met."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            **os.environ,
            "HOME": home,
            "XDG_DATA_HOME": home,
            "XDG_STATE_HOME": home,
            "TERM": "xterm-256color",
        }
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
        print(f"{'':<44} {'ours':>11} {'ideal':>11} {'ratio':>8}")
        met = [
            compare(
                "sysmo --help : a bare Typer program",
                lambda: timed([*SYSMO, "--help"]),
                lambda: timed([PYTHON, "-m", "benchmarks.bare_typer", "--help"]),
                1.3,
                runs,
            ),
            compare(
                "sysmo ticket list : the imports alone",
                lambda: timed([*SYSMO, "ticket", "list", "--demo"]),
                lambda: timed([PYTHON, "-m", "benchmarks.bare_tables"]),
                1.25,
                runs,
            ),
            compare(
                "the first rows : a bare Textual table",
                lambda: shown([*SYSMO, "--demo"], first),
                lambda: shown([PYTHON, "-m", "benchmarks.bare_table"], "FIRST-ROW"),
                2.0,
                runs,
            ),
        ]
    return all(met)
