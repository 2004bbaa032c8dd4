"""Registrations and invitations whose code was not used yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.enums import TokenPurpose
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.issued import IssuedDialog
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import registration
from sysmo_tui.services.registration import PendingLine
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.words import said


class PendingScreen(TableScreen[PendingLine]):
    """Who waits for a code; a new one can be issued to pass on."""

    CONTEXT = Context.PENDING
    HINTS = ("pending.reissue", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.PENDING)
    NEEDS_ROW = frozenset({"reissue"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Waiting for their code")

    def columns(self) -> Sequence[Column[PendingLine]]:
        """Who, as what, until when."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(_("E-mail"), 0, lambda line: line.email),
            Column(_("Name"), 0, lambda line: line.name),
            Column(_("For"), 13, lambda line: said(line.purpose)),
            Column(_("Good until"), 16, lambda line: moment(line.expires_at, zone, now)),
        )

    def key(self, row: PendingLine) -> str:
        """Which account, and which of its codes: who was invited may have registered as well."""
        return f"{row.email} {row.purpose.value}"

    def empty(self) -> str:
        """Nobody waits."""
        return _("Nobody waits for a code.")

    def detail(self, row: PendingLine) -> Content:
        """The address in full, and what the form said."""
        since = moment(row.created_at, self.app.zone, self.app.now())
        return facts(
            (_("E-mail"), row.email),
            (_("Role"), said(row.role)),
            (_("Company"), row.company),
            (_("Since"), since),
        )

    def may(self, action: str, row: PendingLine | None) -> bool:
        """Invitations are issued again by inviting again."""
        is_registration = row is None or row.purpose is TokenPurpose.VERIFY
        return is_registration and has(self.app.actor, Right.MANAGE_ACCOUNTS)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[PendingLine]]:
        """Everyone who waits."""
        return self.read(registration.pending, after=after)

    def action_reissue(self) -> None:
        """Issue another code, and show it once."""
        if self.row is not None:
            issued = self.job(registration.reissue, self.row.email)
            issued.then(lambda code: self.app.push_screen(IssuedDialog(code), lambda _none: self.load()))
