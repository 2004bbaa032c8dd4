"""Forms: a label, a control, and beside it what is wrong with what was put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.validation import Validator
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static, TextArea
from textual.widgets._select import SelectOverlay

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import in_place
from sysmo_tui.widgets.harmless import Harmless
from sysmo_tui.widgets.options import Paged
from sysmo_tui.widgets.steady import Steady

Option = tuple[str, str]
"""What is shown, and the value behind it."""


class Chosen(Static):
    """A control that shows what was chosen elsewhere."""

    class Changed(Message):
        """Something else is chosen now."""

    value = ""

    def put(self, value: str) -> None:
        """Choose it."""
        if value != self.value:
            self.value = value
            self.post_message(self.Changed())


class Complaint(Steady):
    """What is wrong with what was put into a dialog; hidden while nothing is."""

    DEFAULT_CSS = """
    Complaint { height: auto; padding: 0 1; color: $error; display: none; }
    """

    def say(self, text: str) -> None:
        """Show it, or nothing any more."""
        self.tell(Content(f"! {text}"))
        self.display = bool(text)


class Field(Vertical):
    """One question of a form. ``name`` is what services call it when they refuse its value."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        .line { height: auto; }
        .label { width: 16; color: $quiet; padding-right: 1; }
        .note { margin-left: 16; color: $quiet; height: auto; display: none; }
        .note.-shown { display: block; }
        .note.-error { color: $error; }
        Input, Select, TextArea { width: 1fr; }
    }
    Field.-tall { height: 1fr; min-height: 4; .line { height: 1fr; } TextArea { height: 1fr; } }
    Field.-focused .label { color: $accent; text-style: bold; }
    """

    def __init__(self, name: str, label: str, control: Widget, *, note: str = "") -> None:
        super().__init__(id=f"field-{name}")
        self.field_name = name
        self.control = control
        self._label, self._note = label, note
        self._refused: str | None = None

    def compose(self) -> ComposeResult:
        """Label and control side by side, the note beneath."""
        with Horizontal(classes="line"):
            yield Static(Content(self._label), classes="label")
            yield self.control
        yield Static(Content(self._note), classes="note -shown" if self._note else "note")

    def on_descendant_focus(self) -> None:
        """Stand out while someone is at it."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """And no more."""
        self.remove_class("-focused")

    @property
    def value(self) -> str:
        """What was put in, as text; nothing chosen is an empty text."""
        return read_control(self.control)

    @value.setter
    def value(self, value: str) -> None:
        set_control(self.control, value)

    def refuse(self, text: str) -> None:
        """Say beneath the control what is wrong with it, until it is changed."""
        self._refused = self.value
        self._say(Content.assemble(("! ", "bold"), text), is_error=True)

    def accept(self) -> None:
        """Take back what was said to be wrong."""
        self._refused = None
        self._say(Content(self._note), is_error=False)

    @on(Chosen.Changed)
    @on(Input.Changed)
    @on(Select.Changed)
    @on(TextArea.Changed)
    def take_back(self) -> None:
        """What was wrong with another value need not be so with this one."""
        if self._refused is not None and self.value != self._refused:
            self.accept()

    def explain(self, note: str) -> None:
        """Put another remark beneath the control."""
        self._note = note
        self.accept()

    def _say(self, text: Content, *, is_error: bool) -> None:
        note = self.query_one(".note", Static)
        note.update(text)
        note.set_class(is_error, "-error")
        note.set_class(is_error or bool(self._note), "-shown")


class Form(VerticalScroll):
    """Fields in a column. Enter in the last line of input sends it, as does the key for saving."""

    class Submitted(Message):
        """Someone pressed enter in a field of one line."""

        def __init__(self, form: Form) -> None:
            super().__init__()
            self.form = form

    DEFAULT_CSS = """
    Form {
        height: auto;
        max-height: 1fr;
        padding: 1 2;
        scrollbar-size-vertical: 1;
        Field { margin-bottom: 1; }
    }
    """
    # With priority, what is typed ahead behind tab goes to the next field, not to this one.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False, priority=True, system=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True, system=True),
    ]
    can_focus = False

    def __init__(self, *fields: Widget, id: str | None = None) -> None:
        super().__init__(*fields, id=id)

    def fields(self) -> Iterable[Field]:
        """The fields in their order."""
        return self.query(Field).results(Field)

    def field(self, name: str) -> Field:
        """The field called ``name``."""
        return self.query_one(f"#field-{name}", Field)

    def values(self) -> dict[str, str]:
        """What was put in, by name."""
        return {field.field_name: field.value for field in self.fields()}

    def accept(self) -> None:
        """Take back every complaint."""
        for field in self.fields():
            field.accept()

    def refuse(self, error: DeskError, text: str) -> bool:
        """Show a refusal beneath the field that it names, and go there; False when there is none such."""
        for field in self.fields():
            if error.field == field.field_name:
                field.refuse(text)
                field.control.focus()
                return True
        return False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field, or send the form from the last."""
        event.stop()
        controls = [field.control for field in self.fields() if field.control.focusable]
        if event.input in controls and event.input is not controls[-1]:
            controls[controls.index(event.input) + 1].focus()
        else:
            self.post_message(self.Submitted(self))


