"""Whatever people wrote, the services hand out nothing that could move a cursor, hide or reorder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean, clean_line
from sysmo_tui.i18n import render
from sysmo_tui.services import (
    account_list,
    arrival,
    audit,
    catalogue,
    choices,
    companies,
    files,
    filing,
    history,
    inboxes,
    leases,
    mail_queue,
    mailboxes,
    presence,
    profile,
    reading,
    registration,
    reports,
    responses,
    sessions,
    tagging,
    tickets,
    topics,
)
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread_pages import Page
from tests.hostile.corpus import HARMLESS, LONG, SHORT, UNSTORABLE, unsafe_in
from tests.hostile.poison import Poisoned

ALL = 1000

READS: dict[str, Callable[[Door], object]] = {
    "account list": lambda door: door.read(account_list.page, limit=ALL),
    "account": lambda door: [
        door.read(account_list.show, f"customer{n}@customer.example") for n in range(len(SHORT))
    ],
    "companies": lambda door: door.read(companies.page, limit=ALL),
    "topic choices": lambda door: door.read(topics.choices),
    "topic lines": lambda door: door.read(topics.lines),
    "topic": lambda door: [door.read(topics.show, f"topic-{n}") for n in range(len(SHORT))],
    "topics without operators": lambda door: door.read(topics.without_operators),
    "statuses": lambda door: door.read(catalogue.statuses),
    "priorities": lambda door: door.read(catalogue.priorities),
    "types": lambda door: door.read(catalogue.types),
    "audit": lambda door: door.read(audit.page, limit=ALL),
    "sessions": lambda door: door.read(sessions.of_account, "carla@customer.example"),
    "pending": lambda door: door.read(registration.pending),
    "mail queue": lambda door: door.read(mail_queue.queue, limit=ALL),
    "mailboxes": lambda door: door.read(mailboxes.lines),
    "responses": lambda door: [
        door.read(responses.lines),
        *(door.read(responses.fitting, number) for number in range(1, 4)),
        door.read(responses.fitting_all, range(1, 4)),
    ],
    "leases": lambda door: door.read(leases.holders),
    "presence": lambda door: door.read(presence.among, range(ALL)),
    "choices": lambda door: door.read(choices.read),
    "arrival": lambda door: dataclasses.replace(door.read(arrival.arrive), actor=None),  # type: ignore[arg-type]
    "profile": lambda door: door.read(profile.show),
    "search": lambda door: [door.read(inboxes.page, Inbox.ALL, query=text) for text in SHORT.values()],
}
READS |= {f"inbox {inbox}": lambda door, i=inbox: door.read(inboxes.page, i, limit=200) for inbox in Inbox}  # type: ignore[misc]
READS |= {
    f"report {name}": lambda door, n=name: door.read(getattr(reports, n), reports.Ask())  # type: ignore[misc]
    for name in (
        "summary",
        "team",
        "volume",
        "resolution",
        "response",
        "backlog",
        "topics",
        "workload",
        "time",
    )
}


def texts_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text within a read model, with where it is."""
    if isinstance(value, choices.Choice):
        # Its value is for the program, and on no screen.
        yield from texts_in([value.name, value.note], path)
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from texts_in(name, path)
            yield from texts_in(each, f"{path}[{name}]" if str(name).isidentifier() else path)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from texts_in(each, path)
    else:
        assert value is None or isinstance(value, int | float | datetime | Enum | object)


MAY_HAVE_LINES = {"body", "content", "notes", "description"}


def all_safe(value: object) -> list[str]:
    """What is not safe in a read model."""
    found = []
    for path, text in texts_in(value):
        if unsafe_in(text) or clean(text) != text:
            found.append(f"{path}: {unsafe_in(text) or ascii(text[:80])}")
        if ("\n" in text or "\t" in text) and path.rsplit(".", 1)[-1] not in MAY_HAVE_LINES:
            found.append(f"{path}: more than a line: {text[:60]!r}")
    return found


@pytest.mark.parametrize("name", READS)
def test_staff_are_handed_safe_texts(poisoned: Poisoned, name: str):
    found = READS[name](poisoned.staff)
    assert list(texts_in(found)) or name in {"leases", "inbox created", "inbox assigned"}
    assert all_safe(found) == []


