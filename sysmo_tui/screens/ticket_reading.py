"""Reading one ticket: folding, links, the customer, and the mails that it came by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sysmo_tui.domain.text import fit
from sysmo_tui.i18n import _
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.screens.scrolling import Scrolling
from sysmo_tui.screens.seeking import Seeking
from sysmo_tui.screens.ticket_acts import TicketActs
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.mail_words import outcome_words
from sysmo_tui.widgets.thread import Thread

if TYPE_CHECKING:
    from sysmo_tui.services.kept_mail import MailRecord

WORDS_SHOWN = 32
"""Cells of a mail's first words where one of several is chosen."""


class TicketReading(Scrolling, Seeking, TicketActs[int]):
    """A screen with the thread of one ticket."""

    @property
    def scrolled(self) -> Thread:
        """The thread."""
        return self.thread

    def open_other(self, number: int) -> None:
        """Read another ticket in place of this one."""
        raise NotImplementedError

    def wants_events(self) -> bool:
        """Whether who reads wants to see what happened between the entries, to begin with."""
        return bool(self.app.preferred("events"))

    def action_fold(self) -> None:
        """Unfold long quotes and signatures, or fold them again."""
        if not self.thread.fold():
            self.say(_("No quotes or signatures are folded here."))

    def action_events(self) -> None:
        """Show what happened between the entries, or hide it."""
        key = self.app.key_for("ticket.events")
        if self.thread.toggle_events():
            self.say(_("What happened between the entries is shown · {key} hides it", key=key))
        else:
            self.say(_("What happened between the entries is hidden · {key} shows it", key=key))

    def action_links(self) -> None:
        """List its links and where they lead."""
        from sysmo_tui.screens.links import LinksScreen

        self.app.push_screen(LinksScreen(self.number))

    def action_customer(self) -> None:
        """Show who asks here, and go on to another of their tickets."""
        from sysmo_tui.screens.customer import CustomerScreen

        def chosen(number: int | None) -> None:
            if number is not None and number != self.number:
                self.app.open_ticket(number)

        self.app.push_screen(CustomerScreen(self.number), chosen)

    def action_whole_mail(self) -> None:
        """Show a mail of this ticket whole; where there are several, ask which."""
        from sysmo_tui.services import kept_mail

        self.read(kept_mail.of_ticket, self.number).then(self._offer_mails, group="mails")

    def _offer_mails(self, records: Sequence[MailRecord]) -> None:
        if not records:
            self.say(_("Nothing in this ticket came by mail."))
            return
        offered = [
            Item(
                str(record.line.id),
                f"{moment(record.line.received_at, self.app.zone, self.app.now())}  "
                f"{record.line.sender or _('nobody')}",
                fit(record.begins, WORDS_SHOWN) or outcome_words(record.line),
            )
            for record in records
        ]
        if len(offered) == 1:
            self._open_mail(offered[0].value)
        else:
            self.app.push_screen(Picker(_("Which mail?"), numbered(offered)), self._open_mail)

    def _open_mail(self, chosen: str | None) -> None:
        if chosen is not None:
            from sysmo_tui.screens.whole_mail import WholeMailScreen

            self.app.push_screen(WholeMailScreen(int(chosen)))
