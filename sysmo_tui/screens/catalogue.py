"""Statuses, ticket types and priorities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import ClassVar, Protocol

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import Page, PriorityLine, StatusLine, TypeLine
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings, whole
from sysmo_tui.services import catalogue
from sysmo_tui.services.catalogue import CatalogueEdits
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.forms import Field, choice, text_input
from sysmo_tui.widgets.words import said

Line = StatusLine | TypeLine | PriorityLine


class Kind(StrEnum):
    """The lists of the catalogue."""

    STATUS = "status"
    TYPE = "type"
    PRIORITY = "priority"


_HEADINGS = {Kind.STATUS: N_("Statuses"), Kind.TYPE: N_("Ticket types"), Kind.PRIORITY: N_("Priorities")}
_NEW = {Kind.STATUS: N_("New status"), Kind.TYPE: N_("New type"), Kind.PRIORITY: N_("New priority")}


class _Lists(Protocol):
    def __call__(self, work: Work, *, archived: bool = False) -> tuple[Line, ...]: ...


class _Archives(Protocol):
    def __call__(self, work: Work, text: str, *, archived: bool = True) -> Line: ...


_LISTS: dict[Kind, _Lists] = {
    Kind.STATUS: catalogue.statuses,
    Kind.TYPE: catalogue.types,
    Kind.PRIORITY: catalogue.priorities,
}
_EDITS: dict[Kind, Callable[[Work, str, CatalogueEdits], Line]] = {
    Kind.STATUS: catalogue.edit_status,
    Kind.TYPE: catalogue.edit_type,
    Kind.PRIORITY: catalogue.edit_priority,
}
_ARCHIVES: dict[Kind, _Archives] = {
    Kind.STATUS: catalogue.archive_status,
    Kind.TYPE: catalogue.archive_type,
    Kind.PRIORITY: catalogue.archive_priority,
}


class CatalogueScreen(TableScreen[Line]):
    """One list of the catalogue."""

    CONTEXT = Context.CATALOGUE
    HINTS = (
        "catalogue.new",
        "catalogue.edit",
        "catalogue.default",
        "catalogue.archive",
        "catalogue.unarchive",
        "list.filter",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.CATALOGUE)
    NEEDS_ROW = frozenset({"edit", "default", "archive", "unarchive"})

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind

    def heading(self) -> str:
        """What the list is called."""
        return _(_HEADINGS[self._kind])

    def columns(self) -> Sequence[Column[Line]]:
        """Name and slug, what it means to the desk (a type means nothing more), whether it is the default."""
        meaning = (Column(_("Meaning"), 12, _meaning),) if self._kind is not Kind.TYPE else ()
        return (
            Column(_("Name"), 0, lambda line: _(line.name)),
            Column(_("Short name"), 18, lambda line: line.slug),
            *meaning,
            Column("", 19, _mark, style=lambda line: "$quiet" if line.is_archived else "$accent"),
        )

    def key(self, row: Line) -> str:
        """Which entry."""
        return row.slug

    def title_of(self, row: Line) -> str:
        """What it is called."""
        return row.name

    def detail(self, row: Line) -> Content:
        """What customers read."""
        return facts((_("Customers read"), _(row.customer_label) if isinstance(row, StatusLine) else None))

    def filters(self) -> Sequence[Item]:
        """What is in use, or everything."""
        return (Item("", _("in use")), Item("archived", _("archived as well")))

    def may(self, action: str, row: Line | None) -> bool:
        """The default stays; archived entries only come back."""
        if not has(self.app.actor, Right.MANAGE_CATALOGUE):
            return False
        if row is None:
            return True
        is_free = not row.is_default and not row.is_archived
        return {"default": is_free, "archive": is_free, "unarchive": row.is_archived}.get(action, True)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[Line]]:
        """The list in its order."""
        return self.read(whole, _LISTS[self._kind], archived=bool(chosen))

    def action_new(self) -> None:
        """Make one."""
        self.app.push_screen(EntryScreen(self._kind), self._came_back)

    def action_edit(self) -> None:
        """Rename the one under the cursor."""
        if self.row is not None:
            self.app.push_screen(EntryScreen(self._kind, self.row), self._came_back)

    def action_default(self) -> None:
        """Make it the default."""
        if self.row is not None:
            changed = self.write(_EDITS[self._kind], self.row.slug, CatalogueEdits(is_default=True))
            changed.then(lambda line: self.changed(_("{name} is the default now.", name=_(line.name))))

    def action_archive(self) -> None:
        """Take it out of use."""
        self._archive(True)

    def action_unarchive(self) -> None:
        """Take it back into use."""
        self._archive(False)

    def _archive(self, archived: bool) -> None:
        if self.row is not None:
            said_so = N_("{name} is archived.") if archived else N_("{name} is in use again.")
            written = self.write(_ARCHIVES[self._kind], self.row.slug, archived=archived)
            written.then(lambda line: self.changed(_(said_so, name=_(line.name))))

    def _came_back(self, line: Line | None) -> None:
        if line is not None:
            self.changed(_("{name} is saved.", name=_(line.name)), goes_to=line.slug)


class EntryScreen(FormScreen[Line | None]):
    """Makes or renames an entry; what a status means and a priority's level stay for good."""

    ASKS_BEFORE_LEAVING = True

    def __init__(self, kind: Kind, line: Line | None = None) -> None:
        super().__init__()
        self._kind, self._line = kind, line

    def heading(self) -> str:
        """What the screen is called."""
        return _(_NEW[self._kind]) if self._line is None else _(self._line.name)

    def fields(self) -> Iterable[Field]:
        """The name, and what cannot be changed later."""
        line = self._line
        yield Field("name", _("Name"), text_input("" if line is None else line.name))
        if self._kind is Kind.STATUS:
            label = line.customer_label if isinstance(line, StatusLine) else ""
            yield Field("customer_label", _("Customers read"), text_input(label))
            if line is None:
                meanings = [(said(each), each.value) for each in Category]
                yield Field("category", _("Meaning"), choice(meanings), note=_("It stays for good."))
        if self._kind is Kind.PRIORITY and line is None:
            note = _("1 (low) to 9; it stays for good.")
            yield Field("level", _("Level"), text_input(limit=1), note=note)

    def submit(self, given: dict[str, str]) -> None:
        """Save it."""
        if self._line is not None:
            edits = CatalogueEdits(name=given["name"], customer_label=given.get("customer_label"))
            self.send(self.write(_EDITS[self._kind], self._line.slug, edits), self.dismiss)
        else:
            self._make(given)

    def _make(self, given: dict[str, str]) -> None:
        name = given["name"]
        match self._kind:
            case Kind.STATUS if not given["category"]:
                self.complain("category", _("Choose what the status means."))
            case Kind.STATUS:
                edits = CatalogueEdits(customer_label=given["customer_label"].strip() or None)
                made = self.write(catalogue.new_status, name, Category(given["category"]), edits)
                self.send(made, self.dismiss)
            case Kind.TYPE:
                self.send(self.write(catalogue.new_type, name), self.dismiss)
            case Kind.PRIORITY:
                level = given["level"].strip()
                level_made = self.write(catalogue.new_priority, name, int(level) if level.isdecimal() else 0)
                self.send(level_made, self.dismiss)


def _meaning(line: Line) -> str:
    if isinstance(line, StatusLine):
        return said(line.category)
    return _("level {level}", level=line.level) if isinstance(line, PriorityLine) else ""


def _mark(line: Line) -> str:
    if line.is_archived:
        return _("archived")
    return _("default") if line.is_default else ""
