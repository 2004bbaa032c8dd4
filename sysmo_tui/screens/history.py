"""The whole history of a ticket: who, when, what from and what to, why; its mails; what decided it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from textual.content import Content

from sysmo_tui.domain.closed_sets import CHANNELS
from sysmo_tui.domain.enums import EventKind, Template
from sysmo_tui.domain.views import CustomerTicket, EventLine, MailLine, TicketView
from sysmo_tui.i18n import _
from sysmo_tui.screens.text_dialog import TextDialog
from sysmo_tui.services import explaining, reading
from sysmo_tui.services.explaining import Reason
from sysmo_tui.services.thread_pages import Page
from sysmo_tui.spoken import long_moment
from sysmo_tui.widgets.changes import cause_text, change_text, field_text, undone_text, value_text
from sysmo_tui.widgets.hanging import Hanging, Hung, alone
from sysmo_tui.widgets.ticket_text import deed_text, event_text
from sysmo_tui.widgets.words import said

_INSET = Content("  ")


class HistoryScreen(TextDialog[None]):
    """Lines to scroll through, oldest first; at the end, what made the ticket what it is now."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def heading(self) -> str:
        """Of which ticket it is."""
        return _("History of #{number}", number=self._number)

    def ask(self) -> None:
        """Ask for it."""
        self.read(reading.show, self._number, page=Page(1), with_history=True, is_whole=True).then(self._show)

    def _show(self, view: TicketView | CustomerTicket) -> None:
        lines = self._staff(view) if isinstance(view, TicketView) else self._customer(view)
        self.put(Hanging(lines))
        self.call_after_refresh(self.scrolled.scroll_end, animate=False)

    def _staff(self, view: TicketView) -> Iterable[Hung]:
        for event in view.events:
            yield from self._event(event)
        if view.mails:
            yield from _heading(_("Mails"))
            for mail in view.mails:
                yield from self._mail(mail)
        reasons = explaining.decided(view.events)
        if reasons:
            yield from _heading(_("Why it is as it is"))
            for _id, together in groupby(reasons, key=lambda reason: reason.event.id):
                yield from self._decided(list(together))

    def _decided(self, reasons: Sequence[Reason]) -> Iterable[Hung]:
        """What one event decided, and the event."""
        event = reasons[0].event
        facts = [
            Content.assemble(f"{field_text(each.field)} ", (value_text(each.field, each.value), "bold"))
            for each in reasons
        ]
        yield alone(Content(" · ").join(facts))
        when = long_moment(event.at, self.app.zone)
        told = f"{deed_text(event)} · {when} · {_(CHANNELS[event.channel])}"
        yield Hung(_INSET, Content.styled(told, "$quiet"))
        if event.cause and not undone_text(event.cause):
            yield self._because(event)

    def _because(self, event: EventLine) -> Hung:
        return Hung(
            _INSET, Content.styled(f"{_('because: {cause}', cause=cause_text(event.cause))}", "$quiet")
        )

    def _event(self, event: EventLine) -> Iterable[Hung]:
        told = event_text(event) if event.kind is not EventKind.FILED else _filed(event)
        when = long_moment(event.at, self.app.zone)
        yield alone(Content.styled(f"{when} · {_(CHANNELS[event.channel])}", "$quiet"))
        yield Hung(_INSET, Content(told))
        if event.cause and not undone_text(event.cause):
            yield self._because(event)

    def _mail(self, mail: MailLine) -> Iterable[Hung]:
        when = long_moment(mail.created_at, self.app.zone)
        yield alone(Content.styled(f"{when} · {said(Template(mail.template))}", "$quiet"))
        yield Hung(_INSET, _fate(mail))

    def _customer(self, view: CustomerTicket) -> Iterable[Hung]:
        for event in view.events:
            yield alone(Content.styled(long_moment(event.at, self.app.zone), "$quiet"))
            yield Hung(_INSET, Content(event_text(event)))


def _heading(text: str) -> Iterable[Hung]:
    yield alone(Content(""))
    yield alone(Content.styled(text, "bold $accent"))


def _fate(mail: MailLine) -> Content:
    """What became of a mail."""
    if mail.failed_at is not None:
        failed = (f"! {_('not delivered')}: ", "bold $error")
        return Content.assemble(failed, f"{mail.address} — {mail.error}")
    if mail.sent_at is not None:
        return Content(_("sent to {address}", address=mail.address))
    if mail.is_held:
        return Content(_("held, to {address}", address=mail.address))
    if mail.attempts:
        told = _(
            "waiting, to {address}, {count} tries: {error}",
            address=mail.address,
            count=mail.attempts,
            error=mail.error,
        )
        return Content(told)
    return Content(_("waiting, to {address}", address=mail.address))


def _filed(event: EventLine) -> str:
    """What a ticket was when it was filed: only what tells something."""
    told = [
        change_text(change) for change in event.changes if change.new is not None and change.field in _TOLD
    ]
    return _("{who} filed it", who=event.actor or _("The desk")) + f": {', '.join(told)}"


_TOLD = ("topic", "type", "priority", "requester", "cloned_from", "continues")
