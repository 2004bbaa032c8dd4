"""Mail on its way: accepted, refused, put off, cut, and never sent twice by two."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.enums import Channel, Template
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.mail.folder import FolderTransport
from sysmo_tui.mail.sending import Outcome, Sent, send_batch, send_due, send_overdue
from sysmo_tui.mail.smtp import SmtpTransport
from sysmo_tui.mail.transport import NoTransport, NullTransport, Refused, open_transport
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import leases, outbox, thread
from sysmo_tui.services.leases import Duty
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mail.conftest import Mailbox, accepts, file

Serve = Callable[..., int]
_ROWS = table(Outbox)


def rows(store: Store) -> list[Any]:
    with store.reading() as session:
        return list(session.execute(sa.select(_ROWS).order_by(_ROWS.c.id)).all())


def owe_answers(cast: Cast, *names: str) -> None:
    """A public answer for each of these customers is owed, and nothing else."""
    operator = cast.operator()
    numbers = [file(cast.customer(name)) for name in names]
    send_due(cast.desk, NullTransport(), "before")
    for number in numbers:
        operator.write(thread.reply, number, Outgoing(f"Answer to #{number}."))


def test_what_is_owed_arrives_once(cast: Cast, store: Store, mailbox: Mailbox, serve: Serve) -> None:
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    owe_answers(cast, "carla")
    assert send_due(cast.desk, transport, "me") == Sent(accepted=1)
    assert send_due(cast.desk, transport, "me") == Sent()
    assert mailbox.recipients == ["carla@customer.example"]
    assert "Answer to #1." in str(mailbox.messages[0].get_body(("plain",)))
    assert rows(store)[-1].sent_at is not None


def test_what_became_of_a_mail_survives_a_power_cut(
    cast: Cast, store: Store, mailbox: Mailbox, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut takes back what was only touched: no mark of a mail may be among that."""
    mailbox.answers["dora@customer.example"] = "550 no such user"
    owe_answers(cast, "carla", "dora")
    touching = store.touching

    @contextmanager
    def forgetful() -> Iterator[Session]:
        with touching() as session:

            def is_marked() -> list[Any]:
                marks = sa.select(_ROWS.c.id, _ROWS.c.sent_at, _ROWS.c.failed_at).order_by(_ROWS.c.id)
                return list(session.execute(marks))

            before = is_marked()
            yield session
            assert is_marked() == before

    monkeypatch.setattr(store, "touching", forgetful)
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    assert send_due(cast.desk, transport, "me") == Sent(accepted=2, failed=1)
    carla, dora, told = rows(store)[-3:]
    assert told.template is Template.UNDELIVERED
    assert [(row.sent_at is None, row.failed_at is None) for row in (carla, dora)] == [
        (False, True),
        (True, False),
    ]


def test_one_refused_address_does_not_stop_the_others(
    cast: Cast, store: Store, mailbox: Mailbox, serve: Serve
) -> None:
    mailbox.answers["bruno@customer.example"] = "550 5.1.1 no such user"
    mailbox.data_answers["diana@customer.example"] = "451 4.7.1 come back later"
    owe_answers(cast, "bruno", "diana", "carla")
    assert send_due(cast.desk, open_transport(f"smtp://127.0.0.1:{serve()}"), "me") == Sent(2, 1, 1)
    bruno, diana, carla, told = rows(store)[-4:]
    assert (told.template, told.address) == (Template.UNDELIVERED, "luis@desk.example")
    assert bruno.failed_at is not None
    assert "no such user" in bruno.error
    assert diana.failed_at is None
    assert "come back later" in diana.error
    assert carla.sent_at is not None


def test_what_was_put_off_is_tried_again_and_waits_longer_each_time(
    cast: Cast, store: Store, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    mailbox.data_answers["carla@customer.example"] = "451 4.7.1 come back later"
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    owe_answers(cast, "carla")
    waits = []
    for _ in range(8):
        send_due(cast.desk, transport, "me")
        row = rows(store)[-1]
        waits.append(row.next_attempt_at - clock.now)
        clock.now = row.next_attempt_at
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] == timedelta(hours=1)
    del mailbox.data_answers["carla@customer.example"]
    assert send_due(cast.desk, transport, "me").accepted == 1


def test_after_five_days_of_refusals_a_mail_fails_for_people_to_see() -> None:
    total = sum((outbox.wait_after(n) for n in range(1, outbox.MOST_ATTEMPTS)), timedelta())
    assert timedelta(days=4, hours=20) < total < timedelta(days=5, hours=4)


