"""Several machines on one PostgreSQL: workers and programs that know of each other by the database alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import leases, proof
from sysmo_tui.services.leases import Duty
from sysmo_tui.storage.engine import Store
from tests.cast import Cast
from tests.mail.conftest import Mailbox, mailbox, serve
from tests.storage.programs import start
from tests.waiting import until

__all__ = ["mailbox", "serve"]

PROGRAM = """
import sys
from sysmo_tui.assembly import open_desk
from sysmo_tui.desk import Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from tests.services import requests as ask
url, customer, operator = sys.argv[1:]
desk = open_desk(url)
who, staff = (Door(desk, Caller(Channel.CLI, "host", secret)) for secret in (customer, operator))
for _turn in range(8):
    ask.reply(staff, ask.file(who))
desk.close()
"""
MADE = 3 * 8

_BOX = table(Outbox)
_UNSENT = sa.select(sa.func.count()).select_from(_BOX).where(_BOX.c.sent_at.is_(None))
_ALL = sa.select(_BOX.c.message_id)


def _worker(url: str, port: int) -> subprocess.Popen[bytes]:
    environ = {"SYSMO_DATABASE_URL": url, "SYSMO_MAIL_URL": f"smtp://127.0.0.1:{port}?tls=off"}
    return subprocess.Popen(
        [sys.executable, "-m", "sysmo_tui", "worker"],
        env=os.environ | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_each_duty_is_done_once_whatever_runs_where(
    postgresql_store: Store, mailbox: Mailbox, serve: Callable[..., int]
):
    people = Cast(Desk(postgresql_store))
    people.found()
    url, port = postgresql_store.url, serve()
    doors = [(people.customer(f"c{host}"), people.operator(f"o{host}")) for host in range(3)]
    with ExitStack() as running:
        workers = [_worker(url, port) for _host in range(3)]
        for each in workers:
            running.callback(each.wait)
            running.callback(each.kill)
        secrets = [[str(door.caller.secret) for door in both] for both in doors]
        programs = [start(PROGRAM, url, *both) for both in secrets]
        until(lambda: people.itself.read(leases.is_alive, Duty.MAIL_OUT))
        for each in programs:
            _out, err = each.communicate(timeout=60)
            assert each.returncode == 0, err
        # Whoever sends leaves; another one goes on at once.
        held = {each.duty: each.holder for each in people.itself.read(leases.holders)}
        next(each for each in workers if f":{each.pid}:" in held[Duty.MAIL_OUT]).terminate()

        def is_all_sent() -> bool:
            with postgresql_store.reading() as session:
                return session.scalar(_UNSENT) == 0

        until(is_all_sent, 90)
    with postgresql_store.reading() as session:
        owed = set(session.scalars(_ALL))
    got = Counter(str(message["Message-ID"]) for message in mailbox.messages)
    assert got == Counter(owed)
    assert len(owed) >= 2 * MADE
    assert people.itself.read(proof.check) == ()
