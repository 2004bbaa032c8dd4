"""Choosing a canned response, which stands beneath the list as it would be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from sysmo_tui import keys
from sysmo_tui.domain import places
from sysmo_tui.domain.fold import same_name
from sysmo_tui.i18n import LANGUAGE_NAMES, _
from sysmo_tui.keys import Context
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.services.responses import Ready
from sysmo_tui.widgets.forms import text_input
from sysmo_tui.widgets.hints import Hints


class ResponsePicker(Picker):
    """The responses that fit, narrowed by words of their names and texts; its result is a short name.

    Those that do not fit all of several tickets can be looked at.
    """

    CONTEXT = Context.RESPONDING
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.RESPONDING)

    def __init__(self, ready: Sequence[Ready]) -> None:
        super().__init__(
            _("Responses"),
            [Item(each.slug, each.name if each.fits else f"– {each.name}") for each in ready],
            asks=_("type to narrow the list"),
        )
        self._ready = {str(each.slug): each for each in ready}

    def compose(self) -> ComposeResult:
        """A field and the list, and what the response under the cursor says."""
        with Vertical(classes="dialog picker responses") as box:
            box.border_title = Content(f" {self._title} ")
            yield text_input(placeholder=self._asks)
            with Horizontal(classes="choosing"):
                yield self._list
                with VerticalScroll(classes="preview", can_focus=False):
                    yield Static(Content(""))
            yield Hints("dialog.choose", "app.back", "responding.down")

    def hint_words(self) -> Mapping[str, str]:
        """What is chosen is written where the cursor of the text is."""
        return {**super().hint_words(), "dialog.choose": _("Insert")}

    def action_scroll_preview(self, pages: int) -> None:
        """Read on in a long response."""
        preview = self.query_one(".preview", VerticalScroll)
        preview.scroll_relative(y=pages * preview.size.height, animate=False)

    def matching(self, text: str) -> tuple[Item, ...]:
        """What contains every typed word, in its name or in its text."""
        wanted = same_name(text).split()
        return tuple(
            item
            for item in self._items
            if all(word in same_name(f"{item.label} {self._ready[item.value].body}") for word in wanted)
        )

    def choose(self, item: Item) -> None:
        """Take it, if it fits; why it does not stands beside it."""
        if self._ready[item.value].fits:
            super().choose(item)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what it says."""
        event.stop()
        if event.option_index < len(self._shown):
            self._preview(self._ready[self._shown[event.option_index].value])

    def _show(self, items: tuple[Item, ...], at: str = "") -> None:
        super()._show(items, at)
        if not items:
            self.query_one(".preview Static", Static).update(
                Content.styled(_("No response has these words."), "$quiet")
            )

    def _preview(self, ready: Ready) -> None:
        self.query_one(".preview Static", Static).update(Content.assemble(*_head(ready), _marked(ready)))
        self.query_one(".preview", VerticalScroll).scroll_home(animate=False)


def _head(ready: Ready) -> Iterator[Content]:
    """For which topic and language it is, where it is not for all."""
    language = LANGUAGE_NAMES[ready.locale] if ready.locale else ""
    fits = " · ".join(filter(None, (_(ready.topic_name) if ready.topic_name else "", language)))
    if not ready.fits:
        yield Content.styled(f"! {_why_unfit(ready)}\n", "$overdue")
    elif ready.is_foreign:
        yield Content.styled(f"! {_('The customer reads another language.')}\n", "$overdue")
    if fits:
        yield Content.styled(f"{fits}\n\n", "$quiet")
    if ready.places:
        yield Content.styled(f"{filled_in(ready.places)}\n\n", "$quiet")


def _why_unfit(ready: Ready) -> str:
    """Why it is not for all of several tickets."""
    if ready.is_elsewhere and ready.is_foreign:
        return _("Not for all: other topics and other languages are among these tickets.")
    if ready.is_elsewhere:
        return _("Not for all: other topics are among these tickets.")
    return _("Not for all: other languages are among these tickets.")


def filled_in(names: Collection[str]) -> str:
    """Which places of a text for several tickets are not filled in yet."""
    return _("filled in from each ticket: {places}", places=" ".join(f"{{{name}}}" for name in names))


def _marked(ready: Ready) -> Content:
    """What it says, with what is filled in later looking as it does where one writes."""
    text = Content(ready.body)
    for start, end in places.spans(ready.body, ready.places):
        text = text.stylize("bold underline", start, end)
    return text
