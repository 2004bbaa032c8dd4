"""Whether somebody still is at the other end of a connection, when what came from there has ended."""

from __future__ import annotations

import select

from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.domain.message import N_

_OUTPUT = 1
"""Standard output, which sshd holds open until the connection is gone, whatever was sent to its end."""

_WHILE = 100
"""Milliseconds between the two ends at most, when the connection breaks: sshd closes them one by one."""


def require_there(descriptor: int = _OUTPUT) -> None:
    """Refuse as Unavailable what may be half of something: its end is that of the connection.

    A client that has sent everything ends its half of the connection only (RFC 4254, 5.3); when the
    connection breaks, sshd closes both.
    """
    poll = select.poll()
    poll.register(descriptor, 0)
    if poll.poll(_WHILE):
        raise Unavailable(N_("What was sent did not arrive whole. Nothing was done; try again."))
