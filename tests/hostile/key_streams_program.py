"""The program that random streams are sent to: imported once, on a demo desk where people are signed in."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from sysmo_tui.cli.main import run
from sysmo_tui.demo import PASSWORD, build
from sysmo_tui.domain.enums import Role


def prepare(folder: Path, people: Mapping[str, str | None], tickets: int) -> None:
    """A demo desk in ``folder``, and for each of ``people`` a folder with their session, or with none."""
    url = f"sqlite:///{folder}/desk.db"
    made = build(url, tickets=tickets, now=datetime.now(UTC))
    a_customer = next(account.email for account in made.accounts if account.role is Role.CUSTOMER)
    for who, email in (people | {"customer": a_customer}).items():
        (folder / who).mkdir()
        if email is not None:
            secret = folder / "secret"
            secret.write_text(f"{PASSWORD}\n")
            with secret.open() as given:
                os.dup2(given.fileno(), 0)
            environ = {"SYSMO_DATABASE_URL": url, "SYSMO_STATE_DIR": str(folder / who)}
            assert run(["login", "--email", email, "--password-stdin"], environ) == 0


def load() -> Callable[[Path, str], int]:
    """Import all of the program; running it on a desk, in a language, returns its exit code."""
    import sysmo_tui.app
    import sysmo_tui.screens.administration
    import sysmo_tui.screens.report  # noqa: F401 - imported so that those who are forked need not

    with redirect_stdout(io.StringIO()):
        run(["--help"], {"SYSMO_LANG": "en"})
    return _run


def _run(desk: Path, language: str) -> int:
    os.environ.clear()
    os.environ |= {
        "PATH": os.defpath,
        "HOME": str(desk),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "VISUAL": "true",
        "SYSMO_LANG": language,
        "SYSMO_DATABASE_URL": f"sqlite:///{desk}/desk.db",
        "SYSMO_STATE_DIR": str(desk / "state"),
        "SYSMO_MAIL_URL": f"file://{desk}/mail",
    }
    os.chdir(desk)
    return run([])
