"""The field of a search, and below it what can be typed next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Blur, Focus, Key
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from sysmo_tui.domain.text import SafeText, cell_width, fit
from sysmo_tui.widgets.harmless import Harmless


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be typed next: what it becomes, how it is shown, and what it means."""

    value: str
    label: str
    note: str = ""


class Completions(OptionList):
    """What can be typed next, over whatever is beneath the field; it never has the focus.

    Its screen is ``-completing`` meanwhile.
    """

    DEFAULT_CSS = """
    Completions {
        display: none;
        overlay: screen;
        constrain: inside inside;
        width: 60;
        max-width: 100%;
        height: auto;
        max-height: 12;
        padding: 0;
        border: round $primary;
        background: $surface;
        scrollbar-size-vertical: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        border-title-color: $accent;
        & > .option-list--option { padding: 0 1; }
        &:ansi { background: ansi_default; }
        &.-shown { display: block; }
    }
    """
    can_focus = False

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.offers: tuple[Offer, ...] = ()

    @property
    def chosen(self) -> Offer | None:
        """The one that the cursor is on."""
        return self.offers[self.highlighted] if self.offers and self.highlighted is not None else None

    def offer(self, offers: Sequence[Offer], title: str, place: int) -> None:
        """Show these from cell ``place`` on, none of them chosen; without any, nothing."""
        self.border_title = Content(f" {title} ")
        if tuple(offers) != self.offers:
            self.offers = tuple(offers)
            width = max((cell_width(offer.label) for offer in self.offers), default=0)
            self.clear_options()
            self.add_options([Option(_line(offer, min(width, 40))) for offer in self.offers])
        self.highlighted = None
        self.styles.offset = (place, 0)
        self.set_class(bool(self.offers), "-shown")
        self.screen.set_class(bool(self.offers), "-completing")

    def hide(self) -> None:
        """Show nothing."""
        self.offer((), "", 0)

    def step(self, by: int) -> None:
        """Move the cursor, round and round."""
        if self.offers:
            at = -1 if self.highlighted is None and by > 0 else self.highlighted or 0
            self.highlighted = (at + by) % len(self.offers)


class SearchInput(Input):
    """A field that offers what can be typed next: ``tab`` takes it, ``↓`` and ``↑`` choose among several."""

    class Taken(Message):
        """An offer was taken."""

        def __init__(self, offer: Offer) -> None:
            super().__init__()
            self.offer = offer

    class Asked(Message):
        """The field was entered or left."""

        def __init__(self, is_entered: bool) -> None:
            super().__init__()
            self.is_entered = is_entered

    class Dismissed(Message):
        """What was offered is not wanted."""

    class LeftBelow(Message):
        """Somebody goes down from the field."""

    def __init__(self, completions: Completions, *, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False, highlighter=Harmless())
        self.cursor_blink = False
        self._completions = completions

    def position_cell(self, at: int) -> int:
        """How many cells the text before position ``at`` takes."""
        return cell_width(self.value[:at])

    def _on_focus(self, event: Focus) -> None:
        super()._on_focus(event)
        self.post_message(self.Asked(True))

    def _on_blur(self, event: Blur) -> None:
        super()._on_blur(event)
        self.post_message(self.Asked(False))

    async def _on_key(self, event: Key) -> None:
        if self._is_about_offers(event.key):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    def _is_about_offers(self, key: str) -> bool:
        """Do what a key does to the offers; whether it does anything to them."""
        has_offers, chosen = bool(self._completions.offers), self._completions.chosen
        match key:
            case "down" if has_offers:
                self._completions.step(1)
            case "up" if has_offers:
                self._completions.step(-1)
            case "down":
                self.post_message(self.LeftBelow())
            case "tab" if has_offers:
                self.post_message(self.Taken(chosen or self._completions.offers[0]))
            case "enter" if chosen is not None:
                self.post_message(self.Taken(chosen))
            case "escape" if has_offers:
                self._completions.hide()
                self.post_message(self.Dismissed())
            case _:
                return False
        return True


def _line(offer: Offer, width: int) -> Content:
    label = fit(SafeText(offer.label), width)
    gap = " " * (width - cell_width(label) + 2)
    return Content.assemble(label, gap if offer.note else "", (offer.note, "$quiet"))
