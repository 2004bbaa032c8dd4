"""A wire to a PostgreSQL server that breaks around a commit: before the server hears of it, or after."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

_COMMIT = b"COMMIT"
"""The statement of a client (in a message Q or P), and the tag of the server's answer to it (message C)."""


class Losing:
    """A port that leads to a server's socket."""

    def __init__(self, server: Path) -> None:
        self.lost = threading.Event()
        self._then: Callable[[], object] = bool
        self._server = server
        self._is_armed = self._is_done = False
        self._port = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def leads_to(self, url: str) -> str:
        """The address of a database by this wire."""
        port = self._port.getsockname()[1]
        address = sa.make_url(url).set(host="127.0.0.1", port=port, query={})
        return address.render_as_string(hide_password=False)

    def lose_next_commit(self, *, is_done: bool, then: Callable[[], object]) -> None:
        """Break at the next commit: after the server has done it, or before it hears of it.

        Whoever waits for the answer notices only after ``then`` was called.
        """
        self._is_done, self._is_armed, self._then = is_done, True, then

    def close(self) -> None:
        """Lead nowhere any more."""
        self._port.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._port.accept()[0]
                threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def _lead(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            server.connect(str(self._server))
            back = threading.Thread(target=self._answer, args=(server, client), daemon=True)
            back.start()
            while given := client.recv(65536):
                if self._is_armed and _COMMIT in given and not self._is_done:
                    self._break()
                    return
                server.sendall(given)
            back.join(1)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(65536):
                if self._is_armed and _COMMIT in answer and self._is_done:
                    self._break()
                    break
                client.sendall(answer)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _break(self) -> None:
        self._is_armed = False
        self._then()
        self.lost.set()


@contextlib.contextmanager
def losing(server: Path) -> Iterator[Losing]:
    """Such a wire to the server that listens at a path."""
    wire = Losing(server)
    try:
        yield wire
    finally:
        wire.close()
