"""OpenSSH's ``ssh``, by which everything reaches a desk on another machine."""

from __future__ import annotations

import os
import selectors
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, BinaryIO

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.far_text import SafeStream
from sysmo_tui.domain.desk_address import PORT, DeskAddress
from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import clean_line

LOST = 255
"""What ssh ends with when there was no connection, or it broke."""

PERSISTS = 60
"""Seconds that a shared connection stays open behind the last verb."""

LONGEST_SOCKET = 100
"""Bytes of the path of a socket, which the system limits to 104 or 108."""

_HASH = 40 + 17
"""Bytes that ssh puts in the place of ``%C``, and behind it while it makes the socket."""

_PIECE = 65_536
_IDLE = 0.05
"""Seconds after which the beginning of something is taken for all of it."""

_ALWAYS = {
    "ServerAliveInterval": "15",
    "ServerAliveCountMax": "3",
    # A door takes a key or nothing: no password and no ticket of Kerberos is for a machine that asks for one.
    "PreferredAuthentications": "publickey",
    # Nothing of this machine is lent to the other one, whatever is set up for other hosts.
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "ClearAllForwardings": "yes",
    "Tunnel": "no",
    "PermitLocalCommand": "no",
    "RemoteCommand": "none",
    # A tilde at the beginning of a line belongs to a text.
    "EscapeChar": "none",
    "LogLevel": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One run over there: a line for the door, None for the screens. ``has_terminal``: it gets one."""

    line: str | None
    has_terminal: bool = False
    reads_stdin: bool = False
    """Whether this process's standard input is for it."""
    may_ask: bool = True
    """Whether ssh may ask on the terminal: about the host's key, or for the words that open one's own."""
    shares: bool = True
    patience: int = 10
    """Seconds until a connection is there."""


def argv(run: Here, address: DeskAddress, call: Call, log: str) -> list[str]:
    """The words that start ssh; what it has to say itself goes to the file ``log``."""
    options = {
        "BatchMode": "no" if call.may_ask else "yes",
        "ConnectTimeout": str(call.patience),
        **_ALWAYS,
        **_sharing(run, call),
    }
    return [
        _program(run),
        "-tt" if call.has_terminal else "-T",
        "-E",
        log,
        *(f"-o{name}={value}" for name, value in options.items()),
        *_to(address),
        *(() if call.line is None else (call.line,)),
    ]


def relay(
    run: Here,
    address: DeskAddress,
    call: Call,
    *,
    given: Iterable[bytes] = (),
    as_it_is: bool = False,
    is_talk: bool = False,
) -> int:
    """Run something over there, and pass on what it writes; returns its exit code.

    ``given`` goes to its standard input. ``as_it_is``: its output is for a program, byte for byte;
    ``is_talk``: it is no data of this verb.
    Unavailable when there was no connection, or it broke.
    """
    with _started(
        run, address, call, is_fed=bool(given), stdout=None if as_it_is else subprocess.PIPE
    ) as ssh:
        sinks: list[tuple[IO[bytes], BinaryIO]] = [(_pipe(ssh.process.stderr), sys.stderr.buffer)]
        if not as_it_is:
            out = sys.stderr if is_talk else sys.stdout
            sinks.append((_pipe(ssh.process.stdout), out.buffer))
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        _pump(ssh.process, sinks, given, is_terminal=call.has_terminal)
        return ssh.ended()


def screens(run: Here, address: DeskAddress) -> int:
    """Show the screens of over there on this terminal; returns their exit code."""
    is_slow = run.options.slow or run.settings.is_slow
    call = Call("--slow" if is_slow else None, has_terminal=True, reads_stdin=True)
    with _started(run, address, call, is_fed=False, stdout=None, stderr=None) as ssh:
        ssh.process.wait()
        return ssh.ended()


@contextmanager
def answer(run: Here, address: DeskAddress, call: Call) -> Iterator[Answer]:
    """Run something over there, to read here what it writes."""
    # What nobody reads in the meantime must not fill a pipe.
    with (
        tempfile.TemporaryFile() as talk,
        _started(run, address, call, is_fed=False, stdout=subprocess.PIPE, stderr=talk.fileno()) as ssh,
    ):
        yield Answer(ssh, talk)


def identities(run: Here, address: DeskAddress) -> list[str]:
    """Where ssh looks for keys to show there, whether or not there is one."""
    words = [_program(run), "-G", *_to(address)]
    told = subprocess.run(words, capture_output=True, text=True, env=_environ(run), check=False).stdout
    return [line.partition(" ")[2] for line in told.splitlines() if line.startswith("identityfile ")]


class Answer:
    """What a run over there writes."""

    def __init__(self, ssh: _Ssh, talk: IO[bytes]) -> None:
        self._ssh = ssh
        self._talk = talk

    def chunks(self) -> Iterator[bytes]:
        """Its standard output, as it comes."""
        out = _pipe(self._ssh.process.stdout)
        while chunk := out.read(_PIECE):
            yield chunk

    def ended(self) -> tuple[int, str]:
        """Its exit code and what it said, when all of its output was read; Unavailable without connection."""
        code = self._ssh.ended()
        self._talk.seek(0)
        return code, self._talk.read(_PIECE).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Ssh:
    process: subprocess.Popen[bytes]
    log: Path
    address: DeskAddress

    def ended(self) -> int:
        """The exit code; Unavailable when it is ssh's own."""
        code = self.process.wait()
        if code == LOST and _is_broken(sys.stdout):
            raise BrokenPipeError
        if code == LOST:
            raise self._lost()
        return code if code >= 0 else 128 - code

    def _lost(self) -> Unavailable:
        """Why there was no connection, in ssh's own words: the last that it said, and what to do about it."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        said = [clean_line(line).strip() for line in lines if line.strip()]
        text, command = self._advised(" ".join(said))
        return Unavailable(
            text,
            address=str(self.address),
            reason=said[-1].removeprefix("ssh: ") if said else "",
            command=command,
        )

    def _advised(self, said: str) -> tuple[str, str | Advice]:
        """A sentence about the failures that a person can mend, and the command that does."""
        connect = Advice(f"sysmo connect {self.address}")
        if not said:
            return N_("The connection to {address} is lost."), ""
        if "IDENTIFICATION HAS CHANGED" in said:
            return (
                N_(
                    "The machine at {address} shows another key than before. Ask those who run the desk; "
                    "only if they changed it, forget the old one: {command}"
                ),
                shlex.join(["ssh-keygen", "-R", self._known_as]),
            )
        if "Host key verification failed" in said:
            return (
                N_(
                    "The desk at {address} cannot be reached: {reason} Connect once on a terminal, and "
                    "compare the key that it shows: {command}"
                ),
                connect,
            )
        if "Permission denied" in said:
            return (
                N_(
                    "The desk at {address} cannot be reached: {reason} If the address is right, an SSH key "
                    "is missing here, which this makes: {command}"
                ),
                connect,
            )
        return N_("The desk at {address} cannot be reached: {reason}"), ""

    @property
    def _known_as(self) -> str:
        """What ssh calls the machine among those that it knows."""
        host, port = self.address.host, self.address.port
        return host if port in (None, PORT) else f"[{host}]:{port}"


@contextmanager
def _started(
    run: Here,
    address: DeskAddress,
    call: Call,
    *,
    is_fed: bool,
    stdout: int | None,
    stderr: int | None = subprocess.PIPE,
) -> Iterator[_Ssh]:
    handle, name = tempfile.mkstemp(".log", "sysmo-ssh-")
    os.close(handle)
    log = Path(name)
    stdin = subprocess.PIPE if is_fed else None if call.reads_stdin else subprocess.DEVNULL
    try:
        with subprocess.Popen(
            argv(run, address, call, name), stdin=stdin, stdout=stdout, stderr=stderr, env=_environ(run)
        ) as process:
            try:
                yield _Ssh(process, log, address)
            finally:
                if process.poll() is None:
                    process.terminate()
                if process.stdin is not None:
                    with suppress(BrokenPipeError):
                        process.stdin.close()
    finally:
        log.unlink(missing_ok=True)


def _pump(
    process: subprocess.Popen[bytes],
    sinks: Sequence[tuple[IO[bytes], BinaryIO]],
    given: Iterable[bytes],
    *,
    is_terminal: bool,
) -> None:
    """Pass on what comes and what goes, until nothing comes any more."""
    refusals: list[Invalid] = []
    feeder = Thread(target=_feed, args=(process.stdin, given, refusals), daemon=True)
    if process.stdin is not None:
        feeder.start()
    with selectors.DefaultSelector() as selector:
        for source, sink in sinks:
            selector.register(source, selectors.EVENT_READ, (SafeStream(is_terminal=is_terminal), sink))
        while selector.get_map():
            holding = [key.data for key in selector.get_map().values() if key.data[0].holds]
            ready = selector.select(_IDLE if holding else None)
            for key, _events in ready:
                stream, sink = key.data
                data = os.read(key.fd, _PIECE)
                if not data:
                    selector.unregister(key.fileobj)
                _write(sink, stream.feed(data) if data else stream.rest(is_last=True))
            if not ready:
                for stream, sink in holding:
                    _write(sink, stream.rest())
    if process.stdin is not None:
        # Nobody reads any more, so it ends, unless it waits for this process's own standard input.
        process.wait()
        feeder.join(timeout=1)
    if refusals:
        raise refusals[0]


def _feed(stdin: IO[bytes], given: Iterable[bytes], refusals: list[Invalid]) -> None:
    """Hand over what is ``given``; what cannot be read of it is among the ``refusals``, and ends it."""
    # Whoever refuses a verb does not read its files: the pipe breaks, or is closed behind the answer.
    with suppress(BrokenPipeError, ValueError), stdin:
        try:
            for piece in given:
                stdin.write(piece)
        except Invalid as refusal:
            refusals.append(refusal)


def _write(sink: BinaryIO, text: str) -> None:
    if text:
        sink.write(text.encode("utf-8", "replace"))
        sink.flush()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _to(address: DeskAddress) -> list[str]:
    """The words by which ssh finds a desk; none of them can be taken for an option."""
    port = [] if address.port is None else ["-p", str(address.port)]
    return [*port, "-l", address.user, "--", address.host]


def _environ(run: Here) -> dict[str, str]:
    """What ssh gets of this run's environment: none of our own, which a SendEnv could give away."""
    return {name: value for name, value in run.environ.items() if not name.startswith("SYSMO_")}


def _program(run: Here) -> str:
    found = shutil.which("ssh", path=run.environ.get("PATH"))
    if found is None:
        raise Invalid(
            N_("OpenSSH's ssh is missing here. Install it: the desk is reached by it."), field="desk"
        )
    return found


def _sharing(run: Here, call: Call) -> dict[str, str]:
    """The options with which verbs share a connection, or have one each."""
    folder = _folder(run) if call.shares and run.settings.shares_connection else None
    if folder is None:
        return {"ControlMaster": "no", "ControlPath": "none"}
    return {"ControlMaster": "auto", "ControlPath": f'"{folder}/%C"', "ControlPersist": str(PERSISTS)}


def _folder(run: Here) -> Path | None:
    """Where shared connections are, for their owner alone; None where they cannot be."""
    runtime = run.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime, "sysmo") if runtime else run.settings.state_dir / "ssh"
    if len(os.fsencode(folder)) + 1 + _HASH > LONGEST_SOCKET or "%" in str(folder) or '"' in str(folder):
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return None
    is_own = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid()
    return folder if is_own and not stat.S_IMODE(facts.st_mode) & 0o077 else None


def _is_broken(stream: IO[str]) -> bool:
    """Whether nobody reads what is written there any more."""
    import select

    poll = select.poll()
    try:
        poll.register(stream.fileno(), 0)
    except (OSError, ValueError):
        return False
    return any(events & select.POLLERR for _fd, events in poll.poll(0))
