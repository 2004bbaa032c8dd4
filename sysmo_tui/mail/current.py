"""Sending as the desk says now, for programs that run for long."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import Message
from sysmo_tui.mail.transport import NETWORK_SECONDS, Line, Transport

_log = logging.getLogger(__name__)


class CurrentTransport:
    """What ``choose`` chooses, chosen anew before each round of sending.

    A program that began before the desk's mail server was set would go on writing its mail elsewhere.
    """

    def __init__(self, choose: Callable[[], Transport]) -> None:
        """Choose a first time; Invalid when what is set cannot be used."""
        self._choose = choose
        self._chosen = choose()

    @property
    def shown(self) -> str:
        """The address, without its password."""
        return self._chosen.shown

    @property
    def is_ready(self) -> bool:
        """Whether this process has all that sending takes; looks again at what is set."""
        try:
            self._chosen = self._choose()
        except Invalid as error:
            _log.warning("Mail cannot leave as the desk says: %s", error)
            return False
        return self._chosen.is_ready

    @property
    def explanation(self) -> Message:
        """Where mail goes, in a sentence for people."""
        return self._chosen.explanation

    def line(self, seconds: float = NETWORK_SECONDS) -> AbstractContextManager[Line]:
        """A way out that waits at most ``seconds`` for each answer."""
        return self._chosen.line(seconds)
