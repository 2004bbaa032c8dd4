"""What can be done to the ticket under the cursor, in a list and inside the ticket alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from textual.screen import ScreenResultType

from sysmo_tui import keys
from sysmo_tui.domain.closed_sets import REASONS
from sysmo_tui.domain.enums import Category, CloseReason, DraftKind
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import Changed, TicketRow
from sysmo_tui.i18n import _
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.services import choices, closing, editing, tickets
from sysmo_tui.services.choices import Choice, Choices
from sysmo_tui.services.editing import TicketField
from sysmo_tui.widgets.ticket_text import Row, priority_marks

NOTHING_TO_CHANGE = N_("Nothing to change in #{number}.")

STAFF_ACTS = frozenset(key.action for key in keys.KEYS if key.for_staff)
ON_A_TICKET = frozenset(
    {
        "reply",
        "note",
        "take",
        "release",
        "assign",
        "close_ticket",
        "reopen",
        "status",
        "priority",
        "topic",
        "edit",
        "files",
        "history",
        "copy_number",
    }
)


class TicketActs(DeskScreen[ScreenResultType]):
    """A screen on which one ticket is the one that keys act on."""

    def row(self) -> Row | None:
        """The ticket that keys act on."""
        raise NotImplementedError

    def acted(self, number: int) -> None:
        """Something was done to ticket ``number``: show what it is now."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what the person or the ticket does not allow."""
        if self.app.arrival is None:
            return action not in STAFF_ACTS | ON_A_TICKET
        row = self.row()
        if action in STAFF_ACTS and not self._works_on(row, action):
            return False
        if action in ON_A_TICKET and row is None:
            return False
        return self._fits(action, row)

    def _works_on(self, row: Row | None, action: str) -> bool:
        if not self.app.actor.is_staff:
            return False
        return action not in ON_A_TICKET or row is None or isinstance(row, TicketRow)

    def _fits(self, action: str, row: Row | None) -> bool:
        if row is None:
            return True
        is_closed = row.category is Category.CLOSED
        if action == "reopen":
            return is_closed
        if action in ("close_ticket", "take", "release", "assign"):
            if is_closed:
                return False
            if isinstance(row, TicketRow):
                return not (
                    (action == "take" and row.assignee is not None)
                    or (action == "release" and row.assignee is None)
                )
        return True

    def action_take(self) -> None:
        """Make it mine."""
        self._act(tickets.take, N_("You have #{number} now."))

    def action_release(self) -> None:
        """Make it nobody's."""
        self._act(tickets.release, N_("#{number} is nobody's now."))

    def action_reopen(self) -> None:
        """Put it back in progress."""
        self._act(closing.reopen, N_("Reopened #{number}."))

    def action_assign(self) -> None:
        """Give it to a colleague."""
        self.choose(_("Assign to"), lambda known: people_items(known.staff), self._assign)

    def action_status(self) -> None:
        """Choose a status."""
        self.choose(_("Status"), lambda known: items(known.statuses), self._set_status)

    def action_priority(self) -> None:
        """Choose a priority."""
        self.choose(
            _("Priority"), lambda known: priority_items(known.priorities), self._setter(TicketField.PRIORITY)
        )

    def action_topic(self) -> None:
        """Move it to another topic."""
        self.choose(_("Move to topic"), lambda known: items(known.topics), self._setter(TicketField.TOPIC))

    def action_close_ticket(self) -> None:
        """Close it; one that was never answered wants a last reply or a reason for none."""
        row = self.row()
        if row is None:
            return
        if isinstance(row, TicketRow) and row.first_response_at is None and self.app.actor.is_staff:
            self._ask_reason(row.number)
        else:
            self._act(closing.close, N_("Closed #{number}. X opens it again."), refused=self._close_refused)

    def action_reply(self) -> None:
        """Write to the customer."""
        self.write_to(DraftKind.REPLY)

    def action_note(self) -> None:
        """Write for the staff."""
        self.write_to(DraftKind.NOTE)

    def action_history(self) -> None:
        """Who did what."""
        from sysmo_tui.screens.history import HistoryScreen

        row = self.row()
        if row is not None:
            self.app.push_screen(HistoryScreen(row.number))

    def action_copy_number(self) -> None:
        """Send the number to the terminal's clipboard."""
        row = self.row()
        if row is not None:
            self.app.copy_to_clipboard(f"#{row.number}")
            self.say(_("#{number} was sent to the clipboard.", number=row.number))

    def write_to(self, kind: DraftKind, *, closes: bool = False) -> None:
        """Open the writing screen for the ticket."""
        from sysmo_tui.screens.compose import ComposeScreen

        row = self.row()
        if row is not None:
            number = row.number

            def written(is_sent: bool | None) -> None:
                show = partial(self.acted, number) if is_sent else self.desk_changed
                # The draft is kept or forgotten first, and seen so.
                self.app.once_kept(show)

            self.app.push_screen(ComposeScreen(number, kind, closes=closes), written)

    def choose(
        self,
        title: str,
        offered: Callable[[Choices], Sequence[Item]],
        chosen: Callable[[str], object],
        current: str = "",
    ) -> None:
        """Let one of the desk's choices be picked, then do ``chosen`` with it."""

        def picked(value: str | None) -> None:
            if value is not None:
                chosen(value)

        def show(known: Choices) -> None:
            self.app.push_screen(Picker(title, offered(known), current=current), picked)

        self.read(choices.read).then(show, group="choices")

    def _act(
        self,
        use_case: Callable[..., Changed],
        told: str,
        *args: Any,
        refused: Callable[[DeskError], object] | None = None,
        **kwargs: Any,
    ) -> None:
        row = self.row()
        if row is None:
            return
        number = row.number

        def show(changed: Changed) -> None:
            self.done(_(told if changed.is_changed else NOTHING_TO_CHANGE, number=changed.number))
            self.acted(number)

        self.write(use_case, number, *args, **kwargs).then(show, refused=refused)

    def _assign(self, address: str) -> None:
        self._act(tickets.assign, N_("Assigned #{number}."), address)

    def _setter(self, field: TicketField) -> Callable[[str], object]:
        return lambda value: self._act(editing.edit, N_("Changed #{number}."), {field: value})

    def _set_status(self, slug: str) -> None:
        self._act(
            editing.edit, N_("Changed #{number}."), {TicketField.STATUS: slug}, refused=self._close_refused
        )

    def _close_refused(self, error: DeskError) -> None:
        """Closing what was never answered asks for a reason; anything else is told as it is."""
        row = self.row()
        if (
            row is not None
            and self.app.actor.is_staff
            and isinstance(error, Invalid)
            and error.field in ("reason", "status")
            and _is_unanswered(row)
        ):
            self._ask_reason(row.number)
        else:
            self.refuse(error)

    def _ask_reason(self, number: int) -> None:
        offered = [Item("reply", _("with a last reply"), _("the customer is told"))]
        offered += [Item(reason.value, _(REASONS[reason])) for reason in closing.REASONS]
        offered.append(Item("spam", _("spam"), _("no mail, out of all figures")))

        def picked(value: str | None) -> None:
            if value == "reply":
                self.write_to(DraftKind.REPLY, closes=True)
            elif value == "spam":
                self._act(closing.spam, N_("#{number} is spam. X takes it back."))
            elif value is not None:
                self._act(closing.close, N_("Closed #{number}. X opens it again."), reason=CloseReason(value))

        self.app.push_screen(
            Picker(_("Close #{number}: how was it answered?", number=number), offered), picked
        )


def items(known: Sequence[Choice]) -> list[Item]:
    """Choices as a list to pick from."""
    return [Item(choice.value, _(choice.name), choice.note) for choice in known]


def people_items(known: Sequence[Choice]) -> list[Item]:
    """Colleagues, oneself first."""
    return [Item("me", _("me")), *items(known)]


def priority_items(known: Sequence[Choice]) -> list[Item]:
    """Priorities with the marks that lists show."""
    return [Item(choice.value, _(choice.name), priority_marks(choice.level)) for choice in known]


def _is_unanswered(row: Row) -> bool:
    return isinstance(row, TicketRow) and row.first_response_at is None


__all__ = ["TicketActs", "items", "people_items", "priority_items"]