def test_a_cut_after_the_text_is_retried_with_the_same_message_id(
    cast: Cast, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    mailbox.cuts_after_data = 1
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    owe_answers(cast, "carla")
    assert send_due(cast.desk, transport, "me").later == 1
    clock.advance(minutes=2)
    assert send_due(cast.desk, transport, "me").accepted == 1
    first, second = mailbox.received
    assert first == second


def test_killed_between_sending_and_marking_the_next_sender_uses_the_same_message_id(
    cast: Cast, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    from sysmo_tui.mail.sending import write

    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    owe_answers(cast, "carla")
    (mail,) = cast.desk.touch(desk_caller(), outbox.claim, "killed", 10)
    _, message = write(cast.desk, mail)
    with transport.line() as line:
        line.send(message, "desk@desk.example", mail.address)
    assert send_due(cast.desk, transport, "next") == Sent()
    clock.advance(minutes=11)
    assert send_due(cast.desk, transport, "next") == Sent(accepted=1)
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_two_senders_never_send_one_mail_twice(cast: Cast, mailbox: Mailbox, serve: Serve) -> None:
    owe_answers(cast, *(f"customer{n}" for n in range(12)))
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    totals: list[Sent] = []
    threads = [
        threading.Thread(target=lambda n=n: totals.append(send_due(cast.desk, transport, f"sender {n}")))
        for n in range(3)
    ]
    for thread_ in threads:
        thread_.start()
    for thread_ in threads:
        thread_.join()
    assert sum(total.accepted for total in totals) == 12
    assert len(set(mailbox.recipients)) == len(mailbox.recipients) == 12


def test_a_server_that_is_away_puts_everything_off_at_once(cast: Cast, store: Store) -> None:
    owe_answers(cast, "bruno", "carla")
    transport = SmtpTransport("127.0.0.1", 1, is_tls_required=False)
    assert send_due(cast.desk, transport, "me") == Sent(later=2)
    assert all(row.failed_at is None and row.error for row in rows(store)[-2:])


def test_a_wrong_password_fails_no_mail(
    cast: Cast, store: Store, serve: Serve, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    path, context = certificate
    port = serve(authenticator=accepts("desk", "right"), auth_required=True, tls_context=context)
    owe_answers(cast, "carla")
    wrong = open_transport(f"smtp://desk:wrong@127.0.0.1:{port}?tls=required&ca={path}")
    assert send_due(cast.desk, wrong, "me") == Sent(later=1)
    row = rows(store)[-1]
    assert row.failed_at is None
    assert "535" in row.error
    assert "wrong" not in row.error


def test_a_right_password_from_the_environment_opens_the_server(
    cast: Cast, mailbox: Mailbox, serve: Serve, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    path, context = certificate
    port = serve(authenticator=accepts("desk", "right"), auth_required=True, tls_context=context)
    owe_answers(cast, "carla")
    url = f"smtp://desk@127.0.0.1:{port}?tls=required&ca={path}"
    assert not open_transport(url).is_ready
    transport = open_transport(url, "right")
    assert send_due(cast.desk, transport, "me").accepted == 1
    assert "right" not in repr(transport) + transport.shown


def test_without_its_password_nothing_is_claimed(cast: Cast, store: Store) -> None:
    owe_answers(cast, "carla")
    assert send_due(cast.desk, open_transport("smtp://desk@mail.example"), "me") == Sent()
    assert rows(store)[-1].claimed_until is None


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_travels_encrypted(
    cast: Cast, mailbox: Mailbox, serve: Serve, certificate: tuple[Path, ssl.SSLContext], scheme: str
) -> None:
    path, context = certificate
    if scheme == "smtp":
        port = serve(tls_context=context, require_starttls=True)
    else:
        port = serve(ssl_context=context)
    owe_answers(cast, "bruno", "carla")
    trusting = open_transport(f"{scheme}://127.0.0.1:{port}?tls=required&ca={path}")
    assert send_due(cast.desk, trusting, "me").accepted == 2


def test_a_certificate_that_nobody_vouches_for_is_refused(
    cast: Cast, mailbox: Mailbox, serve: Serve, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    port = serve(tls_context=certificate[1])
    owe_answers(cast, "carla")
    assert send_due(cast.desk, open_transport(f"smtp://127.0.0.1:{port}?tls=required"), "me") == Sent(later=1)
    assert mailbox.received == []


def test_encryption_that_the_server_does_not_offer_is_not_done_without(
    cast: Cast, mailbox: Mailbox, serve: Serve
) -> None:
    owe_answers(cast, "carla")
    transport = open_transport(f"smtp://127.0.0.1:{serve()}?tls=required")
    assert send_due(cast.desk, transport, "me") == Sent(later=1)
    assert mailbox.received == []


def test_only_this_machine_is_trusted_without_encryption() -> None:
    for url in ("smtp://mail.example", "smtp://192.0.2.1:25"):
        transport = open_transport(url)
        assert isinstance(transport, SmtpTransport)
        assert transport.is_tls_required
    for url in ("smtp://localhost:25", "smtp://127.0.0.1", "smtp://[::1]:25", "smtp://mail.example?tls=off"):
        transport = open_transport(url)
        assert isinstance(transport, SmtpTransport)
        assert not transport.is_tls_required


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "http://x", "smtp://", "smtp://h:port", "file://", "file:///", "smtp://h?tls=no"],
)
def test_a_mail_address_that_means_nothing_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_transport(url)
    assert refusal.value.field == "mail_url"


def test_files_are_whole_private_and_one_a_message(cast: Cast, tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "of the desk" / "mail"
    transport = open_transport(folder.as_uri())
    assert isinstance(transport, FolderTransport)
    owe_answers(cast, "bruno", "carla")
    assert send_due(cast.desk, transport, "me").accepted == 2
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    found = [message_from_bytes(file.read_bytes(), policy=policy.default)["To"] for file in files]
    assert found == ["bruno@customer.example", "carla@customer.example"]


def test_a_folder_that_cannot_be_written_leaves_mail_for_who_can(
    cast: Cast, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "mail").write_text("a file, not a folder")
    owe_answers(cast, "carla")
    assert send_due(cast.desk, FolderTransport(tmp_path / "mail"), "me") == Sent()
    assert send_due(cast.desk, FolderTransport(tmp_path / "other"), "you").accepted == 1


def test_who_lost_sight_of_the_ticket_meanwhile_is_not_written_to(
    cast: Cast, store: Store, mailbox: Mailbox, serve: Serve
) -> None:
    luis = cast.operator("luis")
    cast.operator("lola")
    number = file(cast.customer())
    cast.desk.touch(desk_caller(), _watch, number, cast.ids["lola"])
    send_due(cast.desk, NullTransport(), "before")
    luis.write(thread.note, number, Outgoing("A secret."))
    with store.writing() as session:
        session.execute(sa.text("DELETE FROM ticket_person"))
        session.execute(sa.text("DELETE FROM topic_member"))
    send_due(cast.desk, open_transport(f"smtp://127.0.0.1:{serve()}"), "me")
    assert mailbox.received == []
    assert all(row.sent_at is not None for row in rows(store))


def _watch(work: Any, number: int, account_id: int) -> None:
    work.session.execute(
        sa.text("INSERT INTO ticket_person VALUES (:n, :a, 'watcher', :at)"),
        {"n": number, "a": account_id, "at": work.now.isoformat(" ")},
    )


def test_a_command_sends_its_own_mail_when_nobody_else_does(
    cast: Cast, mailbox: Mailbox, serve: Serve
) -> None:
    from sysmo_tui.desk import command_for

    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    operator = cast.operator()
    number = file(cast.customer())
    send_due(cast.desk, NullTransport(), "before")
    command = command_for(thread.reply)
    operator.write_once(command, thread.reply, number, Outgoing("Now."))
    assert send_batch(cast.desk, NoTransport(), command.id) is Outcome.NOBODY_SENDS
    assert send_batch(cast.desk, transport, command.id) is Outcome.SENT
    assert mailbox.recipients == ["carla@customer.example"]
    assert send_batch(cast.desk, transport, command.id) is Outcome.NOTHING_OWED
    second = command_for(thread.reply)
    operator.write_once(second, thread.reply, number, Outgoing("Again."))
    cast.desk.touch(desk_caller(), leases.take, Duty.MAIL_OUT, "a worker", 30)
    assert send_batch(cast.desk, transport, second.id) is Outcome.LEFT_TO_WORKER


def test_a_command_also_sends_what_others_left_behind_and_nothing_that_still_waits(
    cast: Cast, store: Store, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    cast.operator()
    tui = cast.sign_in("luis", Channel.TUI)
    numbers = [file(cast.customer(name)) for name in ("dora", "elsa")]
    send_due(cast.desk, NullTransport(), "before")
    tui.write(thread.reply, numbers[0], Outgoing("Left just before leaving."))
    clock.advance(seconds=11)
    tui.write(thread.reply, numbers[1], Outgoing("May still be taken back."))
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    assert send_overdue(cast.desk, transport, "a command") == Sent(accepted=1)
    assert mailbox.recipients == ["dora@customer.example"]
    assert [row.address for row in rows(store) if row.sent_at is None] == ["elsa@customer.example"]
    clock.advance(seconds=11)
    cast.desk.touch(desk_caller(), leases.take, Duty.MAIL_OUT, "a worker", 30)
    assert send_overdue(cast.desk, transport, "a command") == Sent()


def test_no_transport_refuses_for_now() -> None:
    with NoTransport().line() as line, pytest.raises(Refused) as refusal:
        line.send(None, "", "")  # type: ignore[arg-type]
    assert not refusal.value.is_permanent


def test_a_one_time_code_leaves_the_desk_with_its_mail(cast: Cast, store: Store, clock: Clock) -> None:
    def owe_code(work: Any) -> None:
        for name, hours in (("ada", 1), ("bad", -1)):
            outbox.owe(
                work,
                template=Template.RESET,
                address=f"{name}@desk.example",
                locale="en",
                subject_key="account:1",
                account_id=1,
                payload={"code": "S3CR-3T", "expires_at": (work.now + timedelta(hours=hours)).isoformat()},
            )

    cast.itself.write(owe_code)
    assert all(row.payload for row in rows(store))
    assert send_due(cast.desk, NullTransport(), "me") == Sent(accepted=1, failed=1)
    assert all(row.payload == {} for row in rows(store))
