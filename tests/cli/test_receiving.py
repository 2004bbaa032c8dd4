from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa

from sysmo_tui.cli.taking_in import Plain, plain
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.mail import keeping, receiving
from sysmo_tui.models import Blob, InboundMail, table
from sysmo_tui.services import cleaning, desk_settings, inbound, leases
from sysmo_tui.storage import sqlite
from tests import mails as mail
from tests.cast import START
from tests.cli.conftest import Cli, Office
from tests.waiting import until

HERE = Path(__file__).parents[2]


@contextmanager
def delivering(office: Cli, *words: str) -> Iterator[Delivery]:
    """The command as a process of its own; killed at the end if it still runs."""
    delivery = subprocess.Popen(
        [sys.executable, "-m", "sysmo_tui", "mail", "receive", *words],
        cwd=HERE,
        env=os.environ | office.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with delivery:
        try:
            assert delivery.stdin is not None
            yield Delivery(delivery, delivery.stdin)
        finally:
            delivery.kill()


@dataclass
class Delivery:
    """A running command, and the pipe into it."""

    process: subprocess.Popen[bytes]
    pipe: IO[bytes]

    def send(self, raw: bytes) -> None:
        self.pipe.write(raw)
        self.pipe.flush()

    def end(self, raw: bytes) -> None:
        self.send(raw)
        self.pipe.close()


def test_a_message_from_a_pipe_becomes_a_ticket_and_nothing_is_said(office: Office):
    ran = office("mail", "receive", stdin=mail.written())
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    (row,) = mail.kept(office.cast.desk)
    assert (row.mailbox, row.verdict, row.subject) == ("", Verdict.TICKET, "The printer burns")


def test_a_mailbox_that_nobody_made_is_said_and_loses_nothing(office: Office):
    ran = office("mail", "receive", "--mailbox", "sales", stdin=mail.written())
    assert ran.code == 0
    assert "sales" in ran.err
    assert [row.mailbox for row in mail.kept(office.cast.desk)] == ["sales"]


def test_an_empty_message_is_kept_and_waits_for_a_person(office: Office):
    assert office("mail", "receive", stdin=b"").code == 0
    (row,) = mail.kept(office.cast.desk)
    assert (row.verdict, row.reason, row.size) == (Verdict.QUARANTINED, MailReason.UNREADABLE, 0)


def test_of_a_message_over_the_limit_the_beginning_is_kept(office: Office):
    office.cast.admin().write(desk_settings.change, "mail_limit", 300_000)
    raw = mail.with_file("large.bin", b"x" * 900_000)
    assert office("mail", "receive", stdin=raw).code == 0
    assert office("mail", "receive", stdin=raw).code == 0
    (row,) = mail.kept(office.cast.desk)
    assert (row.verdict, row.reason, row.size) == (Verdict.QUARANTINED, MailReason.TOO_LARGE, len(raw))
    assert row.subject == "The printer burns"
    stub = office.cast.desk.read(keeping.mail_caller(), inbound.raw, row.id)
    assert stub.content == raw[: inbound.KEPT_OF_LARGE]


@pytest.mark.parametrize(
    "words",
    [("--nonsense",), ("--mailbox",), ("--database", "sqlite:////nowhere/at/all.db"), ("--database", "x:y")],
)
def test_what_goes_wrong_before_a_message_is_kept_is_always_try_again(office: Office, words: tuple[str, ...]):
    ran = office("mail", "receive", *words, stdin=mail.written())
    assert (ran.code, ran.out) == (75, "")
    assert ran.err.count("\n") == 1
    assert mail.kept(office.cast.desk) == []


def test_without_a_desk_a_mail_server_tries_again(cli: Cli):
    assert cli("mail", "receive", stdin=mail.written()).code == 75


def test_a_server_that_does_not_answer_is_try_again(cli: Cli):
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    assert cli("mail", "receive", stdin=mail.written(), SYSMO_DATABASE_URL=url).code == 75


def test_whatever_happens_after_a_message_is_kept_is_a_success(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(receiving, "settle_kept", broken)
    assert office("mail", "receive", stdin=mail.written()).code == 0
    assert [row.verdict for row in mail.kept(office.cast.desk)] == [Verdict.PENDING]


def test_a_message_that_cannot_be_read_prints_no_traceback_and_waits(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    def broken(_content: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(receiving, "parse", broken)
    ran = office("mail", "receive", stdin=mail.written())
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    (row,) = mail.kept(office.cast.desk)
    assert (row.verdict, row.error) == (Verdict.PENDING, "too deep")


def test_a_full_disk_is_try_again(small_office: Office):
    path = small_office.cast.desk.store.path
    assert path is not None
    with closing(sqlite3.connect(path)) as looking:
        pages = looking.execute("PRAGMA page_count").fetchone()[0]

    def full(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    sa.event.listen(sa.Engine, "connect", full)
    try:
        ran = small_office("mail", "receive", stdin=mail.with_file("x", b"x" * 300_000))
    finally:
        sa.event.remove(sa.Engine, "connect", full)
    assert ran.code == 75
    assert mail.kept(small_office.cast.desk) == []


def test_a_database_that_somebody_else_has_locked_is_try_again(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    other = sqlite3.connect(small_office.cast.desk.store.path or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        ran = small_office("mail", "receive", stdin=mail.written())
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert ran.code == 75


def test_standard_streams_that_are_closed_or_full_change_no_answer(small_office: Office):
    program = f"{sys.executable} -m sysmo_tui mail receive --mailbox"
    Path("/dev/full").exists() or pytest.skip("this system has no /dev/full")

    def run(words: str) -> int:
        shell = f"{program} {words}"
        env = os.environ | small_office.environ
        return subprocess.run(
            ["sh", "-c", shell], input=mail.written(), cwd=HERE, env=env, check=False
        ).returncode

    assert run("a <&-") == 75
    assert run("b --json >/dev/full 2>&1") == 0
    assert run("c >&- 2>&-") == 0
    assert [row.mailbox for row in mail.kept(small_office.cast.desk)] == ["b", "c"]
    assert {row.verdict for row in mail.kept(small_office.cast.desk)} == {Verdict.TICKET}


def test_a_delivery_that_is_told_to_end_before_the_message_is_complete_is_try_again(small_office: Office):
    with delivering(small_office) as delivery:
        # More than a pipe holds: when it is written, the command has begun to read.
        delivery.send(b"Subject: x\n\n" + b"x" * 200_000)
        delivery.process.terminate()
        assert delivery.process.wait(20) == 75
    assert mail.kept(small_office.cast.desk) == []


def test_a_delivery_killed_after_it_kept_the_message_leaves_it_to_others(small_office: Office):
    desk, raw = small_office.cast.desk, mail.written()
    with delivering(small_office) as delivery:
        delivery.end(raw)
        until(lambda: mail.kept(desk))
        delivery.process.kill()
    # The mail server got no answer, and delivers again.
    assert small_office("mail", "receive", stdin=raw).code == 0
    with desk.store.writing() as session:
        session.execute(sa.update(table(InboundMail)).values(next_attempt_at=START))
    small_office.ok("worker", "--once")
    (row,) = mail.kept(desk)
    assert (row.verdict, row.ticket_number) == (Verdict.TICKET, 1)


def test_four_deliveries_of_one_message_at_once_are_one_ticket(office: Office):
    raw = mail.written()
    with ExitStack() as stack:
        deliveries = [stack.enter_context(delivering(office)) for _ in range(4)]
        for each in deliveries:
            each.end(raw)
        assert [each.process.wait(90) for each in deliveries] == [0] * 4
    (row,) = mail.kept(office.cast.desk)
    assert row.verdict is Verdict.TICKET


def test_a_message_is_kept_without_what_only_deciding_needs_and_left_to_a_worker_that_lives(office: Office):
    desk = office.cast.desk
    desk.touch(keeping.mail_caller(), leases.take, leases.Duty.WORKER, "somebody", 60.0)
    code = """
import sys
from sysmo_tui.cli.main import run
code = run(sys.argv[1:])
heavy = {"sqlmodel", "pydantic", "typer", "rich", "alembic", "sysmo_tui.models", "sysmo_tui.desk"}
loaded = [name for name in sys.modules if name.startswith("sysmo_tui.services")]
sys.exit(code or " ".join(sorted(heavy & set(sys.modules)) + loaded) or 0)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, "mail", "receive", "--mailbox", "sales"],
        cwd=HERE,
        env=os.environ | office.environ,
        input=mail.written(),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"sales" in ran.stderr, "the mailbox that nobody made is told of all the same"
    (row,) = mail.kept(desk)
    assert (row.mailbox, row.verdict, row.attempts) == ("sales", Verdict.PENDING, 0)
    office.ok("worker", "--once")
    assert mail.kept(desk)[0].verdict is Verdict.TICKET


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("mail receive", Plain()),
        ("--database x mail receive --mailbox=sales", Plain("sales", "x")),
        ("mail --database=x receive --mailbox sales", Plain("sales", "x")),
        ("mail receive --mailbox a --mailbox b", None),
        ("--mailbox a mail receive", None),
        ("mail receive --mailbox", None),
        ("mail receive --mailbox --json", None),
        ("mail receive --json", None),
        ("mail receive more", None),
        ("mail receive --help", None),
    ],
)
def test_only_a_plain_command_line_is_read_without_the_library(words: str, read: Plain | None):
    assert plain(words.split()) == read


def test_cleaning_up_leaves_the_raw_mail(office: Office):
    office.ok("mail", "receive", stdin=mail.written())
    caller = office.cast.itself.caller
    (row,) = mail.kept(office.cast.desk)
    blob = table(Blob)
    with office.cast.desk.store.writing() as session:
        session.execute(sa.update(blob).values(staged_at=START))
    assert row.blob_id not in office.cast.desk.read(caller, cleaning.unreferenced_files)


def test_the_doctor_says_when_what_the_desks_mails_say_is_not_so(office: Office):
    def told() -> list[str]:
        return [
            each["advice"] for each in office("doctor", "--json").json["items"] if each["name"] == "Mail in"
        ]

    assert told() == [""]
    office.cast.admin().write(desk_settings.change, "mail_comes_in", "yes")
    assert told() == ["See: sysmo mail mailbox list", ""]
    assert office("mail", "receive", stdin=mail.written()).code == 0
    assert told() == [""]
    office.cast.admin().write(desk_settings.change, "mail_comes_in", "no")
    assert told() == ["Set: sysmo config edit mail_comes_in on", ""]
