"""What the toolkit can do to the machine it runs on, and what of it the program does not do."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from textual import events
from textual.app import SuspendNotSupported
from textual.geometry import Size

from sysmo_tui.screens.attending import Attending

log = logging.getLogger(__name__)


LARGEST = Size(800, 300)
"""Cells that are drawn, more than the largest screens show; a terminal can say that it has any number."""
SMALLEST = Size(24, 3)
"""Cells that are drawn where there are fewer: nobody reads them, and the toolkit cannot wrap text in none."""


class Confined(Attending):
    """A program that writes no pictures, opens no links and, in a kiosk, gives its terminal to nobody."""

    @property
    def size(self) -> Size:
        """The cells of the terminal that are drawn."""
        return _bounded(super().size)

    async def on_event(self, event: events.Event) -> None:
        """Draw no more of a terminal than there is sense in: memory and time go with its size."""
        if isinstance(event, events.Resize) and event.size != _bounded(event.size):
            event = events.Resize(_bounded(event.size), _bounded(event.virtual_size))
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that writes a file."""
        if action == "screenshot":
            return False
        return super().check_action(action, parameters)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """A picture would be a file of the machine."""

    def deliver_text(self, *_args: Any, **_options: Any) -> NoReturn:
        """Files are written by ``local_files`` alone."""
        raise NotImplementedError

    def deliver_binary(self, *_args: Any, **_options: Any) -> NoReturn:
        """Files are written by ``local_files`` alone."""
        raise NotImplementedError

    def save_screenshot(
        self, filename: str | None = None, path: str | None = None, time_format: str | None = None
    ) -> NoReturn:
        """Files are written by ``local_files`` alone."""
        raise NotImplementedError

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Start no browser: the person sits elsewhere, perhaps."""
        log.warning("A link was not opened")

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Give the terminal to another program; in a kiosk there is none."""
        if self.is_kiosk:
            raise SuspendNotSupported
        with super().suspend():
            yield

    def refuse_to_stop(self) -> None:
        """Go on when the terminal says stop, whatever the toolkit has made of that."""
        for number in (signal.SIGTSTP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)


def _bounded(size: Size) -> Size:
    return Size(
        max(SMALLEST.width, min(size.width, LARGEST.width)),
        max(SMALLEST.height, min(size.height, LARGEST.height)),
    )
