"""``python -m benchmarks [start]``: everything, or one part."""

from __future__ import annotations

import sys

from benchmarks import start

PARTS = {"start": start.run}

if __name__ == "__main__":
    wanted = sys.argv[1:] or list(PARTS)
    sys.exit(0 if all(PARTS[name]() for name in wanted) else 1)
