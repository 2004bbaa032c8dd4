"""Reading one ticket: folding, what happened between the entries, and the customer."""

from __future__ import annotations

from sysmo_tui.i18n import _
from sysmo_tui.screens.scrolling import Scrolling
from sysmo_tui.screens.seeking import Seeking
from sysmo_tui.screens.ticket_acts import TicketActs
from sysmo_tui.widgets.thread import Thread


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

    def action_customer(self) -> None:
        """Show who asks here, and go on to another of their tickets."""
        from sysmo_tui.screens.customer import CustomerScreen

        def chosen(number: int | None) -> None:
            if number is not None and number != self.number:
                self.app.open_ticket(number)

        self.app.push_screen(CustomerScreen(self.number), chosen)
