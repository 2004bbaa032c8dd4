"""Draws the picture of the README from the running program: ``python -m scripts.picture``."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sysmo_tui import i18n
from sysmo_tui.app import SysmoApp
from sysmo_tui.assembly import open_desk
from sysmo_tui.demo import build
from sysmo_tui.desk import Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel, Theme
from sysmo_tui.services import signing_in

TARGET = Path(__file__).parents[1] / "docs" / "inbox.svg"
NOW = datetime(2026, 3, 18, 17, 30, tzinfo=UTC)
SIZE = (120, 30)
TOPICS = "2"


class Kept:
    """A session that lives as long as the picture takes."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def load(self) -> str | None:
        """The session."""
        return self._secret

    def save(self, secret: str) -> None:
        """Take another."""
        self._secret = secret

    def forget(self) -> None:
        """End it."""
        self._secret = ""


async def drawn(url: str) -> str:
    """The inbox of the demo's operator, as SVG without fonts from elsewhere."""
    made = build(url, tickets=300, now=NOW)
    desk = open_desk(url, clock=lambda: NOW)
    visitor = Door(desk, Caller(Channel.TUI, "picture"))
    secret = signing_in.sign_in(visitor, made.operator.email, made.password).secret
    app = SysmoApp(desk, session=Kept(secret or ""), theme=Theme.DARK, environ={"SYSMO_LANG": "en"})
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(2)
        await pilot.press(TOPICS, "j", "j")
        await pilot.pause(2)
        picture = app.export_screenshot(title="sysmo")
    desk.close()
    return re.sub(r"(?s)@font-face \{.*?\}\s*", "", picture)


def main() -> None:
    """Write the picture."""
    i18n.use("en")
    with tempfile.TemporaryDirectory() as folder:
        TARGET.write_text(asyncio.run(drawn(f"sqlite:///{folder}/demo.db")), encoding="utf-8")


if __name__ == "__main__":
    main()
