"""The customer of a ticket: who it is, their company, and their other tickets to go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import cell_width, fit
from sysmo_tui.domain.views import TicketRow
from sysmo_tui.i18n import LANGUAGE_NAMES, _, ngettext
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.ticket_list import TicketList
from sysmo_tui.services import customers
from sysmo_tui.services.customers import CustomerCard
from sysmo_tui.spoken import long_moment
from sysmo_tui.widgets.facts_panel import LABEL, Line, fact_lines
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.options import Options
from sysmo_tui.widgets.ticket_text import age_text, state_style

AROUND = 7
"""Cells that the box takes beside its text."""
MOST_FACTS, ABOVE_AND_BELOW = 8, 5
"""Lines of facts that are shown at once, and those that stand around them and the list."""
ROOM_FOR_AGES = 40


class CustomerScreen(TicketList[int | None]):
    """Facts, and beneath them a list of tickets, the open ones first; gives back the one that was chosen."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self._card: CustomerCard | None = None

    def compose(self) -> ComposeResult:
        """The facts, the list, and the keys."""
        with Vertical(classes="dialog picker -broad") as box:
            box.border_title = Content(f" {_('Customer of #{number}', number=self._number)} ")
            with VerticalScroll(classes="explained", can_focus=False):
                yield Static(Content(_("Loading…")), id="customer")
            yield Static(id="count", classes="told")
            yield Options(compact=True, markup=False)
            yield Hints("dialog.choose", "app.back")

    def hint_words(self) -> Mapping[str, str]:
        """What the list is of can be gone to."""
        return {"dialog.choose": _("Open")}

    def on_mount(self) -> None:
        """Ask for them."""
        self.read(customers.card, self._number).then(self._show)

    def on_resize(self) -> None:
        """Use the room there is."""
        if self._card is not None:
            self._write(self._card)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal in place of the facts."""
        self.query_one("#customer", Static).update(Content(f"! {shown(error)}"))
        self.query_one("#count").display = self.listed.display = False

    def _show(self, card: CustomerCard) -> None:
        self._card = card
        self._write(card)
        numbers = [row.number for row in card.tickets]
        self.listed.highlighted = numbers.index(self._number) if self._number in numbers else 0
        self.listed.focus()

    def _write(self, card: CustomerCard) -> None:
        room = min(self.app.size.width * 9 // 10, 76) - AROUND
        told = fact_lines(self._facts(card), room - LABEL)
        self.query_one("#customer", Static).update(told)
        lines = min(told.plain.count("\n") + 1, MOST_FACTS)
        self.listed.styles.max_height = max(self.app.size.height * 9 // 10 - lines - ABOVE_AND_BELOW, 3)
        count = ngettext("{count} ticket", "{count} tickets", card.ticket_count)
        counted = _("{tickets}, {open} open", tickets=count, open=card.open_count)
        self.query_one("#count", Static).update(Content.styled(counted, "bold $accent"))
        widest = max((len(str(row.number)) for row in card.tickets), default=0)
        at = self.listed.highlighted
        self.listed.clear_options()
        self.listed.add_options([Option(self._ticket(row, room, widest)) for row in card.tickets])
        self.listed.highlighted = at
        self.refresh_bindings()

    def _facts(self, card: CustomerCard) -> Iterable[Line]:
        yield _("Name"), card.name, "bold"
        company = card.company
        yield _("Company"), company.name if company else card.typed_company, ""
        if company is not None:
            yield _("Tax ID"), company.tax_id, ""
        yield _("Phone"), card.phone or "", ""
        for place, each in enumerate(card.emails):
            told = each.email if each.is_verified else _("{email} (not confirmed)", email=each.email)
            yield _("E-mail") if not place else "", told, ""
        yield _("Language"), LANGUAGE_NAMES.get(card.locale, card.locale), ""
        yield _("Time zone"), card.time_zone or "", ""
        yield _("Since"), long_moment(card.since, self.app.zone), ""
        if company is not None:
            yield _("Notes"), company.notes, ""

    def _ticket(self, row: TicketRow, room: int, widest: int) -> Content:
        mark = "› " if row.number == self._number else "  "
        age = f"  {age_text(row.created_at, self.app.now()):>4}" if room >= ROOM_FOR_AGES else ""
        head, state = f"#{row.number}".ljust(widest + 3), _(row.status)
        left = max(room - cell_width(f"{mark}{head}{state}{age}") - 2, 8)
        subject = fit(row.subject, left)
        gap = " " * max(left - cell_width(subject) + 2, 2)
        return Content.assemble(
            (mark, "$accent"),
            (head, "$quiet"),
            subject,
            gap,
            (state, state_style(row.category)),
            (age, "$quiet"),
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to one."""
        event.stop()
        if self._card is not None:
            self.dismiss(self._card.tickets[event.option_index].number)

    def action_back(self) -> None:
        """Stay in the ticket."""
        self.dismiss(None)
