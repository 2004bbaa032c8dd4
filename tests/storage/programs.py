"""Other programs on the same desk, for tests of what happens between processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """Not as the superuser, who may write everything."""
    before = os.geteuid()
    os.seteuid(before or 65534)
    try:
        yield
    finally:
        os.seteuid(before)
