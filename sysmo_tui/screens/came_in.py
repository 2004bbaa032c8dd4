"""All mail that came in, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.mail_list import MailListScreen
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import list_bindings
from sysmo_tui.services import kept_mail
from sysmo_tui.services.kept_mail import MailLine
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.words import said

_STYLES = {Verdict.QUARANTINED: "$warning", Verdict.PENDING: "$warning", Verdict.DROPPED: "$quiet"}


class CameInScreen(MailListScreen):
    """Kept mail, newest first; enter or its own key shows one whole, with the rules that were looked at."""

    CONTEXT = Context.CAME_IN
    HINTS = ("came_in.whole", "list.filter", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.CAME_IN)
    NEEDS_ROW = frozenset({"whole_mail"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Mail that came in")

    def columns(self) -> Sequence[Column[MailLine]]:
        """When, who, what, and what became of it."""
        return (
            self.came(),
            *self.written(),
            Column(_("Became"), 20, lambda mail: said(mail.verdict), style=_style),
            Column(_("Ticket"), 9, _ticket, is_number=True, from_width=100),
        )

    def empty(self) -> str:
        """Nothing came."""
        return _("No mail came in.")

    def filters(self) -> Sequence[Item]:
        """Everything, or what became one thing."""
        return (Item("", _("everything")), *(Item(each.value, said(each)) for each in Verdict))

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[MailLine]]:
        """The mail, newest first."""
        return self.read(kept_mail.page, verdict=Verdict(chosen) if chosen else None, after=after)

    def action_open(self) -> None:
        """Show the whole mail: there is nothing else to do here."""
        self.action_whole_mail()


def _ticket(mail: MailLine) -> str:
    return f"#{mail.ticket_number}" if mail.ticket_number is not None else ""


def _style(mail: MailLine) -> str:
    return _STYLES.get(mail.verdict, "")
