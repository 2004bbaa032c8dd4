from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Forbidden, NotFound
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import bulk, bulk_writing, mentions, reading
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.services import requests as ask


def told(cast: Cast) -> dict[str, str]:
    """Which mail each person was owed last."""
    rows = table(Outbox)
    with cast.desk.store.reading() as session:
        found = session.execute(sa.select(rows.c.address, rows.c.template).order_by(rows.c.id)).all()
    return {row.address.partition("@")[0]: row.template.value for row in found}


@pytest.fixture
def number(cast: Cast, customer: Door, operator: Door) -> int:
    cast.topic("Elsewhere")
    cast.operator("max", ["elsewhere"])
    number = ask.file(customer)
    ask.reply(operator, number)
    return number


def watchers(door: Door, number: int) -> set[str]:
    return {person.name for person in ask.as_staff(door, number).watchers}


@pytest.mark.parametrize("text", ["@max@desk.example", "Ask (@Max@Desk.Example).", "a,@max@desk.example,b"])
def test_a_colleague_named_by_address_is_told_and_watches_whatever_the_topic(
    cast: Cast, operator: Door, number: int, text: str
):
    ask.note(operator, number, text)
    assert told(cast)["max"] == "mentioned"
    assert watchers(operator, number) == {"Max"}
    assert ask.as_staff(cast.operator("max"), number).entries[-1].body == text
    ask.note(operator, number, "And again @max@desk.example")
    assert watchers(operator, number) == {"Max"}
    (watched,) = [
        line for line in ask.as_staff(operator, number, with_history=True).events if line.kind == "watched"
    ]
    assert watched.cause == "mentioned"


def test_a_short_name_is_looked_for_among_those_who_see_the_ticket(cast: Cast, operator: Door, number: int):
    ask.note(operator, number, "@max does not serve this topic, @mara sees everything.")
    assert watchers(operator, number) == set()
    cast.manager("mara")
    ask.note(operator, number, "What do you think, @Mara?")
    assert watchers(operator, number) == {"Mara"}
    assert told(cast)["mara"] == "mentioned"


def test_a_name_that_several_have_is_mere_text(cast: Cast, operator: Door, number: int):
    cast.operator("ana.gil"), cast.operator("ana.paz")
    ask.note(operator, number, "@ana, please.")
    assert watchers(operator, number) == set()
    ask.note(operator, number, "@ana.paz, please.")
    assert watchers(operator, number) == {"Ana.Paz"}


@pytest.mark.parametrize(
    "text",
    ["@carla", "@carla@customer.example", "write to max@desk.example", "@@max@desk.example", "@", "@luis"],
)
def test_customers_addresses_and_oneself_are_not_mentioned(
    cast: Cast, customer: Door, operator: Door, number: int, text: str
):
    before = customer.read(reading.show, number, with_history=True)
    mail = told(cast)
    ask.note(operator, number, text)
    assert watchers(operator, number) == set()
    assert told(cast) == mail
    assert customer.read(reading.show, number, with_history=True) == before


def test_a_mention_changes_nothing_for_the_customer(cast: Cast, customer: Door, operator: Door, number: int):
    before = customer.read(reading.show, number, with_history=True)
    ask.note(operator, number, "@max@desk.example, @ada")
    assert watchers(operator, number) == {"Max", "Ada Admin"}
    assert customer.read(reading.show, number, with_history=True) == before
    assert told(cast)["carla"] == "replied"


def test_a_colleague_reads_as_customer_what_they_asked_for_outside_their_topics(
    cast: Cast, operator: Door, number: int
):
    own = ask.file(cast.operator("max"))
    ask.note(operator, own, "@max@desk.example asks again.")
    assert watchers(operator, own) == set()
    assert [entry.body for entry in ask.as_customer(cast.operator("max"), own).entries] == [
        "Smoke comes out."
    ]


def test_a_public_reply_mentions_nobody(cast: Cast, operator: Door, number: int):
    ask.reply(operator, number, "Write to @max@desk.example")
    assert watchers(operator, number) == set()


def test_what_a_note_is_said_to_tell_is_whom_it_tells(cast: Cast, operator: Door, number: int):
    cast.manager("mara"), cast.operator("ana.gil"), cast.operator("ana.paz"), cast.manager("otto")
    known = operator.read(mentions.colleagues, (number,))
    handles = {each.name: each.handle for each in known}
    assert handles == {
        "Ada Admin": "ada",
        "Ana.Gil": "ana.gil",
        "Ana.Paz": "ana.paz",
        "Luis": "luis",
        "Mara": "mara",
        "Max": "max@desk.example",
        "Otto": "otto",
    }
    assert [each.name for each in known if each.is_me] == ["Luis"]
    assert [each.name for each in known if not each.sees] == ["Max"]
    note = "@Mara, @ana @luis @max @nobody @ana.gil @Otto@desk.example @max@desk.example @carla (@ada)"
    said = {each.name for each in mentions.told(note, known)}
    ask.note(operator, number, note)
    assert said == watchers(operator, number) == {"Mara", "Ana.Gil", "Otto", "Max", "Ada Admin"}
    for name, handle in handles.items():
        assert [each.name for each in mentions.told(f"@{handle}", known)] == (
            [] if name == "Luis" else [name]
        )


def test_a_short_name_in_a_note_for_several_tickets_tells_where_its_owner_sees_them(cast: Cast, number: int):
    other, mara = ask.file(cast.customer("carla"), topic="elsewhere"), cast.manager("mara")
    known = mara.read(mentions.colleagues, (number, other))
    handles = {each.name: each.handle for each in known}
    assert (handles["Luis"], handles["Max"], handles["Ada Admin"]) == ("luis", "max", "ada")
    written = "@max @luis@desk.example @ada"
    said = {each.name: numbers for each, numbers in mentions.told(written, known).items()}
    assert said == {"Max": {other}, "Luis": {number, other}, "Ada Admin": {number, other}}
    mara.write(bulk.each, (number, other), bulk_writing.note, Outgoing(written))
    for each in (number, other):
        assert watchers(mara, each) == {name for name, numbers in said.items() if each in numbers}


def test_only_the_staff_of_a_ticket_learn_whom_a_note_can_name(cast: Cast, customer: Door, number: int):
    with pytest.raises(Forbidden):
        customer.read(mentions.colleagues, (number,))
    with pytest.raises(NotFound):
        cast.operator("max").read(mentions.colleagues, (number,))
