"""The line above the hints: what was just done, what the screen is about now, or what went wrong."""

from __future__ import annotations

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

DONE_SECONDS = 4.0
"""How long a thing done is told."""
WRONG_SECONDS = 8.0
"""How long what went wrong stands, whatever else there is to say quietly."""
DONE, SAME, WRONG = "✓ ", "– ", "! "
"""Stand before what was done, what was like that before, and what went wrong."""


class StatusLine(Static):
    """One line that changes without moving or covering anything else; only a long refusal takes more."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 1;
        color: $quiet;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    StatusLine.-long { height: auto; max-height: 3; text-wrap: wrap; }
    """

    text: Content = Content("")
    told: str = ""
    """The thing done that is told now."""
    _rest: Content = Content("")
    _timer: Timer | None = None

    def say(self, text: Content | str) -> None:
        """Show plain text or ready content; nothing to say leaves a thing done its time."""
        content = Content.from_text(text, markup=False)
        if content.plain:
            self._end_telling()
            self._show(content)
        self.settle(content)

    def settle(self, text: Content | str) -> None:
        """Show what stands here while nothing happens, as soon as a thing done had its time."""
        self._rest = Content.from_text(text, markup=False)
        if self._timer is None:
            self._show(self._rest)

    def tell(self, text: str, key: str = "", word: str = "", *, mark: str = DONE) -> None:
        """Show a thing done for a few seconds, then again what stood here; with a ``key`` for a ``word``."""
        hint = Content.assemble("  ", (key, "bold $accent"), f" {word}") if key else Content("")
        told = Content.assemble((mark, "bold $accent"), (text, "$foreground"))
        self._hold(told + hint, DONE_SECONDS)
        self.told = text
        self.screen.refresh_bindings()

    def wait(self, text: str) -> None:
        """Show that something is waited for, over what stands here."""
        if self._timer is None:
            self._show(Content(text))

    def waited(self, text: str) -> None:
        """Show again what stood here, if it is ``text`` that is shown."""
        if self.text.plain == text:
            self._show(self._rest)

    def complain(self, text: str) -> None:
        """Show what went wrong: a mark, a word, and a colour."""
        content = Content.assemble((WRONG, "bold $error"), (text, "$error"))
        self._hold(content, WRONG_SECONDS)
        self._rest = content

    def _hold(self, content: Content, seconds: float) -> None:
        self._end_telling()
        self._timer = self.set_timer(seconds, self._held)
        self._show(content)

    def _held(self) -> None:
        self._end_telling()
        self._show(self._rest)

    def _end_telling(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.told:
            self.told = ""
            self.screen.refresh_bindings()

    def _show(self, content: Content) -> None:
        if content != self.text:
            self.text = content
            is_long = content.plain.startswith(WRONG) and content.cell_length > self.size.width
            self.update(content, layout=is_long)
            self.set_class(is_long, "-long")
