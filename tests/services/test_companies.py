from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.services import accounts, companies
from sysmo_tui.services.accounts import AccountEdits
from sysmo_tui.services.companies import CompanyEdits
from tests.cast import Cast


def test_staff_find_companies_by_name_and_tax_id(cast: Cast, admin: Door, operator: Door):
    cast.customer("carla", company="Acme")
    cast.customer("carlos", company="Acme")
    cast.customer("zoe", company="Zeta")
    changed = admin.write(companies.edit, "acme", CompanyEdits(tax_id="30-71234567-1", notes="Good\npayers"))
    assert (changed.tax_id, changed.people, changed.notes) == ("30-71234567-1", 2, "Good\npayers")
    for text in ("ACME", "30-71234567-1", "30712345671", str(changed.id)):
        assert operator.read(companies.show, text).id == changed.id
    for query in ("cm", "7123", "71234567-1"):
        assert [line.name for line in operator.read(companies.page, query).items] == ["Acme"]
    first = operator.read(companies.page, limit=2)
    assert len(operator.read(companies.page, after=first.next).items) == 1
    with pytest.raises(NotFound):
        operator.read(companies.show, "Nobody")


def test_one_company_can_be_left_out(cast: Cast, operator: Door):
    cast.customer("carla", company="Acme")
    cast.customer("zoe", company="Acme Two")
    acme = operator.read(companies.show, "acme")
    assert [line.name for line in operator.read(companies.page, "acme", without=acme.id).items] == [
        "Acme Two"
    ]


def test_customers_look_up_no_company_and_operators_change_none(cast: Cast, operator: Door):
    customer = cast.customer("carla", company="Acme")
    for attempt in (companies.page, companies.show):
        with pytest.raises(Forbidden):
            customer.read(attempt, "Acme")
    with pytest.raises(Forbidden):
        operator.write(companies.edit, "Acme", CompanyEdits(name="x"))


def test_a_tax_id_belongs_to_one_company(cast: Cast, admin: Door):
    cast.customer("carla", company="Acme")
    cast.customer("zoe", company="Zeta")
    admin.write(companies.edit, "Acme", CompanyEdits(tax_id="30712345671"))
    with pytest.raises(Conflict):
        admin.write(companies.edit, "Zeta", CompanyEdits(tax_id="30-71234567-1"))
    for wrong in (CompanyEdits(tax_id="30-71234567-2"), CompanyEdits(country="ZZ"), CompanyEdits(name="")):
        with pytest.raises(Invalid):
            admin.write(companies.edit, "Zeta", wrong)


def test_companies_are_found_by_name_whatever_its_case_and_accents(cast: Cast, admin: Door, operator: Door):
    cast.customer("carla", company="Ñandú S.A.")
    cast.customer("zoe", company="Zeta")
    for text in ("Ñandú S.A.", "ÑANDÚ  s.a.", "nandu s.a."):
        assert operator.read(companies.show, text).name == "Ñandú S.A."
    for query in ("ñandú", "ANDÚ S", "nandu"):
        assert [line.name for line in operator.read(companies.page, query).items] == ["Ñandú S.A."]
    admin.write(companies.edit, "ñandú s.a.", CompanyEdits(name="Größe & Söhne"))
    assert operator.read(companies.show, "GROSSE & SOHNE").people == 1
    with pytest.raises(NotFound):
        operator.read(companies.show, "Ñandú S.A.")
    admin.write(accounts.edit, "zoe@customer.example", AccountEdits(company="GRÖSSE & söhne"))
    assert operator.read(companies.show, "größe & söhne").people == 2
