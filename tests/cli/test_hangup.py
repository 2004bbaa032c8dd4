"""A window that is closed, or a machine that shuts down, loses nothing and holds nothing up."""

from __future__ import annotations

import os
import signal
import termios
import time
from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.models import Lease, table
from sysmo_tui.services import drafts, filing
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Dialect
from tests.cli.conftest import Office
from tests.cli.test_terminal import PATIENCE, Terminal


class Window(Terminal):
    """A terminal whose window can be closed."""

    def __init__(self, words: tuple[str, ...], environ: Mapping[str, str]) -> None:
        super().__init__(words, environ)
        self._before = termios.tcgetattr(self._handle)

    def waits_until(self, is_so: Callable[[], bool]) -> None:
        """Read until something is so."""
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, self.seen
            self._read(time.monotonic() + 0.1)

    def closes(self) -> int:
        """Close it; the exit code of the program that was in it."""
        os.close(self._handle)
        return self._waited()

    def is_told_to_end(self) -> int:
        """Tell the program to end, which gives the terminal back as it was; its exit code."""
        os.kill(self._pid, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while self._read(end):
            assert time.monotonic() < end, self.seen
        assert termios.tcgetattr(self._handle) == self._before
        assert self.seen.count("\x1b[?1049h") == self.seen.count("\x1b[?1049l") == 2
        return self.ends()

    def stands_still(self) -> None:
        """Stop the program as its own key does not, and let it go on, which takes the terminal over anew."""
        os.kill(self._pid, signal.SIGSTOP)
        assert os.WIFSTOPPED(os.waitpid(self._pid, os.WUNTRACED)[1])
        os.kill(self._pid, signal.SIGCONT)
        self.waits_for("\x1b[?1049h")

    def _waited(self) -> int:
        end = time.monotonic() + PATIENCE
        while not (found := os.waitpid(self._pid, os.WNOHANG))[0]:
            if time.monotonic() > end:
                os.kill(self._pid, signal.SIGKILL)
                raise AssertionError(f"It did not end.\n{self.seen}")
        return os.waitstatus_to_exitcode(found[1])


def duties(office: Office) -> int:
    """How many duties somebody holds."""
    with office.cast.desk.store.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table(Lease))) or 0


@pytest.mark.parametrize(
    ("store_url", "ended", "code"),
    [
        (Dialect.SQLITE, Window.closes, 128 + signal.SIGHUP),
        (Dialect.POSTGRESQL, Window.is_told_to_end, 128 + signal.SIGTERM),
    ],
    indirect=["store_url"],
)
def test_the_screens_keep_the_draft_and_give_their_duties_back(
    office: Office, ended: Callable[[Window], int], code: int
):
    request = Filing("general", "The printer is on fire", "Smoke")
    number = office.cast.customer().write(filing.file, request).number
    screen = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    window = Window((), office.operator.environ | screen | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})
    window.waits_for("The printer is on fire")
    window.waits_until(lambda: duties(office) >= 2)
    window.write("r")
    window.waits_for("PUBLIC REPLY")
    window.write("Unplug ß")
    window.waits_for("ß")
    window.stands_still()
    assert ended(window) == code
    assert "Traceback" not in window.seen
    assert duties(office) == 0
    saved = office.cast.operator().read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    assert saved.fields == {"body": "Unplug ß"}
