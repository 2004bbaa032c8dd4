"""Tax IDs of companies, checked by the rules of their country."""

from __future__ import annotations

import re
import unicodedata
from typing import Protocol, cast

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

# ISO 3166-1 alpha-2.
_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""
_FORMS = {
    "AR": "NN-NNNNNNNN-N",
    "BR": "NN.NNN.NNN/NNNN-NN",
    "CL": "NN.NNN.NNN-N",
    "CO": "NNN.NNN.NNN-N",
    "EC": "NNNNNNNNNNNNN",
    "ES": "A12345678",
    "MX": "AAA NNNNNN XXX",
    "PE": "NNNNNNNNNNN",
    "PY": "NNNNNNNN-N",
    "UY": "NN-NNNNNN-NNN-N",
}
_WRITTEN = re.compile(r"[0-9A-ZÑ&.,:/ _+-]{3,40}")
_FREE = re.compile(r"[0-9A-Z](?:[0-9A-Z./ -]{1,30})[0-9A-Z]")


class _Rules(Protocol):
    """What python-stdnum offers for one kind of number; ``format`` is there for some."""

    def validate(self, number: str) -> str: ...
    def is_valid(self, number: str) -> bool: ...


def is_country(code: str) -> bool:
    """Tell whether ``code`` is an ISO 3166-1 alpha-2 code in capitals."""
    return len(code) == 2 and code.isalpha() and code in _COUNTRIES


def normalise(tax_id: str, country: str) -> str:
    """Give the compact form of a tax ID of ``country`` (ISO 3166-1), its check digit verified.

    Countries without known rules take 3 to 32 letters and digits with ``- . /`` between them.
    """
    if not is_country(country):
        message = N_("“{value}” is not a country code. Use two capital letters, such as AR or ES.")
        raise Invalid(message, field="country", value=country)
    written = " ".join(unicodedata.normalize("NFKC", tax_id[:64]).upper().split())
    rules = _rules(country)
    if rules is None:
        if not _FREE.fullmatch(written):
            message = N_(
                "“{value}” is not a tax ID. Use 3 to 32 letters and digits; - . / may stand between them."
            )
            raise Invalid(message, field="tax_id", value=tax_id)
        return written
    from stdnum.exceptions import ValidationError

    if _WRITTEN.fullmatch(written):
        try:
            return str(rules.validate(written))
        except ValidationError:
            pass
    raise _refusal(tax_id, country, rules)


def show(compact: str, country: str) -> str:
    """Write a compact tax ID as people of its country do: a CUIT as ``NN-NNNNNNNN-N``."""
    rules = _rules(country) if is_country(country) else None
    written = getattr(rules, "format", None)
    if rules is None or written is None or not rules.is_valid(compact):
        return compact
    return str(written(compact))


def _rules(country: str) -> _Rules | None:
    """Find the rules of a country; None when there are none."""
    from stdnum.util import get_cc_module

    return cast("_Rules | None", get_cc_module(country, "vat"))


def _refusal(tax_id: str, country: str, rules: _Rules) -> Invalid:
    """Say what the number is called there and what it looks like."""
    name = (rules.__doc__ or country).strip().partition(" (")[0].splitlines()[0].rstrip(".")
    if form := _FORMS.get(country):
        message = N_("“{value}” is not a valid {name}. The form is {form}; check every digit.")
        return Invalid(message, field="tax_id", value=tax_id, name=name, form=form)
    message = N_("“{value}” is not a valid {name} of {country}. Check its length and every digit.")
    return Invalid(message, field="tax_id", value=tax_id, name=name, country=country)
