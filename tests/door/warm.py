"""The program, run in processes that are forked from one which has imported everything.

A command line and what it starts over there cost seconds of imports; here they cost none.
"""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

ASKS = """\
import json, os, socket, sys
asked = json.loads(os.environ["WARM"])
line = socket.socket(socket.AF_UNIX)
line.connect(asked["socket"])
words = sys.argv[1:]
said = words[words.index("--") + 2 :]
environ = asked["environ"] | ({"SSH_ORIGINAL_COMMAND": said[0]} if said else {})
request = json.dumps({"words": ["door"], "environ": environ, "folder": "/"}).encode()
socket.send_fds(line, [len(request).to_bytes(4, "big")], [0, 1, 2])
line.sendall(request)
sys.exit(line.recv(1)[0])
"""
"""What stands in for ssh and sshd: it hands its own streams to the door."""

AS_PYTHON = """\
#!{python} -IS
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect("{socket}")
request = json.dumps({{"words": ["door"], "environ": dict(os.environ), "folder": "/"}}).encode()
socket.send_fds(line, [len(request).to_bytes(4, "big")], [0, 1, 2])
line.sendall(request)
sys.exit(line.recv(1)[0])
"""
"""What stands in for the interpreter in the script that sshd runs."""


class Warm:
    """Where command lines are run; ``socket`` is its address."""

    def __init__(self, address: str) -> None:
        self.socket = address

    def __call__(
        self, words: Sequence[str], environ: Mapping[str, str], folder: Path, stdin: bytes
    ) -> tuple[int, bytes, bytes]:
        """The exit code of ``sysmo`` with these words, and what it wrote."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            socket.socket(socket.AF_UNIX) as line,
        ):
            given.write(stdin)
            given.seek(0)
            line.settimeout(60)
            line.connect(self.socket)
            request = {"words": list(words), "environ": dict(environ), "folder": str(folder)}
            asked = json.dumps(request).encode()
            streams = [given.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(line, [len(asked).to_bytes(4, "big")], streams)
            line.sendall(asked)
            code = line.recv(1)
            assert code, "the program was killed"
            out.seek(0)
            err.seek(0)
            return code[0], out.read(), err.read()


@contextmanager
def running() -> Iterator[Warm]:
    """A process that runs command lines, until the end."""
    # The path of a socket is short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="sysmo-") as folder:
        address = f"{folder}/warm"
        command = [sys.executable, "-m", "tests.door.warm", address]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
            try:
                end = time.monotonic() + 60
                while not Path(address).exists():
                    assert process.poll() is None
                    assert time.monotonic() < end
                    time.sleep(0.02)
                yield Warm(address)
            finally:
                process.terminate()


def _serve(address: str) -> None:
    import sysmo_tui.app
    import sysmo_tui.cli.visiting
    import sysmo_tui.services.ssh_keys  # noqa: F401 - imported so that those who are forked need not
    from sysmo_tui.cli.main import run
    from tests.cheap import cheap_hasher, using

    run(["--help"], {"SYSMO_LANG": "en"})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{address}.new")
    listener.listen(16)
    os.rename(f"{address}.new", address)
    with using(cheap_hasher()):
        while True:
            line, _peer = listener.accept()
            if os.fork() == 0:
                listener.close()
                _run(line)
            line.close()


def _run(line: socket.socket) -> None:
    """Do one command line, say how it ended, and end."""
    from sysmo_tui.cli.main import run

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _flags, _peer = socket.recv_fds(line, 4, 3)
    asked = json.loads(b"".join(_exactly(line, int.from_bytes(size, "big"))))
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), encoding="utf-8")
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), encoding="utf-8", write_through=True)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    try:
        code = run(asked["words"], asked["environ"])
    except SystemExit as ended:
        # As completion ends.
        code = int(ended.code or 0)
    sys.stdout.flush()
    # Whoever waits for the end of what is written waits for this process, too.
    line.sendall(bytes([code]))
    os._exit(0)


def _exactly(line: socket.socket, size: int) -> Iterator[bytes]:
    while size:
        piece = line.recv(size)
        size -= len(piece)
        yield piece


if __name__ == "__main__":
    _serve(sys.argv[1])
