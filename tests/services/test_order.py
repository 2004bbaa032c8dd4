"""Lists are in the order of names as people read them, whatever the database thinks of letters."""

from __future__ import annotations

from sysmo_tui.desk import Door
from sysmo_tui.services import choices, originals, reports, tagging, topic_upkeep, topics
from sysmo_tui.services.report_frames import Ask
from tests.cast import Cast
from tests.services import requests as ask

NAMES = ("zoe", "Álex", "carl", "ñata", "bea", "Ólaf", "nora")
IN_ORDER = ["Ada Admin", "Álex", "Bea", "Carl", "Ñata", "Nora", "Ólaf", "Zoe"]


def test_colleagues_and_operators_stand_in_the_order_of_their_names(cast: Cast, admin: Door):
    for name in NAMES:
        cast.operator(name)
    assert [choice.name for choice in admin.read(choices.read).staff] == IN_ORDER
    (general,) = admin.read(topics.lines)
    assert [person.name for person in general.operators] == IN_ORDER


def test_topics_of_a_report_stand_in_the_order_of_their_names(customer: Door, admin: Door):
    for name in NAMES:
        admin.write(topic_upkeep.new, name.title())
    for topic in (*NAMES, "General"):
        ask.file(customer, "printer", "x", topic=topic)
    in_order = ["Álex", "Bea", "Carl", "General", "Ñata", "Nora", "Ólaf", "Zoe"]
    assert [row.name for row in admin.read(reports.topics, Ask()).now.rows] == in_order


def test_tags_of_a_ticket_stand_in_one_order(customer: Door, admin: Door):
    number = ask.file(customer, "printer", "x")
    admin.write(tagging.tag, number, ("zinc", "ñu", "oro", "más", "mas"))
    assert admin.read(originals.excerpts, [number])[number].tags == ("mas", "más", "oro", "zinc", "ñu")
