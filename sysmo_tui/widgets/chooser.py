"""Fields that offer what the desk knows: one choice of a list, and a person found while typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Input, OptionList

from sysmo_tui.domain.text import cell_width, clean_line, fit
from sysmo_tui.i18n import _
from sysmo_tui.services.choices import Choice
from sysmo_tui.widgets.forms import Chosen, Field, text_input
from sysmo_tui.widgets.options import Options


class Chooser(Chosen, can_focus=True):
    """What is chosen of a list; the screen lets one choose when it is wanted."""

    class Wanted(Message):
        """Someone wants to choose."""

        def __init__(self, chooser: Chooser) -> None:
            super().__init__()
            self.chooser = chooser

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space,down", "choose", show=False)]
    DEFAULT_CSS = """
    Chooser { width: 1fr; height: 1; padding: 0 1; background: $surface; }
    Chooser:focus { background: $panel; }
    Chooser:ansi:focus { text-style: reverse; }
    """

    def __init__(self, prompt: str) -> None:
        super().__init__()
        self._prompt = prompt
        self._known: tuple[Choice, ...] = ()

    def on_resize(self) -> None:
        """Be as wide as the other controls."""
        self._show()

    @property
    def known(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        return self._known

    def offer(self, known: Sequence[Choice]) -> None:
        """Let one of these be chosen."""
        self._known = tuple(known)
        self.put(self.value)

    def put(self, value: str) -> None:
        """Choose what has this value, or nothing."""
        is_known = any(each.value == value for each in self._known)
        super().put(value if is_known else "")
        self._show()

    def on_click(self, event: Click) -> None:
        """Choose by mouse."""
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Ask the screen for the list."""
        self.post_message(self.Wanted(self))

    def _show(self) -> None:
        name = next((_(each.name) for each in self._known if each.value == self.value), None)
        said = fit(clean_line(name or self._prompt), max(self.content_size.width - 2, 0))
        gap = " " * (self.content_size.width - cell_width(said) - 1)
        self.update(Content.assemble((said, "" if name else "$quiet"), (f"{gap}▼", "$quiet")), layout=False)


class PersonField(Field):
    """An address, with those people beneath whom the desk knows by what is typed."""

    class Typed(Message):
        """Someone typed a part of a name, a company or an address."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "look", show=False)]
    DEFAULT_CSS = """
    PersonField OptionList { display: none; height: auto; max-height: 5; margin-left: 16; border: none; }
    PersonField OptionList.-shown { display: block; }
    """

    def __init__(self, name: str, label: str, *, placeholder: str = "") -> None:
        super().__init__(name, label, text_input(placeholder=placeholder))
        self._offered: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """The line, and the people beneath it."""
        yield from super().compose()
        yield Options(compact=True, markup=False)

    def offer(self, people: Sequence[Choice]) -> None:
        """Show whom the desk knows; nobody once one of them is chosen."""
        self._offered = () if any(each.value == self.value for each in people) else tuple(people)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options(
            [Content.assemble(each.name, ("  ", ""), (each.note, "dim")) for each in self._offered]
        )
        listed.highlighted = 0 if self._offered else None
        listed.set_class(bool(self._offered), "-shown")

    @on(Input.Changed)
    def look_for(self, event: Input.Changed) -> None:
        """Ask for who is meant; only while someone types."""
        if self.control.has_focus:
            self.post_message(self.Typed(event.value.strip()))

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Take the person whom the cursor is on."""
        event.stop()
        self._take(self._offered[event.option_index])
        self.control.focus()

    @on(Input.Submitted)
    def take_only(self) -> None:
        """Enter takes the one person who is meant; the form goes on to the next field."""
        if len(self._offered) == 1 and "@" not in self.value:
            self._take(self._offered[0])

    def _take(self, person: Choice) -> None:
        self.value = person.value
        self.offer(())

    def action_look(self) -> None:
        """Go to the people beneath."""
        if self._offered:
            self.query_one(OptionList).focus()
