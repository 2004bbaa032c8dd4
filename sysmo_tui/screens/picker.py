"""Choosing one of a closed list, narrowed by typing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sysmo_tui import keys
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.text import cell_width, clean_line, fit
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.scrolling import ListMoving
from sysmo_tui.widgets.forms import Complaint, text_input
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.options import Options

FILTER_FROM = 8
"""Choices from which on a field to narrow them is shown."""
_AROUND = 5
"""Cells of a line for its mark, the gap before its note, and the edge."""


@dataclass(frozen=True, slots=True)
class Item:
    """One choice: the value that comes back, what is shown, a quiet remark, and a key that chooses it.

    A line stands between those of one ``group`` and the next.
    """

    value: str
    label: str
    note: str = ""
    key: str = ""
    group: str = ""


def numbered(items: Sequence[Item]) -> list[Item]:
    """The same choices, each with its place as its key; not where one types to narrow them."""
    if len(items) >= FILTER_FROM:
        return list(items)
    return [
        replace(item, key=str(at), note=f"{at}  {item.note}".rstrip()) for at, item in enumerate(items, 1)
    ]


class Picker(ListMoving, DeskDialog[str | None]):
    """A list to choose from by cursor, by typing a part of the name, or by mouse; None when it was left."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move_down", show=False),
        Binding("up", "move_up", show=False),
        *keys.bindings(Context.DIALOG, Context.EVERYWHERE),
    ]

    def __init__(
        self,
        title: str,
        items: Sequence[Item],
        *,
        current: str = "",
        explains: Content | None = None,
        asks: str = "",
    ) -> None:
        """``asks`` is what a field above the list asks for; a long list has one anyway."""
        super().__init__()
        self._explains = explains
        self._title, self._items, self._current = title, tuple(items), current
        if not asks and len(self._items) >= FILTER_FROM:
            asks = _("type to narrow the list")
        self._asks = asks
        self._shown: tuple[Item, ...] = ()
        # Held, not looked up: a picker that is left at once is told to begin without its widgets.
        self._list = Options(compact=True, markup=False)
        self._field = text_input(placeholder=self._asks)

    def compose(self) -> ComposeResult:
        """A field where the list is long, and the list."""
        with Vertical(classes="dialog picker") as box:
            box.border_title = Content(f" {self._title} ")
            if self._explains is not None:
                with VerticalScroll(classes="explained"):
                    yield Static(self._explains)
            if self._asks:
                yield self._field
            yield self._list
            with Vertical(classes="foot"):
                yield Complaint()
                yield Hints("dialog.choose", "app.back")

    def on_mount(self) -> None:
        """Show all, with the cursor on what is chosen now."""
        self._show(self._items)
        if not self._asks:
            self._list.focus()

    @property
    def listed(self) -> OptionList:
        """The list, whose cursor moves wherever the focus is."""
        return self._list

    def hint_words(self) -> Mapping[str, str]:
        """Leaving chooses nothing."""
        return {"app.back": _("Cancel")}

    @property
    def typed(self) -> str:
        """What is typed to narrow the list."""
        return self._field.value.strip()

    def extend(self, items: Iterable[Item]) -> None:
        """Offer more, below the rest."""
        self._items = (*self._items, *items)
        self.narrow()

    def narrow(self) -> None:
        """Show what matches what is typed, with the cursor where it was."""
        self._show(self.matching(self.typed), at=self._under_cursor())

    def _under_cursor(self) -> str:
        place = self._list.highlighted
        return self._shown[place].value if place is not None and place < len(self._shown) else ""

    def _show(self, items: tuple[Item, ...], at: str = "") -> None:
        self._shown = items
        widths = self._widths(items)
        self._list.clear_options()
        for place, item in enumerate(items):
            if place and item.group != items[place - 1].group:
                self._list.add_option(None)
            self._list.add_option(Option(self._line(item, widths[place])))
        if not items:
            self._list.say_empty(_("nothing has these words"))
        values = [item.value for item in items]
        wanted = at or self._current
        self._list.highlighted = values.index(wanted) if wanted in values else 0 if items else None

    def _widths(self, items: Sequence[Item]) -> list[int]:
        """Cells for each name: as many for all where the notes find room, else what its own note leaves."""
        notes = [cell_width(item.note) for item in items]
        longest = max((cell_width(item.label) for item in items), default=0)
        if (room := self._list.scrollable_content_region.width) > 0:
            left = [room - _AROUND - note for note in notes]
            if min(left, default=longest) < min(longest, room * 2 // 3):
                return [min(longest, max(room // 2, own)) for own in left]
            longest = min([longest, *left])
        return [longest] * len(items)

    def _line(self, item: Item, width: int) -> Content:
        mark = "• " if item.value == self._current else "  "
        label = fit(clean_line(item.label), width)
        gap = " " * (width - cell_width(label) + 2)
        return Content.assemble((mark, "$accent"), label, gap, (item.note, "dim"))

    def on_resize(self) -> None:
        """Leave room for what stands beside the names, once it is known where they stand."""
        self.call_after_refresh(self.narrow)

    def on_key(self, event: Key) -> None:
        """Choose what has this key, unless it is typed to narrow the list."""
        if self._asks:
            return
        for item in self._items:
            if item.key and item.key in (event.key, event.character):
                event.stop()
                event.prevent_default()
                self.dismiss(item.value)
                return

    def matching(self, text: str) -> tuple[Item, ...]:
        """What contains every typed word."""
        wanted = same_name(text).split()
        return tuple(
            item
            for item in self._items
            if all(word in same_name(f"{item.label} {item.note}") for word in wanted)
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what matches."""
        event.stop()
        self._show(self.matching(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose what the cursor is on."""
        event.stop()
        if self._list.highlighted is not None and self._shown:
            self.choose(self._shown[self._list.highlighted])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose by enter or mouse."""
        event.stop()
        if self._list.holds(event):
            self.choose(self._shown[event.option_index])

    def choose(self, item: Item) -> None:
        """Leave with it."""
        self.dismiss(item.value)

    def action_back(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)
