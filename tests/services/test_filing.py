from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from sysmo_tui.desk import Command, Door, Work
from sysmo_tui.domain.enums import Category, Channel, CloseReason, EntryKind, Level
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.domain.views import Filed
from sysmo_tui.services import closing, filing, topic_upkeep
from sysmo_tui.services.filing import Filing
from tests.cast import Cast
from tests.services import requests as ask


def test_a_customers_request_is_at_once_visible_to_the_topics_operators(customer: Door, operator: Door):
    number = ask.file(customer, "Printer on fire", "Smoke comes out of tray 2.")

    seen = ask.as_staff(operator, number)
    assert seen.row.subject == "Printer on fire"
    assert seen.row.category is Category.NEW
    assert [entry.kind for entry in seen.entries] == [EntryKind.REQUEST]
    assert seen.content == "Smoke comes out of tray 2."
    assert ask.as_customer(customer, number).row.status == "New"


@pytest.mark.parametrize(
    ("urgency", "priority"), [(Level.LOW, "Low"), (Level.NORMAL, "Normal"), (Level.HIGH, "High")]
)
def test_urgency_gives_the_priority(customer: Door, operator: Door, urgency: Level, priority: str):
    assert ask.as_staff(operator, ask.file(customer, urgency=urgency)).row.priority == priority


def test_staff_file_for_a_customer_who_telephoned(cast: Cast, customer: Door, operator: Door):
    number = ask.file(
        operator,
        requester=cast.email("carla").upper(),
        channel=Channel.PHONE,
        type="incident",
        priority="urgent",
        tags=("VIP",),
        assign_to="me",
    )
    seen = ask.as_staff(operator, number)
    assert (seen.row.requester.name, seen.row.channel, seen.row.type, seen.row.priority) == (
        "Carla",
        Channel.PHONE,
        "Incident",
        "Urgent",
    )
    assert seen.tags == ("vip",)
    assert seen.row.assignee is not None
    assert seen.row.assignee.name == "Luis"
    assert ask.as_customer(customer, number).entries[0].is_own


def test_staff_file_for_someone_unknown_and_keep_the_ticket_in_sight(operator: Door):
    number = ask.file(
        operator, requester="new@customer.example", requester_name="Nora Nueva", channel=Channel.VISIT
    )
    seen = ask.as_staff(operator, number)
    assert seen.row.requester.name == "Nora Nueva"
    assert seen.is_watched


@pytest.mark.parametrize(
    "more",
    [
        {"requester": "other@customer.example"},
        {"type": "incident"},
        {"priority": "urgent"},
        {"impact": Level.HIGH},
        {"tags": ("vip",)},
        {"assign_to": "me"},
        {"channel": Channel.PHONE},
    ],
)
def test_customers_choose_only_topic_subject_description_files_and_urgency(
    customer: Door, more: dict[str, object]
):
    with pytest.raises(Forbidden):
        ask.file(customer, **more)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("subject", {"subject": " \n "}),
        ("subject", {"subject": "x" * 201}),
        ("body", {"body": "\n\n"}),
        ("body", {"body": "x" * 500_001}),
        ("topic", {"topic": "nowhere"}),
    ],
)
def test_what_cannot_be_filed_names_the_field_and_changes_nothing(
    customer: Door, operator: Door, field: str, given: dict[str, object]
):
    first = ask.file(customer)
    with pytest.raises(Invalid) as refused:
        ask.file(customer, **given)
    assert refused.value.field == field
    assert ask.as_staff(operator, first).requester_tickets == 1


def test_a_private_topic_does_not_exist_for_customers(cast: Cast, customer: Door, operator: Door):
    cast.topic("Board matters", is_public=False)
    with pytest.raises(Invalid) as refused:
        ask.file(customer, topic="board-matters")
    assert "Board" not in str(refused.value).replace("board-matters", "")


def test_the_same_command_twice_files_one_ticket(customer: Door, operator: Door):
    command = Command("filing.file", key="k1", digest="d1")
    asked = Filing("general", "Once", "Only once.")
    first = customer.write_once(command, filing.file, asked)
    again = customer.write_once(Command("filing.file", key="k1", digest="d1"), filing.file, asked)
    assert again == first
    assert ask.as_staff(operator, first.number).requester_tickets == 1
    with pytest.raises(Conflict):
        customer.write_once(Command("filing.file", key="k1", digest="d2"), filing.file, asked)


def test_a_retry_while_the_first_try_is_under_way_gives_what_that_gives(customer: Door, operator: Door):
    command = Command("filing.file", key="k1", digest="d1")
    asked = Filing("general", "Once", "Only once.")
    has_filed, may_end = threading.Event(), threading.Event()

    def file_slowly(work: Work, asked: Filing) -> Filed:
        filed = filing.file(work, asked)
        has_filed.set()
        assert may_end.wait(10)
        return filed

    with ThreadPoolExecutor() as pool:
        first = pool.submit(customer.write_once, command, file_slowly, asked)
        assert has_filed.wait(10)
        again = pool.submit(customer.write_once, command, filing.file, asked)
        assert not wait([again], timeout=0.2).done
        may_end.set()
        assert again.result() == first.result()
    assert ask.as_staff(operator, first.result().number).requester_tickets == 1


def test_a_clone_goes_into_no_archived_topic(cast: Cast, operator: Door):
    cast.topic("Hardware")
    number = ask.file(cast.operator("otto", ["hardware"]), topic="hardware")
    operator = cast.manager()
    operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    cast.admin().write(topic_upkeep.archive, "hardware")
    with pytest.raises(Invalid) as refused:
        operator.write(filing.clone, number)
    assert refused.value.field == "topic"
    assert "Hardware" in str(refused.value)
    copy = operator.write(filing.clone, number, topic="general")
    assert ask.as_staff(operator, copy.number).row.topic == "General"


def test_a_clone_is_a_new_request_of_the_same_person_with_the_same_files(customer: Door, operator: Door):
    number = ask.file(customer, files=(ask.upload(customer),))
    copy = operator.write(filing.clone, number)
    assert copy.files == 1
    seen = ask.as_staff(operator, copy.number)
    assert copy.number != number
    assert seen.cloned_from == number
    assert seen.row.requester.name == "Carla"
    assert [file.filename for file in seen.entries[0].files] == ["invoice.pdf"]


def test_staff_read_a_telephone_number_as_it_is_dialled_from_abroad(customer: Door, operator: Door):
    assert ask.as_staff(operator, ask.file(customer)).requester_phone == "+54 11 4321-1234"
