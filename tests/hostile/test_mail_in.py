"""Whatever mail comes in: the documented verdict, no answer that hurts, and counts that add up."""

from __future__ import annotations

import dataclasses
import logging
import random
from collections import Counter

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Channel, EntryKind, SenderStanding, Template, Verdict
from sysmo_tui.mail import receiving
from sysmo_tui.mail.sending import write
from sysmo_tui.models import Entry, Ticket, table
from sysmo_tui.services import accounts, desk_settings, notices, outbox, proof, registration, senders
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock, mails
from tests.hostile.attacks_by_mail import ATTACKS, Known
from tests.mail.post_office import read
from tests.mail.test_compose import each_owed
from tests.mails import kept
from tests.services import requests as ask
from tests.services.test_registration import FORM


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    """Two customers with a ticket each, on a desk where mail comes in."""
    people = Cast(Desk(sqlite_store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    admin = people.admin()
    settings = {"reply_address": "help@desk.example", "mail_comes_in": "on", "mail_limit": "1048576"}
    for name, value in settings.items():
        admin.write(desk_settings.change, name, value)
    luis = people.operator()
    for number, name in enumerate(("carla", "dora"), 1):
        assert ask.file(people.customer(name), subject=f"It broke {number}") == number
        ask.note(luis, number, f"SECRET {number}")
        ask.reply(luis, number, f"Which one, {name}?")
    return people


@pytest.fixture
def known(cast: Cast) -> Known:
    people = cast.admin()
    cast.customer("zoe")
    people.write(accounts.disable, cast.email("zoe"))
    people.write(senders.decide, "spam@spam.example", SenderStanding.BLOCKED)
    registration.register(cast.visitor(), dataclasses.replace(FORM, email="nora@customer.example"))
    letters = {
        mail.address.partition("@")[0].lower(): read(write(cast.desk, mail)[1].as_bytes())
        for mail in each_owed(cast)
    }
    uuid = cast.itself.read(desk_settings.load).uuid
    return Known(letters["carla"], letters["dora"], letters["nora"], uuid)


def test_every_attack_gets_its_verdict_and_the_counts_add_up(
    cast: Cast, known: Known, caplog: pytest.LogCaptureFixture
) -> None:
    names = list(ATTACKS)
    random.Random(3).shuffle(names)
    before = len(mails(cast.desk))
    with caplog.at_level(logging.WARNING):
        for name in names:
            receiving.receive(cast.desk, "", ATTACKS[name][0](known))
    rows = kept(cast.desk)
    found = {name: (row.verdict, row.reason) for name, row in zip(names, rows, strict=True)}
    assert found == {name: ATTACKS[name][1:] for name in names}
    assert not [record for record in caplog.records if record.exc_info], caplog.text
    assert all(row.attempts == 1 and not row.error for row in rows)
    counted = Counter(row.verdict for row in rows)
    assert counted == Counter(verdict for _made, verdict, _reason in ATTACKS.values())
    assert (counted[Verdict.TICKET], counted[Verdict.REPLY]) == by_mail(cast)
    nobody_else_was_told(cast, before)
    assert cast.itself.read(proof.check) == ()


def by_mail(cast: Cast) -> tuple[int, int]:
    """How many tickets came by mail, and how many replies."""
    with cast.desk.store.reading() as session:
        tickets = sa.select(sa.func.count()).where(table(Ticket).c.channel == Channel.EMAIL)
        entries = table(Entry)
        replies = sa.select(sa.func.count()).where(
            entries.c.channel == Channel.EMAIL, entries.c.kind == EntryKind.REPLY
        )
        return session.execute(tickets).scalar_one(), session.execute(replies).scalar_one()


def nobody_else_was_told(cast: Cast, before: int) -> None:
    """Who wrote gets an acknowledgement at most, and nobody whom a mail only names gets anything."""
    told = [mail for mail in mails(cast.desk)[before:] if not mail.address.endswith("@desk.example")]
    assert {mail.template for mail in told} == {Template.ACKNOWLEDGED}
    assert max(Counter(mail.address for mail in told).values()) == 1
    machines = {"cron@acme.example", "list@acme.example", "no-reply@acme.example"}
    assert not machines & {mail.address for mail in told}
    for mail in each_owed(cast):
        letter = read(write(cast.desk, mail)[1].as_bytes())
        assert not [name for name in letter if name.lower() in ("bcc", "cc")]
        assert [each.addr_spec for each in letter["To"].addresses] == [mail.address]
        if not mail.address.endswith("@desk.example"):
            assert "SECRET" not in letter.as_string()
