"""Canned responses: written once, filled in from the ticket that they answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.desk import Door
from sysmo_tui.domain import places, response_places
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.services import (
    audit,
    bulk,
    bulk_writing,
    configuration,
    profile,
    response_upkeep,
    responses,
)
from sysmo_tui.services.response_upkeep import ResponseEdits
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.services import requests as ask


def make(admin: Door, name: str, body: str = "Hello {customer.first_name}.", **edits: str) -> str:
    return admin.write(response_upkeep.new, name, body, ResponseEdits(**edits)).slug  # type: ignore[arg-type]


def slugs(door: Door, number: int) -> list[str]:
    return [ready.slug for ready in door.read(responses.fitting, number)]


def test_a_response_is_filled_in_from_the_ticket(admin: Door, operator: Door, customer: Door):
    number = ask.file(customer, "Printer on fire")
    every = " | ".join(f"{{{place}}}" for place in response_places.PLACES)
    make(admin, "Everything", every)
    assert operator.read(responses.use, number, "everything").body == (
        f"Carla | Carla | carla@customer.example | {number} | Printer on fire | New | General | Luis | Luis"
        " | Desk of the tests | helpdesk@desk.example"
    ).replace("helpdesk@desk.example", operator.read(responses.sample, "{desk.address}"))


def test_for_several_tickets_those_are_offered_that_fit_all_and_are_filled_in_from_each(
    cast: Cast, admin: Door, operator: Door, customer: Door
):
    cast.topic("Printing")
    otto = cast.customer("otto")
    numbers = (ask.file(customer, "Fire"), ask.file(otto, "{operator.name}"))
    make(admin, "Greeting", "{{x}} {customer.name}: {ticket.subject}, {topic.name}")
    make(admin, "Toner", topic="printing")
    make(admin, "Hola", locale="es")
    make(admin, "English", "{desk.name}", locale="en", topic="general")
    english, greeting, *unfit = operator.read(responses.fitting_all, numbers)
    assert (english.slug, english.places) == ("english", ("desk.name",))
    assert (greeting.slug, greeting.places) == (
        "greeting",
        ("customer.name", "ticket.subject", "topic.name"),
    )
    assert [(each.slug, each.fits, each.is_elsewhere, each.is_foreign) for each in unfit] == [
        ("hola", False, False, True),
        ("toner", False, True, False),
    ]
    typed = f"{greeting.body} {{desk.name}} {{{{json}}}} }}{{"
    assert places.used(typed, greeting.places) == greeting.places
    assert places.used("{{customer.name}}", greeting.places) == ("customer.name",)
    for kind in (bulk_writing.reply, bulk_writing.note):
        operator.write(bulk.each, numbers, kind, Outgoing(typed), greeting.places)
        assert [ask.as_staff(operator, number).entries[-1].body for number in numbers] == [
            "{x} Carla: Fire, General {desk.name} {{json}} }{",
            "{x} Otto: {operator.name}, General {desk.name} {{json}} }{",
        ]
    otto.write(profile.edit, profile.ProfileEdits(locale="es"))
    mixed = operator.read(responses.fitting_all, numbers)
    assert [each.slug for each in mixed if each.fits] == ["greeting"]
    # Who is named by what is filled in is not told: its author did not write it.
    asked = ask.file(customer, "@ada@desk.example")
    operator.write(bulk.each, (asked,), bulk_writing.note, Outgoing("{ticket.subject}"), ("ticket.subject",))
    assert ask.as_staff(operator, asked).watchers == ()
    with pytest.raises(NotFound):
        cast.operator("max", []).read(responses.fitting_all, numbers)


def test_what_customers_wrote_is_never_read_as_a_place(admin: Door, operator: Door, customer: Door):
    number = ask.file(customer, "{operator.name} {{x}} {ticket.subject}\u202eevil")
    make(admin, "About", "{{about}} {ticket.subject}")
    text = operator.read(responses.use, number, "About").body
    assert text == "{about} {operator.name} {{x}} {ticket.subject}\ufffdevil"


def test_who_writes_a_response_is_told_of_a_place_that_nothing_fills(admin: Door):
    with pytest.raises(Invalid, match=r"no place “custmer\.name”"):
        admin.read(responses.sample, "Hello {custmer.name}")
    with pytest.raises(Invalid, match="twice"):
        admin.read(responses.sample, "Hello {customer.name")


@given(st.text(), st.text(max_size=30))
def test_what_is_kept_can_always_be_filled_in(body: str, value: str):
    try:
        response_places.check(body)
    except Invalid:
        return
    filled = places.fill(body, dict.fromkeys(response_places.PLACES, value))
    assert filled.count(value) >= len(list(places.names(body)))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Hello {customer.password}", "customer.password"),
        ("Hello {0}", "customer.name"),
        ("Hello {customer.name.__class__}", "Choose among"),
        ("Hello {", "twice"),
        ("Hello }", "twice"),
        (" \n ", "Write what"),
        ("x" * (response_places.LONGEST + 1), "up to 10000"),
    ],
)
def test_what_nothing_could_fill_in_is_refused_when_it_is_saved(admin: Door, body: str, said: str):
    with pytest.raises(Invalid, match=said) as refusal:
        make(admin, "Wrong", body)
    assert refusal.value.field == "body"
    assert admin.read(responses.lines) == ()


def test_only_what_fits_is_offered_and_the_customers_language_comes_first(
    cast: Cast, admin: Door, operator: Door, customer: Door
):
    cast.topic("Elsewhere")
    for name, more in {
        "English": {"locale": "en"},
        "Spanish": {"locale": "es"},
        "Any": {},
        "Spanish general": {"locale": "es", "topic": "general"},
        "Of another": {"topic": "elsewhere"},
        "Old": {},
    }.items():
        make(admin, name, **more)
    admin.write(response_upkeep.archive, "old")
    number = ask.file(customer)
    assert slugs(operator, number) == ["english", "any", "spanish-general", "spanish"]
    customer.write(profile.edit, profile.ProfileEdits(locale="es"))
    assert slugs(operator, number) == ["spanish-general", "spanish", "any", "english"]
    ready = operator.read(responses.fitting, number)
    assert [each.is_foreign for each in ready] == [False, False, False, True]


def test_a_name_in_two_languages_is_that_of_the_customers(admin: Door, operator: Door, customer: Door):
    make(admin, "Greeting", "Hello. It is {ticket.status}.", locale="en")
    assert make(admin, "Greeting", "Hola. Está {ticket.status}.", locale="es") == "greeting-2"
    number = ask.file(customer)
    assert operator.read(responses.use, number, "greeting").body == "Hello. It is New."
    customer.write(profile.edit, profile.ProfileEdits(locale="es"))
    for name in ("GREETING", "greeting-2"):
        assert operator.read(responses.use, number, name).body == "Hola. Está Nuevo."
    with pytest.raises(Conflict, match="greeting, greeting-2") as refusal:
        admin.write(response_upkeep.edit, "Gréeting", ResponseEdits(body="x"))
    assert refusal.value.field == "canned"


def test_names_that_could_not_be_told_apart_are_refused(admin: Door):
    make(admin, "Greeting", locale="en")
    make(admin, "Other")
    with pytest.raises(Conflict, match="for this topic and language"):
        make(admin, "greeting", locale="EN")
    with pytest.raises(Conflict, match="greeting"):
        make(admin, "Third", slug="greeting")
    with pytest.raises(Conflict):
        admin.write(response_upkeep.edit, "other", ResponseEdits(name="Greeting", locale="en"))
    assert [line.name for line in admin.read(responses.lines)] == ["Greeting", "Other"]


def test_who_may_use_and_who_may_write_responses(cast: Cast, admin: Door, operator: Door, customer: Door):
    make(admin, "Greeting")
    number = ask.file(customer)
    outsider = cast.operator("rita", topics=[])
    for door in (operator, cast.manager(), customer):
        with pytest.raises(Forbidden):
            make(door, "Mine")
    for door in (operator, outsider):
        assert [line.slug for line in door.read(responses.lines)] == ["greeting"]
    with pytest.raises(Forbidden):
        customer.read(responses.lines)
    with pytest.raises(Forbidden):
        customer.read(responses.use, number, "greeting")
    for reading in (
        lambda: outsider.read(responses.fitting, number),
        lambda: outsider.read(responses.use, number, "x"),
    ):
        with pytest.raises(NotFound):
            reading()
    with pytest.raises(Invalid, match="Choose one of: greeting"):
        operator.read(responses.use, number, "nothing")


def test_a_ticket_that_is_not_filed_yet_fills_in_what_is_known_of_it(
    cast: Cast, admin: Door, operator: Door, customer: Door
):
    make(admin, "Numbered", "#{ticket.number}")
    make(admin, "About", "{customer.first_name}: {ticket.subject}, {topic.name}", topic="general")
    make(admin, "Desk", "{operator.name} of {desk.name}")

    def texts(*given: str) -> list[str]:
        return [ready.body for ready in operator.read(responses.fitting_new, *given)]

    assert texts("", "", "") == ["Luis of Desk of the tests"]
    assert texts("general", "Paper", "carla@customer.example") == [
        "Carla: Paper, General",
        "Luis of Desk of the tests",
    ]
    assert texts("general", "Paper", "new@x.example", "Marta Gil")[0] == "Marta: Paper, General"
    with pytest.raises(Forbidden):
        customer.read(responses.fitting_new, "general", "", "")


def test_changes_of_responses_are_in_the_audit_log(admin: Door):
    make(admin, "Greeting", "Hello.")
    admin.write(response_upkeep.edit, "greeting", ResponseEdits(body="Good day."))
    admin.write(response_upkeep.edit, "greeting", ResponseEdits(body="Good day."))
    admin.write(response_upkeep.archive, "greeting")
    lines = admin.read(audit.page, kind=AuditKind.CATALOGUE_CHANGED).items
    assert [dict(line.detail) for line in lines] == [
        {"list": "canned_response", "slug": "greeting", "archived": "True"},
        {"list": "canned_response", "slug": "greeting", "body": "Hello. → Good day."},
        {"list": "canned_response", "slug": "greeting", "made": "True"},
    ]


def test_responses_are_part_of_the_configuration(cast: Cast, admin: Door):
    make(admin, "Greeting", "Hello {customer.name}.", locale="en", topic="general")
    make(admin, "Old")
    admin.write(response_upkeep.archive, "old")
    document = admin.read(configuration.export)
    assert document["responses"] == [
        {
            "slug": "greeting",
            "name": "Greeting",
            "body": "Hello {customer.name}.",
            "locale": "en",
            "topic": "general",
            "is_archived": False,
        },
        {
            "slug": "old",
            "name": "Old",
            "body": "Hello {customer.first_name}.",
            "locale": "",
            "topic": "",
            "is_archived": True,
        },
    ]
    assert admin.write(configuration.apply, document) == ()
    document["responses"][0] |= {"body": "Hi.", "topic": ""}
    document["responses"][1] |= {"is_archived": False}
    document["responses"].append({"slug": "new-one", "name": "New one", "body": "Thanks, {operator.name}."})
    assert [(each.name, each.field) for each in admin.write(configuration.apply, document)] == [
        ("new-one", "new"),
        ("greeting", "body"),
        ("greeting", "topic"),
        ("old", "is_archived"),
    ]
    assert admin.write(configuration.apply, document) == ()
    for wrong in (
        {"slug": "x", "name": "X"},
        {"slug": "x", "name": "X", "body": 1},
        {"slug": "old", "body": "{x}"},
    ):
        with pytest.raises(Invalid):
            admin.write(configuration.apply, {"format": 1, "responses": [wrong]})
