"""The desk's own settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.desk import Work
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import LANGUAGE_NAMES, _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.desk_app import MailWay
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.table_screen import TableScreen, list_bindings
from sysmo_tui.services import desk_settings
from sysmo_tui.services.desk_settings import Listed
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.forms import Field, choice, text_input
from sysmo_tui.widgets.suggesters import ZoneSuggester
from sysmo_tui.widgets.words import secret

_NAMES = {
    "name": N_("Name of the desk"),
    "language": N_("Language"),
    "country": N_("Country"),
    "time_zone": N_("Time zone"),
    "reply_address": N_("Reply address"),
    "mail_domain": N_("Domain of message IDs"),
    "mail_url": N_("How mail leaves"),
    "file_limit": N_("Largest file, in bytes"),
    "files_per_message": N_("Files in a message"),
    "staged_limit": N_("Files not sent yet, in bytes"),
    "mail_limit": N_("Largest mail that comes in, in bytes"),
    "reply_file_limit": N_("Files of a mail that leaves, in bytes"),
    "mail_comes_in": N_("Answers by mail arrive"),
    "plus_addresses": N_("Addresses with a plus sign arrive"),
    "mail_tickets_per_hour": N_("Tickets by mail an hour and sender"),
    "acknowledgements_per_hour": N_("Acknowledgements by mail an hour"),
    "mail_epoch": N_("Generation of reply addresses"),
    "allows_reserved_addresses": N_("Addresses of examples"),
    "own_domains": N_("Domains of your company"),
}
_EXPLAINED = {
    "name": N_("It is in every mail and on the sign-in screen."),
    "language": N_("For who has not chosen one."),
    "country": N_("Two letters, like AR or ES: how telephone numbers and tax IDs are read."),
    "time_zone": N_("Days of reports begin at its midnight."),
    "reply_address": N_("Where answers to the desk's mail go."),
    "mail_domain": N_("What stands after the @ in the IDs of the desk's mail."),
    "mail_url": N_(
        "smtp://user@host:587, smtps://host, file:///folder or null: — empty: files beside the database."
    ),
    "file_limit": N_("What one attached file may have."),
    "files_per_message": N_("How many files one message may have."),
    "staged_limit": N_("What all files may have that one person has attached and not sent."),
    "mail_limit": N_("Of a larger mail, only the beginning is kept, for people to look at."),
    "reply_file_limit": N_("More than this is named in the mail and stays on the desk."),
    "mail_comes_in": N_("Mail is answered by mail, and not only on the desk."),
    "plus_addresses": N_(
        "Whether desk+something@ reaches the desk, so that every mail has an address of its own."
    ),
    "mail_tickets_per_hour": N_("More new requests of one address wait for a person to look at them."),
    "acknowledgements_per_hour": N_("Further requests are filed without one."),
    "mail_epoch": N_("Another number retires every reply address that was given out so far."),
    "allows_reserved_addresses": N_(
        "Whether addresses like ana@example.com may register: for demonstrations."
    ),
    "own_domains": N_("Who registers with one needs no company; separated by commas."),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it is called, its value as text, and what this program uses where that may differ."""

    name: str
    title: str
    value: str
    is_secret: bool
    is_switch: bool
    is_number: bool
    used_here: str = ""


def settings(work: Work, mail_way: MailWay) -> Page[Setting]:
    """What can be changed, in the words of the list."""
    listed = [each for each in desk_settings.listed(work) if each.can_change]
    ways = {"mail_url": "" if work.actor.is_remote else mail_way(work)}
    return Page(tuple(_setting(each, ways.get(each.name, "")) for each in listed), None, None)


def _setting(each: Listed, used_here: str) -> Setting:
    return Setting(
        name=each.name,
        title=_(_NAMES.get(each.name, each.name)),
        value=_text(each),
        is_secret=each.is_secret,
        is_switch=isinstance(each.value, bool) and not each.is_secret,
        is_number=isinstance(each.value, int) and not isinstance(each.value, bool),
        used_here=used_here,
    )


def _text(each: Listed) -> str:
    value = each.value
    if each.is_secret:
        return secret(bool(value))
    if isinstance(value, bool):
        return "on" if value else "off"
    return clean_line(", ".join(value) if isinstance(value, tuple) else str(value))


class SettingsScreen(TableScreen[Setting]):
    """Every setting with its value; enter changes it."""

    CONTEXT = Context.SETTINGS
    HINTS = ("settings.edit", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.SETTINGS)
    NEEDS_ROW = frozenset({"edit"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Settings of the desk")

    def columns(self) -> Sequence[Column[Setting]]:
        """What, and its value."""
        return (
            Column(_("Setting"), 40, lambda setting: setting.title),
            Column(_("Value"), 0, self._value),
        )

    def _value(self, setting: Setting) -> str:
        """What is set, numbers to be read; of how mail leaves also what this program really uses."""
        if setting.is_number:
            return spoken.number(int(setting.value))
        value = _(setting.value) if setting.is_switch else setting.value or "—"
        if setting.used_here:
            return _("{value}, used here: {way}", value=value, way=setting.used_here)
        return value

    def key(self, row: Setting) -> str:
        """Which setting."""
        return row.name

    def detail(self, row: Setting) -> Content:
        """What it does."""
        return Content.styled(_(_EXPLAINED.get(row.name, "")), "$quiet")

    def may(self, action: str, row: Setting | None) -> bool:
        """Only administrators configure."""
        return has(self.app.actor, Right.CONFIGURE)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[Setting]]:
        """All of them."""
        return self.read(settings, self.app.mail_way)

    def action_open(self) -> None:
        """Change it."""
        self.action_edit()

    def action_edit(self) -> None:
        """Change the setting under the cursor."""
        if self.row is not None:
            self.app.push_screen(SettingScreen(self.row), lambda _result: self.load())


class SettingScreen(FormScreen[None]):
    """Changes one setting."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting

    def heading(self) -> str:
        """What the setting is called."""
        return self._setting.title

    def explains(self) -> Content:
        """What it does."""
        return Content(_(_EXPLAINED.get(self._setting.name, "")))

    def fields(self) -> Iterable[Field]:
        """Its value; what is secret starts empty."""
        setting = self._setting
        value = "" if setting.is_secret else setting.value
        if setting.name == "language":
            yield Field(
                setting.name, setting.title, choice([(n, c) for c, n in LANGUAGE_NAMES.items()], value)
            )
        elif setting.is_switch:
            yield Field(setting.name, setting.title, choice([(_("on"), "on"), (_("off"), "off")], value))
        else:
            line = text_input(value)
            if setting.name == "time_zone":
                line.suggester = ZoneSuggester()
            yield Field(setting.name, setting.title, line)

    def submit(self, given: dict[str, str]) -> None:
        """Change it."""
        name = self._setting.name
        self.send(self.write(desk_settings.change, name, given[name]), self._changed)

    def _changed(self, _nothing: None) -> None:
        self.done(_("{setting} is changed.", setting=self._setting.title))
        self.dismiss()
