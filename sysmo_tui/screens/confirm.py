"""Questions: yes or no, and one line of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Button, Input, Static

from sysmo_tui import keys
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.widgets.forms import Complaint, button, text_input
from sysmo_tui.widgets.hints import Hints

Check = Callable[[str], str]
"""Says what is wrong with a text; nothing when it is right."""


class Confirm(DeskDialog[bool]):
    """Ask before something that cannot be undone. ``y`` does it; enter never does, unless one went there."""

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.QUESTION
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.QUESTION, Context.EVERYWHERE)
    AUTO_FOCUS = "#no"

    def __init__(self, question: str, *, yes: str, explains: str = "", no: str = "") -> None:
        super().__init__()
        self._question, self._explains = question, explains
        self._yes, self._no = yes, no or _("No")

    def compose(self) -> ComposeResult:
        """The question, what follows from it, and two buttons."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._question), classes="question")
            if self._explains:
                yield Static(Content(self._explains), classes="explains")
            with Horizontal(classes="buttons"):
                yield button(f"{self.app.key_for('dialog.yes')}  {self._yes}", "yes")
                yield button(f"{self.app.key_for('dialog.no')}  {self._no}", "no")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by mouse or by going to a button."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Answer by key."""
        self.dismiss(answer)

    def action_back(self) -> None:
        """Leaving is no."""
        self.dismiss(False)


class Prompt(DeskDialog[str | None]):
    """Ask for one line; None when it was left."""

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.PROMPT
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the focus moves: a path is completed as in a shell.
        Binding("tab", "complete", show=False, priority=True),
        *keys.bindings(Context.EVERYWHERE),
    ]

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        explains: str = "",
        check: Check | None = None,
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self._suggester = suggester
        self._title, self._value, self._explains, self._check = title, value, explains, check

    def compose(self) -> ComposeResult:
        """A field and what it is for."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f" {self._title} ")
            control = text_input(self._value)
            control.suggester = self._suggester
            yield control
            yield Complaint()
            if self._explains:
                yield Static(Content(self._explains), classes="explains", id="explains")
            yield Hints("prompt.done", "app.back", "prompt.complete")

    def explain(self, text: str) -> None:
        """Say something else of what the field is for."""
        self._explains = text
        for line in self.query("#explains").results(Static):
            line.update(Content(text))

    def hint_words(self) -> Mapping[str, str]:
        """Leaving answers nothing."""
        return {"app.back": _("Cancel")}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Complete only what something is suggested for."""
        if action == "complete":
            return self._suggester is not None
        return super().check_action(action, parameters)

    def action_complete(self) -> None:
        """Take over what is suggested behind what was typed."""
        self.query_one(Input).action_cursor_right()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer, unless something is wrong with it."""
        event.stop()
        problem = self._check(event.value) if self._check else ""
        if problem:
            self.query_one(Complaint).say(problem)
        else:
            self.dismiss(event.value)

    def action_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
