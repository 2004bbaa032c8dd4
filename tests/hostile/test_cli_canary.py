"""An internal note leaves no trace in anything that a command or a mail shows its customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.enums import Inbox
from sysmo_tui.models import Outbox, table
from tests.cli.conftest import Cli, Office, capture, cli, now_cast, office
from tests.services import requests as ask

__all__ = ["capture", "cli", "now_cast", "office"]

CANARY = "zanahoria"

COMMANDS = [
    "ticket list",
    "ticket list --json",
    "ticket list --csv",
    "ticket list --sort created --json",
    "ticket list --columns number,status,priority,type,topic,subject,requester,company,email,assignee,owner,"
    "operator,channel,created,updated,closed,due,follow_up,version",
    f"ticket list {CANARY} --json",
    "ticket list is:unread --json",
    "ticket list has:file --json",
    f"ticket list file:{CANARY} --json",
    "ticket list by:luis --json",
    "ticket list has:note --json",
    "ticket list is:internal --json",
    f"ticket list tag:{CANARY} --json",
    "ticket list assignee:me --json",
    "ticket list updated:today --json",
    f"search {CANARY} --json",
    f'search "{CANARY} words" --json',
    f"search -{CANARY} --json",
    f"search {CANARY[:4]}* --json",
    "search printer --json",
    "ticket show {n}",
    "ticket show {n} --events",
    "ticket show {n} --json --events",
    "ticket show {n} --raw",
    "ticket show {n} --raw --json",
    "ticket files {n}",
    "ticket links {n}",
    "ticket links {n} --json",
    "ticket files {n} --json",
    "ticket files {n} --csv",
    "ticket history {n}",
    "ticket download {n} " + CANARY + ".txt",
    "ticket reply {n} --body x --if-version 1",
    "ticket reply {n} --body x --if-version 9",
    "ticket note {n} --body x",
    "report summary --json",
    "account list --json",
    "profile show --json",
    "session list --csv",
    "topic list --json",
    "topic show general --json",
    "whoami --json",
    *(f"ticket list --inbox {inbox} --json" for inbox in Inbox),
]


def everything(customer: Cli, number: int) -> dict[str, tuple[int, str, str]]:
    """All that commands show of a ticket and about it, byte for byte."""
    shown = {}
    for command in COMMANDS:
        ran = customer(*(word.format(n=number) for word in command.split()))
        shown[command] = (ran.code, ran.out, ran.err)
    return shown


def mails_to_customers(office: Office) -> list[Any]:
    with office.cast.desk.store.reading() as session:
        where = table(Outbox)
        found = sa.select(where.c.address, where.c.template, where.c.payload).where(
            where.c.address.endswith("customer.example")
        )
        return list(session.execute(found))


def test_all_that_customers_see_is_the_same_with_and_without_a_note(office: Office, tmp_path: Path):
    door = office.cast.customer()
    number = ask.file(door, files=(ask.upload(door),))
    operator, customer = office.operator, office.customer
    operator.ok("ticket", "reply", str(number), "--body", "Is it plugged in?")
    customer.ok("ticket", "show", str(number))
    file = tmp_path / f"{CANARY}.txt"
    file.write_text(CANARY)
    before, mail_before = everything(customer, number), mails_to_customers(office)
    operator.ok("ticket", "note", str(number), "--body", f"{CANARY} words", "--attach", str(file))
    operator.ok("ticket", "attach", str(number), str(file), "--internal")
    operator.ok("ticket", "tag", str(number), CANARY)
    operator.ok("ticket", "watch", str(number))
    operator.ok("ticket", "edit", str(number), "--follow-up", "+3d", "--type", "incident")
    after = everything(customer, number)
    assert {c: after[c] for c in COMMANDS if after[c] != before[c]} == {}
    assert mails_to_customers(office) == mail_before


@pytest.mark.parametrize("command", ["show", "reply", "close", "files", "history"])
def test_what_staff_say_among_themselves_is_not_in_what_comes_later(office: Office, command: str):
    number = ask.file(office.cast.customer())
    ask.note(office.cast.operator(), number, CANARY)
    ran = office.customer("ticket", command, str(number), *(["--body", "Now"] if command == "reply" else []))
    assert CANARY not in ran.out + ran.err
    assert all(CANARY not in str(mail) for mail in mails_to_customers(office))
