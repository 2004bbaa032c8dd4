"""Filters as words of the search: choosing one writes it into the query, choosing it again takes it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sysmo_tui import keys
from sysmo_tui.domain import slugs
from sysmo_tui.domain.closed_sets import CHANNELS
from sysmo_tui.domain.query_completing import DATES, FLAGS, THINGS
from sysmo_tui.domain.query_tree import CUSTOMER_FLAGS, Flag
from sysmo_tui.domain.query_writing import toggled, values, with_values
from sysmo_tui.domain.text import SafeText, cell_width, fit
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.scrolling import ListMoving
from sysmo_tui.widgets.hints import Hints

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices

Named = Sequence[tuple[str, str]]
"""Values of a field, and what they are called."""

_STATES = (Flag.OPEN, Flag.NEW, Flag.WAITING, Flag.HOLD, Flag.CLOSED)
_FACTS = (Flag.UNREAD, Flag.OVERDUE, Flag.UNASSIGNED, Flag.UNDELIVERABLE)
TITLE_CELLS = 13


@dataclass(frozen=True, slots=True)
class Facet:
    """Something that lists are narrowed by: values of a field, of which any one is enough.

    Those that are ``apart`` must all hold; of those that exclude each other, one is chosen.
    """

    title: str
    field: str
    offered: Named
    is_apart: bool = False
    is_single: bool = False

    def chosen(self, query: str) -> list[str]:
        """Which of its values a search asks for."""
        known = [value.casefold() for value, _name in self.offered]
        found = values(query, self.field, None if self.is_single else known)
        return [value for value in found if value.casefold() in known]

    def toggle(self, query: str, value: str) -> str:
        """The search with a value more, or without it."""
        if self.is_single:
            wanted = [] if value in self.chosen(query) else [value]
            return with_values(query, self.field, wanted)
        known = [value] if self.is_apart else [each for each, _name in self.offered]
        return toggled(query, self.field, value, [each.casefold() for each in known])

    def clear(self, query: str) -> str:
        """The search without any of its values."""
        for value in self.chosen(query):
            query = self.toggle(query, value)
        return query


def facets(known: Choices, tags: Iterable[Choice], *, is_staff: bool) -> list[Facet]:
    """What lists can be narrowed by, what is used most first."""
    flags = [flag for flag in _STATES if is_staff or flag in CUSTOMER_FLAGS]
    facts = [flag for flag in _FACTS if is_staff or flag in CUSTOMER_FLAGS]
    me = [("me", _("you")), ("none", _("nobody"))]
    found = [
        Facet(_("Phase"), "is", [(flag.value, _(FLAGS[flag])) for flag in flags]),
        Facet(_("Only"), "is", [(flag.value, _(FLAGS[flag])) for flag in facts], is_apart=True),
        Facet(_("Topic"), "topic", _named(known.topics)),
    ]
    if is_staff:
        found += [
            Facet(_("Status"), "status", _named(known.statuses)),
            Facet(_("Priority"), "priority", _named(known.priorities)),
            Facet(_("Assignee"), "assignee", [*me, *_named(known.staff)]),
            Facet(_("Type"), "type", _named(known.types)),
            Facet(_("Tag"), "tag", _named(tags)),
            Facet(_("Channel"), "channel", _worded(CHANNELS)),
        ]
    found += [
        Facet(_("Filed"), "created", _worded(DATES), is_single=True),
        Facet(_("Changed"), "updated", _worded(DATES), is_single=True),
        Facet(_("Files"), "has", _worded(THINGS)),
    ]
    return [facet for facet in found if facet.offered]


def _named(known: Iterable[Choice]) -> Named:
    return [(each.value, _(each.name)) for each in known]


def _worded(words: Mapping[Any, str]) -> Named:
    return [(str(value), _(word)) for value, word in words.items()]


class FilterPanel(ListMoving, DeskDialog[None]):
    """What a list is narrowed by on the left, the values of one of these on the right.

    Whatever is chosen is written into the search at once, and the list behind follows.
    """

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.FILTERS
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.FILTERS, Context.EVERYWHERE)

    def __init__(self, offered: Sequence[Facet], query: str, write: Callable[[str], object]) -> None:
        super().__init__()
        self._facets, self._query, self._write = tuple(offered), query, write
        self._left = OptionList(compact=True, markup=False, id="facets")
        self._right = OptionList(compact=True, markup=False, id="values")
        self._drawn = -1

    def compose(self) -> ComposeResult:
        """Two lists, the search that they write, and the keys."""
        with Vertical(classes="dialog picker filters") as box:
            box.border_title = Content(f" {_('Filter')} ")
            with Horizontal():
                yield self._left
                yield self._right
            yield Static(id="written")
            yield Hints("filters.choose", "app.back", "filters.side", "filters.clear")

    def on_mount(self) -> None:
        """Begin with the first."""
        self._left.add_options([Option(self._title(facet)) for facet in self._facets])
        self._left.highlighted = 0
        self._left.focus()
        self._draw_values()
        self._say()

    @property
    def listed(self) -> OptionList:
        """The side one is on."""
        return self._right if self.focused is self._right else self._left

    def hint_words(self) -> Mapping[str, str]:
        """What is chosen holds already."""
        return {"app.back": _("Done")}

    @property
    def facet(self) -> Facet:
        """The one whose values are shown."""
        return self._facets[self._left.highlighted or 0]

    def _title(self, facet: Facet) -> Content:
        gap = " " * max(TITLE_CELLS - cell_width(facet.title), 1)
        names = dict(facet.offered)
        chosen = ", ".join(names.get(value, value) for value in facet.chosen(self._query))
        return Content.assemble(facet.title, gap, (chosen, "$accent")) if chosen else Content(facet.title)

    def _line(self, value: str, name: str, *, is_chosen: bool) -> Content:
        box = ("[x] ", "$accent") if is_chosen else ("[ ] ", "$quiet")
        note = "" if slugs.slug(name) == value else f"  {value}"
        return Content.assemble(box, (name, "bold" if is_chosen else ""), (note, "$quiet"))

    def _draw_values(self) -> None:
        at = self._right.highlighted or 0 if self._drawn == self._left.highlighted else 0
        self._drawn = self._left.highlighted or 0
        chosen = self.facet.chosen(self._query)
        self._right.clear_options()
        self._right.add_options(
            [Option(self._line(value, name, is_chosen=value in chosen)) for value, name in self.facet.offered]
        )
        self._right.highlighted = at

    def _say(self) -> None:
        self.query_one("#written", Static).update(
            Content.assemble(("/ ", "$accent"), fit(SafeText(self._query), 70))
        )

    def _put(self, query: str) -> None:
        self._query = query
        self._write(query)
        at = self._left.highlighted or 0
        for place, facet in enumerate(self._facets):
            self._left.replace_option_prompt_at_index(place, self._title(facet))
        self._left.highlighted = at
        self._draw_values()
        self._say()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the values of what the cursor is on."""
        event.stop()
        if event.option_list is self._left and self._drawn != event.option_index:
            self._draw_values()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click: go to the values, or choose one."""
        event.stop()
        if event.option_list is self._left:
            self._right.focus()
        else:
            self.action_choose()

    def action_choose(self) -> None:
        """Choose a value, or no more; from the left go to the values."""
        if self.focused is not self._right:
            self._right.focus()
        elif self._right.highlighted is not None:
            value, _name = self.facet.offered[self._right.highlighted]
            self._put(self.facet.toggle(self._query, value))

    def action_clear(self) -> None:
        """Choose none of these values any more."""
        self._put(self.facet.clear(self._query))

    def action_side(self, is_right: bool) -> None:
        """Go to the other side."""
        (self._right if is_right else self._left).focus()

    def action_other_side(self) -> None:
        """Go to the other side."""
        self.action_side(self.focused is self._left)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)
