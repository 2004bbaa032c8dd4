"""The background duties: each under a lease, so that any number of workers is safe."""

from __future__ import annotations

import logging
import os
import secrets
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sysmo_tui.desk import Desk, command_for
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.errors import Lost, Unavailable
from sysmo_tui.mail import weekly
from sysmo_tui.mail.digesting import gather_due
from sysmo_tui.mail.sending import send_due
from sysmo_tui.mail.transport import Transport
from sysmo_tui.services import cleaning, follow_ups, inbound, leases, outbox, presence, sealing
from sysmo_tui.services.leases import Duty

if TYPE_CHECKING:
    from sysmo_tui.mail.watching import Watching
    from sysmo_tui.settings import MailboxAccess

LEASE_SECONDS = 30.0
"""How long a duty stays a worker's that has stopped beating."""

BEAT_SECONDS = 10.0
PAUSE_SECONDS = 2.0
"""How often a worker looks for mail that is due."""

LONGEST_PAUSE_SECONDS = 60.0
LAST_SECONDS = 3.0
"""How long the end of a program waits for mail to leave."""

_log = logging.getLogger(__name__)


def new_holder() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class Worker:
    """Does what is due on one desk. ``yields`` to a worker that does nothing else."""

    desk: Desk
    transport: Transport
    holder: str = field(default_factory=new_holder)
    label: str = "worker"
    yields: bool = False
    watching: Watching | None = None
    """What fetches mail; a worker without it leaves that to others."""

    _beats: dict[Duty, float] = field(default_factory=dict)
    _last_done: dict[Duty, float] = field(default_factory=dict)
    _rests: bool = False

    def watch(self, access: Mapping[str, MailboxAccess]) -> None:
        """Fetch mail as well, from the mailboxes that ``access`` opens."""
        from sysmo_tui.mail.watching import Watching  # most desks' screens never need it

        self.watching = Watching(self.desk, access, self.holder, self.label, lambda: self._rests)

    def run_once(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Do everything that is due now and that nobody else does."""
        self._announce()
        if self.watching is not None and not self._rests:
            self.watching.once()
        for do in self._due(goes_on):
            do()

    def run(self, stop: threading.Event) -> None:
        """Go on until ``stop`` is set; a duty that fails is logged and does not end the others."""
        wait = PAUSE_SECONDS
        self._attempt(self._announce)
        if self.watching is not None:
            self.watching.start()
        while not stop.is_set():
            done = [self._attempt(do) for do in self._due(lambda: not stop.is_set())]
            wait = PAUSE_SECONDS if all(done) else min(wait * 2, LONGEST_PAUSE_SECONDS)
            stop.wait(wait)
        if self.yields:
            self._attempt(self._send_last)
        if self.watching is not None:
            self._attempt(self.watching.stop)
        self._attempt(self.stop)

    def _due(self, goes_on: Callable[[], bool]) -> Iterator[Callable[[], None]]:
        yield from (
            self._announce,
            lambda: self._now_and_then(Duty.FOLLOW_UPS, timedelta(minutes=5), self._wake),
            lambda: self._take_mail_in(goes_on),
            lambda: self._now_and_then(Duty.DIGESTS, timedelta(minutes=1), self._gather_digests),
            # After what causes mail, so that doing everything once leaves none behind.
            lambda: self._send(goes_on),
            lambda: self._now_and_then(Duty.SEALING, timedelta(minutes=5), lambda: self._seal(goes_on)),
            lambda: self._now_and_then(Duty.CLEAN_UP, timedelta(hours=1), self._clean_up),
        )

    def _attempt(self, do: Callable[[], None]) -> bool:
        try:
            do()
        except Unavailable as refusal:
            # The database is away, or the program around this one ends and cuts short what runs.
            _log.warning("A background duty waits: %s", refusal)
            # A lost one was waited for all that time: there is no more to be spared.
            return isinstance(refusal, Lost)
        except Exception:  # noqa: BLE001 - a top of the program: nothing above could go on
            _log.exception("A background duty failed and will be tried again")
            return False
        return True

    def _announce(self) -> None:
        """Tell the others that a worker lives, or find out that one does."""
        if not self.yields:
            self._holds(Duty.WORKER)
            return
        self._rests = self.desk.read(desk_caller(), leases.is_alive, Duty.WORKER, self.holder)
        if self._rests:
            self.stop()

    def stop(self) -> None:
        """Give the duties back, so that somebody else need not wait for the leases to end."""
        if self._beats:
            self.desk.touch(desk_caller(), leases.release, self.holder, tuple(self._beats))
            self._beats.clear()

    def _holds(self, duty: Duty) -> bool:
        """Whether ``duty`` is ours, beating when it is time to."""
        if self._rests:
            return False
        now = self._seconds()
        beaten_at = self._beats.get(duty)
        if beaten_at is not None and 0 <= now - beaten_at < BEAT_SECONDS:
            return True
        is_ours = self.desk.touch(desk_caller(), leases.take, duty, self.holder, LEASE_SECONDS, self.label)
        if is_ours:
            self._beats[duty] = now
        else:
            self._beats.pop(duty, None)
        return is_ours

    def _now_and_then(self, duty: Duty, every: timedelta, do: Callable[[], None]) -> None:
        now, last = self._seconds(), self._last_done.get(duty)
        if last is not None and 0 <= now - last < every.total_seconds():
            return
        if self._holds(duty):
            do()
            self._last_done[duty] = now

    def _take_mail_in(self, goes_on: Callable[[], bool]) -> None:
        """Decide mail that was kept, and that whoever received it could not decide."""
        if self.desk.read(desk_caller(), inbound.due, 1) and self._holds(Duty.MAIL_IN):
            from sysmo_tui.mail import receiving  # reading mail is much to import, and mostly nothing waits

            receiving.settle_pending(self.desk, goes_on=lambda: goes_on() and self._holds(Duty.MAIL_IN))

    def _send(self, goes_on: Callable[[], bool]) -> None:
        if not (self.transport.is_ready and self._holds(Duty.MAIL_OUT)):
            return
        if not self.desk.read(desk_caller(), outbox.is_due):
            return
        sent = send_due(self.desk, self.transport, self.holder, goes_on=self._beating(goes_on))
        if sent.failed or sent.later:
            _log.warning(
                "Mail: %d sent, %d refused for good, %d put off", sent.accepted, sent.failed, sent.later
            )

    def _send_last(self) -> None:
        """Send what is due when the program around this one is left: nobody may come after it."""
        end = time.monotonic() + LAST_SECONDS
        self._send(lambda: time.monotonic() < end)

    def _beating(self, goes_on: Callable[[], bool]) -> Callable[[], bool]:
        """Keep the lease while much mail leaves, and take in what comes meanwhile; stop when it was lost."""
        looked_at = time.monotonic()

        def still() -> bool:
            nonlocal looked_at
            if time.monotonic() - looked_at >= PAUSE_SECONDS:
                self._attempt(lambda: self._take_mail_in(goes_on))
                looked_at = time.monotonic()
            return goes_on() and self._holds(Duty.MAIL_OUT)

        return still

    def _wake(self) -> None:
        while self.desk.read(desk_caller(), follow_ups.is_any_due):
            self.desk.write(desk_caller(), command_for(follow_ups.wake_due), follow_ups.wake_due)

    def _gather_digests(self) -> None:
        gather_due(self.desk)
        weekly.owe_due(self.desk)

    def _seal(self, goes_on: Callable[[], bool]) -> None:
        while goes_on() and self.desk.read(desk_caller(), sealing.is_due) and self._holds(Duty.SEALING):
            ahead = self.desk.read(desk_caller(), sealing.month_ahead)
            self.desk.touch(desk_caller(), sealing.seal_some, ahead)

    def _clean_up(self) -> None:
        caller = desk_caller()
        while found := self.desk.read(caller, cleaning.unreferenced_files):
            for start in range(0, len(found), cleaning.AT_ONCE):
                self.desk.touch(caller, cleaning.drop_files, found[start : start + cleaning.AT_ONCE])
                self._holds(Duty.CLEAN_UP)
        self.desk.touch(caller, cleaning.drop_dead_secrets)
        self.desk.touch(caller, presence.sweep)
        while expired := self.desk.read(caller, outbox.expired):
            self.desk.touch(caller, outbox.cleanup, expired)

    def _seconds(self) -> float:
        return self.desk.clock().timestamp()


class BackgroundDuties:
    """The duties in a thread, for a program that does something else: it yields to a real worker."""

    def __init__(
        self,
        desk: Desk,
        transport: Transport,
        label: str = "tui",
        access: Mapping[str, MailboxAccess] | None = None,
    ) -> None:
        self._worker = Worker(desk, transport, label=label, yields=True)
        if access:
            self._worker.watch(access)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, once."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._worker.run, args=(self._stop,), name="background duties", daemon=True
            )
            self._thread.start()

    def stop(self, seconds: float = LAST_SECONDS) -> None:
        """End after the mail that is due, waiting at most ``seconds`` for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)


