"""Eight writers in one program.

Run as ``python -m tests.hostile.many_hands URL CUSTOMER OPERATOR SECONDS``, with the secrets of two sessions.
Prints one line of JSON: how much was done, and what went wrong.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from tests.hostile.writing import write

HANDS = 8


def main(url: str, customer: str, operator: str, seconds: str) -> None:
    desk = open_desk(url)

    def work(name: str) -> dict[str, object]:
        doors = (Door(desk, Caller(Channel.CLI, name, secret)) for secret in (customer, operator))
        return write(desk, *doors, float(seconds), name)

    with ThreadPoolExecutor(HANDS) as pool:
        reports = list(pool.map(work, (f"hand{n}" for n in range(HANDS))))
    desk.close()
    done = [body for report in reports for body in report["bodies"]]  # type: ignore[attr-defined]
    errors = [error for report in reports for error in report["errors"]]  # type: ignore[attr-defined]
    print(json.dumps({"done": len(done), "errors": errors}))


if __name__ == "__main__":
    main(*sys.argv[1:])
