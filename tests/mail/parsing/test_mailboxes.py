"""Who a mail is from and to: the address in the header, never one that only looks like it."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.addresses import normalise
from sysmo_tui.domain.enums import SenderFault
from sysmo_tui.domain.incoming import MailAddress
from sysmo_tui.mail.parsing import parse
from tests.mail.parsing.mails import read


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("marta@acme.example", "marta@acme.example", ""),
        ("<marta@acme.example>", "marta@acme.example", ""),
        ("Marta G <marta@ACME.example>", "marta@acme.example", "Marta G"),
        ("a@b.example <c@d.example>", "c@d.example", "a@b.example"),
        ('"a@b.example, evil" <c@d.example>', "c@d.example", "a@b.example, evil"),
        ('"Doe, \\"J\\"" <c@d.example>', "c@d.example", 'Doe, "J"'),
        ("c@d.example (Marta (at home))", "c@d.example", "Marta (at home)"),
        ("Marta (not <x@y.example>) <c@d.example>", "c@d.example", "Marta"),
        ("c . d @ acme . example", "c.d@acme.example", ""),
        ("<@relay.example,@other.example:c@d.example>", "c@d.example", ""),
        ('"c.d"@acme.example', "c.d@acme.example", ""),
        ("Name <c@xn--bcher-kva.example>", "c@bücher.example", "Name"),
        ("José <josé@acme.example>", "josé@acme.example", "José"),
        (
            "=?utf-8?q?Mart=C3=ADn_=3Cx=40y.example=3E=2C?= <c@d.example>",
            "c@d.example",
            "Martín <x@y.example>,",
        ),
        ("=?utf-8?q?a=40b.example?= <c@d.example>", "c@d.example", "a@b.example"),
        ("=?utf-8?q?Doe,_Jane?= <c@d.example>", "c@d.example", "Doe, Jane"),
        ("c@d.example <c@d.example>", "c@d.example", ""),
        ("\tfolded\r\n\t<c@d.example>", "c@d.example", "folded"),
        (",, c@d.example,", "c@d.example", ""),
    ],
)
def test_the_sender_is_the_mailbox_in_the_from_header(written: str, address: str, name: str) -> None:
    incoming = read(**{"from": written})

    assert incoming.sender == MailAddress(address, name)
    assert incoming.fault is None


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", SenderFault.MISSING),
        ("<>", SenderFault.MISSING),
        ("a@b.example, c@d.example", SenderFault.SEVERAL),
        ("a@b.example; c@d.example", SenderFault.SEVERAL),
        ("broken, c@d.example", SenderFault.SEVERAL),
        ("friends: a@b.example;", SenderFault.MALFORMED),
        ("friends:;", SenderFault.MALFORMED),
        ("nobody", SenderFault.MALFORMED),
        ("a@b@c.example", SenderFault.MALFORMED),
        ("<a@b.example> <c@d.example>", SenderFault.MALFORMED),
        ("<a@b.example> c@d.example", SenderFault.MALFORMED),
        ("<a@b.example", SenderFault.MALFORMED),
        ("a@b.example>", SenderFault.MALFORMED),
        ('"unclosed <a@b.example>', SenderFault.MALFORMED),
        ("(unclosed <a@b.example>", SenderFault.MISSING),
        ("a b@c.example", SenderFault.MALFORMED),
        ("a@[192.0.2.1]", SenderFault.MALFORMED),
        ('"a b"@c.example', SenderFault.MALFORMED),
        ("a..b@c.example", SenderFault.MALFORMED),
        ("=?utf-8?q?a=40b.example?=", SenderFault.MALFORMED),
        ("<=?utf-8?q?a?=@b.example>", SenderFault.MALFORMED),
        ("a@localhost\0.example", SenderFault.MALFORMED),
        (f"{'a' * 65}@b.example", SenderFault.MALFORMED),
        (f"a@{'b.' * 130}example", SenderFault.MALFORMED),
    ],
)
def test_what_is_not_one_mailbox_is_nobody(written: str, fault: SenderFault) -> None:
    incoming = read(**{"from": written})

    assert (incoming.sender, incoming.fault) == (None, fault)


def test_two_from_headers_are_nobody_even_when_they_agree() -> None:
    incoming = parse(b"From: a@b.example\r\nfrom : a@b.example\r\n\r\nHello")

    assert (incoming.sender, incoming.fault) == (None, SenderFault.SEVERAL)


def test_recipients_are_all_addresses_of_all_headers_each_once() -> None:
    incoming = read(
        To='Desk <Desk@ACME.example>, friends: a@b.example, "x, y" <c@d.example>;, broken'
        ", desk@bücher.example",
        Cc="Desk@acme.example, e+f@d.example",
        Delivered_To="inner@acme.example",
        X_Original_To="<alias@acme.example>",
        Envelope_To="env@acme.example",
        X_Forwarded_To="forward@acme.example",
        Reply_To="never@acme.example",
    )

    assert incoming.recipients == (
        "Desk@acme.example",
        "a@b.example",
        "c@d.example",
        "desk@bücher.example",
        "e+f@d.example",
        "inner@acme.example",
        "alias@acme.example",
        "env@acme.example",
        "forward@acme.example",
    )


@pytest.mark.parametrize("written", ["Ana.B+c@Mail.ACME.Example", "o'neil@x-y.example", "a_b=c@d.org"])
def test_an_ordinary_recipient_has_the_form_that_accounts_have(written: str) -> None:
    assert read(To=written).recipients == (normalise(written, allow_reserved=True),)
