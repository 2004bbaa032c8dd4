"""Both databases give the same answers, and never one that is not the actor's to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain import fold
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Audience, Inbox, PersonRole, Sort, Visibility
from sysmo_tui.domain.policy import Stake, audience
from sysmo_tui.models import Attachment, Entry, Ticket, TicketPerson, table
from sysmo_tui.services import inboxes, search, search_words
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import open_store
from tests.databases import PostgresqlServer, SqliteServer
from tests.mixed_desk import CANARY, CUSTOMERS, WORDS, MixedDesk, mixed_desk

SEED = 20
TICKETS, STEPS, QUERIES = 45, 170, 110
ACTORS = ("ada", "luis", "paula", "rita", "carla", "josé")
READERS = (("ada", Inbox.ALL), ("luis", Inbox.ALL), ("rita", Inbox.CREATED), ("josé", Inbox.CREATED))
FIELDS = (
    "is:open", "is:closed", "is:new", "is:waiting", "is:hold", "is:unread", "is:overdue", "is:unassigned",
    "status:waiting", "status:Esperando", 'status:"en espera"', "status:nueva",
    "priority:>=high", "priority:Urgente",
    "priority:<normal", "topic:general", "topic:Nomina", "topic:CAFFÈ", "type:incident",
    "type:consulta,incident",
    "from:jose", "from:李雷", "from:oyvind", "from:ANA", "from:me",
    "from:carla@customer.example", "from:nobody",
    "company:beltran", "company:αφοι", "assignee:me", "assignee:none", "assignee:luis",
    "owner:rita", "owner:none",
    "tag:vip", "tag:MÁS", f"tag:{CANARY}", "channel:cli", "channel:phone", "created:>7d", "created:<20d",
    "created:2026-02", "updated:>2026-01-20", "updated:<5d", "closed:2026", "closed:>3d", "has:attachment",
    "number:1-9", "number:3,7,40-", "is:", "(", "created:>7q",
)  # fmt: skip


@pytest.fixture(scope="module")
def desks(
    sqlite_server: SqliteServer, postgres_server: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[MixedDesk, MixedDesk]]:
    """The same desk on both databases; the tests only read."""
    with postgres_server.fresh() as url:
        stores = [open_store(sqlite_server.fresh(tmp_path_factory.mktemp("mixed"))), open_store(url)]
        one, other = (mixed_desk(store, SEED, TICKETS, STEPS) for store in stores)
        assert one.numbers == other.numbers
        assert one.refused == other.refused
        yield one, other
        for store in stores:
            store.close()


def queries(dice: Random) -> Iterator[tuple[str, Inbox, Sort | None, bool]]:
    for _ in range(QUERIES):
        inbox = dice.choice(
            (Inbox.ALL, Inbox.ALL, Inbox.CREATED, Inbox.CREATED, Inbox.TOPICS, Inbox.ASSIGNED)
        )
        yield query(dice), inbox, dice.choice((None, *Sort)), dice.random() < 0.6


def query(dice: Random, depth: int = 2) -> str:
    parts = [atom(dice, depth) for _ in range(dice.choice((1, 1, 1, 2, 2, 3)))]
    return dice.choice((" ", " ", " or ")).join(parts)


def atom(dice: Random, depth: int) -> str:
    word = dice.choice(WORDS)
    match dice.randrange(9):
        case 0:
            return f'"{word} {dice.choice(WORDS)}"'
        case 1:
            return f"{word[: dice.randint(1, 4)]}*"
        case 2:
            return f"-{word}"
        case 3 if depth:
            return f"{dice.choice(('', '-'))}({query(dice, depth - 1)})"
        case 4 | 5 | 6:
            return dice.choice(("", "", "", "-")) + dice.choice(FIELDS)
        case _:
            return word


def answer(door: Door, text: str, inbox: Inbox, sort: Sort | None, with_closed: bool, limit: int) -> object:
    """The numbers of all pages, and what was not understood; or how it was refused."""
    is_public = inbox is Inbox.CREATED
    chosen = None if is_public and sort not in (Sort.UPDATED, Sort.CREATED) else sort
    after, numbers, problems = None, [], ()
    while True:
        found = door.read(
            inboxes.page, inbox, query=text, sort=chosen, with_closed=with_closed, after=after, limit=limit
        )
        numbers.append([row.number for row in found.page.items])
        problems = tuple((problem.start, str(problem.message)) for problem in found.problems)
        after = found.page.next
        if after is None:
            return numbers, problems


@pytest.mark.parametrize("few_are", [None, 3])
def test_both_databases_give_the_same_answers_whether_words_are_rare_or_common(
    desks: tuple[MixedDesk, MixedDesk], few_are: int | None, monkeypatch: pytest.MonkeyPatch
):
    if few_are is not None:
        make_few(few_are, monkeypatch)
    doors = [desk.people() for desk in desks]
    dice, found = Random(SEED), 0
    for text, inbox, sort, with_closed in queries(dice):
        limit = dice.choice((1000, 1000, 7))
        for actor in dice.sample(ACTORS, 3):
            if actor in CUSTOMERS and inbox is not Inbox.CREATED:
                continue
            one, other = (answer(people[actor], text, inbox, sort, with_closed, limit) for people in doors)
            assert one == other, f"{actor} {inbox} {sort} {text!r}"
            numbers = [number for page in one[0] for number in page]
            assert len(numbers) == len(set(numbers)), f"{actor} {inbox} {sort} {text!r}"
            found += bool(numbers)
    assert found > QUERIES // 2


def test_a_search_finds_the_same_tickets_whether_its_words_are_rare_or_common(
    desks: tuple[MixedDesk, MixedDesk], monkeypatch: pytest.MonkeyPatch
):
    def everything() -> list[set[int]]:
        dice = Random(SEED + 1)
        return [
            {
                number
                for page in answer(people[actor], text, inbox, sort, with_closed, 7)[0]
                for number in page
            }
            for text, inbox, sort, with_closed in queries(dice)
            for people in doors
            for actor in ("luis", "josé")
            if actor == "luis" or inbox is Inbox.CREATED
        ]

    doors = [desk.people() for desk in desks[:1]]
    rare = everything()
    make_few(2, monkeypatch)
    assert everything() == rare


def test_everyone_sees_exactly_what_the_policy_says(desks: tuple[MixedDesk, MixedDesk]):
    for made in desks:
        everything = tickets_with_parts(made.cast.desk)
        for name, door in made.people().items():
            actor = door.read(who)
            me = actor.account_id
            asked, served = set(), set()
            for ticket, parts in everything:
                seen_as = capacities(actor, ticket, parts[me])
                served |= {ticket.number} if Audience.STAFF in seen_as else set()
                is_mine = ticket.requester_id == me or PersonRole.COLLABORATOR in parts[me]
                asked |= {ticket.number} if is_mine else set()
                assert not is_mine or seen_as != {Audience.NONE}
            assert numbers(door, Inbox.CREATED) == asked, name
            if actor.is_staff:
                assert numbers(door, Inbox.ALL, with_closed=True) == served, name
            else:
                assert not served


def test_a_word_finds_what_stands_in_the_entries_that_one_may_read(desks: tuple[MixedDesk, MixedDesk]):
    for made in desks:
        documents = everything_written(made.cast.desk)
        people = made.people()
        for word in (*WORDS, CANARY):
            tokens = fold.words(word)
            if len(tokens) != 1:
                continue
            for name, inbox in READERS:
                door, is_public = people[name], inbox is Inbox.CREATED
                visible = numbers(door, inbox, with_closed=True)
                expected = {
                    number
                    for number, is_internal, words in documents
                    if number in visible and tokens[0] in words and not (is_public and is_internal)
                }
                assert numbers(door, inbox, query=f'"{word}"', with_closed=True) == expected, (name, word)


def test_no_customer_finds_anything_by_what_staff_write_among_themselves(desks: tuple[MixedDesk, MixedDesk]):
    for made in desks:
        people = made.people()
        assert numbers(people["ada"], Inbox.ALL, query=CANARY, with_closed=True)
        for name in CUSTOMERS:
            mine = numbers(people[name], Inbox.CREATED)
            for text in (CANARY, f"{CANARY[:4]}*", f"tag:{CANARY}", f'"{CANARY} txt"', f"{CANARY}.txt"):
                assert not numbers(people[name], Inbox.CREATED, query=text), (name, text)
                assert numbers(people[name], Inbox.CREATED, query=f"-{CANARY}") == mine


def make_few(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the words of a small desk count as common, as they do on a large one."""
    monkeypatch.setattr(search_words, "FEW", few)
    monkeypatch.setattr(search_words, "MOST", few * 3)
    monkeypatch.setattr(search, "LISTED", few)
    monkeypatch.setattr(inboxes, "READABLE", few)
    monkeypatch.setattr(inboxes, "AT_ONCE", few)
    monkeypatch.setattr(fulltext, "RECENT", few * 10)