def secrets_file(environment: Mapping[str, str]) -> str:
    """Where a unit of the system finds passwords: beside its own desk's settings."""
    return str(Path(environment.get("SYSMO_CONFIG", "/etc/sysmo/config.toml")).with_name("worker.env"))


def unit(command: str, environment: dict[str, str], user: str | None) -> str:
    """A systemd unit that runs ``command`` for ever (systemd.service(5)). Passwords belong in its file.

    Without a ``user`` it is one for a user's own systemd, where the system's targets do not exist.
    """
    owner = "" if user is None else f"User={user}\n"
    network = "" if user is None else "Wants=network-online.target\nAfter=network-online.target\n"
    secrets = "%h/.config/sysmo/worker.env" if user is None else secrets_file(environment).replace("%", "%%")
    target = "default.target" if user is None else "multi-user.target"
    settings = "\n".join(f'Environment="{name}={_quoted(value)}"' for name, value in environment.items())
    return f"""[Unit]
Description=Sysmo Tickets worker
{network}
[Service]
{owner}ExecStart={" ".join(shlex.quote(part).replace("%", "%%") for part in shlex.split(command))}
{settings}
# Lines like SYSMO_MAIL_PASSWORD=... and SYSMO_MAILBOX_PASSWORD=...  (mode 0600)
EnvironmentFile=-{secrets}
Restart=always
RestartSec=5
KillSignal=SIGTERM
TimeoutStopSec=60
NoNewPrivileges=yes
PrivateTmp=yes

[Install]
WantedBy={target}
"""


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
