"""A screen that is one form: fields, what is wrong with them, and a button."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import ScreenResultType
from textual.widget import Widget
from textual.widgets import Button, Static

from sysmo_tui import keys
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Writing, shown
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.forms import Field, Form, button
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.title_bar import TitleBar

T = TypeVar("T")


class FormScreen(DeskScreen[ScreenResultType]):
    """Fields in a column; the key for saving, enter in the last field and the button all send it."""

    CSS_PATH = "form_screen.tcss"
    CONTEXT = Context.FORM
    HINTS: ClassVar[tuple[str, ...]] = ("form.save", "form.next", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.FORM, Context.EVERYWHERE)
    AUTO_FOCUS = "Form Input, Form Select"
    APART_FROM: ClassVar[int] = 0
    """Rows of the terminal from which the fields stand apart; many stand close where there are fewer."""
    ASKS_BEFORE_LEAVING: ClassVar[bool] = False
    """Whether leaving with something typed and not saved asks first."""

    _is_sending = False
    _before: dict[str, str] | None = None

    def heading(self) -> str:
        """What the screen is called."""
        raise NotImplementedError

    def explains(self) -> Content:
        """What is asked, above the fields; nothing unless it helps."""
        return Content("")

    def fields(self) -> Iterable[Field]:
        """The questions."""
        raise NotImplementedError

    def buttons(self) -> Iterable[Button]:
        """The buttons below, the main one first; one called ``x`` runs the action ``x``."""
        yield button(_("Save"), "save", is_main=True)

    def submit(self, given: dict[str, str]) -> None:
        """Do what the form is for."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """A title, the form, and the two lines at the bottom."""
        yield TitleBar(self.heading().upper(), self._who())
        yield Banner()
        with Container(classes="middle"), Form(id="form"):
            text = self.explains()
            if text:
                yield Static(text, classes="explains")
            yield from self.fields()
            with Horizontal(classes="buttons"):
                yield from self.buttons()
            yield from self.below()
        yield StatusLine()
        yield Hints(*self.HINTS)

    def hint_words(self) -> Mapping[str, str]:
        """What saving does here is what the button says."""
        save = next(iter(self.query("#save").results(Button)), None)
        return {} if save is None else {"form.save": str(save.label)}

    def below(self) -> Iterable[Widget]:
        """What is shown beneath the buttons."""
        return ()

    def on_mount(self) -> None:
        """Remember how the form was before anyone typed."""
        self._space()
        self.remember()

    def on_resize(self) -> None:
        """Let the fields stand apart where there is room for it."""
        self._space()

    @property
    def form(self) -> Form:
        """The form."""
        return self.query_one("#form", Form)

    @property
    def has_unsaved(self) -> bool:
        """Whether leaving would lose something that was typed and not saved."""
        return self.ASKS_BEFORE_LEAVING and self.form.values() != self._before

    def remember(self) -> None:
        """Take what the fields hold now for saved."""
        self._before = self.form.values()

    def send(
        self,
        writing: Writing[T],
        show: Callable[[T], object],
        *,
        names: dict[str, str] | None = None,
    ) -> None:
        """Start what the form is for, once at a time; ``names`` maps refused fields to the form's own."""
        if self._is_sending:
            return
        self._is_sending = True
        self.form.accept()
        self.say(_("One moment…"))

        def done(result: T) -> None:
            self._is_sending = False
            self.say()
            show(result)

        def refused(error: DeskError) -> None:
            self._is_sending = False
            self.say()
            if error.field is not None:
                error.field = (names or {}).get(error.field, error.field)
            self.refuse(error)

        writing.then(done, refused=refused)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal beneath its field, or else on the status line."""
        if not self.form.refuse(error, shown(error)):
            self.say_error(shown(error))

    def complain(self, name: str, text: str) -> None:
        """Say beneath a field what is wrong with it, and go there."""
        field = self.form.field(name)
        field.refuse(text)
        field.control.focus()

    def on_form_submitted(self, event: Form.Submitted) -> None:
        """Enter in the last field sends the form."""
        event.stop()
        self.action_save()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button runs the action it is named after."""
        event.stop()
        await self.run_action(f"screen.{(event.button.id or '').replace('-', '_')}")

    def action_save(self) -> None:
        """Send the form."""
        self.form.accept()
        self.submit(self.form.values())

    def action_back(self) -> None:
        """Leave; where something would be lost, ask first."""
        if not self.has_unsaved:
            self.leave()
            return
        question = Confirm(_("Leave without saving?"), yes=_("Leave"), no=_("Stay"))
        self.app.push_screen(question, lambda is_sure: self.leave() if is_sure else None)

    def leave(self) -> None:
        """Close the screen without a result."""
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No files, no editor and no responses here."""
        if action in ("attach", "editor", "responses"):
            return False
        return super().check_action(action, parameters)

    def _space(self) -> None:
        # A screen is told its size before it has widgets.
        for form in self.query("#form"):
            form.set_class(self.app.size.height < self.APART_FROM, "-dense")

    def _who(self) -> str:
        return self.app.actor.name if self.NEEDS_SESSION and self.app.arrival else ""


def twice(screen: FormScreen[Any], given: dict[str, str]) -> bool:
    """Whether a new password was typed the same way twice; else it is said beneath the second."""
    if given["password"] == given["again"]:
        return True
    screen.form.field("again").value = ""
    screen.complain("again", _("The two are not the same. Type it again."))
    return False
