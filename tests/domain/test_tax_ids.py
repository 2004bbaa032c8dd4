"""Tax IDs follow the rules of their country."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.tax_ids import _COUNTRIES, is_country, normalise, show


@pytest.mark.parametrize(
    ("written", "country", "compact"),
    [
        ("20-05536168-2", "AR", "20055361682"),
        (" 20 05536168 2 ", "AR", "20055361682"),
        ("ＥＳ B-58378431", "ES", "B58378431"),
        ("20512333797", "PE", "20512333797"),
        ("gode561231gr8", "MX", "GODE561231GR8"),
        ("76.086.428-5", "CL", "760864285"),
        ("12-3456789", "US", "12-3456789"),
    ],
)
def test_a_tax_id_is_kept_in_its_compact_form(written, country, compact):
    assert normalise(written, country) == compact
    assert normalise(compact, country) == compact


@pytest.mark.parametrize("country", ["AR", "ES", "DE", "US", "GB"])
@pytest.mark.parametrize("text", ["", "x", "\x1b[2J", "1" * 1000, "-- --", "1\ud800"])
def test_a_wrong_tax_id_is_refused_under_its_field(country, text):
    with pytest.raises(Invalid) as refusal:
        normalise(text, country)
    assert refusal.value.field == "tax_id"


def test_the_refusal_names_the_number_and_its_form():
    said = str(_refused("20-05536168-3", "AR"))
    assert "CUIT" in said
    assert "NN-NNNNNNNN-N" in said


def _refused(text, country):
    with pytest.raises(Invalid) as refusal:
        normalise(text, country)
    return refusal.value


def test_an_unknown_country_is_refused():
    assert _refused("1", "XX").field == "country"
    assert [code for code in ("AR", "ES", "US") if is_country(code)] == ["AR", "ES", "US"]
    assert not any(is_country(code) for code in ("ar", "A", "", "XX", "D ", "ARG", " A"))


@given(st.sampled_from(_COUNTRIES.split()), st.text(st.sampled_from("0123456789AXBÑ&-./ "), max_size=20))
@settings(max_examples=400, deadline=None)
def test_any_input_gives_a_stable_form_or_a_refusal(country, text):
    try:
        compact = normalise(text, country)
    except Invalid:
        return
    assert normalise(compact, country) == compact
    assert normalise(show(compact, country), country) == compact


def test_a_tax_id_is_shown_as_its_country_writes_it():
    assert show("20055361682", "AR") == "20-05536168-2"
    assert show("760864285", "CL") == "76.086.428-5"
    assert show("12-3456789", "US") == "12-3456789"
    assert show("nonsense", "AR") == "nonsense"


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("tax_ids", "stdnum"),
        ("phones", "phonenumbers"),
        ("addresses", "email_validator"),
        ("password_rules", "zxcvbn"),
        ("text", "rich"),
    ],
)
def test_a_library_is_loaded_only_when_it_is_used(module, library):
    code = f"import sys, sysmo_tui.domain.{module}; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
