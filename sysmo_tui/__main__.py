"""``python -m sysmo_tui`` and ``sysmo``."""

from __future__ import annotations

import gc
import sys

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Starting makes many objects that live for ever: looking through them again and again took a sixth
of the time to start."""


def main() -> int:
    """Run the command line of this process and give its exit code."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    from sysmo_tui.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
