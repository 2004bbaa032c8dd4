"""The screen that hides the desk while nobody is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.content import Content
from textual.widgets import Button

from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.widgets.forms import Field, button, text_input

LOCKS_AFTER = 30 * 60
"""Seconds without a key or a click until the screen locks (OWASP ASVS 3.3.2)."""


class LockScreen(FormScreen[None]):
    """Asks for the password of who is signed in; what was typed beneath it stays."""

    HINTS: ClassVar[tuple[str, ...]] = ("form.save", "app.help", "app.quit")

    def heading(self) -> str:
        """What the screen is called."""
        return _("Locked")

    def explains(self) -> Content:
        """Why it is here."""
        return Content(_("Nobody was here for a while. Nothing that was typed is lost."))

    def fields(self) -> Iterable[Field]:
        """The password."""
        yield Field("password", _("Password"), text_input(is_secret=True))

    def buttons(self) -> Iterable[Button]:
        """Going on, or ending the session."""
        yield button(_("Unlock"), "save", is_main=True)
        yield button(_("Sign out"), "sign-out")

    def submit(self, given: dict[str, str]) -> None:
        """Go on where one was."""
        from sysmo_tui.services import signing_in

        self.send(self.job(signing_in.confirm, given["password"]), lambda _done: self.dismiss())

    def action_back(self) -> None:
        """There is no way back but the password."""

    def action_sign_out(self) -> None:
        """End the session."""
        self.app.leave()
