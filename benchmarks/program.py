"""The screens on a filled desk, whose clock goes on from where its data end: ``URL`` and a session's secret.

Nothing runs behind them: what a worker does on a desk that is two years behind is not what a screen costs.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta

from benchmarks.data import NOW
from sysmo_tui import collecting
from sysmo_tui.cli.tui import USUAL


class Kept:
    """A session that is not written anywhere."""

    def __init__(self, secret: str) -> None:
        self._secret: str | None = secret

    def load(self) -> str | None:
        return self._secret

    def save(self, secret: str) -> None:
        self._secret = secret

    def forget(self) -> None:
        self._secret = None


def main(url: str, secret: str) -> int:
    collecting.seldom()
    os.environ.update(USUAL)
    from sysmo_tui.app import run
    from sysmo_tui.assembly import open_desk

    begun = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - begun)

    return run(open_desk(url, clock=now), session=Kept(secret))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
