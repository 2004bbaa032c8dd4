"""Companies: looked up by staff, edited and merged by administrators."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.text import cell_width
from sysmo_tui.screens.administration import AdministrationScreen
from sysmo_tui.screens.companies import CompaniesScreen, MergeScreen
from sysmo_tui.screens.company_form import CompanyScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.services import companies, filing
from sysmo_tui.services.companies import CompanyEdits
from sysmo_tui.services.filing import Filing
from sysmo_tui.widgets.hints import Hints
from tests.cast import Cast
from tests.screens.conftest import Stage, fill, seen, until, until_seen
from tests.screens.test_administration import go

SIZE = (80, 24)
TAX_ID, OTHER_TAX_ID = "30-71234567-1", "30-50001091-2"


@pytest.fixture
def admin(cast: Cast) -> Door:
    """An administrator of a desk where the customers of one company came under two names."""
    cast.operator()
    for name, company in (("carla", "Acme"), ("carlos", "Acme"), ("zoe", "Acme S.A."), ("bea", "Borealis")):
        customer = cast.customer(name, company=company)
        customer.write(filing.file, Filing("general", f"From {name}", "It is broken."))
    return cast.admin()


async def choose(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on the company called ``name``."""
    table = pilot.app.screen.table
    await until(pilot, lambda: name in [line.name for line in table.items])
    table.move_cursor(row=[line.name for line in table.items].index(name))
    await until(pilot, lambda: pilot.app.screen.row.name == name)


def names(pilot: Pilot[Any]) -> list[str]:
    return [line.name for line in pilot.app.screen.table.items]


async def test_companies_are_entered_from_the_administration_and_its_palette(
    stage: Stage, admin: Door
) -> None:
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AdministrationScreen(), "Companies")
        await pilot.press("down", "enter")
        await until_seen(pilot, "COMPANIES", "Borealis")
        await pilot.press("escape")
        await until_seen(pilot, "ADMINISTRATION")
        await pilot.press("ctrl+p", *"companies")
        await until_seen(pilot, "of the customers: look up, edit, merge")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, CompaniesScreen))


async def test_companies_are_searched_by_name_and_tax_id(stage: Stage, admin: Door) -> None:
    admin.write(companies.edit, "Borealis", CompanyEdits(tax_id=TAX_ID, domains=("borealis.example",)))
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Acme S.A.", "Borealis", TAX_ID)
        await pilot.press("/", *"acme")
        await until(pilot, lambda: names(pilot) == ["Acme", "Acme S.A."])
        await pilot.press("escape", "/", *"7123")
        await until(pilot, lambda: names(pilot) == ["Borealis"])
        await until_seen(pilot, "Domains borealis.example")


async def test_a_company_is_edited_and_what_is_wrong_stands_beside_its_field(
    stage: Stage, admin: Door
) -> None:
    admin.write(companies.edit, "Acme S.A.", CompanyEdits(tax_id=OTHER_TAX_ID))
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Borealis")
        await choose(pilot, "Borealis")
        await pilot.press("enter")
        await until_seen(pilot, "Edit the company", "Merge it into another")
        await pilot.press("enter")
        await until_seen(pilot, "COMPANY", "People 1", "Borealis")
        for name, wrong, right, complaint in (
            ("name", "", "Borealis SRL", "The name of the company is missing"),
            ("country", "xx", "AR", "two letters, like AR or ES"),
            ("tax_id", "30-71234567-9", TAX_ID, "is not a valid"),
            ("tax_id", OTHER_TAX_ID, TAX_ID, "Another company has this tax ID"),
            ("domains", "a b", "borealis.example, boreal.example", "is not a mail domain"),
            ("notes", "x" * 10_001, "Pays late", "Notes have up to 10000 characters"),
        ):
            fill(pilot, **{name: wrong})
            await pilot.press("ctrl+s")
            await until(pilot, lambda name=name, said=complaint: said in complaint_of(pilot, name))
            fill(pilot, **{name: right})
        await pilot.press("ctrl+s")
        await until_seen(pilot, "COMPANIES", "Borealis SRL is saved.", "Notes Pays late")
    saved = admin.read(companies.show, "Borealis SRL")
    assert (saved.tax_id, saved.country, saved.notes) == (TAX_ID, "AR", "Pays late")
    assert saved.domains == ("borealis.example", "boreal.example")


async def test_leaving_an_edited_company_asks_first(stage: Stage, admin: Door) -> None:
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Borealis")
        await choose(pilot, "Borealis")
        await pilot.press("e")
        await until(pilot, lambda: app.screen.query(Input) and app.screen.query(Input)[0].value)
        fill(pilot, notes="Not to be lost")
        await pilot.press("escape")
        await until_seen(pilot, "Leave without saving?")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, CompanyScreen))
        assert app.screen.form.field("notes").value == "Not to be lost"


