from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.services import audit, companies, company_merging, filing, history, proof, reading
from sysmo_tui.services.companies import CompanyEdits
from sysmo_tui.services.filing import Filing
from tests.cast import Cast, mails


@pytest.fixture
def two(cast: Cast, admin: Door) -> Door:
    """An administrator of a desk where the customers of one company came under two names."""
    cast.operator()
    for name, company in (("carla", "Acme"), ("carlos", "Acme"), ("zoe", "Acme S.A.")):
        customer = cast.customer(name, company=company)
        customer.write(filing.file, Filing("general", f"From {name}", "It is broken."))
    return admin


def test_merging_moves_people_and_tickets_and_the_history_proves_it(cast: Cast, two: Door):
    two.write(
        companies.edit, "Acme", CompanyEdits(tax_id="30-71234567-1", domains=("acme.com",), notes="Pays")
    )
    mailed = len(mails(cast.desk))
    merged = two.write(company_merging.merge, "Acme", "Acme S.A.")
    assert (merged.gone, merged.people, merged.tickets) == ("Acme", 2, 2)
    kept = merged.company
    assert (kept.name, kept.people, kept.tax_id, kept.domains, kept.notes) == (
        "Acme S.A.",
        3,
        "30-71234567-1",
        ("acme.com",),
        "Pays",
    )
    with pytest.raises(NotFound):
        two.read(companies.show, "Acme")
    assert two.read(reading.show, 1).row.requester.company == "Acme S.A."
    change = two.read(history.show, 1)[-1].changes[0]
    assert (change.field, change.new) == ("company", "Acme S.A.")
    assert cast.itself.read(proof.check) == ()
    assert len(mails(cast.desk)) == mailed
    assert two.read(audit.page).items[0].detail["tickets"] == "2"


def test_a_rehearsed_merge_tells_the_same_and_changes_nothing(two: Door):
    rehearsed = two.rehearse(company_merging.merge, "Acme", "Acme S.A.")
    assert (rehearsed.people, rehearsed.tickets) == (2, 2)
    assert two.read(companies.show, "Acme").people == 2
    assert two.read(reading.show, 1).row.version == 1
    assert two.write(company_merging.merge, "Acme", "Acme S.A.").tickets == 2


def test_companies_with_different_tax_ids_stay_two(two: Door):
    two.write(companies.edit, "Acme", CompanyEdits(tax_id="30-71234567-1"))
    two.write(companies.edit, "Acme S.A.", CompanyEdits(tax_id="30-50001091-2"))
    with pytest.raises(Conflict):
        two.write(company_merging.merge, "Acme", "Acme S.A.")
    assert two.read(companies.show, "Acme").people == 2


def test_only_administrators_merge_and_no_company_into_itself(cast: Cast, two: Door):
    for attempt in (cast.operator().write, cast.manager().rehearse, cast.customer("carla").rehearse):
        with pytest.raises(Forbidden):
            attempt(company_merging.merge, "Acme", "Acme S.A.")
    with pytest.raises(Invalid):
        two.write(company_merging.merge, "Acme", "acme")


def test_the_customers_clock_does_not_move_with_a_merge(cast: Cast, two: Door):
    carla = cast.customer("carla")
    before = carla.read(reading.show, 1)
    two.write(company_merging.merge, "Acme", "Acme S.A.")
    assert carla.read(reading.show, 1) == before
