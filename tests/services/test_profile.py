from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Forbidden, Invalid, NotFound, NotSignedIn
from sysmo_tui.services import companies, profile
from sysmo_tui.services.companies import CompanyEdits
from sysmo_tui.services.profile import ProfileEdits
from tests.cast import SEEN, Cast


def test_people_see_and_change_their_own_account(cast: Cast, customer: Door):
    edits = ProfileEdits(name="Carla Díaz", phone="+34 911 23 45 67", locale="es", time_zone="Europe/Madrid")
    changed = customer.write(profile.edit, edits)
    assert (changed.name, changed.phone, changed.locale) == ("Carla Díaz", "+34 911 23 45 67", "es")
    assert customer.read(profile.show) == changed
    assert customer.write(profile.edit, ProfileEdits(phone="", time_zone="")).phone is None
    for wrong, field in (
        (ProfileEdits(name=" "), "name"),
        (ProfileEdits(phone="1"), "phone"),
        (ProfileEdits(locale="xx"), "language"),
        (ProfileEdits(time_zone="Nowhere"), "time_zone"),
    ):
        with pytest.raises(Invalid) as refusal:
            customer.write(profile.edit, wrong)
        assert refusal.value.field == field


def test_preferences_are_saved_with_a_profile_or_neither_is(customer: Door):
    changed = customer.write(profile.edit, ProfileEdits(name="Carla Díaz"), {"theme": "dark"})
    assert (changed.name, changed.preferences) == ("Carla Díaz", {**SEEN, "theme": "dark"})
    with pytest.raises(NotFound):
        customer.write(profile.edit, ProfileEdits(name="Carla"), {"No name": 1})
    assert customer.read(profile.show) == changed


def test_a_customer_reads_the_company_that_they_typed_and_staff_the_stored_one(cast: Cast, admin: Door):
    door = cast.customer("carla", company="Acme")
    admin.write(companies.edit, "Acme", CompanyEdits(name="Acme Holdings International"))
    assert door.read(profile.show).company == "Acme"
    assert "Holdings" not in repr(door.read(profile.show))


def test_staff_see_their_topics(operator: Door):
    assert operator.read(profile.show).topics == ("General",)


def test_preferences_are_kept_by_name(customer: Door):
    customer.write(profile.prefer, {"theme": "dark", "columns": {"created": ["number", "subject"]}})
    kept = customer.touch(profile.prefer, {"theme": None, "preview": "off"})
    assert kept.preferences == {**SEEN, "columns": {"created": ["number", "subject"]}, "preview": False}
    for wrong in ({"": 1}, {"no.such": 1}):
        with pytest.raises(NotFound):
            customer.write(profile.prefer, wrong)
    for senseless in (
        {"theme": "pink"},
        {"preview": 2},
        {"keymap": {f"a.k{at}": "x" * 80 for at in range(250)}},
    ):
        with pytest.raises(Invalid):
            customer.write(profile.prefer, senseless)
    assert customer.read(profile.show) == kept


def test_visitors_and_the_desk_itself_have_no_profile(cast: Cast):
    with pytest.raises(NotSignedIn):
        cast.visitor().read(profile.show)
    with pytest.raises(Forbidden):
        cast.itself.read(profile.show)