@pytest.mark.parametrize("inbox", Inbox)
def test_operators_are_handed_safe_lists(poisoned: Poisoned, inbox: Inbox):
    assert all_safe(poisoned.operator.read(inboxes.page, inbox, limit=200)) == []


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_tickets_are_handed_out_as_safe_texts(poisoned: Poisoned, who: str):
    door = getattr(poisoned, who)
    for name, number in poisoned.numbers.items():
        shown = door.read(reading.show, number, page=Page(ALL), with_history=True)
        assert all_safe([shown, door.read(files.of_ticket, number)]) == [], name
        if who == "staff":
            assert all_safe(door.read(history.show, number)) == [], name


def test_a_customers_own_lists_are_safe(poisoned: Poisoned):
    door = poisoned.customer
    found: list[Any] = [
        door.read(inboxes.page, Inbox.CREATED, limit=200),
        door.read(topics.choices),
        door.read(sessions.mine),
        door.read(profile.show),
        dataclasses.replace(door.read(arrival.arrive), actor=None),  # type: ignore[arg-type]
    ]
    assert all_safe(found) == []


@pytest.mark.parametrize("name", HARMLESS)
def test_what_people_really_write_arrives_as_it_is(poisoned: Poisoned, name: str):
    number = poisoned.numbers[f"harmless {name}"]
    view = poisoned.customer.read(reading.show, number)
    assert (view.row.subject, view.entries[0].body) == (HARMLESS[name], HARMLESS[name])
    assert view.entries[0].files[0].filename == f"{HARMLESS[name]}.pdf"


@pytest.mark.parametrize("name", ["closing", "urgent", "action", "variable", "html", "braces", "formula"])
def test_what_looks_like_markup_arrives_as_it_is(poisoned: Poisoned, name: str):
    key = next(each for each in SHORT if each.endswith(f" {name}"))
    view = poisoned.staff.read(reading.show, poisoned.numbers[key])
    assert view.row.subject == SHORT[key].strip()
    assert view.entries[0].body == SHORT[key]


def test_long_texts_are_shown_without_their_weight(poisoned: Poisoned):
    marks = poisoned.staff.read(reading.show, poisoned.numbers["long marks"]).entries[0].body
    assert len(marks) < 20
    assert poisoned.staff.read(reading.show, poisoned.numbers["long line"]).entries[0].body == LONG["line"]


ODD = SHORT | UNSTORABLE | {"nothing": "", "space": " ", "a nul": "\x00", "very long": "x" * 100_000}


@pytest.mark.parametrize("name", ODD)
def test_what_is_refused_is_refused_in_safe_words(poisoned: Poisoned, name: str):
    """No name of anything that does not exist, however it is spelt, is more than a refusal."""
    text = ODD[name]
    staff, number = poisoned.staff, poisoned.numbers["harmless Arabic"]
    attempts: list[Callable[[], object]] = [
        lambda: staff.read(account_list.show, text),
        lambda: staff.read(account_list.page, text),
        lambda: staff.read(account_list.page, after=text),
        lambda: staff.read(companies.show, text),
        lambda: staff.read(companies.page, text),
        lambda: staff.read(topics.show, text),
        lambda: staff.read(inboxes.page, Inbox.ALL, query=text),
        lambda: staff.read(inboxes.page, Inbox.ALL, after=text),
        lambda: staff.read(audit.page, actor=text),
        lambda: staff.read(audit.page, after=text),
        lambda: staff.read(mail_queue.queue, after=text),
        lambda: staff.read(reports.summary, reports.Ask(range=text)),
        lambda: staff.read(reports.summary, reports.Ask(compare=text)),
        lambda: staff.read(reports.summary, reports.Ask(topic=text)),
        lambda: staff.read(files.read_chunk, number, text, 0),
        lambda: staff.read(reading.show, number, page=Page(before=text)),
        lambda: staff.write(tickets.assign, number, f"{text}@nowhere.example"),
        lambda: staff.write(tagging.untag, number, (text,)),
        lambda: staff.write(filing.file, Filing(f"no {text}", "Subject", "Body")),
        lambda: staff.write(filing.file, Filing("general", "S", "B", requester=f"{text}@@")),
        lambda: staff.write(filing.file, Filing("general", "S", "B", type=f"no {text}")),
        lambda: staff.write(filing.file, Filing("general", "S", "B", priority=f"no {text}")),
    ]
    for at, attempt in enumerate(attempts):
        try:
            assert all_safe(attempt()) == [], at
        except DeskError as error:
            said = render(error.message, clean=clean_line)
            if unsafe_in(said):
                pytest.fail(f"{at}: {said!r}")
