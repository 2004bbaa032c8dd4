"""Whether what came is whole, or only what came before the connection broke."""

from __future__ import annotations

import os
import socket

import pytest

from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.door.other_end import require_there


def test_who_has_sent_everything_still_is_there():
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"all of it")
        there.shutdown(socket.SHUT_WR)
        assert here.recv(100) + here.recv(100) == b"all of it"
        require_there(here.fileno())


def test_who_has_gone_may_have_sent_only_half():
    here, there = socket.socketpair()
    with here:
        there.sendall(b"half")
        there.close()
        assert here.recv(100) + here.recv(100) == b"half"
        with pytest.raises(Unavailable):
            require_there(here.fileno())


def test_a_pipe_that_nobody_reads_any_more_is_noticed():
    reading, writing = os.pipe()
    try:
        require_there(writing)
        os.close(reading)
        with pytest.raises(Unavailable):
            require_there(writing)
    finally:
        os.close(writing)


def test_a_file_has_no_other_end(tmp_path):
    with (tmp_path / "output").open("wb") as file:
        require_there(file.fileno())
