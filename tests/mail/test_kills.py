"""Programs that take mail in are killed in the middle: each message is there, decided and answered once."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.assembly import choose_transport, open_desk
from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.mail import receiving
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import proof
from sysmo_tui.settings import MailboxAccess
from sysmo_tui.worker import Worker
from tests.cast import Cast
from tests.mail.dovecot import PASSWORD, Dovecot
from tests.mail.post_office import HERE, PostOffice, desk_with_mail, post_office, surroundings
from tests.mails import kept, written
from tests.waiting import until

WORK = """
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from sysmo_tui.assembly import choose_transport, open_desk
from sysmo_tui.settings import MailboxAccess
from sysmo_tui.worker import Worker
url, mail_url, password, minutes = sys.argv[1:]
desk = open_desk(url, clock=lambda: datetime.now(UTC) + timedelta(minutes=int(minutes)))
worker = Worker(desk, choose_transport(desk, mail_url))
worker.watch({"support": MailboxAccess(password=password)})
print("ready", flush=True)
while True:
    worker.run_once()
"""
"""A worker, so much later than its predecessor that what that one held is free."""


def later(minutes: int) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def mails_of(many: int) -> list[bytes]:
    return [written(f"customer{n}@acme.example", f"Broken {n}", f"Number {n}.") for n in range(many)]


def each_is_there_once(cast: Cast, sent: list[bytes]) -> None:
    rows = kept(cast.desk)
    assert len(rows) == len(sent)
    assert {row.verdict for row in rows} == {Verdict.TICKET}
    with cast.desk.store.reading() as session:
        subjects = session.execute(sa.select(table(Ticket).c.subject)).scalars().all()
    assert sorted(subjects) == sorted(f"Broken {n}" for n in range(len(sent)))
    assert cast.itself.read(proof.check) == ()


def test_a_worker_that_is_killed_takes_each_mail_in_once_and_answers_each_once(
    sqlite_url: str, dovecot: Dovecot
) -> None:
    with post_office(dovecot, "killed") as office, desk_with_mail(sqlite_url, office) as cast:
        sent = mails_of(9)
        user = office.user("help@desk.example")
        dovecot.deliver(user, *sent)
        chance, mail_url = random.Random(5), f"smtp://127.0.0.1:{office.port}?tls=off"
        for life in range(2):
            words = [sqlite_url, mail_url, PASSWORD, str(10 * life)]
            process = subprocess.Popen([sys.executable, "-c", WORK, *words], cwd=HERE, stdout=subprocess.PIPE)
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            enough = min(len(kept(cast.desk)) + chance.randint(2, 4), len(sent))
            until(partial(_has_kept, cast.desk, enough))
            process.kill()
            process.communicate()
        desk = open_desk(sqlite_url, clock=partial(later, 60))
        last = Worker(desk, choose_transport(desk, mail_url))
        last.watch({"support": MailboxAccess(password=PASSWORD)})
        until(lambda: last.run_once() or not dovecot.held(user))
        desk.close()
        each_is_there_once(cast, sent)
        acknowledged(office, len(sent))


def acknowledged(office: PostOffice, many: int) -> None:
    """Each customer got one mail; where a server took it and its sender died, twice the same one."""
    for number in range(many):
        got = office.inbox(f"customer{number}@acme.example")
        assert len({mail["Message-ID"] for mail in got}) == 1
    doubled = Counter(recipient for recipient, _mail in office.delivered)
    assert sum(times - 1 for who, times in doubled.items() if who.startswith("customer")) <= 2


def test_a_pipe_that_is_killed_and_tried_again_takes_each_mail_in_once(
    sqlite_url: str, dovecot: Dovecot, tmp_path: Path
) -> None:
    with post_office(dovecot, "pipe") as office, desk_with_mail(sqlite_url, office) as cast:
        environ, sent, chance = surroundings(sqlite_url, office, tmp_path), mails_of(3), random.Random(11)
        command = [sys.executable, "-m", "sysmo_tui", "mail", "receive"]
        for longest in (0.8, None):
            running = [subprocess.Popen(command, cwd=HERE, env=environ, stdin=subprocess.PIPE) for _ in sent]
            for process, raw in zip(running, sent, strict=True):
                assert process.stdin is not None
                process.stdin.write(raw)
                process.stdin.close()
            for process in running:
                if longest is not None:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(chance.uniform(0.1, longest))
                    process.kill()
                assert process.wait(60) in ((0, -9) if longest else (0,))
        assert {row.sha256 for row in kept(cast.desk)} == {hashlib.sha256(raw).hexdigest() for raw in sent}
        desk = open_desk(sqlite_url, clock=partial(later, 5))
        receiving.settle_pending(desk)
        desk.close()
        each_is_there_once(cast, sent)


def _has_kept(desk: Desk, many: int) -> bool:
    return len(kept(desk)) >= many
