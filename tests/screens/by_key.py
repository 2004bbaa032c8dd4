"""The screens for somebody who comes through the SSH door, with a key."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from sysmo_tui.app import Admitting, SysmoApp
from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Channel
from tests.keys_of_people import bound, connected, public_key
from tests.screens.acting import settled
from tests.screens.conftest import Kept, until


def through_door(
    desk: Desk, name: str, *, session: Kept | None = None, admit: Admitting | None = None
) -> SysmoApp:
    """The screens for a connection with ``name``'s key."""
    return SysmoApp(
        desk,
        session=session or Kept(),
        caller=connected(desk, name, Channel.TUI).caller,
        connection_key=public_key(name),
        environ={},
        admit=admit,
    )


def by_key(door: Door, name: str) -> SysmoApp:
    """The screens for whoever ``door`` belongs to, who connected with a bound key."""
    bound(door, name)
    return through_door(door.desk, name)


async def arrived(pilot: Pilot[Any]) -> None:
    app: Any = pilot.app
    await until(pilot, lambda: app.arrival is not None)
    await settled(pilot)
