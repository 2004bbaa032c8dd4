"""What can be done to the ticket under the cursor, in a list and inside the ticket alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import ScreenResultType

from sysmo_tui import keys
from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.closed_sets import NO_ANSWER, RATINGS, REASONS
from sysmo_tui.domain.enums import Category, CloseReason, DraftKind
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import Changed, CustomerTicket, TicketRow, TicketView
from sysmo_tui.i18n import _
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.screens.unsending import Unsending
from sysmo_tui.services import closing, editing, ratings, reading, tickets
from sysmo_tui.services.editing import TicketField
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.ticket_text import Row, priority_marks

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices

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
        "rate",
        "status",
        "priority",
        "topic",
        "edit",
        "files",
        "history",
        "whole_mail",
        "copy_number",
        "copy_text",
    }
)


class TicketActs(Unsending[ScreenResultType]):
    """A screen on which one ticket is the one that keys act on.

    Every act is bound to the number that was there when its key was pressed: the list behind
    a picker may be read again and its cursor come to stand on another ticket.
    """

    _ended: tuple[int, str] | None = None
    """What was closed here last, and how it was told."""

    def row(self) -> Row | None:
        """The ticket that keys act on."""
        raise NotImplementedError

    def subject(self) -> str:
        """The ticket that keys act on."""
        row = self.row()
        return f"#{row.number}" if row is not None else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what the person or the ticket does not allow."""
        if self.app.arrival is None:
            return action not in STAFF_ACTS | ON_A_TICKET
        if action == "unsend":
            return self.can_unsend()
        if action == "reopen" and self._just_closed() is not None:
            return True
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
        if action == "rate":
            return is_closed and self._asked_for(row)
        if action in ("close_ticket", "take", "release", "assign"):
            if is_closed:
                return False
            if isinstance(row, TicketRow):
                return not (
                    (action == "take" and row.assignee is not None)
                    or (action == "release" and row.assignee is None)
                )
        return True

    def _asked_for(self, row: Row) -> bool:
        return not isinstance(row, TicketRow) or row.requester.account_id == self.app.actor.account_id

    def action_take(self) -> None:
        """Make it mine."""
        row = self.row()
        if row is not None:
            self._act(row.number, _("You have #{number} now.", number=row.number), tickets.take)

    def action_release(self) -> None:
        """Make it nobody's."""
        row = self.row()
        if row is not None:
            told = _("#{number} is nobody's now.", number=row.number)
            self._act(row.number, told, tickets.release, seen=_has_it(row))

    def action_reopen(self) -> None:
        """Put it back in progress; over one that is open, what was just closed, while that is told."""
        row = self.row()
        number = row.number if row is not None else None
        if row is None or row.category is not Category.CLOSED:
            number = self._just_closed() or number
        if number is not None:
            self._ended = None
            self._act(number, _("Reopened #{number}.", number=number), closing.reopen)

    def action_rate(self) -> None:
        """Say how satisfied one is with what was closed."""
        row = self.row()
        if row is None:
            return
        number = row.number

        def rated(value: str | None) -> None:
            if value is not None:
                thanks = _("Thank you: #{number} is rated {rating}.", number=number, rating=value)
                self._act(number, thanks, ratings.rate, int(value))

        def offer(given: int | None) -> None:
            offered = [Item(str(each), _(words), str(each), str(each)) for each, words in RATINGS.items()]
            title = _("How satisfied are you with #{number}?", number=number)
            self.app.push_screen(Picker(title, offered, current=str(given or "")), rated)

        self.read(ratings.given, number).then(offer, group="choices")

    def action_assign(self) -> None:
        """Give it to a colleague."""
        row = self.row()
        if row is None:
            return
        number, has_it = row.number, row.assignee if isinstance(row, TicketRow) else None
        is_mine = has_it is not None and has_it.account_id == self.app.actor.account_id

        def chosen(item: Item) -> None:
            told = _("Assigned #{number}.", number=number)
            self._act(number, told, tickets.assign, item.value, seen=_has_it(row))

        self.choose(
            _("Assign #{number} to", number=number),
            lambda known: people_items(known.staff),
            chosen,
            current=lambda known: "me" if is_mine else has_it.email if has_it is not None else "",
        )

    def action_status(self) -> None:
        """Choose a status."""
        row = self.row()
        if row is not None:
            title = _("Status of #{number}", number=row.number)
            self._choose_value(row, TicketField.STATUS, title, lambda known: known.statuses, row.status)

    def action_priority(self) -> None:
        """Choose a priority."""
        row = self.row()
        if row is not None:
            title = _("Priority of #{number}", number=row.number)
            self._choose_value(row, TicketField.PRIORITY, title, lambda known: known.priorities, row.priority)

    def action_topic(self) -> None:
        """Move it to another topic."""
        row = self.row()
        if row is not None:
            title = _("Move #{number} to topic", number=row.number)
            self._choose_value(row, TicketField.TOPIC, title, lambda known: known.topics, row.topic)

    def action_close_ticket(self) -> None:
        """Close it; one that was never answered wants a last reply or a reason for none."""
        row = self.row()
        if row is None:
            return
        if self.app.actor.is_staff and _is_unanswered(row):
            self._ask_reason(row)
        else:
            self._close(row, refused=partial(self._close_refused, row))

    def action_reply(self) -> None:
        """Write to the customer."""
        row = self.row()
        if row is not None:
            self.write_to(row.number, DraftKind.REPLY)

    def action_note(self) -> None:
        """Write for the staff."""
        row = self.row()
        if row is not None:
            self.write_to(row.number, DraftKind.NOTE)

    def action_files(self) -> None:
        """Look at the files."""
        from sysmo_tui.screens.ticket_files import FilesScreen

        row = self.row()
        if row is None:
            return
        number = row.number

        def done(has_changed: bool | None) -> None:
            if has_changed:
                self.acted(number)

        self.app.push_screen(FilesScreen(number, is_staff=isinstance(row, TicketRow)), done)

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

    def action_copy_text(self) -> None:
        """Send the latest text to the terminal's clipboard."""
        row = self.row()
        if row is None:
            return
        number = row.number

        def copy(view: TicketView | CustomerTicket) -> None:
            if view.entries:
                self.app.copy_to_clipboard(view.entries[-1].body)
                self.say(_("The last text of #{number} was sent to the clipboard.", number=number))

        self.read(reading.show, number, newest=1).then(copy, group="copy")

    def more_commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """What has no key of its own, for the palette."""
        row = self.row()
        if isinstance(row, TicketRow):
            yield _("Take back my last reply"), "", partial(self.take_back, row.number)
        if isinstance(row, TicketRow) and row.category is not Category.CLOSED:
            yield _("Mark it as spam"), "", partial(self._spam, row)

    def write_to(self, number: int, kind: DraftKind, *, closes: bool = False) -> None:
        """Open the writing screen for a ticket."""
        from sysmo_tui.screens.compose import ComposeScreen

        screen = ComposeScreen(number, kind, closes=closes)

        def written(is_sent: bool | None) -> None:
            show = partial(self.acted, number) if is_sent else partial(self.desk_changed, EVERYTHING)
            if screen.has_answered:
                self.count_down(number)
            # The draft is kept or forgotten first, and seen so.
            self.app.once_kept(show)

        self.app.push_screen(screen, written)

    def choose(
        self,
        title: str,
        offered: Callable[[Choices], Sequence[Item]],
        chosen: Callable[[Item], object],
        *,
        current: Callable[[Choices], str] = lambda known: "",
    ) -> None:
        """Let one of the desk's choices be picked, starting on the ``current`` one, then do ``chosen``."""

        def show(known: Choices) -> None:
            self._pick(title, offered(known), chosen, current(known))

        self._with_choices(show)

    def _pick(
        self, title: str, listed: Sequence[Item], chosen: Callable[[Item], object], current: str
    ) -> None:
        def picked(value: str | None) -> None:
            for item in listed:
                if item.value == value:
                    chosen(item)

        self.app.push_screen(Picker(title, listed, current=current), picked)

    def _with_choices(self, show: Callable[[Choices], None]) -> None:
        """Read what the desk has to choose from, and ``show`` it."""
        from sysmo_tui.services import choices

        self.read(choices.read).then(show, group="choices")

    def _choose_value(
        self,
        row: Row,
        field: TicketField,
        title: str,
        offered: Callable[[Choices], Sequence[Choice]],
        name: str,
    ) -> None:
        """Let a field's value be picked, starting on the one called ``name``.

        It replaces that one only: what somebody else chose meanwhile stays.
        """
        number = row.number

        def chosen(current: str, item: Item) -> None:
            told = _("Changed #{number}.", number=number)
            if field is TicketField.TOPIC:
                told = _("Moved #{number} to {topic}.", number=number, topic=item.label)
            refused = partial(self._close_refused, row) if field is TicketField.STATUS else None
            # An archived value is not among those that can be chosen, and is not known by its name.
            seen = {field: current} if current else {}
            self._act(number, told, editing.edit, {field: item.value}, seen=seen, refused=refused)

        def show(known: Choices) -> None:
            listed = offered(known)
            current = next((each.value for each in listed if each.name == name), "")
            self._pick(title, items(listed), partial(chosen, current), current)

        self._with_choices(show)

    def _act(
        self,
        number: int,
        told: str,
        use_case: Callable[..., Changed],
        *args: Any,
        refused: Callable[[DeskError], object] | None = None,
        **kwargs: Any,
    ) -> None:
        """Do something to a ticket and tell it; what is refused shows what the ticket is instead."""

        def show(changed: Changed) -> None:
            self.done(told if changed.is_changed else _(NOTHING_TO_CHANGE, number=number))
            self.acted(number)

        self.write(use_case, number, *args, **kwargs).then(show, refused=refused or self._refused)

    def _refused(self, error: DeskError) -> None:
        self.refuse(error)
        self.desk_changed(EVERYTHING)

    def _close(
        self,
        row: Row,
        reason: CloseReason | None = None,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        told = _("Closed #{number}. X opens it again.", number=row.number)
        self._ended = row.number, told
        self._act(row.number, told, closing.close, reason=reason, refused=refused)

    def _spam(self, row: Row) -> None:
        told = _("#{number} is spam. X takes it back.", number=row.number)
        self._ended = row.number, told
        self._act(row.number, told, closing.spam)

    def _just_closed(self) -> int | None:
        """The ticket that can be opened again from here, while the status line says so."""
        if self._ended is None:
            return None
        number, told = self._ended
        return number if any(line.told == told for line in self.query(StatusLine)) else None

    def _close_refused(self, row: Row, error: DeskError) -> None:
        """Closing what was never answered asks for a reason; anything else is told as it is."""
        is_about_answer = isinstance(error, Invalid) and error.field in ("reason", "status")
        if self.app.actor.is_staff and is_about_answer and _is_unanswered(row):
            self._ask_reason(row)
        else:
            self._refused(error)

    def _ask_reason(self, row: Row) -> None:
        offered = [Item("reply", _("with a last reply"), _("the customer is told"))]
        offered += [Item(reason.value, _(REASONS[reason])) for reason in NO_ANSWER]
        offered.append(Item("spam", _("spam"), _("no mail, out of all figures")))

        def picked(value: str | None) -> None:
            if value == "reply":
                self.write_to(row.number, DraftKind.REPLY, closes=True)
            elif value == "spam":
                self._spam(row)
            elif value is not None:
                self._close(row, CloseReason(value))

        title = _("Close #{number}: how was it answered?", number=row.number)
        self.app.push_screen(Picker(title, offered), picked)


def items(known: Sequence[Choice]) -> list[Item]:
    """Choices as a list to pick from; priorities with the marks that lists show."""
    return [
        Item(choice.value, _(choice.name), choice.note or priority_marks(choice.level)) for choice in known
    ]


def people_items(known: Sequence[Choice]) -> list[Item]:
    """Colleagues, oneself first."""
    return [Item("me", _("me")), *items(known)]


def _has_it(row: Row) -> int | None:
    """Who has a ticket, as it is shown: an account's id, NOBODY, or None where that is not shown."""
    if not isinstance(row, TicketRow):
        return None
    return row.assignee.account_id if row.assignee is not None else tickets.NOBODY


def _is_unanswered(row: Row) -> bool:
    return isinstance(row, TicketRow) and row.first_response_at is None
