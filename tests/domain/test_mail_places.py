"""Own words for mail: only known places are filled, once, and nothing in them is evaluated."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain import mail_places
from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.errors import Invalid

VALUES = {name: f"<{name}>" for template in Template for name in mail_places.places(template)}


def message(template: Template, body: str, subject: str = "") -> str:
    with pytest.raises(Invalid) as refusal:
        mail_places.check(template, subject, body)
    return str(refusal.value)


def test_places_are_filled_and_doubled_braces_are_braces() -> None:
    body = "Dear {name}, {{not a place}} #{number}"
    mail_places.check(Template.REPLIED, "", body)
    assert mail_places.fill(body, VALUES) == "Dear <name>, {not a place} #<number>"


def test_what_is_put_into_a_place_is_not_looked_at_again() -> None:
    values = {"name": "{number} {{x}} {0.__class__} %s \\1", "number": "{name}"}
    assert mail_places.fill("{name}|{number}", values) == "{number} {{x}} {0.__class__} %s \\1|{name}"


@pytest.mark.parametrize(
    "place",
    [
        "nam",
        "",
        " name",
        "name ",
        "name.x",
        "name[0]",
        "name!r",
        "name:>9",
        "0",
        "code",
        "name\n",
        "ＮＡＭＥ",
    ],
)
def test_a_place_that_the_mail_does_not_have_is_refused_with_the_choices(place: str) -> None:
    said = message(Template.REPLIED, f"Hello {{{place}}}")
    assert "name, desk, number, subject" in said


@pytest.mark.parametrize("text", ["{", "}", "a {b", "a} b", "{{{", "}}}", "{name}}", "{a{name}b}"])
def test_a_brace_that_is_only_a_brace_is_doubled(text: str) -> None:
    with pytest.raises(Invalid):
        mail_places.check(Template.REPLIED, "", text)


@pytest.mark.parametrize("template", [Template.VERIFY, Template.RESET, Template.INVITE])
def test_a_mail_that_brings_a_code_keeps_it(template: Template) -> None:
    assert "{code}" in message(template, "Hello.")
    assert "{code}" in message(template, "Hello {{code}}.")
    mail_places.check(template, "", "Hello: {code}")
    assert message(template, "{code}", subject="{code}")


def test_the_subject_of_a_tickets_mail_stays() -> None:
    assert message(Template.REPLIED, "x", subject="Other")
    mail_places.check(Template.RESET, "News of {desk}", "{code}")


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 10_001, "a {quotes} b", "{quotes}\n\n{quotes}"])
def test_a_text_is_neither_empty_nor_too_long_and_has_the_quotes_once(body: str) -> None:
    assert message(Template.REPLIED, body)


def test_a_stranger_writes_nothing_into_what_answers_whoever_wrote() -> None:
    assert "subject" not in mail_places.places(Template.ACKNOWLEDGED)
    assert "name" not in mail_places.places(Template.VERIFY)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(Template)),
    st.lists(
        st.sampled_from(["{", "}", "{{", "}}", "name", "desk", "number", "code", "quotes", "x", "\n\n"])
    ),
    st.text(alphabet="{}namedesk0.!: %$", max_size=20),
)
def test_what_is_accepted_can_be_filled_and_shows_every_value_as_it_is(
    template: Template, words: list[str], value: str
) -> None:
    body = "".join(words)
    try:
        mail_places.check(template, "", body)
    except Invalid:
        return
    values = dict.fromkeys(mail_places.places(template), value)
    filled = mail_places.fill(body, values)
    places = sum(body.replace("{{", "").replace("}}", "").count(f"{{{name}}}") for name in values)
    assert filled.count(value) >= places or not value
    assert mail_places.fill(body, dict.fromkeys(values, "")).count("{") == body.count("{{")
