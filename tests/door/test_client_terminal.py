"""At a terminal of one's own machine: being asked over there, writing here, and the screens in between."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.storage.engine import Store
from tests.cast import PASSWORD, Cast, Clock
from tests.door.own_machine import OwnMachine, across
from tests.door.sshd import Sshd
from tests.door.warm import Warm
from tests.journeys.terminal import Place, Terminal

pytestmark = pytest.mark.journey


@pytest.fixture
def machine(sshd: Sshd, sqlite_store: Store, tmp_path: Path) -> OwnMachine:
    """The machine of carla, whose key the desk does not know yet."""
    people = Cast(Desk(sqlite_store, clock=Clock(datetime.now(UTC))))
    people.found()
    people.customer()
    return across(Warm(""), tmp_path / "carla", sshd)


@pytest.fixture
def terminal(machine: OwnMachine) -> Iterator[Terminal]:
    """A terminal there."""
    if shutil.which("tmux") is None:
        if os.environ.get("CI"):
            pytest.fail("The journeys need tmux: install it.")
        pytest.skip("tmux is not installed here; the journeys drive the program in a real terminal")
    # The path of a socket is short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="sysmo-") as folder:
        environ = {
            name: value for name, value in machine.environ.items() if name not in {"HOME", "SYSMO_DESK"}
        }
        place = Place(Path(folder, "tmux"), machine.folder, environ)
        yield place.terminal("home", EDITOR=f"cp {machine.folder}/written")
        subprocess.run(["tmux", "-S", f"{folder}/tmux", "kill-server"], capture_output=True, check=False)


def test_a_customer_connects_writes_and_looks_from_another_machine(terminal: Terminal, machine: OwnMachine):
    address = machine.environ["SYSMO_DESK"]
    answers = [
        ("Which? [1/2/3]", "1"),
        ("E-mail address:", "carla@customer.example"),
        ("Password:", PASSWORD),
    ]
    said = terminal.run(f"sysmo connect {address}", answers=answers)
    assert f"The key {machine.key.fingerprint} opens the desk for you" in said
    assert "You are carla@customer.example there" in said
    assert PASSWORD not in said

    (machine.folder / "written").write_text("Since ¡today!\n")
    asked = [("Topic:", "general"), ("Subject:", "No sound")]
    assert "#1 is filed." in terminal.run("sysmo ticket new", answers=asked)
    assert "Since ¡today!" in terminal.run("sysmo 1")

    kept = terminal.run("sysmo ticket reply 1 --status nonsense", code=2)
    assert "Your text is kept in" in kept

    terminal.type("sysmo --slow")
    terminal.press("Enter")
    terminal.wait_for("No sound")
    terminal.press("C-q")
    terminal.wait_for_prompt()
