"""``python -m benchmarks [start] [sql] [mail] [--tickets N] [--only sqlite]``: everything, or some parts."""

from __future__ import annotations

import argparse
import sys

from benchmarks import mail, sql, start
from sysmo_tui.__main__ import collect_seldom
from sysmo_tui.storage.engine import Dialect


def main() -> int:
    """Run the parts that the command line names; 0 when every goal is met."""
    # As in the program itself.
    collect_seldom()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", choices=["start", "sql", "mail"], default=["start", "sql", "mail"])
    parser.add_argument(
        "--tickets",
        type=int,
        default=sql.TICKETS,
        help="how many the sql and mail parts fill their desks with",
    )
    parser.add_argument("--only", type=Dialect, choices=list(Dialect), help="one database alone")
    given = parser.parse_args()
    parts = {
        "start": start.run,
        "sql": lambda: sql.run(given.tickets, given.only),
        "mail": lambda: mail.run(given.tickets, given.only),
    }
    met = [parts[name]() for name in given.part]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
