"""Where one is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.table_screen import TableScreen, list_bindings, whole
from sysmo_tui.services import sessions
from sysmo_tui.services.sessions import SessionLine
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.words import said


class SessionsScreen(TableScreen[SessionLine]):
    """One's own sessions, each of which can be ended."""

    CONTEXT = Context.SESSIONS
    HINTS = ("sessions.end", "sessions.end_all", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.SESSIONS)
    NEEDS_ROW = frozenset({"end"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Your sessions")

    def columns(self) -> Sequence[Column[SessionLine]]:
        """Where, how, since when, last used."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(_("Where"), 0, lambda line: line.source or "—"),
            Column(_("How"), 12, lambda line: said(line.channel)),
            Column(_("Since"), 16, lambda line: moment(line.created_at, zone, now)),
            Column(_("Last used"), 16, lambda line: moment(line.last_seen_at, zone, now)),
            Column("", 10, lambda line: _("this one") if line.is_current else ""),
        )

    def key(self, row: SessionLine) -> str:
        """Which session."""
        return row.id

    def title_of(self, row: SessionLine) -> str:
        """Where the session is."""
        return row.source or said(row.channel)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[SessionLine]]:
        """One's own sessions."""
        return self.read(whole, sessions.mine)

    def action_end(self) -> None:
        """End the session under the cursor; one's own leads back to signing in."""
        line = self.row
        if line is None:
            return
        if line.is_current:
            self.app.leave()
        else:
            self.write(sessions.revoke, line.id).then(
                lambda _ended: self.changed(_("The session has ended."))
            )

    def action_end_all(self) -> None:
        """End all sessions but this one."""
        self.write(sessions.revoke_others).then(
            lambda ended: self.changed(
                ngettext("{count} session has ended.", "{count} sessions have ended.", ended.sessions)
            )
        )
