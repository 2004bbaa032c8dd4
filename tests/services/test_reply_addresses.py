"""Reply addresses: what this desk made is known again, and nothing else is."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.services import message_ids
from sysmo_tui.services.desk_settings import DeskSettings
from sysmo_tui.services.message_ids import Origin
from sysmo_tui.services.reply_addresses import for_verification, make, verify, verify_account

DESK = DeskSettings(
    uuid="0" * 32,
    name="Desk",
    language="en",
    country="AR",
    time_zone="UTC",
    reply_address="help.desk@Desk.example",
    mail_domain="desk.example",
    mail_key="a key of the tests",
    mail_comes_in=True,
)
NUMBERS = st.integers(1, 2**63 - 1)
PEOPLE = st.sampled_from(["ana@x.example", "josé@bücher.example", "a+b@x.example", "O'Hara@x.example"])
ALPHABET = set("abcdefghijklmnopqrstuvwxyz0123456789")


@settings(max_examples=150, deadline=None)
@given(NUMBERS, PEOPLE)
def test_an_address_names_its_ticket_and_its_recipient_however_servers_write_it(
    number: int, person: str
) -> None:
    address = make(DESK, number, person)
    local, _, domain = address.rpartition("@")
    assert domain == "desk.example"
    assert len(local.encode()) <= 64
    assert set(local.removeprefix("help.desk+")) <= ALPHABET
    for written in (address, address.upper(), f" {address} ", address.replace("@desk", "@mail.desk")):
        token = verify(DESK, written)
        assert token is not None
        assert token.ticket_number == number
        assert token.is_for(person)
        assert token.is_for(person.upper())
        assert not token.is_for("somebody@else.example")
        assert DESK.mail_key not in repr(token)
    assert verify_account(DESK, address) is None


@settings(max_examples=150, deadline=None)
@given(NUMBERS, st.data())
def test_an_address_with_one_character_changed_cut_or_added_is_nobodys(
    number: int, data: st.DataObject
) -> None:
    local, _, domain = make(DESK, number, "ana@x.example").rpartition("@")
    place = data.draw(st.integers(len("help.desk+"), len(local) - 1))
    other = data.draw(st.sampled_from(sorted(ALPHABET | {"-", "=", "é", "\x00", "٣"})))
    for forged in (local[:place] + local[place + 1 :], local[:place] + other + local[place:]):
        assert verify(DESK, f"{forged}@{domain}") is None
    if other != local[place]:
        assert verify(DESK, f"{local[:place]}{other}{local[place + 1 :]}@{domain}") is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=90))
def test_any_other_text_is_no_address_of_ours_and_does_not_raise(text: str) -> None:
    for address in (text, f"help.desk+{text}@desk.example", f"{text}+t1{text}@x"):
        assert verify(DESK, address) is None
        assert verify_account(DESK, address) is None


def test_blank_and_truncated_addresses_are_nobodys() -> None:
    address = make(DESK, 42, "ana@x.example")
    blanks = ["", " ", "@", "+", "+@", "help.desk@desk.example", "help.desk+@desk.example"]
    cut = [address[:length] for length in range(address.index("@"))]
    assert [each for each in (*blanks, *cut) if verify(DESK, each) is not None] == []


def test_a_new_epoch_or_another_key_retires_every_address() -> None:
    address = make(DESK, 42, "ana@x.example")
    later = dataclasses.replace(DESK, mail_epoch=1)
    assert verify(later, address) is None
    assert verify(later, make(later, 42, "ana@x.example")) is not None
    assert verify(dataclasses.replace(DESK, mail_key="another"), address) is None


@pytest.mark.parametrize("off", ["mail_comes_in", "plus_addresses"])
def test_where_answers_do_not_arrive_the_address_is_the_plain_one(off: str) -> None:
    desk = dataclasses.replace(DESK, **{off: False})
    assert make(desk, 42, "ana@x.example") == "help.desk@desk.example"
    assert make(desk, 42, "ana@x.example", "sales@Desk.example") == "sales@desk.example"


def test_a_topics_address_bears_the_token_unless_it_would_be_too_long() -> None:
    assert verify(DESK, make(DESK, 42, "ana@x.example", "sales+eu@desk.example")) is not None
    long = f"{'x' * 60}@desk.example"
    assert make(DESK, 42, "ana@x.example", long) == long


def test_an_account_and_a_ticket_of_the_same_number_are_told_apart() -> None:
    address = for_verification(DESK, 42, "ana@x.example")
    token = verify_account(DESK, address)
    assert token is not None
    assert token.account_id == 42
    assert token.is_for("Ana@X.example")
    assert verify(DESK, address) is None
    assert verify_account(DESK, address.replace("+a", "+t")) is None


def test_the_id_of_a_mail_that_asks_to_confirm_an_address_names_the_account() -> None:
    made = message_ids.make("key", "desk.example", account_id=7)
    assert message_ids.verify("key", made) == Origin(None, None, 7)
    assert message_ids.verify("key", made.replace("<a7.", "<a8.")) is None
    assert message_ids.verify("key", made.replace("<a7.", "<7.")) is None
    assert message_ids.verify("key", made.replace("<a7.", "<a.")) is None
