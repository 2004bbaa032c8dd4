"""What someone with bad intentions tries first."""

from __future__ import annotations

import base64
import contextlib
import random

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door, command_for
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.errors import Conflict, DeskError, Forbidden, Invalid, NotFound
from sysmo_tui.models import Account, Batch, table
from sysmo_tui.services import account_list, filing, inboxes, reading, thread, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast
from tests.services import requests as ask


@pytest.mark.parametrize("text", ["half\ud83d", "zero\x00byte", "%" * 100_000])
def test_a_text_that_no_database_takes_is_refused_or_not_found(operator: Door, text: str):
    with contextlib.suppress(Invalid, NotFound):
        operator.read(account_list.show, text)
    with contextlib.suppress(Invalid):
        operator.read(account_list.page, text)


def test_a_version_tells_customers_nothing(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.note(operator, number)
    for version in range(6):
        with pytest.raises(Forbidden):
            customer.write(thread.reply, number, Outgoing("Hello?"), version=version)


def test_the_key_of_someone_elses_command_brings_nothing_of_theirs(cast: Cast, customer: Door):
    command = command_for(filing.file, "key 1", "digest")
    mine = customer.write_once(command, filing.file, Filing("general", "Mine", "Secret"))
    other = cast.customer("otto")
    again = command_for(filing.file, "key 1", "digest")
    theirs = other.write_once(again, filing.file, Filing("general", "Theirs", "Words"))
    assert theirs.number != mine.number
    with pytest.raises(NotFound):
        other.read(reading.show, mine.number)
    with pytest.raises(Conflict):
        customer.write_once(
            command_for(filing.file, "key 1", "other"), filing.file, Filing("general", "Mine", "Other")
        )


def test_a_key_does_not_outlive_the_right_to_see_what_it_made(cast: Cast, customer: Door):
    operator = cast.operator()
    number = ask.file(customer)
    command = command_for(tickets.take, "key 2", "digest")
    operator.write_once(command, tickets.take, number)
    stranger = cast.operator("rita", topics=[])
    with pytest.raises(NotFound):
        stranger.write_once(command_for(tickets.take, "key 2", "digest"), tickets.take, number)


@pytest.mark.parametrize("sort", [None, Sort.UPDATED, Sort.CREATED])
def test_a_tampered_cursor_shows_nothing_that_is_not_ones_own(cast: Cast, customer: Door, sort: Sort | None):
    other = cast.customer("otto")
    own = {ask.file(customer, f"Mine {n}") for n in range(3)}
    for n in range(3):
        ask.file(other, f"Theirs {n}")
    good = customer.read(inboxes.page, Inbox.CREATED, sort=sort, limit=1).page.next
    foreign = other.read(inboxes.page, Inbox.CREATED, sort=sort, limit=1).page.next
    assert good
    assert foreign
    dice = random.Random(str(sort))
    tampered = [good, foreign, "", good[:-1], good + "A", "\ud83d", "0" * 10_000]
    for _ in range(150):
        letters = list(good)
        letters[dice.randrange(len(letters))] = chr(dice.choice([*range(33, 127), 0, 955, 0x1F600]))
        tampered.append("".join(letters))
        tampered.append(base64.urlsafe_b64encode(dice.randbytes(dice.randrange(60))).decode())
    for cursor in tampered:
        with contextlib.suppress(Invalid):
            found = customer.read(inboxes.page, Inbox.CREATED, sort=sort, after=cursor).page.items
            assert {row.number for row in found} <= own


def test_an_error_of_the_database_tells_the_log_no_secret(store: Store):
    with pytest.raises(sa.exc.DatabaseError) as failed, store.writing() as session:
        session.execute(sa.text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "correct horse"})
    assert "correct horse" not in str(failed.value)


def test_what_is_kept_of_a_command_holds_neither_password_nor_secret(cast: Cast, customer: Door):
    from sysmo_tui.services import signing_in
    from tests.cast import PASSWORD

    secret = signing_in.sign_in(cast.visitor(), "carla@customer.example", PASSWORD).secret
    assert secret
    with cast.desk.store.reading() as session:
        kept = str(session.execute(sa.select(table(Batch))).all())
        hashes = session.execute(sa.select(table(Account).c.password_hash)).scalars().all()
    assert secret not in kept
    assert PASSWORD not in kept
    assert all(each not in kept for each in hashes if each)


def test_a_customer_cannot_use_what_is_for_staff_in_a_request(customer: Door):
    for more in (
        {"priority": "urgent"},
        {"tags": ("vip",)},
        {"assign_to": "me"},
        {"requester": "otto@x.example"},
    ):
        with pytest.raises(DeskError) as refused:
            customer.write(filing.file, Filing("general", "S", "B", **more))  # type: ignore[arg-type]
        assert isinstance(refused.value, Forbidden), more


def test_the_name_of_a_new_customer_has_a_length(operator: Door):
    with pytest.raises(Invalid) as refused:
        operator.write(
            filing.file,
            Filing("general", "S", "B", requester="new@customer.example", requester_name="x" * 10_000),
        )
    assert refused.value.field == "name"
