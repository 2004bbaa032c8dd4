"""A screen that is one list: rows, what can be done with the row under the cursor, search and filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from sysmo_tui import keys
from sysmo_tui.desk import Work
from sysmo_tui.domain.changes import Changes
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context, Group, Key
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.base import TYPING_SECONDS, DeskScreen
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.screens.scrolling import RowMoving
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.data_list import Column, DataList
from sysmo_tui.widgets.empty_words import EmptyWords
from sysmo_tui.widgets.forms import text_input
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.title_bar import TitleBar

P = ParamSpec("P")
Row = TypeVar("Row")

NEAR_END = 5
"""Rows before the last at which the next page is asked for."""


def whole(
    work: Work,
    use_case: Callable[Concatenate[Work, P], Sequence[Row]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Page[Row]:
    """A list that is read at once, as its only page."""
    return Page(tuple(use_case(work, *args, **kwargs)), None, None)


class TableScreen(RowMoving, DeskScreen[None], Generic[Row]):
    """Rows of one kind. Enter offers what can be done; every act has a key of its own as well."""

    CSS_PATH = "table_screen.tcss"
    HINTS: ClassVar[tuple[str, ...]] = ("list.open", "app.back", "app.help")
    AUTO_FOCUS = "DataList"
    SEARCHES: ClassVar[bool] = False
    """Whether there is a line to search in."""
    NEEDS_ROW: ClassVar[frozenset[str]] = frozenset()
    """Actions that are done to the row under the cursor."""

    _next: str | None = None
    _filter = ""
    _goes_to = ""

    def heading(self) -> str:
        """What the screen is called."""
        raise NotImplementedError

    def columns(self) -> Sequence[Column[Row]]:
        """What is shown of a row."""
        raise NotImplementedError

    def key(self, row: Row) -> str:
        """Which row it is."""
        raise NotImplementedError

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[Row]]:
        """The read that fills the table: what is searched for, the filter, from where on."""
        raise NotImplementedError

    def empty(self) -> str:
        """What is said when there is no row."""
        return _("Nothing here.")

    def title_of(self, row: Row) -> str:
        """What a row is called in a question."""
        return self.key(row)

    def detail(self, row: Row) -> Content:
        """What is said of the row under the cursor, below the table."""
        return Content("")

    def filters(self) -> Sequence[Item]:
        """What the list can be narrowed to; the first is everything, with an empty value."""
        return ()

    def may(self, action: str, row: Row | None) -> bool:
        """Whether an action of this screen is offered now."""
        return True

    def compose(self) -> ComposeResult:
        """A title, a line to search and filter, the table, and what it says of a row."""
        yield TitleBar(self.heading().upper(), self.app.actor.name)
        yield Banner()
        if self.SEARCHES or self.filters():
            with Horizontal(classes="finding"):
                if self.SEARCHES:
                    yield Static(Content("/"), classes="slash")
                    yield text_input(placeholder=_("search"))
                yield Static(Content(""), id="filter")
        yield DataList(self.columns(), self.key)
        yield EmptyWords()
        yield Static(Content(""), id="detail")
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Read the first page."""
        self._name_filter()
        self.load()

    @property
    def table(self) -> DataList[Row]:
        """The table."""
        return self.query_one(DataList)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        tables = self.query(DataList)
        return tables.first().current if tables else None

    @property
    def query_text(self) -> str:
        """What is searched for."""
        return self.query_one(".finding Input", Input).value.strip() if self.SEARCHES else ""

    def load(self, *, after: float = 0.0) -> None:
        """Read the list again from its beginning."""
        self.ask(self.query_text, self._filter, None).then(self._show, after=after, refused=self._not_shown)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        event.stop()
        self.load(after=TYPING_SECONDS)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what was found."""
        event.stop()
        self.table.focus()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say more of the row, and read on near the end."""
        event.stop()
        self._tell()
        if self._next is not None and self.table.cursor_row >= len(self.table.items) - NEAR_END:
            self._read_on()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Offer what can be done."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Offer what can be done with the row under the cursor."""
        row = self.row
        if row is None:
            return
        offered = [
            Item(key.action, _(key.help)[:1].upper() + _(key.help)[1:], self._key_of(key), self._key_of(key))
            for key in keys.of_context(self.CONTEXT)
            if key.action in self.NEEDS_ROW and self.check_action(key.action, ())
        ]
        if offered:
            self.app.push_screen(Picker(clean_line(self.title_of(row), 50), offered), self._act)

    def action_reload(self) -> None:
        """Read again."""
        self.load()

    def follow(self) -> None:
        """Wait while something is asked about a row: it stays the one under the cursor."""
        if self.is_current:
            super().follow()

    def desk_changed(self, changes: Changes) -> None:
        """Read a list that is shown whole again, as it may have changed; the cursor stays where it is."""
        if changes.has_tickets and self._next is None and len(self.table.items) < 100:
            self.load()

    def action_find(self) -> None:
        """Go to the line to search in."""
        self.query_one(".finding Input", Input).focus()

    def action_filter(self) -> None:
        """Choose what to show."""
        self.app.push_screen(Picker(_("Show"), numbered(self.filters()), current=self._filter), self._narrow)

    def action_back(self) -> None:
        """Leave the search, then the screen."""
        if self.SEARCHES:
            line = self.query_one(".finding Input", Input)
            if line.has_focus or line.value:
                line.value = ""
                self.table.focus()
                return
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what this list has, may, and can do to the row under the cursor."""
        if action == "filter":
            return bool(self.filters())
        if action == "find":
            return self.SEARCHES
        if action == "open":
            return self.row is not None
        if not any(
            key.action == action and key.group is Group.MANAGE for key in keys.of_context(self.CONTEXT)
        ):
            return super().check_action(action, parameters)
        row = self.row
        return (row is not None or action not in self.NEEDS_ROW) and self.may(action, row)

    def changed(self, text: str, *, goes_to: str = "") -> None:
        """Tell of a thing done, and read again; the cursor goes to the row of that key."""
        self.done(text)
        self._goes_to = goes_to
        self.load()

    def refuse(self, error: DeskError) -> None:
        """Say on the status line what was refused."""
        self.say_error(shown(error))

    def _key_of(self, key: Key) -> str:
        return keys.shown(key, self.app.keymap)[0]

    def _act(self, action: str | None) -> None:
        if action is not None:
            self.call_later(self.run_action, f"screen.{action}")

    def _narrow(self, chosen: str | None) -> None:
        if chosen is not None:
            self._filter = chosen
            self._name_filter()
            self.load()

    def _name_filter(self) -> None:
        key = self._key_of(keys.BY_ID["list.filter"])
        for item in self.filters():
            if item.value == self._filter:
                self.query_one("#filter", Static).update(Content(f"{key}  {item.label}"))

    def _show(self, page: Page[Row]) -> None:
        self._next = page.next
        self.table.show(page.items, goes_to=self._goes_to)
        self._goes_to = ""
        self._say_empty("" if page.items else self._emptiness())
        self.say()
        self._tell()

    def _emptiness(self) -> str:
        """Why there is no row, and the key that helps."""
        if self.query_text:
            return _("Nothing has these words. {key} clears the search.", key=self.app.key_for("app.back"))
        if self._filter:
            return _("Nothing of this kind. {key} shows others.", key=self.app.key_for("list.filter"))
        return self.empty()

    def _not_shown(self, error: DeskError) -> None:
        """Say why nothing can be read: where rows would stand, if there are none."""
        if self.table.items:
            self.refuse(error)
        else:
            self._say_empty(f"! {shown(error)}")

    def _say_empty(self, text: str) -> None:
        self.query_one(EmptyWords).show(text)
        self.set_class(bool(text), "-empty")

    def _read_on(self) -> None:
        if not self.is_reading("read"):
            self.ask(self.query_text, self._filter, self._next).then(self._append)

    def _append(self, page: Page[Row]) -> None:
        self._next = page.next
        self.table.show((*self.table.items, *page.items))

    def _tell(self) -> None:
        row = self.row
        self.query_one("#detail", Static).update(Content("") if row is None else self.detail(row))
        self.refresh_bindings()


def list_bindings(context: Context) -> list[BindingType]:
    """The bindings of a list's screen."""
    return keys.bindings(context, Context.EVERYWHERE)


def facts(*pairs: tuple[str, str | None]) -> Content:
    """Names and values on one line; those without a value are left out, as is the name of one without."""
    parts: Iterable[Any] = (
        Content.assemble((f"{name} " if name else "", "$quiet"), clean_line(value))
        for name, value in pairs
        if value
    )
    return Content("   ").join(parts)
