from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sysmo_tui.desk import Door
from tests.cast import Cast


def killed(url: str, door: Door, rounds: int) -> dict[str, object]:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.services.killing", url, str(door.caller.secret), str(rounds), "7"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    report: dict[str, object] = json.loads(finished.stdout)
    return report


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled_by_200_kills(
    store_url: str, cast: Cast, operator: Door, customer: Door, request: pytest.FixtureRequest
):
    rounds = 200 if "sqlite" in store_url else 40
    report = killed(store_url, cast.sign_in("carla"), rounds)
    assert report["broken"] == []
    assert report["acknowledged"] > rounds // 4
    assert report["retried"]
