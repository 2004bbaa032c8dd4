"""``python -m sysmo_tui`` and ``sysmo``."""

from __future__ import annotations

import gc
import sys

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Starting makes many objects that live for ever: looking through them again and again took a sixth
of the time to start."""


def collect_seldom() -> None:
    """Have memory looked through less often, as a program that makes many small things and ends wants it."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)


def main() -> int:
    """Run the command line of this process and give its exit code."""
    collect_seldom()
    from sysmo_tui.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
