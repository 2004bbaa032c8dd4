"""Whatever a terminal sends, the program ends as it should and leaves the terminal as it was.

``SYSMO_KEY_STREAMS`` says how many streams are sent; two thousand take about an hour.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STREAMS = int(os.environ.get("SYSMO_KEY_STREAMS", "8"))


@pytest.mark.journey
def test_random_keys_mouse_pastes_and_sizes_end_well_in_a_real_terminal():
    command = [sys.executable, "-m", "tests.hostile.key_streams", str(STREAMS)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{STREAMS} streams, 0 ended badly" in done.stdout
