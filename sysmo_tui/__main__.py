"""``python -m sysmo_tui`` and ``sysmo``."""

from __future__ import annotations

import sys

from sysmo_tui import collecting


def main() -> int:
    """Run the command line of this process and give its exit code."""
    collecting.seldom()
    from sysmo_tui.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
