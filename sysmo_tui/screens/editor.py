"""Writing in one's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.app import SuspendNotSupported

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.screens.attending import BEAT_SECONDS
from sysmo_tui.screens.desk_app import DeskApp

AT_FIRST_SECONDS = 0.5
"""When colleagues are told that one writes, once the editor is there."""


def edited(app: DeskApp, text: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The text as the person's editor left it; None when the editor gave up.

    What was saved in an editor that a signal ended, as when its terminal is gone, is what it left.

    The file is for its owner alone, in the runtime folder, and gone afterwards. Raises
    Invalid where no editor is set or none can be started.
    """
    wish = environ.get("VISUAL") or environ.get("EDITOR")
    if not wish:
        raise Invalid(N_("Set VISUAL or EDITOR to write in an editor of your own."), field="body")
    folder = environ.get("XDG_RUNTIME_DIR")
    place = folder if folder and Path(folder).is_dir() else None
    with tempfile.TemporaryDirectory(prefix="sysmo-", dir=place) as private:
        path = Path(private) / "text.txt"
        path.touch(mode=0o600)
        # A last line without an end is none to many editors.
        path.write_text(f"{text}\n" if text else "", encoding="utf-8", errors="surrogatepass")
        try:
            with app.suspend():
                code = _run(app, [*shlex.split(wish), str(path)])
        except (OSError, ValueError) as error:
            raise Invalid(
                N_("The editor “{editor}” cannot be started."), field="body", editor=wish
            ) from error
        except SuspendNotSupported:
            raise Invalid(N_("No editor can be opened from here."), field="body") from None
        return path.read_text(encoding="utf-8", errors="replace") if code <= 0 else None


def _run(app: DeskApp, command: Sequence[str]) -> int:
    """Run an editor to its end; gives its exit code. Meanwhile nothing else of the program goes on."""
    with subprocess.Popen(command) as editor:
        patience = AT_FIRST_SECONDS
        while True:
            try:
                return editor.wait(patience)
            except subprocess.TimeoutExpired:
                app.beat()
                patience = BEAT_SECONDS
