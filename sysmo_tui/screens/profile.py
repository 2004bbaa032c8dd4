"""One's own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Grid
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from sysmo_tui import keys
from sysmo_tui.domain.enums import MailFrequency
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import LANGUAGE_NAMES, _, use
from sysmo_tui.keys import Context
from sysmo_tui.screens.addresses import AddressesScreen
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.password import ChangePasswordScreen
from sysmo_tui.screens.sessions import SessionsScreen
from sysmo_tui.screens.ssh_keys import SshKeysScreen
from sysmo_tui.screens.table_screen import facts
from sysmo_tui.services import arrival, profile
from sysmo_tui.services.arrival import Arrival
from sysmo_tui.services.profile import Profile, ProfileEdits
from sysmo_tui.services.signing_in import SignedIn
from sysmo_tui.widgets.forms import Field, button, choice, text_area, text_input
from sysmo_tui.widgets.hanging import Hanging, Hung, alone
from sysmo_tui.widgets.suggesters import ZoneSuggester
from sysmo_tui.widgets.words import said


class ProfileScreen(FormScreen[None]):
    """Name, telephone, language and time zone; from here to the screens, keys, password and sessions."""

    CONTEXT = Context.PROFILE
    HINTS = (
        "form.save",
        "profile.preferences",
        "profile.password",
        "profile.sessions",
        "profile.addresses",
        "profile.keys",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.PROFILE, Context.EVERYWHERE)
    ASKS_BEFORE_LEAVING = True
    APART_FROM = 26

    def heading(self) -> str:
        """What the screen is called."""
        return _("Your profile")

    def explains(self) -> Content:
        """Who one is for the desk; known once it was read."""
        actor = self.app.actor
        return facts((_("E-mail"), actor.email), (_("Role"), said(actor.role)))

    def fields(self) -> Iterable[Field]:
        """What one may change."""
        languages = [(name, code) for code, name in LANGUAGE_NAMES.items()]
        zone = text_input(placeholder=_("that of the desk"))
        zone.suggester = ZoneSuggester()
        yield Field("name", _("Name"), text_input())
        yield Field("phone", _("Telephone"), text_input())
        yield Field("locale", _("Language"), choice(languages))
        yield Field("time_zone", _("Time zone"), zone)
        yield Field("mail_frequency", _("Mail"), choice([(said(each), each.value) for each in MailFrequency]))
        if self.app.actor.is_staff:
            yield Field("signature", _("Signature"), text_area(), note=_("stands below your answers by mail"))

    def below(self) -> Iterable[Widget]:
        """Where else one can go."""
        yield Grid(
            button(_("Screens and keys"), "preferences"),
            button(_("Change password"), "password"),
            button(_("Sessions"), "sessions"),
            button(_("Addresses"), "addresses"),
            button(_("SSH keys"), "ssh-keys"),
            button(_("Sign out"), "sign-out"),
            classes="ways",
        )

    def on_mount(self) -> None:
        """Read the account."""
        super().on_mount()
        if self.app.actor.is_staff:
            self.form.field("signature").control.styles.height = 3
        self.read(profile.show).then(self._show)

    def submit(self, given: dict[str, str]) -> None:
        """Save what is in the fields."""
        edits = ProfileEdits(
            given["name"],
            given["phone"],
            given["locale"] or None,
            given["time_zone"],
            given.get("signature"),
            given["mail_frequency"] or None,
        )
        self.send(self.write(profile.edit, edits), self._saved)

    def action_preferences(self) -> None:
        """Choose how one likes the screens."""
        self.go_to("preferences")

    def action_password(self) -> None:
        """Change the password."""
        self.app.push_screen(ChangePasswordScreen(), self._password_changed)

    def action_sessions(self) -> None:
        """See where one is signed in."""
        self.app.push_screen(SessionsScreen())

    def action_ssh_keys(self) -> None:
        """See the keys that open the desk."""
        self.app.push_screen(SshKeysScreen())

    def action_addresses(self) -> None:
        """See one's addresses, and add another."""
        self.app.push_screen(AddressesScreen(), lambda _left: self.read(profile.show).then(self._show_email))

    def action_sign_out(self) -> None:
        """Sign out."""
        self.app.leave()

    def _show_email(self, mine: Profile) -> None:
        told = (
            facts((_("E-mail"), mine.email), (_("Role"), said(mine.role))),
            facts((_("Company"), mine.company), (_("Tax ID"), mine.tax_id)),
        )
        lines = [alone(line) for line in told if line]
        if mine.topics:
            topics = Content(clean_line(", ".join(mine.topics)))
            lines.append(Hung(Content.styled(f"{_('Topics')} ", "$quiet"), topics))
        self.query_one(".explains", Static).update(Hanging(lines))

    def _show(self, mine: Profile) -> None:
        self._show_email(mine)
        self.form.field("name").value = mine.name
        self.form.field("phone").value = mine.phone or ""
        self.form.field("locale").value = mine.locale
        self.form.field("time_zone").value = mine.time_zone or ""
        self.form.field("mail_frequency").value = mine.mail_frequency.value
        if self.app.actor.is_staff:
            self.form.field("signature").value = mine.signature
        self.remember()

    def _saved(self, mine: Profile) -> None:
        has_new_language = mine.locale != self.app.actor.locale
        use(mine.locale)
        self._show(mine)
        self.done(_("Your profile is saved."))
        self.read(arrival.arrive).then(lambda here: self._arrive(here, has_new_language), group="arrival")

    def _arrive(self, here: Arrival, has_new_language: bool) -> None:
        """Let the program know its person again; a new language is spoken from here on."""
        self.app.take_over(here)
        if has_new_language:
            self.app.switch_screen(ProfileScreen())

    def _password_changed(self, signed_in: SignedIn | None) -> None:
        if signed_in is not None and signed_in.secret is not None:
            self.app.renew(signed_in.secret)
