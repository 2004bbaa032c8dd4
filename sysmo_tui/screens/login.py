"""Signing in, and the ways there for who has no password."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Grid, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Rule, Static

from sysmo_tui import keys
from sysmo_tui.domain.errors import DeskError, Unavailable
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, current, use
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.services import desk_settings
from sysmo_tui.services.desk_settings import DeskSettings
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.forms import Field, Form, button, text_input
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from sysmo_tui.services.signing_in import SignedIn


class LoginScreen(DeskScreen[None]):
    """Asks for an address and a password, and says the same whatever of them is wrong."""

    CSS_PATH = "login.tcss"
    CONTEXT = Context.LOGIN
    HINTS = ("login.register", "login.code", "login.forgotten", "login.language", "app.help", "app.quit")
    NEEDS_SESSION = False
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.LOGIN, Context.EVERYWHERE)

    def __init__(self, email: str = "", said: str = "") -> None:
        super().__init__()
        self._email, self._said = email, said
        self._is_asking = False
        self._wait: Timer | None = None

    def compose(self) -> ComposeResult:
        """Two fields, a button, and where else one can go."""
        yield TitleBar("SYSMO TICKETS")
        yield Banner()
        with Container(classes="middle"), Vertical(classes="box"):
            yield Static(Content(_("Sign in")), classes="heading")
            yield Rule()
            with Form():
                yield Field("email", _("E-mail"), text_input(self._email))
                yield Field("password", _("Password"), text_input(is_secret=True))
                yield button(_("Sign in"), "sign-in", is_main=True)
            with Grid(classes="ways"):
                yield Static(Content(_("No account yet?")))
                yield button(_("Register"), "register")
                yield Static(Content(_("A code by mail?")))
                yield button(_("Use a code"), "code")
                yield Static(Content(_("Password forgotten?")))
                yield button(_("Choose a new one"), "forgotten")
                yield Static(Content(LANGUAGE_NAMES[current()]))
                yield button(LANGUAGE_NAMES[_next_language()], "language")
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Go to what is still empty, and say which desk this is."""
        self._form.field("password" if self._email else "email").control.focus()
        self.say(self._said)
        if not self._said and self.app.arrival is not None:
            self.say(_("Your session has ended. Sign in again to go on where you were."))
        self.read(desk_settings.load).then(
            self._name_desk, refused=lambda error: self.say_error(shown(error))
        )

    def on_form_submitted(self, event: Form.Submitted) -> None:
        """Enter in the last field signs in."""
        event.stop()
        self.action_sign_in()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button runs the action it is named after."""
        event.stop()
        await self.run_action(f"screen.{(event.button.id or '').replace('-', '_')}")

    def action_back(self) -> None:
        """There is nothing behind this screen."""
        self.say(_("{key} leaves the program.", key=self.app.leaving_key))

    def action_register(self) -> None:
        """Register a new account."""
        from sysmo_tui.screens.registration import RegistrationScreen

        self.app.push_screen(RegistrationScreen(self._typed_email), self._come_back)

    def action_code(self) -> None:
        """Use a code from a mail or from an administrator."""
        from sysmo_tui.screens.verification import CodeScreen

        self.app.push_screen(CodeScreen(self._typed_email), self._come_back)

    def action_forgotten(self) -> None:
        """Have a code sent that opens choosing a new password."""
        from sysmo_tui.screens.password import ForgottenScreen

        self.app.push_screen(ForgottenScreen(self._typed_email), self._come_back)

    def action_language(self) -> None:
        """Speak the other language."""
        use(_next_language())
        self.app.switch_screen(LoginScreen(self._typed_email))

    def action_sign_in(self) -> None:
        """Sign in with what was typed."""
        from sysmo_tui.services import signing_in

        if self._is_asking or self._wait is not None:
            return
        self._form.accept()
        given = self._form.values()
        self._is_asking = True
        self.say(_("Signing in…"))
        self.job(signing_in.sign_in, given["email"].strip(), given["password"]).then(
            self._enter, refused=self._refused
        )

    @property
    def _form(self) -> Form:
        return self.query_one(Form)

    @property
    def _typed_email(self) -> str:
        return self._form.field("email").value.strip()

    def _name_desk(self, settings: DeskSettings) -> None:
        self.query_one(TitleBar).identify(clean_line(settings.name))

    def _enter(self, signed_in: SignedIn) -> None:
        self._is_asking = False
        self.say()
        typed = self._form.field("password").value
        self._form.field("password").value = ""
        assert signed_in.secret is not None
        if signed_in.must_change_password:
            from sysmo_tui.screens.password import ChangePasswordScreen

            screen = ChangePasswordScreen(signed_in, typed)
            self.app.push_screen(screen, self._changed)
        else:
            self.app.enter(signed_in.secret)

    def _changed(self, signed_in: SignedIn | None) -> None:
        if signed_in is not None and signed_in.secret is not None:
            self.app.enter(signed_in.secret)

    def _come_back(self, email: str | None) -> None:
        """Go on with the address whose password was chosen, or that was verified."""
        if email is not None:
            self._form.accept()
            self._form.field("email").value = email
            self._form.field("password").value = ""
            self._form.field("password").control.focus()
            self.say(_("Now sign in with your password."))

    def _refused(self, error: DeskError) -> None:
        self._is_asking = False
        self.say()
        if isinstance(error, Unavailable):
            self.say_error(shown(error))
            return
        password = self._form.field("password")
        password.value = ""
        password.refuse(self._told(error))
        password.control.focus()
        seconds = error.message.params.get("seconds")
        if isinstance(seconds, int):
            self._count_down(error, seconds)

    def _told(self, error: DeskError) -> str:
        """A refusal, with the key for a code where others are told the command for it."""
        params = error.message.params
        if "command" not in params:
            return shown(error)
        return _(error.message.text, **{**params, "command": self.app.key_for("login.code")})

    def _count_down(self, error: DeskError, seconds: int) -> None:
        """Show how long it still takes, and let nobody try before."""
        left = seconds
        sign_in = self.query_one("#sign-in", Button)
        sign_in.disabled = True
        text, params = error.message.text, dict(error.message.params)

        def tick() -> None:
            nonlocal left
            left -= 1
            if left > 0:
                self._form.field("password").refuse(_(text, **{**params, "seconds": left}))
                return
            assert self._wait is not None
            self._wait.stop()
            self._wait = None
            sign_in.disabled = False
            self._form.field("password").accept()
            self.say(_("You can try again."))

        self._wait = self.set_interval(1.0, tick)


def _next_language() -> str:
    """The language after the current one."""
    return next((code for code in LANGUAGES if code != current()), current())
