"""Inviting someone, and editing what an account says of its person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.content import Content
from textual.widgets import Button, Static

from sysmo_tui.domain.enums import AccountState, Role
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Issued
from sysmo_tui.i18n import LANGUAGE_NAMES, _, current
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.table_screen import facts
from sysmo_tui.services import account_list, accounts, choices
from sysmo_tui.services.account_list import AccountView
from sysmo_tui.services.accounts import AccountChanged, AccountEdits, Invitation
from sysmo_tui.services.choices import Choices
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.forms import Field, button, choice, text_input
from sysmo_tui.widgets.suggesters import ZoneSuggester
from sysmo_tui.widgets.words import said


def _languages() -> list[tuple[str, str]]:
    return [(name, code) for code, name in LANGUAGE_NAMES.items()]


class InviteScreen(FormScreen[Issued | None]):
    """Makes an account whose owner completes it with a one-time code."""

    ASKS_BEFORE_LEAVING = True

    def heading(self) -> str:
        """What the screen is called."""
        return _("Invite someone")

    def explains(self) -> Content:
        """What will happen."""
        return Content(_("They get a code by mail, good for 7 days. You see it once as well."))

    def fields(self) -> Iterable[Field]:
        """Who, as what, for which topics."""
        roles = [(said(role), role.value) for role in Role]
        yield Field("email", _("E-mail"), text_input())
        yield Field("name", _("Name"), text_input())
        yield Field("role", _("Role"), choice(roles, Role.OPERATOR.value))
        yield Field("topics", _("Topics"), text_input(), note=_("separated by commas; only for staff"))
        yield Field("locale", _("Language"), choice(_languages(), current()))

    def buttons(self) -> Iterable[Button]:
        """Inviting."""
        yield button(_("Invite"), "save", is_main=True)

    def on_mount(self) -> None:
        """Say which topics there are."""
        super().on_mount()
        self.read(choices.read).then(self._name_topics)

    def submit(self, given: dict[str, str]) -> None:
        """Invite."""
        invitation = Invitation(
            email=given["email"].strip(),
            name=given["name"],
            role=Role(given["role"] or Role.OPERATOR.value),
            topics=tuple(text.strip() for text in given["topics"].split(",") if text.strip()),
            locale=given["locale"] or None,
        )
        self.send(self.job(accounts.invite, invitation), self.dismiss, names={"topic": "topics"})

    def _name_topics(self, all_: Choices) -> None:
        names = clean_line(", ".join(topic.value for topic in all_.topics), 160)
        self.form.field("topics").explain(_("separated by commas: {topics}", topics=names))


class AccountScreen(FormScreen[AccountChanged | None]):
    """Edits an account's person."""

    ASKS_BEFORE_LEAVING = True

    def __init__(self, email: str) -> None:
        super().__init__()
        self._email = email

    def heading(self) -> str:
        """What the screen is called."""
        return _("Account")

    def explains(self) -> Content:
        """Whose account it is; more once it was read."""
        return facts((_("E-mail"), self._email))

    def fields(self) -> Iterable[Field]:
        """What administrators may change."""
        zone = text_input(placeholder=_("that of the desk"))
        zone.suggester = ZoneSuggester()
        yield Field("name", _("Name"), text_input())
        yield Field("phone", _("Telephone"), text_input())
        yield Field("company", _("Company"), text_input(), note=_("name or tax ID of one the desk knows"))
        yield Field("locale", _("Language"), choice(_languages()))
        yield Field("time_zone", _("Time zone"), zone)

    def on_mount(self) -> None:
        """Read the account."""
        super().on_mount()
        self.read(account_list.show, self._email).then(self._show)

    def submit(self, given: dict[str, str]) -> None:
        """Save what was changed."""
        before: dict[str, Any] = self._before or {}
        changed: dict[str, Any] = {
            name: value for name, value in given.items() if value != before.get(name, "")
        }
        edits = AccountEdits(**changed)
        self.send(self.write(accounts.edit, self._email, edits), self.dismiss)

    def _show(self, view: AccountView) -> None:
        line, zone, now = view.line, self.app.zone, self.app.now()
        seen = moment(view.last_seen_at, zone, now) if view.last_seen_at else "—"
        self.query_one(".explains", Static).update(
            facts(
                (_("E-mail"), line.email),
                (_("Role"), said(line.role)),
                (_("State"), said(AccountState(line.state))),
                (_("Topics"), ", ".join(line.topics)),
                (_("Last seen"), seen),
                (_("Typed company"), view.typed_company),
                (_("No mail arrives"), view.undeliverable_reason),
            )
        )
        self.form.field("name").value = line.name
        self.form.field("phone").value = view.phone or ""
        self.form.field("company").value = line.company or ""
        self.form.field("locale").value = view.locale
        self.form.field("time_zone").value = view.time_zone or ""
        self.remember()
