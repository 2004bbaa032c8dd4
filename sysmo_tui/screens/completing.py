"""What is offered while a search is typed: fields, their values, and what was looked for before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic

from textual.screen import ScreenResultType
from textual.widgets import OptionList

from sysmo_tui.domain.fold import same_name
from sysmo_tui.i18n import _
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.services.preferences import LONGEST_VALUE, MOST_SEARCHES
from sysmo_tui.widgets.search_input import Completions, Offer, SearchInput

if TYPE_CHECKING:
    from sysmo_tui.domain.query_completing import Typed
    from sysmo_tui.domain.query_tree import FieldName
    from sysmo_tui.services.choices import Choice

ASIDE_SECONDS = 0.05
"""How long typing must pause before values are read."""
LEFT_OF_TEXT = 2
"""Cells before the text of the search, and of what is offered."""


class Completing(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen with a search that is completed while it is typed."""

    _piece: Typed | None = None
    """What is being typed; None while what was looked for before is offered."""

    @property
    def search(self) -> SearchInput:
        """The field of the search."""
        return self.query_one(SearchInput)

    @property
    def completions(self) -> Completions:
        """What can be typed next."""
        return self.query_one(Completions)

    def complete(self) -> None:
        """Offer what goes on like what is typed at the cursor."""
        from sysmo_tui.domain.query_completing import typed

        self.workers.cancel_group(self, "completing")
        text = self.search.value
        if not self.search.has_focus:
            self.completions.hide()
            return
        if not text.strip():
            self._piece = None
            self._offer_recent()
            return
        before, piece = self._piece, typed(text, self.search.cursor_position)
        self._piece = piece
        if piece.field:
            # Until the values are read, nothing is offered that does not fit any more.
            is_same = before is not None and (before.field, before.start) == (piece.field, piece.start)
            fitting = [each for each in self.completions.offers if is_same and _goes_on(each, piece)]
            self.completions.offer(fitting, f"{piece.field}:", self._place(piece.start))
            from sysmo_tui.services import search_values

            self.read(search_values.offered, piece.field, piece.begun).then(
                self._offer_values, group="completing", after=ASIDE_SECONDS, refused=lambda error: None
            )
        else:
            self._offer_fields(piece)

    def _place(self, at: int) -> int:
        """The cell of the screen at which what is offered begins, so that it stands below the text."""
        return max(self.search.position_cell(at) - int(self.search.scroll_x) + LEFT_OF_TEXT - 1, 0)

    def _offer_fields(self, piece: Typed) -> None:
        from sysmo_tui.domain.query_completing import FIELDS
        from sysmo_tui.domain.query_tree import CUSTOMER_FIELDS

        known = FIELDS if self.app.actor.is_staff else {f: FIELDS[f] for f in FIELDS if f in CUSTOMER_FIELDS}
        begun = same_name(piece.begun)
        fitting = [name for name in known if any(each.startswith(begun) for each in _called(name))]
        found = [Offer(name, f"{name}:", _(known[name])) for name in fitting]
        self.completions.offer(found if begun else (), _("Fields"), self._place(piece.start))

    def _offer_values(self, found: Sequence[Choice]) -> None:
        piece = self._piece
        if piece is None or not self.search.has_focus:
            return
        offers = [Offer(each.value, each.value, _value_note(each)) for each in found]
        if len(offers) == 1 and offers[0].value == piece.begun:
            offers = []
        self.completions.offer(offers, f"{piece.field}:", self._place(piece.start))

    def _offer_recent(self) -> None:
        recent = [Offer(each, each) for each in self.app.preferred("recent_searches")]
        self.completions.offer(recent, _("Searched before"), self._place(0))

    def note_search(self, text: str) -> None:
        """Remember what was looked for, the newest first."""
        words = " ".join(text.split())
        if not words or len(words) > LONGEST_VALUE:
            return
        before = self.app.preferred("recent_searches")
        recent = [words, *(each for each in before if each != words)][:MOST_SEARCHES]
        if recent != before:
            self.app.prefer("recent_searches", recent)

    def on_search_input_taken(self, event: SearchInput.Taken) -> None:
        """Write what was chosen into the search."""
        event.stop()
        self._take(event.offer)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click chooses."""
        event.stop()
        self._take(self.completions.offers[event.option_index])
        self.search.focus()

    def _take(self, offer: Offer) -> None:
        from sysmo_tui.domain.query_completing import completed

        if self._piece is None:
            text, cursor = offer.value, len(offer.value)
        else:
            text, cursor = completed(self.search.value, self._piece, offer.value)
        self.completions.hide()
        self.search.value, self.search.cursor_position = text, cursor

    def on_search_input_dismissed(self, event: SearchInput.Dismissed) -> None:
        """Offer nothing that is still being read."""
        event.stop()
        self.workers.cancel_group(self, "completing")

    def on_search_input_asked(self, event: SearchInput.Asked) -> None:
        """Offer what was looked for before, or hide what was offered."""
        event.stop()
        if event.is_entered:
            if not self.search.value.strip():
                self.complete()
        else:
            self.complete()


def _called(name: FieldName) -> Iterator[str]:
    """A field's name, and what people call it."""
    from sysmo_tui.domain.query_completing import CALLED

    yield name
    yield from (same_name(_(word)) for word in CALLED[name])


def _goes_on(offer: Offer, piece: Typed) -> bool:
    begun = piece.begun.casefold()
    return begun in offer.value.casefold() or begun in offer.note.casefold()


def _value_note(choice: Choice) -> str:
    names = [_(choice.name), choice.note]
    return " · ".join(dict.fromkeys(name for name in names if name and name != choice.value))
