"""Registering, and using the code."""

from __future__ import annotations

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.errors import NotSignedIn
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.registration import RegistrationScreen
from sysmo_tui.screens.verification import CodeScreen
from sysmo_tui.services import registration, signing_in
from sysmo_tui.services.registration_form import RegistrationForm
from sysmo_tui.storage.engine import Store
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, mails
from tests.screens.conftest import Kept, fill, mailing, until, until_seen

SIZE = (80, 24)
OWN = "cobalt harbour lentil 88"
FORM = {
    "email": "nora@nuevo-norte.example",
    "name": "Nora Núñez",
    "phone": "+54 11 5555 0199",
    "company": "Nuevo Norte S.A.",
    "tax_id": "30-71234567-1",
    "password": PASSWORD,
    "again": PASSWORD,
}


async def test_a_customer_registers_types_the_code_and_signs_in(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    kept = Kept()
    app = SysmoApp(cast.desk, session=kept, environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        fill(pilot, password="typed in vain")
        await pilot.press("f3")
        await until_seen(pilot, "REGISTER", "AR")
        fill(pilot, **FORM)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "YOUR CODE", "nora@nuevo-norte.example")
        fill(pilot, code=code_in_mail(cast.desk, FORM["email"]).lower())
        await pilot.press("enter")
        await until_seen(pilot, "Sign in", "nora@nuevo-norte.example", "Now sign in")
        assert app.screen._form.field("password").value == ""
        fill(pilot, password=PASSWORD)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert kept.secret


async def test_what_is_wrong_is_said_beneath_its_field(cast: Cast) -> None:
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f3")
        await until_seen(pilot, "AR")
        fill(pilot, **{**FORM, "tax_id": "30-71234567-9"})
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.form.field("tax_id").control.has_focus)
        await until_seen(pilot, "! ")
        fill(pilot, **{**FORM, "again": "something else"})
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! The two are not the same")
        await pilot.press("escape")
        await until_seen(pilot, "Leave without saving?")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RegistrationScreen))


async def test_a_lost_code_is_sent_again(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f3")
        await until_seen(pilot, "AR")
        fill(pilot, **FORM)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, CodeScreen))
        first = code_in_mail(cast.desk, FORM["email"])
        await pilot.press("f5")
        await until_seen(pilot, "Send the code again", "esc Cancel")
        await pilot.press("enter")
        await until_seen(pilot, "a new one is on its way")
        assert code_in_mail(cast.desk, FORM["email"]) != first
        fill(pilot, code=first)
        await pilot.press("enter")
        await until_seen(pilot, "! This code is not valid")
        assert len(mails(cast.desk)) == 2


async def test_who_comes_back_with_the_code_alone_chooses_the_password(
    sqlite_store: Store, clock: Clock
) -> None:
    cast = mailing(sqlite_store, clock)
    form = {name: value for name, value in FORM.items() if name != "again"}
    registration.register(cast.visitor("someone"), RegistrationForm(**form))
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f5")
        await until_seen(pilot, "YOUR CODE")
        fill(pilot, code=code_in_mail(cast.desk, FORM["email"]))
        await pilot.press("enter")
        await until_seen(pilot, "NEW PASSWORD", "Your address is verified")
        fill(pilot, password=OWN, again=OWN)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Now sign in")
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor("someone"), FORM["email"], PASSWORD)
    assert signing_in.sign_in(cast.visitor("home"), FORM["email"], OWN)
