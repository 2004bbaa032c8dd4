"""The audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import audit
from sysmo_tui.services.audit import AuditLine
from sysmo_tui.spoken import long_moment, moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.words import said


class AuditScreen(TableScreen[AuditLine]):
    """Who did what, the newest first; searched by a whole address, narrowed to one kind."""

    CONTEXT = Context.AUDIT
    HINTS = ("list.find", "list.filter", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.AUDIT)
    SEARCHES = True

    def heading(self) -> str:
        """What the screen is called."""
        return _("Audit log")

    def columns(self) -> Sequence[Column[AuditLine]]:
        """When, what, who, to whom, from where."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(_("When"), 16, lambda line: moment(line.at, zone, now)),
            Column(_("What"), 19, lambda line: said(line.kind)),
            Column(_("By"), 0, lambda line: line.actor or "—"),
            Column(_("Account"), 0, lambda line: line.account or "—"),
            Column(_("Source"), 20, lambda line: line.source, from_width=110),
        )

    def key(self, row: AuditLine) -> str:
        """Which line."""
        return str(row.id)

    def detail(self, row: AuditLine) -> Content:
        """The moment, who and whom in full, where it came from, and what was written about it."""
        return facts(
            ("", long_moment(row.at, self.app.zone)),
            (_("By"), row.actor),
            (_("Account"), row.account if row.account != row.actor else None),
            (_("by"), said(row.channel)),
            (_("from"), row.source),
            *row.detail.items(),
        )

    def filters(self) -> Sequence[Item]:
        """Everything, or one kind."""
        return (Item("", _("everything")), *(Item(kind.value, said(kind)) for kind in AuditKind))

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[AuditLine]]:
        """Lines by whom or about whom; an address counts once it is whole."""
        kind = AuditKind(chosen) if chosen else None
        return self.read(audit.page, actor=query if "@" in query else None, kind=kind, after=after)
