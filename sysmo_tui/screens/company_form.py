"""One company: shown to staff, edited by administrators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.content import Content
from textual.widgets import Button, Static, TextArea

from sysmo_tui.domain.policy import Right, has
from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.table_screen import facts
from sysmo_tui.services import companies
from sysmo_tui.services.companies import NOTES_LIMIT, CompanyEdits, CompanyLine
from sysmo_tui.widgets.forms import Field, text_area, text_input

SERVICE_NAMES = {"company": "name", "own_domains": "domains"}
"""Fields of the form, by what the services call them when they refuse."""


class CompanyScreen(FormScreen[CompanyLine | None]):
    """A company's name, tax ID, mail domains and notes; who may not edit them reads them."""

    ASKS_BEFORE_LEAVING = True
    APART_FROM = 28

    def __init__(self, line: CompanyLine) -> None:
        super().__init__()
        self._line = line

    @property
    def may_edit(self) -> bool:
        """Whether it is there to be edited."""
        return has(self.app.actor, Right.MANAGE_ACCOUNTS)

    def heading(self) -> str:
        """What the screen is called."""
        return _("Company")

    def explains(self) -> Content:
        """How many people it has, and whether it runs the desk."""
        return facts(
            (_("People"), str(self._line.people)),
            (_("This is"), _("the desk's own company") if self._line.is_own else None),
        )

    def fields(self) -> Iterable[Field]:
        """What the desk knows of it."""
        yield Field("name", _("Name"), text_input())
        yield Field("tax_id", _("Tax ID"), text_input())
        yield Field("country", _("Country"), text_input(limit=2), note=_("two letters, like AR or ES"))
        yield Field(
            "domains", _("Domains"), text_input(), note=_("of its mail addresses, separated by commas")
        )
        yield Field("notes", _("Notes"), text_area(), note=_("only staff read them"))

    def buttons(self) -> Iterable[Button]:
        """Saving, for who may."""
        return super().buttons() if self.may_edit else ()

    def on_mount(self) -> None:
        """Read the company."""
        super().on_mount()
        notes = self.form.field("notes").control
        assert isinstance(notes, TextArea)
        notes.styles.height = 6
        if not self.may_edit:
            for field in self.form.fields():
                field.control.disabled = field.control is not notes
            notes.read_only = True
            notes.focus()
        self.read(companies.show, str(self._line.id)).then(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who may only look saves nothing."""
        if action == "save" and not self.may_edit:
            return False
        return super().check_action(action, parameters)

    def submit(self, given: dict[str, str]) -> None:
        """Save what was changed."""
        before = self._before or {}
        changed: dict[str, Any] = {
            name: value for name, value in given.items() if value != before.get(name, "")
        }
        if len(changed.get("notes", "")) > NOTES_LIMIT:
            self.complain("notes", _("Notes have up to {limit} characters.", limit=NOTES_LIMIT))
            return
        if "domains" in changed:
            changed["domains"] = tuple(text for text in changed["domains"].split(",") if text.strip())
        writing = self.write(companies.edit, str(self._line.id), CompanyEdits(**changed))
        self.send(writing, self.dismiss, names=SERVICE_NAMES)

    def _show(self, line: CompanyLine) -> None:
        self._line = line
        self.query_one(".explains", Static).update(self.explains())
        values = {
            "name": line.name,
            "tax_id": line.tax_id,
            "country": line.country,
            "domains": ", ".join(line.domains),
            "notes": line.notes,
        }
        for name, value in values.items():
            self.form.field(name).value = value
        self.remember()