def who(work: Work) -> Actor:
    return work.actor


def numbers(door: Door, inbox: Inbox, **options: object) -> set[int]:
    found = door.read(inboxes.page, inbox, limit=1000, **options)  # type: ignore[arg-type]
    return {row.number for row in found.page.items}


def tickets_with_parts(desk: Desk) -> list[tuple[sa.Row[tuple[object, ...]], dict[int, list[PersonRole]]]]:
    """Each ticket, and by account the parts that people take in it."""
    ticket, person = table(Ticket), table(TicketPerson)
    with desk.store.reading() as session:
        parts: dict[int, dict[int, list[PersonRole]]] = defaultdict(lambda: defaultdict(list))
        for row in session.execute(sa.select(person)):
            parts[row.ticket_number][row.account_id].append(row.role)
        return [(row, parts[row.number]) for row in session.execute(sa.select(ticket))]


def capacities(actor: Actor, ticket: sa.Row[tuple[object, ...]], parts: list[PersonRole]) -> set[Audience]:
    """In which capacities someone sees a ticket: one for each part that they take in it."""
    facts = (ticket.requester_id, ticket.topic_id, ticket.assignee_id, ticket.owner_id)
    return {audience(actor, Stake(*facts, part)) for part in parts or [None]}


def everything_written(desk: Desk) -> list[tuple[int, bool, set[str]]]:
    """Each entry: its ticket, whether it is internal, its words with those of the subject and its files."""
    entry, ticket, file = table(Entry), table(Ticket), table(Attachment)
    with desk.store.reading() as session:
        names = defaultdict(list)
        for row in session.execute(sa.select(file.c.entry_id, file.c.filename)):
            names[row.entry_id].append(row.filename)
        found = session.execute(
            sa.select(
                entry.c.id, entry.c.ticket_number, entry.c.visibility, entry.c.body, ticket.c.subject
            ).join(ticket, ticket.c.number == entry.c.ticket_number)
        ).all()
    return [
        (
            row.ticket_number,
            row.visibility is Visibility.INTERNAL,
            set(fold.document(row.subject, row.body, *names[row.id]).split()),
        )
        for row in found
    ]
