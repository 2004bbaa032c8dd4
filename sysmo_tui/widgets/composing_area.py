"""Where a message is written: it tells of what is pasted, and completes the names of colleagues."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.text import Text
from textual.content import Content
from textual.events import Click, Key, Paste
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sysmo_tui.domain import places
from sysmo_tui.domain.fold import same_name
from sysmo_tui.services.mentions import Colleague
from sysmo_tui.widgets.forms import WritingArea

MANY_LINES = 60
MANY_CHARACTERS = 6_000
"""From which on pasted text is rather a file."""
LONGEST_PATHS = 4_000
"""Characters of what may be the names of files that were dropped on the terminal."""
MOST_OFFERED = 6

Place = tuple[int, int]
"""A line and a column, from 0."""

_CHOOSING = frozenset({"up", "down", "tab", "enter", "escape"})
_BEGUN = re.compile(r"(?<![\w@.+-])@([\w.+-]*)$")
_PATHS = re.compile(r"\s*['\"]?(?:/|~/|file:///)[^\n\r]")


class ComposingArea(WritingArea):
    """A text that grows by typing, by pasting, and by choosing names."""

    class Dropped(Message):
        """What was pasted, and stands between two places now, may name files of this machine."""

        def __init__(self, area: ComposingArea, text: str, start: Place, end: Place) -> None:
            super().__init__()
            self.area, self.text, self.start, self.end = area, text, start, end

    class PastedMuch(Message):
        """So much was pasted that it may rather be attached; it stands nowhere yet."""

        def __init__(self, area: ComposingArea, text: str) -> None:
            super().__init__()
            self.area, self.text = area, text

    def __init__(self, names: MentionList | None = None) -> None:
        super().__init__(soft_wrap=True, compact=True, show_line_numbers=False)
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.takes_files = True
        """Whether what is pasted may become a file."""
        self.colleagues: tuple[Colleague, ...] = ()
        """Whose names are completed behind an ``@``."""
        self.places: frozenset[str] = frozenset()
        """What is filled in later where it stands in braces, and shown so."""
        self._names = names
        self._left: Place | None = None
        """Where a name begins that is to be completed no more."""

    def get_line(self, line_index: int) -> Text:
        """A line as it is shown."""
        line = super().get_line(line_index)
        for start, end in places.spans(line.plain, self.places):
            line.stylize("bold underline", start, end)
        return line

    def put_in(self, text: str, *, is_apart: bool = False) -> None:
        """Put text where the cursor is, in place of what is selected; undone like typing.

        What ``is_apart`` is a paragraph of its own between what stands on the line.
        """
        if is_apart:
            (row, start), (last, end) = min(self.selection), max(self.selection)
            before, behind = self.document.get_line(row)[:start], self.document.get_line(last)[end:]
            text = f"\n\n{text}" if before.strip() else text
            text = f"{text}\n\n" if behind.strip() else text
        result = self.replace(text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    def take_out(self, text: str, start: Place, end: Place) -> bool:
        """Take out what stands between two places, if that is still ``text``."""
        if self.get_text_range(start, end) != text:
            return False
        self.delete(start, end)
        return True

    async def _on_paste(self, event: Paste) -> None:
        """Ask first about what is long, and afterwards about what names files."""
        # Terminals paste the end of a line as what the enter key sends.
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if self.read_only or not self.takes_files:
            return
        if len(text) > MANY_CHARACTERS or text.count("\n") >= MANY_LINES:
            event.stop()
            event.prevent_default()
            self.post_message(self.PastedMuch(self, text))
        elif len(text) <= LONGEST_PATHS and _PATHS.match(text):
            event.stop()
            event.prevent_default()
            start = min(self.selection)
            self.put_in(text)
            # What stands there now: newlines may be others than those that were pasted.
            end = self.cursor_location
            self.post_message(self.Dropped(self, self.get_text_range(start, end), start, end))

    async def _on_key(self, event: Key) -> None:
        """Choose among the names that are offered, while they are."""
        if self._names is None or event.key not in _CHOOSING or self.read_only:
            return
        if event.key != "escape":
            # What was typed just now may not have been looked at yet.
            self._suggest()
        if not self._names.display:
            return
        match event.key:
            case "down":
                self._names.action_cursor_down()
            case "up":
                self._names.action_cursor_up()
            case "tab" | "enter":
                self.complete()
            case _:
                self._left = self._begun_at()
                self._names.offer(())
        event.stop()
        event.prevent_default()

    def complete(self) -> None:
        """Write the name under the cursor of the list in place of what was begun."""
        assert self._names is not None
        chosen, begun = self._names.chosen, self._begun()
        self._names.offer(())
        if chosen is not None and begun is not None:
            row, column = self.cursor_location
            self.replace(f"{chosen.handle} ", (row, column - len(begun)), (row, column))

    def on_text_area_selection_changed(self) -> None:
        """Offer names where one is begun."""
        if self._names is not None and self.has_focus:
            self._suggest()

    def _suggest(self) -> None:
        """Offer those whose names go on like what was begun behind an ``@``."""
        assert self._names is not None
        at, begun = self._begun_at(), self._begun()
        if at != self._left:
            self._left = None
        if begun is None or self._left is not None:
            self._names.offer(())
        else:
            self._names.offer(matching(self.colleagues, begun))

    def on_blur(self) -> None:
        """Offer nothing while one is elsewhere."""
        if self._names is not None:
            self._names.offer(())

    def _begun_at(self) -> Place | None:
        """Where the name behind an ``@`` begins that the cursor is at."""
        begun, (row, column) = self._begun(), self.cursor_location
        return None if begun is None else (row, column - len(begun))

    def _begun(self) -> str | None:
        """What stands behind an ``@`` before the cursor; None when that is no name."""
        if self.selection.start != self.selection.end:
            return None
        row, column = self.cursor_location
        found = _BEGUN.search(self.document.get_line(row)[:column])
        return None if found is None else found[1]


class MentionList(OptionList, can_focus=False):
    """The colleagues whose names go on like what is typed; absent while there are none."""

    DEFAULT_CSS = """
    MentionList {
        display: none;
        height: auto;
        max-height: 6;
        border: none;
        padding: 0;
        background: $surface;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__(compact=True, markup=False)
        self._offered: tuple[Colleague, ...] = ()

    @property
    def chosen(self) -> Colleague | None:
        """Who is under the cursor."""
        at = self.highlighted
        return None if at is None or at >= len(self._offered) else self._offered[at]

    def offer(self, colleagues: Sequence[Colleague]) -> None:
        """Show these; the cursor stays at the first."""
        if tuple(colleagues) == self._offered:
            return
        self._offered = tuple(colleagues)
        self.clear_options()
        self.add_options([Option(_named(each)) for each in colleagues])
        self.display = bool(colleagues)
        if colleagues:
            self.highlighted = 0

    def on_click(self, event: Click) -> None:
        """The text goes on having the focus."""
        event.stop()


def _named(colleague: Colleague) -> Content:
    return Content.assemble(("@", "$accent"), colleague.name, (f"  {colleague.email}", "dim"))


def matching(colleagues: Sequence[Colleague], begun: str) -> tuple[Colleague, ...]:
    """Whom a name means that is begun like this: by a word of the name, or by the address."""
    wanted = same_name(begun)
    if any(wanted == same_name(each.handle) for each in colleagues):
        return ()
    return tuple(
        each
        for each in colleagues
        if each.handle
        and not each.is_me
        and any(name.startswith(wanted) for name in (*each.called, *each.addresses))
    )[:MOST_OFFERED]