def text_input(
    value: str = "",
    *,
    placeholder: str = "",
    is_secret: bool = False,
    limit: int = 0,
    validators: Iterable[Validator] = (),
) -> Input:
    """A field of one line, without a blinking cursor; ``limit`` in characters."""
    control = Input(
        value,
        placeholder=placeholder,
        password=is_secret,
        max_length=limit,
        compact=True,
        validators=list(validators) or None,
        select_on_focus=False,
        highlighter=Harmless(),
    )
    control.cursor_blink = False
    return control


class WritingArea(TextArea, inherit_bindings=False):
    """A field of several lines that leaves the function keys to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in TextArea.BINDINGS
        if isinstance(binding, Binding) and not re.fullmatch(r"f\d+", binding.key)
    ]

    def get_line(self, line_index: int) -> Text:
        """A line as it is shown."""
        line = super().get_line(line_index)
        line.plain = in_place(line.plain)
        return line


def text_area(value: str = "", *, placeholder: str = "", id: str | None = None) -> TextArea:
    """A field of several lines that wraps softly and leaves the tab key alone."""
    control = WritingArea(
        value, soft_wrap=True, placeholder=placeholder, compact=True, show_line_numbers=False, id=id
    )
    control.cursor_blink = False
    control.highlight_cursor_line = False
    return control


def selectable(options: Iterable[Option]) -> list[tuple[Text, str]]:
    """What can be chosen, as it is written; a select finds only texts by the letters that are typed in it."""
    return [(Text(label), value) for label, value in options]


class _Offered(SelectOverlay, Paged):
    """What a select offers while it is open."""


class _Choice(Select[str]):
    """A select that is open before what it offers has a place on the screen."""

    def compose(self) -> ComposeResult:
        """What is chosen, and what is offered."""
        chosen, _offered = super().compose()
        yield chosen
        yield _Offered().data_bind(compact=Select.compact)


def choice(options: Sequence[Option], value: str = "", *, prompt: str = "—") -> Select[str]:
    """One of a few; nothing is chosen while ``value`` is none of them."""
    known = any(value == key for _, key in options)
    chosen = value if known else Select.NULL
    return _Choice(selectable(options), prompt=prompt, value=chosen, allow_blank=True, compact=True)


def button(label: str, name: str, *, is_main: bool = False) -> Button:
    """A button of one line; ``name`` becomes its id."""
    return Button(Content(label), id=name, variant="primary" if is_main else "default", compact=True)


def read_control(control: Any) -> str:
    """A control's value as text."""
    if isinstance(control, TextArea):
        return control.text
    if isinstance(control, Select):
        return "" if control.is_blank() else str(control.value)
    return str(control.value)


def set_control(control: Any, value: str) -> None:
    """Put text into a control."""
    if isinstance(control, TextArea):
        control.load_text(value)
    elif isinstance(control, Select):
        control.value = value if value else Select.NULL
    elif isinstance(control, Chosen):
        control.put(value)
    else:
        control.value = value
