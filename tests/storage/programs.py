"""Other programs on the same desk, for tests of what happens between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(
    code: str, *arguments: str, prefix: tuple[str, ...] = (), **options: object
) -> subprocess.Popen[str]:
    """Run ``code`` as a Python program that knows this package."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )
