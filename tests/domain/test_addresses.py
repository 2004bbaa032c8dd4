"""E-mail addresses have one form, and hold nothing but an address."""

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.addresses import folded, normalise
from sysmo_tui.domain.errors import Invalid


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ana.Ruiz@Example.COM", "Ana.Ruiz@example.com"),
        (" ana@company.pe ", "ana@company.pe"),
        ("ñandu\u0301@cafe\u0301.com", "ñandú@café.com"),
        ("ana@xn--caf-dma.com", "ana@café.com"),
        ("ana+desk@company.pe", "ana+desk@company.pe"),
    ],
)
def test_an_address_is_kept_in_its_normal_form(written, kept):
    assert normalise(written) == kept
    assert normalise(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "@company.pe",
        "Ana <ana@company.pe>",
        "<ana@company.pe>",
        "ana@company.pe, leo@company.pe",
        "ana@company.pe\n",
        "ana\r\nBcc: all@company.pe",
        "ana\x00@company.pe",
        "\tana@company.pe",
        '"ana ruiz"@company.pe',
        "ana@[10.0.0.1]",
        "ana@company",
        "ana\u202e@company.pe",
        "ana\ud800@company.pe",
        "ana@" + "a." * 130 + "pe",
        "x" * 1_000_000 + "@company.pe",
    ],
)
def test_anything_else_is_refused_under_its_field(text):
    for allow_reserved in (False, True):
        with pytest.raises(Invalid) as refusal:
            normalise(text, allow_reserved)
        assert refusal.value.field == "email"


@pytest.mark.parametrize("domain", ["demo.test", "a.example", "localhost", "X.TEST", "demo.ｔｅｓｔ"])
def test_a_domain_without_mail_is_refused_unless_it_is_allowed(domain):
    with pytest.raises(Invalid) as refusal:
        normalise(f"ana@{domain}")
    assert refusal.value.field == "email"
    if domain.isascii():
        assert normalise(f"ana@{domain}", allow_reserved=True) == f"ana@{domain.lower()}"


def test_allowing_reserved_domains_leaves_the_library_as_it_is():
    before = list(email_validator.SPECIAL_USE_DOMAIN_NAMES)
    normalise("ana@demo.test", allow_reserved=True)
    assert before == email_validator.SPECIAL_USE_DOMAIN_NAMES


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_an_address_or_refused(text, allow_reserved):
    try:
        kept = normalise(f"{text}@company.test" if allow_reserved else text, allow_reserved)
    except Invalid:
        return
    assert kept.isprintable()
    assert normalise(kept, allow_reserved) == kept


def test_an_address_is_found_whatever_its_case():
    assert folded(normalise("Ana@Company.PE")) == folded("ANA@company.pe") == "ana@company.pe"
    assert folded("STRASSE@company.de") == folded("straße@company.de")
