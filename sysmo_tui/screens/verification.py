"""One-time codes: whatever a code opens, it is typed here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button

from sysmo_tui import keys
from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.password import NewPasswordScreen
from sysmo_tui.services import mail_folder, passwords, registration
from sysmo_tui.services.registration import Registered, Verified
from sysmo_tui.widgets.forms import Field, button, text_input


def open_code(door: Door, code: str, password: str | None) -> Verified | None:
    """Use a registration's code; None for a code that opens choosing a password, which stays unused.

    ``password`` is what was typed to register. Invalid, in the same words, for any other code.
    """
    try:
        door.read(passwords.holder_of, code, None)
    except Invalid:
        return registration.verify(door, code, password)
    return None


class CodeScreen(FormScreen[str | None]):
    """Takes a code: it verifies an address or opens choosing a password. Gives that address.

    ``password`` is what its user has just registered with, and need not type again.
    """

    CONTEXT = Context.CODE
    HINTS = ("form.save", "code.resend", "app.back", "app.help", "app.quit")
    NEEDS_SESSION = False
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.CODE, Context.EVERYWHERE)

    def __init__(
        self, email: str = "", *, said: str = "", is_for_password: bool = False, password: str | None = None
    ) -> None:
        super().__init__()
        self._email, self._said, self._is_for_password = email, said, is_for_password
        self._password = password

    def heading(self) -> str:
        """What the screen is called."""
        return _("Your code")

    def explains(self) -> Content:
        """Where codes come from."""
        if self._said:
            return Content(self._said)
        return Content(
            _(
                "Type or paste the code from the mail, or the one an administrator gave you. "
                "Small letters and missing hyphens do not matter."
            )
        )

    def fields(self) -> Iterable[Field]:
        """The code."""
        yield Field("code", _("Code"), text_input(placeholder="XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX"))

    def on_mount(self) -> None:
        """Say where mail lies that is not sent; the same to whoever asked for a code."""
        super().on_mount()
        if self._said:
            self.job(mail_folder.of_desk).then(self._tell_folder)

    def buttons(self) -> Iterable[Button]:
        """Going on, and having it sent again."""
        yield button(_("Go on"), "save", is_main=True)
        yield button(_("Send the code again"), "resend")

    def submit(self, given: dict[str, str]) -> None:
        """Find out what the code opens."""
        code = given["code"].strip()
        if not code:
            self.complain("code", _("Type the code."))
            return
        self.send(self.job(open_code, code, self._password), self._opened)

    def action_resend(self) -> None:
        """Have another code sent, to an address that is asked for."""
        prompt = Prompt(
            _("Send the code again"),
            value=self._email,
            explains=_("The e-mail address that you registered with"),
        )
        self.app.push_screen(prompt, self._resend)

    def _tell_folder(self, folder: Path | None) -> None:
        if folder is not None:
            self.say(_("Mail is not sent, it is written to files in {folder}.", folder=str(folder)))

    def _resend(self, email: str | None) -> None:
        if not email:
            return
        self._email = email.strip()
        if self._is_for_password:
            self.send(self.job(passwords.forgot, self._email), lambda asked: self._sent(asked.email))
        else:
            self.send(self.job(registration.resend, self._email), self._registered)

    def _registered(self, registered: Registered) -> None:
        self._sent(registered.email)

    def _sent(self, email: str) -> None:
        self.say(_("If {email} waits for a code, a new one is on its way.", email=email))

    def _opened(self, verified: Verified | None) -> None:
        if verified is None:
            code = self.form.field("code").value.strip()
            self.app.push_screen(NewPasswordScreen(code), self._chosen)
        elif verified.needs_password and verified.choose_code is not None:
            said = _("Your address is verified. Choose the password of your account.")
            self.app.push_screen(NewPasswordScreen(verified.choose_code, said), self._chosen)
        else:
            self.done(_("Your address is verified."))
            self.dismiss(str(verified.email))

    def _chosen(self, email: str | None) -> None:
        if email is not None:
            self.dismiss(email)
