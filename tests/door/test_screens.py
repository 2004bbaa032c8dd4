"""The screens through a real sshd, in a terminal of 80 × 24: work, keys that stop programs, hanging up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.ssh_keys import PublicKey, read_public_key
from sysmo_tui.services import drafts, ssh_keys
from tests.cast import Cast
from tests.door.sshd import GIVES_TERMINALS, Sshd
from tests.door.warm import REPOSITORY
from tests.journeys.terminal import Place, Terminal
from tests.keys_of_people import bind
from tests.services import requests as ask
from tests.waiting import until

pytestmark = pytest.mark.journey

PROCESSES = Path("/proc")


@pytest.fixture
def people(people: Cast) -> Cast:
    """Those of the desk, and what one of them asked for."""
    ask.file(people.customer(), "Printer on fire")
    return people


@pytest.fixture
def place(sshd: Sshd) -> Iterator[Place]:
    """Where terminals can be opened."""
    if shutil.which("tmux") is None:
        if os.environ.get("CI"):
            pytest.fail("The journeys need tmux: install it.")
        pytest.skip("tmux is not installed here; the journeys drive the program in a real terminal")
    # The path of a socket is short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="sysmo-") as folder:
        yield Place(Path(folder, "tmux"), Path(folder), {})
        subprocess.run(["tmux", "-S", f"{folder}/tmux", "kill-server"], capture_output=True, check=False)


@pytest.mark.skipif(not GIVES_TERMINALS, reason="sshd gives terminals as root only")
@pytest.mark.skipif(not (PROCESSES / "self").exists(), reason="looks at processes as Linux shows them")
def test_an_operator_works_in_the_screens_and_nothing_gets_out(
    sshd: Sshd, people: Cast, place: Place
) -> None:
    luis, key = people.operator(), sshd.new_key()
    public = read_public_key(key.with_suffix(".pub").read_text())
    bind(luis, public)
    terminal = opened(place, "luis", sshd, key)
    _takes_and_answers(terminal)

    [process] = serving(sshd)
    terminal.press("C-z", "C-\\", "C-c")
    terminal.press("r")
    terminal.wait_for("PUBLIC REPLY")
    terminal.type("Half a word")
    _require_nothing_told(sshd, terminal.wait_for("Half a word"))
    assert serving(sshd) == [process]
    assert not "".join(path.read_text() for path in (process / "task").glob("*/children"))
    assert [each for each in _opened(process) if not each.startswith((str(sshd.folder), *NO_FILES))] == []

    hung_up = time.monotonic()
    terminal._ask("kill-session", "-t", terminal.name)
    until(lambda: not process.exists())
    assert time.monotonic() - hung_up < 5
    saved = luis.read(drafts.load, 1, DraftKind.REPLY)
    assert saved is not None
    assert "Half a word" in saved.fields.values()
    assert list((sshd.folder / "home").iterdir()) == []
    _is_shown_nothing_more(opened(place, "luis again", sshd, key), sshd, people, key, public)


def opened(place: Place, name: str, sshd: Sshd, key: Path) -> Terminal:
    """A terminal in which the screens of luis are open, over there."""
    terminal = place.terminal(name)
    terminal.type(sshd.line(keys=[key], options=["-tt"]))
    terminal.press("Enter")
    terminal.wait_for("Luis", "/ ")
    return terminal


def serving(sshd: Sshd) -> list[Path]:
    """The processes that serve visits to a desk, as the system shows them."""
    return [path for path in PROCESSES.glob("[0-9]*") if _is_of(path, sshd)]


def _is_of(process: Path, sshd: Sshd) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        environ = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"sysmo_tui" in words and f"SYSMO_CONFIG={sshd.config}".encode() in environ


def _takes_and_answers(terminal: Terminal) -> None:
    terminal.press("2")
    terminal.wait_for("Printer on fire")
    terminal.press("Enter")
    terminal.wait_for("‹ #1", "Smoke comes out.", "t Take")
    terminal.press("t")
    terminal.wait_for("You have #1 now.")
    terminal.press("r")
    terminal.wait_for("PUBLIC REPLY")
    terminal.type("Is it plugged in?")
    terminal.press("C-s")
    terminal.wait_for("▌ Is it plugged in?")


def _is_shown_nothing_more(
    terminal: Terminal, sshd: Sshd, people: Cast, key: Path, public: PublicKey
) -> None:
    """Revoking a key leaves nothing on the screens that it opened, and opens nothing any more."""
    terminal.press("2")
    terminal.wait_for("Printer on fire")
    people.admin().write(ssh_keys.revoke, public.fingerprint)
    terminal.press("C-r")
    assert "Printer on fire" not in terminal.wait_for("Your session has ended")
    assert sshd.ssh("ticket list", keys=[key]).returncode == 3
    terminal.press("C-q")
    terminal.wait_for_prompt()


def _opened(process: Path) -> list[str]:
    """What a process has open."""
    return [os.readlink(path) for path in (process / "fd").iterdir()]


NO_FILES = ("/dev/null", "/dev/pts/", "/dev/tty", "/dev/urandom", "pipe:", "socket:", "anon_inode:")


def _require_nothing_told(sshd: Sshd, shown: str) -> None:
    assert not [place for place in (str(sshd.folder), str(REPOSITORY), "sqlite") if place in shown]
