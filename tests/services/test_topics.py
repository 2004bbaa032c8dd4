from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import TicketField
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.services import editing, filing, topic_upkeep, topics
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.topic_upkeep import TopicEdits
from tests.cast import Cast


def test_a_topic_is_found_by_slug_or_name_whatever_its_case_and_accents(admin: Door):
    admin.write(topic_upkeep.new, "Facturación y Cobros", TopicEdits(slug="billing"))
    for text in ("billing", "FACTURACION Y COBROS", "  facturación   y cobros "):
        assert admin.read(topics.show, text).line.name == "Facturación y Cobros"


def test_an_unknown_topic_is_refused_with_the_topics_that_the_actor_may_see(
    cast: Cast, admin: Door, customer: Door
):
    cast.topic("Secret plans", is_public=False)
    for door, choices in ((customer, "general"), (admin, "general, secret-plans")):
        with pytest.raises(Invalid) as refusal:
            door.read(topics.find, "nothing")
        assert refusal.value.field == "topic"
        assert refusal.value.message.params["choices"] == choices
    with pytest.raises(Invalid):
        customer.read(topics.find, "secret-plans")


def test_customers_see_public_active_topics_by_name_alone(
    cast: Cast, admin: Door, operator: Door, customer: Door
):
    cast.topic("Hidden", is_public=False)
    cast.topic("Old")
    admin.write(topic_upkeep.archive, "old")

    (seen,) = customer.read(topics.lines, archived=True)
    assert (seen.name, seen.operators, seen.open_tickets) == ("General", (), 0)
    assert customer.read(topics.show, "general").line == seen
    assert [choice.slug for choice in customer.read(topics.choices)] == ["general"]
    assert [line.slug for line in operator.read(topics.lines)] == ["general", "hidden"]
    assert [line.slug for line in operator.read(topics.lines, archived=True)] == ["general", "hidden", "old"]
    general = operator.read(topics.lines)[0]
    assert {person.email for person in general.operators} == {"ada@desk.example", "luis@desk.example"}


def test_only_administrators_change_topics(cast: Cast, operator: Door, customer: Door):
    for door in (operator, customer, cast.manager()):
        with pytest.raises(Forbidden):
            door.write(topic_upkeep.new, "Mine")
        with pytest.raises(Forbidden):
            door.write(topic_upkeep.archive, "general")


def test_a_topic_keeps_its_settings(admin: Door):
    admin.write(topic_upkeep.new, "Servers", TopicEdits(default_priority="High", default_type="incident"))
    shown = admin.write(topic_upkeep.edit, "servers", TopicEdits(is_public=False, reply_ends_hold=True))
    assert (shown.default_priority, shown.default_type) == ("high", "incident")
    assert (shown.line.is_public, shown.reply_ends_hold, shown.offers_waiting) == (False, True, True)
    cleared = admin.write(topic_upkeep.edit, "servers", TopicEdits(default_priority="", name="Machines"))
    assert (cleared.default_priority, cleared.line.name, cleared.line.slug) == (None, "Machines", "servers")


def test_two_topics_never_answer_to_the_same_words(admin: Door):
    with pytest.raises(Conflict):
        admin.write(topic_upkeep.new, "GENERÁL")
    with pytest.raises(Conflict):
        admin.write(topic_upkeep.new, "Other", TopicEdits(slug="general"))


def test_the_last_public_topic_stays(admin: Door):
    for change in (
        lambda: admin.write(topic_upkeep.archive, "general"),
        lambda: admin.write(topic_upkeep.edit, "general", TopicEdits(is_public=False)),
    ):
        with pytest.raises(Conflict):
            change()
    admin.write(topic_upkeep.new, "Second")
    assert admin.write(topic_upkeep.archive, "general").line.is_archived
    assert not admin.write(topic_upkeep.unarchive, "general").line.is_archived


def test_operators_join_and_leave_a_topic(cast: Cast, admin: Door):
    cast.operator("nora", topics=())
    cast.customer("carla")
    joined = admin.write(topic_upkeep.add_operators, "general", ["nora@desk.example", "NORA@desk.example"])
    assert [person.email for person in joined.line.operators] == ["ada@desk.example", "nora@desk.example"]
    left = admin.write(topic_upkeep.remove_operators, "general", ["nora@desk.example", "ada@desk.example"])
    assert left.line.operators == ()
    assert admin.read(topics.without_operators) == ("General",)
    with pytest.raises(Invalid):
        admin.write(topic_upkeep.remove_operators, "general", ["nora@desk.example"])
    with pytest.raises(Invalid):
        admin.write(topic_upkeep.add_operators, "general", ["carla@customer.example"])


def test_an_archived_topic_hands_its_open_tickets_on(cast: Cast, admin: Door, customer: Door):
    cast.topic("Printers")
    number = customer.write(filing.file, Filing("printers", "Jam", "Paper everywhere.")).number
    with pytest.raises(Conflict) as refusal:
        admin.write(topic_upkeep.archive, "printers")
    assert refusal.value.field == "move_to"
    for wrong in ("printers", "nothing"):
        with pytest.raises(Invalid):
            admin.write(topic_upkeep.archive, "printers", move_to=wrong)
    assert admin.write(topic_upkeep.archive, "printers", move_to="general").line.open_tickets == 0
    assert admin.read(editing.originals, number)[TicketField.TOPIC] == "general"
    with pytest.raises(Invalid):
        customer.write(filing.file, Filing("printers", "Jam", "Again."))


def test_customers_are_not_told_who_serves_a_topic(operator: Door, customer: Door):
    assert {person.name for person in operator.read(topics.served_by, "general")} == {"Ada Admin", "Luis"}
    with pytest.raises(Forbidden):
        customer.read(topics.served_by, "general")
