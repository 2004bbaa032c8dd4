"""Registering."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Button

from sysmo_tui.i18n import LANGUAGE_NAMES, _, current
from sysmo_tui.screens.form_screen import FormScreen, twice
from sysmo_tui.screens.verification import CodeScreen
from sysmo_tui.services import desk_settings, registration
from sysmo_tui.services.desk_settings import DeskSettings
from sysmo_tui.services.registration import Registered
from sysmo_tui.services.registration_form import RegistrationForm
from sysmo_tui.widgets.forms import Field, button, choice, text_input


class RegistrationScreen(FormScreen[str | None]):
    """Asks what the desk needs to know of a customer, and goes on with the code it mails."""

    NEEDS_SESSION = False
    APART_FROM = 30
    ASKS_BEFORE_LEAVING = True

    def __init__(self, email: str = "") -> None:
        super().__init__()
        self._email = email

    def heading(self) -> str:
        """What the screen is called."""
        return _("Register")

    def explains(self) -> Content:
        """What will happen."""
        return Content(_("We send a code to your address. Your account opens when you type it here."))

    def fields(self) -> Iterable[Field]:
        """Who one is, for which company, and the password."""
        yield Field("email", _("E-mail"), text_input(self._email))
        yield Field("name", _("Name"), text_input())
        yield Field("phone", _("Telephone"), text_input())
        yield Field("company", _("Company"), text_input())
        yield Field("tax_id", _("Tax ID"), text_input(), note=_("CUIT, NIF, VAT number… of the company"))
        yield Field("country", _("Country"), text_input(limit=2), note=_("two letters, like AR or ES"))
        languages = [(name, code) for code, name in LANGUAGE_NAMES.items()]
        yield Field("locale", _("Language"), choice(languages, current()))
        yield Field(
            "password",
            _("Password"),
            text_input(is_secret=True),
            note=_("At least 12 characters; four unrelated words are good."),
        )
        yield Field("again", _("Once more"), text_input(is_secret=True))

    def buttons(self) -> Iterable[Button]:
        """Registering."""
        yield button(_("Register"), "save", is_main=True)

    def on_mount(self) -> None:
        """Suppose the desk's country."""
        super().on_mount()
        self.form.field("password").add_class("-gap")
        self.read(desk_settings.load).then(self._suppose)

    def submit(self, given: dict[str, str]) -> None:
        """Send the form."""
        if not twice(self, given):
            return
        form = RegistrationForm(
            email=given["email"].strip(),
            password=given["password"],
            name=given["name"],
            phone=given["phone"],
            company=given["company"],
            tax_id=given["tax_id"],
            country=given["country"].strip() or None,
            locale=given["locale"] or current(),
        )
        self.send(
            self.job(registration.register, form),
            lambda registered: self._registered(registered, form.password),
        )

    def _suppose(self, settings: DeskSettings) -> None:
        country = self.form.field("country")
        if not country.value:
            country.value = settings.country
            if self._before is not None:
                self._before["country"] = settings.country

    def _registered(self, registered: Registered, password: str) -> None:
        said = _(
            "A mail is on its way to {email}. Type the code that is in it; it is good for 24 hours.",
            email=registered.email,
        )
        screen = CodeScreen(str(registered.email), said=said, password=password)
        self.app.push_screen(screen, self._come_back)

    def _come_back(self, email: str | None) -> None:
        if email is not None:
            self.dismiss(email)
