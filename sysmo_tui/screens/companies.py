"""The customers' companies: looking them up, editing them, and making one of two that are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.company_form import CompanyScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import companies, company_merging
from sysmo_tui.services.companies import CompanyLine
from sysmo_tui.services.company_merging import Merged
from sysmo_tui.widgets.data_list import Column

NAME_SHOWN = 40
"""Characters of a company's name in a sentence."""


class CompanyTable(TableScreen[CompanyLine]):
    """Companies in the order they came, searched by name or tax ID."""

    SEARCHES = True

    def columns(self) -> Sequence[Column[CompanyLine]]:
        """What it is called and known by, and how many people it has here."""
        return (
            Column(_("Name"), 0, lambda line: line.name),
            Column(_("Tax ID"), 20, lambda line: line.tax_id or "—", from_width=60),
            Column(_("Country"), 7, lambda line: line.country, from_width=70),
            Column(_("Domains"), 0, lambda line: ", ".join(line.domains), from_width=100),
            Column(_("People"), 8, lambda line: str(line.people), is_number=True),
        )

    def key(self, row: CompanyLine) -> str:
        """Which company."""
        return str(row.id)

    def title_of(self, row: CompanyLine) -> str:
        """What it is called."""
        return row.name

    def detail(self, row: CompanyLine) -> Content:
        """What has no column, and the beginning of its notes."""
        is_narrow, is_wide = self.size.width < 60, self.size.width >= 100
        return facts(
            (_("This is"), _("the desk's own company") if row.is_own else None),
            (_("Tax ID"), row.tax_id if is_narrow else None),
            (_("Domains"), None if is_wide else ", ".join(row.domains)),
            (_("Notes"), clean_line(row.notes, 120)),
        )

    def empty(self) -> str:
        """What is said when there is no row."""
        return _("No such companies.")


class CompaniesScreen(CompanyTable):
    """Every company; administrators change them, staff look."""

    CONTEXT = Context.COMPANIES
    HINTS = (
        "list.open",
        "companies.edit",
        "companies.merge",
        "list.find",
        "app.refresh",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.COMPANIES)
    NEEDS_ROW = frozenset({"edit", "merge"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Companies")

    def may(self, action: str, row: CompanyLine | None) -> bool:
        """Only administrators change companies; the desk's own is merged into no other."""
        if not has(self.app.actor, Right.MANAGE_ACCOUNTS):
            return False
        return action != "merge" or row is None or not row.is_own

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[CompanyLine]]:
        """Companies in the order they came."""
        return self.read(companies.page, query, after=after)

    def action_open(self) -> None:
        """Offer what can be done; who may only look sees the company."""
        if self.may("edit", self.row):
            super().action_open()
        else:
            self.action_edit()

    def action_edit(self) -> None:
        """Show the company, to be edited by who may."""
        if self.row is not None:
            self.app.push_screen(CompanyScreen(self.row), self._saved)

    def action_merge(self) -> None:
        """Choose the company that it becomes part of."""
        if self.row is not None:
            self.app.push_screen(MergeScreen(self.row), lambda _result: self.load())

    def _saved(self, line: CompanyLine | None) -> None:
        if line is not None:
            self.changed(_("{company} is saved.", company=clean_line(line.name, NAME_SHOWN)))


class MergeScreen(CompanyTable):
    """Chooses into which company another one is merged, and says first how much moves."""

    CONTEXT = Context.MERGING
    HINTS = ("merging.open", "list.find", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.MERGING)

    _is_planning = False

    def __init__(self, gone: CompanyLine) -> None:
        super().__init__()
        self._gone = gone

    def heading(self) -> str:
        """Which company goes."""
        return _("Merge {company} into…", company=clean_line(self._gone.name, NAME_SHOWN))

    def empty(self) -> str:
        """What is said when there is no row."""
        return _("There is no other company to merge it into.")

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[CompanyLine]]:
        """Every company but the one that goes."""
        return self.read(companies.page, query, without=self._gone.id, after=after)

    def action_open(self) -> None:
        """Find out what would move."""
        kept = self.row
        if kept is not None and not self._is_planning:
            self._is_planning = True
            self.say(_("One moment…"))
            planned = self.job(company_merging.plan, str(self._gone.id), str(kept.id))
            planned.then(lambda plan: self._confirm(kept, plan), refused=self._refused)

    def _refused(self, error: DeskError) -> None:
        self._is_planning = False
        self.refuse(error)

    def _confirm(self, kept: CompanyLine, plan: Merged) -> None:
        self._is_planning = False
        self.say()
        question = Confirm(
            _("Merge “{gone}” into “{kept}”?", **_names(plan)),
            yes=_("Merge"),
            explains=" ".join(
                (
                    ngettext("{count} person moves.", "{count} people move.", plan.people),
                    ngettext("{count} ticket moves.", "{count} tickets move.", plan.tickets),
                    _("This cannot be undone."),
                )
            ),
        )
        self.app.push_screen(question, lambda is_sure: self._merge(kept) if is_sure else None)

    def _merge(self, kept: CompanyLine) -> None:
        self.write(company_merging.merge, str(self._gone.id), str(kept.id)).then(self._merged)

    def _merged(self, merged: Merged) -> None:
        self.done(
            _(
                "“{gone}” went into “{kept}”. People that moved: {people}. Tickets that moved: {tickets}.",
                **_names(merged),
                people=merged.people,
                tickets=merged.tickets,
            )
        )
        self.dismiss()


def _names(merged: Merged) -> dict[str, str]:
    return {
        "gone": clean_line(merged.gone, NAME_SHOWN),
        "kept": clean_line(merged.company.name, NAME_SHOWN),
    }
