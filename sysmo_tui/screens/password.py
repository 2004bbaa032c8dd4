"""Passwords: forgetting, choosing with a code, and changing one."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Button

from sysmo_tui.desk import Door
from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen, twice
from sysmo_tui.services import passwords, sessions
from sysmo_tui.services.passwords import Asked, Chosen
from sysmo_tui.services.signing_in import SignedIn
from sysmo_tui.widgets.forms import Field, button, text_input


def _new_password_fields() -> Iterable[Field]:
    yield Field(
        "password",
        _("New password"),
        text_input(is_secret=True),
        note=_("At least 12 characters; four unrelated words are good."),
    )
    yield Field("again", _("Once more"), text_input(is_secret=True))


class ForgottenScreen(FormScreen[str | None]):
    """Has a code mailed to who forgot the password, and goes on with that code."""

    NEEDS_SESSION = False

    def __init__(self, email: str = "") -> None:
        super().__init__()
        self._email = email

    def heading(self) -> str:
        """What the screen is called."""
        return _("Password forgotten")

    def explains(self) -> Content:
        """What will happen."""
        return Content(_("We send a code to your address. With it you choose a new password."))

    def fields(self) -> Iterable[Field]:
        """The address."""
        yield Field("email", _("E-mail"), text_input(self._email))

    def buttons(self) -> Iterable[Button]:
        """Having the code sent."""
        yield button(_("Send the code"), "save", is_main=True)

    def submit(self, given: dict[str, str]) -> None:
        """Ask for the code."""
        self.send(self.job(passwords.forgot, given["email"].strip()), self._asked)

    def _asked(self, asked: Asked) -> None:
        from sysmo_tui.screens.verification import CodeScreen

        said = _(
            "If {email} has an account, a code is on its way to it. It is good for 30 minutes.",
            email=asked.email,
        )
        screen = CodeScreen(str(asked.email), said=said, is_for_password=True)
        self.app.push_screen(screen, self._come_back)

    def _come_back(self, email: str | None) -> None:
        if email is not None:
            self.dismiss(email)


class NewPasswordScreen(FormScreen[str | None]):
    """Chooses a password with a code that is good; gives the address it belongs to."""

    NEEDS_SESSION = False

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__()
        self._code, self._said = code, said

    def heading(self) -> str:
        """What the screen is called."""
        return _("New password")

    def explains(self) -> Content:
        """What the password will be for."""
        return Content(self._said or _("The code is good. Choose the password of your account."))

    def fields(self) -> Iterable[Field]:
        """The password, twice."""
        return _new_password_fields()

    def submit(self, given: dict[str, str]) -> None:
        """Use the code up."""
        if twice(self, given):
            self.send(self.job(passwords.choose, self._code, given["password"]), self._chosen)

    def _chosen(self, chosen: Chosen) -> None:
        self.done(_("Your new password is set."))
        self.dismiss(str(chosen.email))


class ChangePasswordScreen(FormScreen[SignedIn | None]):
    """Changes the password of whoever is signed in; gives the session that begins with the new one.

    ``due`` is the session of somebody who has to choose before anything else, ``old`` what they typed.
    """

    def __init__(self, due: SignedIn | None = None, old: str = "") -> None:
        super().__init__()
        self._due, self._old = due, old

    def heading(self) -> str:
        """What the screen is called."""
        return _("Change password")

    def explains(self) -> Content:
        """What follows from it."""
        if self._due is not None:
            return Content(_("Before you go on, choose a new password. Only you will know it."))
        return Content(_("Everywhere else where you are signed in, your sessions end."))

    def fields(self) -> Iterable[Field]:
        """The old one unless it was just typed, and the new one twice."""
        if not self._old:
            yield Field("old_password", _("Password until now"), text_input(is_secret=True))
        yield from _new_password_fields()

    def submit(self, given: dict[str, str]) -> None:
        """Change it."""
        if twice(self, given):
            old = given.get("old_password", self._old)
            self.send(self.job(self._change, old, given["password"]), self._changed)

    def leave(self) -> None:
        """Close; who has to choose and does not is signed out."""
        if self._due is not None:
            door = self._door(self.app.door)
            self.app.keep(lambda: door.write(sessions.sign_out))
        self.dismiss(None)

    def _door(self, door: Door) -> Door:
        if self._due is None:
            return door
        return Door(door.desk, door.caller.with_secret(self._due.secret))

    def _change(self, door: Door, old: str, new: str) -> SignedIn:
        return passwords.change(self._door(door), old, new)

    def _changed(self, signed_in: SignedIn) -> None:
        self.done(_("Your new password is set."))
        self.dismiss(signed_in)
