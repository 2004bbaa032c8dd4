"""Patterns about senders, domains and subjects."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain import mail_patterns
from sysmo_tui.domain.errors import Invalid


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Otto@Example.COM ", "otto@example.com"),
        ("@Example.com", "@example.com"),
        ("@.Example.com", "@.example.com"),
        ("@bücher.example", "@bücher.example"),
        ("@xn--bcher-kva.example", "@bücher.example"),
    ],
)
def test_a_sender_is_kept_folded(written: str, kept: str) -> None:
    assert mail_patterns.sender(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "@.",
        "otto",
        "@com",
        "@..example.com",
        "@a b.example",
        "Otto <o@x.example>",
        "@x.example\nq",
        "*@x.example@",
    ],
)
def test_what_is_no_sender_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        mail_patterns.sender(written)


def test_the_most_precise_pattern_comes_first() -> None:
    assert mail_patterns.matching("Otto@mx.Acme.example") == (
        "otto@mx.acme.example",
        "@mx.acme.example",
        "@.mx.acme.example",
        "@.acme.example",
        "@.example",
    )


@pytest.mark.parametrize(
    ("address", "domain", "is_of"),
    [
        ("o@acme.example", "acme.example", True),
        ("o@ACME.example", ".acme.example", True),
        ("o@mx.acme.example", "acme.example", False),
        ("o@mx.acme.example", ".acme.example", True),
        ("o@notacme.example", ".acme.example", False),
        ("acme.example@evil.example", "acme.example", False),
        ("", "acme.example", False),
    ],
)
def test_a_domain_covers_what_is_below_only_with_a_dot(address: str, domain: str, is_of: bool) -> None:
    assert mail_patterns.is_of(address, domain) is is_of


@pytest.mark.parametrize(
    ("pattern", "subject", "is_about"),
    [
        ("factura", "Re: FACTURA 42", True),
        ("factura", "Facturación", False),
        ("factur*", "Facturación", True),
        ("*ción", "La facturación no llegó", True),
        ("pedido * urgente", "Pedido 12, muy urgente!", True),
        ("pedido * urgente", "Pedido urgente", True),
        ("pedido urgente", "Pedido muy urgente", False),
        ("urgente * pedido", "Pedido urgente", False),
        ("[ventas]", "[Ventas] precio", True),
        ("a*b", "xaxbx", False),
        ("a*b", "a--b", True),
        ("*请求*", "关于请求的问题", True),
        ("factura", "", False),
    ],
)
def test_words_of_a_subject_are_found_in_their_order(pattern: str, subject: str, is_about: bool) -> None:
    assert mail_patterns.is_about(subject, mail_patterns.subject(pattern)) is is_about


@pytest.mark.parametrize("pattern", ["*", "!!!", "* - *", "x" * 201])
def test_a_pattern_without_words_or_too_long_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid):
        mail_patterns.subject(pattern)


def test_no_pattern_takes_long() -> None:
    pattern, subject = "a*" * 100, "a" * 100_000
    start = time.perf_counter()
    mail_patterns.is_about(subject, pattern)
    assert time.perf_counter() - start < 0.5


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("abc ñ", min_size=1, max_size=5), min_size=1, max_size=4), st.text(max_size=10))
def test_what_a_pattern_is_made_of_is_found_by_it(pieces: list[str], between: str) -> None:
    pattern = "*".join(pieces)
    if any(piece.strip() for piece in pieces):
        assert mail_patterns.is_about(between.join(pieces), mail_patterns.subject(pattern))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_compared(address: str, subject: str) -> None:
    assert mail_patterns.matching(address)
    assert isinstance(mail_patterns.is_about(subject, "a * b"), bool)
