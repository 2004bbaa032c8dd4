"""Signing in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from sysmo_tui import keys
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskScreen, shown
from sysmo_tui.services import signing_in
from sysmo_tui.services.signing_in import SignedIn
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.forms import Field, Form, button, text_input
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.title_bar import TitleBar


class LoginScreen(DeskScreen[None]):
    """Asks for an address and a password, and says the same whatever of them is wrong."""

    CSS_PATH = "login.tcss"
    CONTEXT = Context.FORM
    HINTS = ("form.next", "app.help", "app.quit")
    NEEDS_SESSION = False
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.EVERYWHERE)

    def compose(self) -> ComposeResult:
        """Two fields and a button."""
        yield TitleBar("SYSMO TICKETS")
        yield Banner()
        with Vertical(classes="box"):
            yield Static(Content(_("Sign in")), classes="heading")
            with Form():
                yield Field("email", _("E-mail"), text_input())
                yield Field("password", _("Password"), text_input(is_secret=True))
                yield button(_("Sign in"), "sign-in", is_main=True)
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_form_submitted(self, event: Form.Submitted) -> None:
        """Enter in the last field signs in."""
        event.stop()
        self._sign_in()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """So does the button."""
        event.stop()
        self._sign_in()

    def action_back(self) -> None:
        """There is nothing behind this screen."""
        self.say(_("ctrl+q leaves the program."))

    @property
    def _form(self) -> Form:
        return self.query_one(Form)

    def _sign_in(self) -> None:
        self._form.accept()
        self.query_one("#sign-in", Button).disabled = True
        given = self._form.values()
        self.say(_("Signing in…"))
        self.job(signing_in.sign_in, given["email"].strip(), given["password"]).then(
            self._enter, refused=self._refused
        )

    def _enter(self, signed_in: SignedIn) -> None:
        self.say()
        assert signed_in.secret is not None
        self.app.enter(signed_in.secret)

    def _refused(self, error: DeskError) -> None:
        self.say()
        self.query_one("#sign-in", Button).disabled = False
        self._form.field("password").value = ""
        self._form.field("password").refuse(shown(error))
        self._form.field("password").control.focus()
