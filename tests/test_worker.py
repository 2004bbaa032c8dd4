"""The background duties, and who does them."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui import assembly
from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Template, TicketField
from sysmo_tui.mail.folder import FolderTransport
from sysmo_tui.mail.transport import NoTransport, NullTransport
from sysmo_tui.models import Blob, BlobChunk, Outbox, table
from sysmo_tui.services import desk_settings, editing, files, filing, leases, notices, outbox, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.leases import Duty
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from sysmo_tui.worker import BackgroundDuties, Worker, unit
from tests.cast import Cast, Clock
from tests.waiting import until


@pytest.fixture
def cast(store: Store, clock: Clock) -> Cast:
    """People on a desk that owes mail."""
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people


def owe(cast: Cast, address: str) -> None:
    def owe_it(work: Any) -> None:
        outbox.owe(work, template=Template.TEST, address=address, locale="en", subject_key="x")

    cast.itself.write(owe_it)


def sent(store: Store) -> int:
    rows = table(Outbox)
    with store.reading() as session:
        statement = sa.select(sa.func.count()).where(rows.c.sent_at.is_not(None))
        return int(session.execute(statement).scalar_one())


def holder_of(cast: Cast, duty: Duty) -> str | None:
    return next((held.holder for held in cast.itself.read(leases.holders) if held.duty == duty), None)


def test_a_lease_is_one_holders_until_it_ends_or_is_given_back(cast: Cast, clock: Clock) -> None:
    def take(holder: str) -> bool:
        return cast.desk.touch(cast.itself.caller, leases.take, Duty.MAIL_OUT, holder, 30, holder)

    assert take("one")
    assert not take("two")
    clock.advance(seconds=20)
    assert take("one")
    clock.advance(seconds=20)
    assert not take("two")
    clock.advance(seconds=11)
    assert take("two")
    cast.desk.touch(cast.itself.caller, leases.release, "two", (Duty.MAIL_OUT,))
    assert take("one")


def test_a_clock_that_jumped_back_keeps_no_lease_for_ever(cast: Cast, clock: Clock) -> None:
    clock.advance(days=300)
    assert cast.desk.touch(cast.itself.caller, leases.take, Duty.MAIL_OUT, "one", 30)
    clock.advance(days=-300)
    assert not cast.itself.read(leases.is_alive, Duty.MAIL_OUT)
    assert cast.desk.touch(cast.itself.caller, leases.take, Duty.MAIL_OUT, "two", 30)


def test_many_takers_of_one_lease_are_one_holder(cast: Cast) -> None:
    won: list[str] = []

    def take(holder: str) -> None:
        if cast.desk.touch(cast.itself.caller, leases.take, Duty.CLEAN_UP, holder, 30):
            won.append(holder)

    takers = [threading.Thread(target=take, args=(f"taker {n}",)) for n in range(8)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert len(won) == 1


def test_a_worker_sends_what_is_due(cast: Cast, store: Store) -> None:
    owe(cast, "a@x.example")
    Worker(cast.desk, NullTransport()).run_once()
    assert sent(store) == 1


def test_only_one_of_two_workers_sends(cast: Cast, store: Store, clock: Clock) -> None:
    one, two = Worker(cast.desk, NullTransport(), "one"), Worker(cast.desk, NullTransport(), "two")
    one.run_once()
    two.run_once()
    assert holder_of(cast, Duty.MAIL_OUT) == "one"
    one.stop()
    two.run_once()
    assert holder_of(cast, Duty.MAIL_OUT) == "two"


def test_a_process_that_cannot_send_never_takes_the_mail_lease(cast: Cast, store: Store) -> None:
    owe(cast, "a@x.example")
    Worker(cast.desk, NoTransport(), "one").run_once()
    assert holder_of(cast, Duty.MAIL_OUT) is None
    assert sent(store) == 0


def test_the_background_of_a_program_yields_to_a_worker(cast: Cast, clock: Clock) -> None:
    background = Worker(cast.desk, NullTransport(), "tui", yields=True)
    background.run_once()
    assert holder_of(cast, Duty.MAIL_OUT) == "tui"
    worker = Worker(cast.desk, NullTransport(), "worker")
    worker.run_once()
    background.run_once()
    worker.run_once()
    assert holder_of(cast, Duty.MAIL_OUT) == "worker"
    background.run_once()
    assert holder_of(cast, Duty.MAIL_OUT) == "worker"
    worker.stop()
    background.run_once()
    assert holder_of(cast, Duty.MAIL_OUT) == "tui"


def test_the_duties_run_in_a_thread_until_they_are_stopped(cast: Cast, store: Store) -> None:
    owe(cast, "a@x.example")
    was_sent = threading.Event()

    class Telling(NullTransport):
        def send(self, message: Any, sender: str, recipient: str) -> None:
            was_sent.set()

    background = BackgroundDuties(cast.desk, Telling())
    background.start()
    background.start()
    assert was_sent.wait(10)
    background.stop(10)
    assert sent(store) == 1
    assert cast.itself.read(leases.holders) == ()


def test_a_duty_that_fails_is_logged_and_ends_nothing(
    cast: Cast, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    owe(cast, "a@x.example")
    stop = threading.Event()

    class Broken(NullTransport):
        def send(self, message: Any, sender: str, recipient: str) -> None:
            stop.set()
            raise RuntimeError("something that nobody foresaw")

    Worker(cast.desk, Broken()).run(stop)
    assert "something that nobody foresaw" in caplog.text
    assert cast.itself.read(leases.holders) == ()


def test_staged_files_that_nothing_refers_to_go_after_a_day(cast: Cast, store: Store, clock: Clock) -> None:
    customer = cast.customer()
    cast.operator()
    kept = files.stage(customer, io.BytesIO(b"kept"), "kept.txt")
    customer.write(filing.file, Filing(topic="general", subject="s", body="b", files=(kept,)))
    for n in range(25):
        files.stage(customer, io.BytesIO(b"lost"), f"lost{n}.txt")
    Worker(cast.desk, NullTransport(), "early").run_once()
    clock.advance(days=1, minutes=1)
    Worker(cast.desk, NullTransport(), "later").run_once()
    with store.reading() as session:
        assert session.execute(sa.select(table(Blob).c.id)).scalars().all() == [kept.blob_id]
        assert session.execute(sa.select(table(BlobChunk).c.blob_id)).scalars().all() == [kept.blob_id]


def test_a_follow_up_date_wakes_its_ticket(cast: Cast, store: Store, clock: Clock) -> None:
    luis = cast.operator()
    number = cast.customer().write(filing.file, Filing(topic="general", subject="s", body="b")).number
    luis.write(thread.reply, number, Outgoing("Please wait.", status="waiting"))
    luis.write(editing.edit, number, {TicketField.FOLLOW_UP: "+2d"})
    worker = Worker(cast.desk, NullTransport())
    worker.run_once()
    clock.advance(days=2, hours=1)
    worker.run_once()
    with store.reading() as session:
        category = session.execute(sa.text("SELECT category FROM ticket")).scalar_one()
    assert category == "open"


def test_doing_everything_once_leaves_no_mail_behind(cast: Cast, store: Store, clock: Clock) -> None:
    luis = cast.operator()
    number = cast.customer().write(filing.file, Filing(topic="general", subject="s", body="b")).number
    luis.write(thread.reply, number, Outgoing("Please wait.", status="waiting"))
    luis.write(editing.edit, number, {TicketField.FOLLOW_UP: "+2d"})
    clock.advance(days=2, hours=1)
    Worker(cast.desk, NullTransport()).run_once()
    rows = table(Outbox)
    with store.reading() as session:
        owed = session.execute(sa.select(rows.c.address, rows.c.sent_at).order_by(rows.c.id)).all()
    assert owed[-1].address == cast.email("luis")
    assert all(row.sent_at is not None for row in owed)


def test_the_duties_of_a_program_send_what_became_due_just_before_it_was_left(
    cast: Cast, store: Store
) -> None:
    background = BackgroundDuties(cast.desk, NullTransport())
    background.start()
    until(lambda: holder_of(cast, Duty.MAIL_OUT) is not None)
    until(lambda: holder_of(cast, Duty.CLEAN_UP) is not None)
    owe(cast, "a@x.example")
    background.stop(10)
    assert sent(store) == 1
    assert cast.itself.read(leases.holders) == ()


def test_a_desk_without_a_mail_setting_writes_files_beside_its_database(
    sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    desk = assembly.open_desk(sqlite_url, clock=clock)
    try:
        cast = Cast(desk)
        cast.found()
        transport = assembly.choose_transport(desk)
        assert isinstance(transport, FolderTransport)
        assert transport.folder == tmp_path / "desk.db.mail"
        assert str(transport.folder) in str(transport.explanation)
        cast.customer().write(filing.file, Filing(topic="general", subject="s", body="b"))
        Worker(desk, transport).run_once()
        assert len(list(transport.folder.glob("*.eml"))) == 2
        assert isinstance(assembly.choose_transport(desk, "null:"), NullTransport)
    finally:
        desk.close()


def test_mail_leaves_as_the_desk_says_now_and_not_as_it_said_when_the_program_began(
    sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    desk = assembly.open_desk(sqlite_url, clock=clock)
    try:
        cast = Cast(desk)
        cast.found()
        worker = Worker(desk, assembly.current_transport(desk))
        cast.admin().write(desk_settings.change, "mail_url", f"file://{tmp_path}/new")
        cast.customer().write(filing.file, Filing(topic="general", subject="s", body="b"))
        worker.run_once()
        assert len(list((tmp_path / "new").glob("*.eml"))) == 2
        assert not (tmp_path / "desk.db.mail").exists()
    finally:
        desk.close()


def test_a_desk_on_a_server_without_a_mail_setting_says_so(postgresql_store: Store, clock: Clock) -> None:
    cast = Cast(Desk(postgresql_store, clock=clock))
    cast.found()
    transport = assembly.choose_transport(cast.desk)
    assert not transport.is_ready
    assert "no way to send mail" in str(transport.explanation)


def test_the_unit_runs_the_command_and_hides_nothing_in_it() -> None:
    text = unit(
        "/opt/sysmo/bin/sysmo worker", {"SYSMO_DATABASE_URL": 'sqlite:////srv/100%/"desk".db'}, "sysmo"
    )
    assert "ExecStart=/opt/sysmo/bin/sysmo worker\n" in text
    assert 'Environment="SYSMO_DATABASE_URL=sqlite:////srv/100%%/\\"desk\\".db"' in text
    assert "Restart=always" in text


def test_sent_mail_is_forgotten_by_the_worker(cast: Cast, store: Store, clock: Clock) -> None:
    owe(cast, "a@x.example")
    worker = Worker(cast.desk, NullTransport())
    worker.run_once()
    clock.now += timedelta(days=91)
    worker.run_once()
    assert sent(store) == 0