async def test_a_merge_says_first_what_moves_and_no_moves_nothing(stage: Stage, admin: Door) -> None:
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Borealis")
        await choose(pilot, "Acme")
        await pilot.press("m")
        await until_seen(pilot, "MERGE ACME INTO", "Borealis")
        assert "Acme" not in names(pilot)
        await pilot.press("/", *"acme", "enter")
        await until(pilot, lambda: names(pilot) == ["Acme S.A."])
        app.screen.action_open()
        app.screen.action_open()
        await until_seen(pilot, "Merge “Acme” into “Acme S.A.”?", "2 people move. 2 tickets move.")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, MergeScreen))
        assert admin.read(companies.show, "Acme").people == 2
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until_seen(pilot, "COMPANIES", "“Acme” went into “Acme S.A.”", "Tickets that moved: 2.")
        await until(pilot, lambda: "Acme" not in names(pilot))
    assert admin.read(companies.show, "Acme S.A.").people == 3
    with pytest.raises(NotFound):
        admin.read(companies.show, "Acme")


async def test_two_tax_ids_are_not_merged_and_it_is_said_before_any_question(
    stage: Stage, admin: Door
) -> None:
    admin.write(companies.edit, "Acme", CompanyEdits(tax_id=TAX_ID))
    admin.write(companies.edit, "Borealis", CompanyEdits(tax_id=OTHER_TAX_ID))
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Borealis")
        await choose(pilot, "Acme")
        await pilot.press("m")
        await until_seen(pilot, "MERGE ACME INTO")
        await choose(pilot, "Borealis")
        await pilot.press("enter")
        await until_seen(pilot, "! The two have different tax IDs")
        assert isinstance(app.screen, MergeScreen)


async def test_the_company_of_the_desk_is_merged_into_no_other(stage: Stage, admin: Door) -> None:
    own = next(line for line in admin.read(companies.page).items if line.is_own)
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Borealis")
        await choose(pilot, own.name)
        await until_seen(pilot, "the desk's own company")
        assert app.screen.check_action("merge", ()) is False
        await choose(pilot, "Borealis")
        assert app.screen.check_action("merge", ()) is True


async def test_staff_look_at_companies_and_change_nothing(stage: Stage, cast: Cast, admin: Door) -> None:
    admin.write(companies.edit, "Borealis", CompanyEdits(notes="Calls before noon", tax_id=TAX_ID))
    for door in (cast.operator(), cast.manager()):
        app = stage(door)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await go(pilot, CompaniesScreen(), "Borealis")
            await choose(pilot, "Borealis")
            assert not [each for each in ("edit", "merge") if app.screen.check_action(each, ())]
            await pilot.press("e", "m", "enter")
            await until_seen(pilot, "COMPANY", "Calls before noon", TAX_ID)
            assert app.screen.check_action("save", ()) is False
            assert "Save" not in seen(pilot)
            await pilot.press("x", "ctrl+s")
            assert app.screen.query_one(TextArea).text == "Calls before noon"
            await pilot.press("q")
            await until_seen(pilot, "COMPANIES")
    assert admin.read(companies.show, "Borealis").notes == "Calls before noon"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
async def test_companies_fit_the_room_there_is(stage: Stage, admin: Door, width: int) -> None:
    long_name = "Acme " + "del Sur " * 6 + "S.A."
    admin.write(companies.edit, "Acme", CompanyEdits(tax_id=TAX_ID))
    admin.write(companies.edit, "Borealis", CompanyEdits(name=long_name))
    app = stage(admin)
    async with app.run_test(size=(width, 24), notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), "Acme del", "Acme S.A.", "People")
        await choose(pilot, "Acme")
        await until_seen(pilot, TAX_ID)
        hints = app.screen.query_one(Hints)
        assert cell_width(str(hints.content)) <= width - 2
        await pilot.press("e")
        await until_seen(pilot, "Acme", TAX_ID, "only staff read them", "Save")
        await pilot.press("escape", "m")
        await until_seen(pilot, "MERGE ACME")
        await choose(pilot, long_name)
        await pilot.press("enter")
        await until_seen(pilot, "2 people move", "undone.", "y  Merge", "n  No")


@pytest.mark.parametrize("name", ["[/b]", "[@click=app.quit]x[/]", "{x} [URGENT]"])
async def test_hostile_names_of_companies_are_only_text(stage: Stage, admin: Door, name: str) -> None:
    admin.write(companies.edit, "Acme", CompanyEdits(name=name, notes=name, domains=("[b].example",)))
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CompaniesScreen(), name)
        await choose(pilot, name)
        await until_seen(pilot, "Domains [b].example", f"Notes {name}")
        await pilot.press("m")
        await until_seen(pilot, f"MERGE {name.upper()} INTO")
        await choose(pilot, "Acme S.A.")
        await pilot.press("enter")
        await until_seen(pilot, f"Merge “{name}” into")
        await pilot.press("y")
        await until_seen(pilot, f"“{name}” went into “Acme S.A.”")


def complaint_of(pilot: Pilot[Any], name: str) -> str:
    field = pilot.app.screen.form.field(name)
    return str(field.query_one(".note").content)
