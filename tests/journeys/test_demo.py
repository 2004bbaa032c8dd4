"""From nothing to a desk with months of history, in one question."""

from __future__ import annotations

import pytest

from tests.journeys.terminal import Place

pytestmark = pytest.mark.journey


def test_the_demo_desk_opens_for_someone_who_has_no_desk(place_without_desk: Place) -> None:
    terminal = place_without_desk.terminal("visitor")
    terminal.type("sysmo")
    terminal.press("Enter")
    terminal.wait_for("Which? [1/2/3]")
    terminal.type("1")
    terminal.press("Enter")
    terminal.wait_for("DEMO", "Luis", "updated")
    terminal.press("2")
    terminal.wait_for("New")
    terminal.press("Enter")
    terminal.wait_for("esc Back")
    terminal.press("C-q")
    terminal.wait_for_prompt()
    assert "luis.benitez@quillay.example" in terminal.run("sysmo whoami --demo")
    assert "Luis" in terminal.run("sysmo ticket list --demo --inbox assigned")
    terminal.run("sysmo ticket list", code=2)
