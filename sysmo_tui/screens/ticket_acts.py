"""What can be done to the ticket under the cursor or to marked ones, in a list and inside a ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic

from textual.screen import ScreenResultType

from sysmo_tui import keys
from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.enums import Category, DraftKind
from sysmo_tui.domain.text import clean_line, fit
from sysmo_tui.domain.views import Changed, CustomerTicket, TicketRow, TicketView
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.screens.choosing import people_items
from sysmo_tui.screens.field_acts import FieldActs
from sysmo_tui.screens.performing import Act, Performing
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.ticket_text import Row

if TYPE_CHECKING:
    from sysmo_tui.services.kept_mail import MailRecord

WORDS_SHOWN = 32
"""Cells of a mail's first words where one of several is chosen."""

STAFF_ACTS = frozenset(key.action for key in keys.KEYS if key.for_staff)
ON_SEVERAL = frozenset(
    {
        *("reply", "note", "take", "release", "assign", "close_ticket", "reopen"),
        *("status", "priority", "topic", "type", "tag", "follow_up", "snooze", "wake", "watch", "repeat"),
    }
)
"""What acts on all that is marked."""
ON_A_TICKET = ON_SEVERAL | {
    *("open", "rate", "edit", "files", "history", "links", "customer", "events", "whole_mail"),
    *("copy_number", "copy_text"),
}
"""What needs a ticket; all but :data:`ON_SEVERAL` acts on the one under the cursor."""

_OF_OPEN = frozenset({"close_ticket", "take", "release", "assign", "snooze"})
"""What is done to tickets that are not closed."""


class TicketActs(FieldActs[ScreenResultType], Generic[ScreenResultType]):
    """A screen on which tickets are worked on by keys."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what the person or the ticket does not allow; of several, what none of them allows."""
        if self.app.arrival is None:
            return action not in STAFF_ACTS | ON_A_TICKET
        if action == "undo":
            return self.app.actor.is_staff
        if action == "reopen" and self.just_closed_is_told():
            return True
        if action == "repeat" and self.app.last_act is None:
            return False
        row = self.row()
        rows = self.rows() if action in ON_SEVERAL else (row,) if row is not None else ()
        if action in STAFF_ACTS and not self._works_on(rows, action):
            return False
        if action in ON_A_TICKET and not rows:
            return False
        return not rows or any(self._hindrance(action, each) is None for each in rows)

    def why_not(self, action: str) -> str:
        """Why an action does nothing to the tickets that keys act on; empty where that is not told."""
        rows = self.rows() if action in ON_SEVERAL else ()
        row = rows[0] if rows else None
        if not isinstance(row, TicketRow):
            return ""
        if action == "repeat":
            return _("You did nothing yet that could be done again.")
        if len(rows) > 1:
            return _("This fits none of the marked tickets.")
        return self._hindrance(action, row) or ""

    def _works_on(self, rows: Sequence[Row], action: str) -> bool:
        if not self.app.actor.is_staff:
            return False
        return action not in ON_A_TICKET or not rows or any(isinstance(each, TicketRow) for each in rows)

    def _hindrance(self, action: str, row: Row) -> str | None:
        """Why an action does nothing to a ticket, empty where that is not told; None where it fits."""
        number, key = row.number, self.app.key_for
        is_closed = row.category is Category.CLOSED
        if action == "reopen":
            return None if is_closed else _("#{number} is not closed.", number=number)
        if action == "rate":
            return None if is_closed and self._asked_for(row) else ""
        if action in _OF_OPEN and is_closed:
            return _("#{number} is closed: {key} opens it again.", number=number, key=key("ticket.reopen"))
        if not isinstance(row, TicketRow):
            return "" if action == "wake" else None
        if action == "take" and row.assignee is not None:
            if row.assignee.account_id == self.app.actor.account_id:
                return _("You have #{number} already.", number=number)
            who, assigning = row.assignee.name, key("ticket.assign")
            return _("{who} has #{number}: {key} assigns it.", who=who, number=number, key=assigning)
        if action == "release" and row.assignee is None:
            return _("Nobody has #{number}.", number=number)
        if action == "wake" and row.follow_up_at is None:
            return _("#{number} is not put off.", number=number)
        return None

    def _asked_for(self, row: Row) -> bool:
        return not isinstance(row, TicketRow) or row.requester.account_id == self.app.actor.account_id

    def action_take(self) -> None:
        """Make it mine."""
        from sysmo_tui.services import tickets

        self.perform(self.targets(), _having(tickets.take))

    def action_release(self) -> None:
        """Make it nobody's."""
        from sysmo_tui.services import tickets

        act = Act(
            tickets.release,
            lambda number: _("#{number} is nobody's now.", number=number),
            lambda count: ngettext(
                "{count} ticket is nobody's now.", "{count} tickets are nobody's now.", count
            ),
        )
        self.perform(self.targets(), act, seen=self._seen_to_have())

    def action_assign(self) -> None:
        """Give it to a colleague."""
        rows, seen = self.rows(), self._seen_to_have()
        if not rows:
            return
        has_it = rows[0].assignee if isinstance(rows[0], TicketRow) and len(rows) == 1 else None
        is_mine = has_it is not None and has_it.account_id == self.app.actor.account_id

        def chosen(item: Item) -> None:
            self.perform(tuple(row.number for row in rows), _assigning(item), seen=seen)

        self.choose(
            _("Assign {what} to", what=self.subject()),
            lambda known: people_items(known.staff, self.app.actor, {row.topic for row in rows}),
            chosen,
            current=lambda known: "me" if is_mine else has_it.email if has_it is not None else "",
        )

    def _seen_to_have(self) -> dict[str, Any]:
        """Who has the ticket, as it is shown: an account's id, NOBODY, or None where that is not shown."""
        from sysmo_tui.services.tickets import NOBODY

        rows = self.rows()
        row = rows[0] if len(rows) == 1 else None
        if not isinstance(row, TicketRow):
            return {}
        return {"seen": row.assignee.account_id if row.assignee is not None else NOBODY}

    def action_reply(self) -> None:
        """Write to the customer."""
        self._write(DraftKind.REPLY)

    def action_note(self) -> None:
        """Write for the staff."""
        self._write(DraftKind.NOTE)

    def _write(self, kind: DraftKind) -> None:
        rows = self.rows()
        if len(rows) == 1:
            self.write_to(rows[0].number, kind)
        elif rows:
            self._write_to_all(rows, kind)

    def _write_to_all(self, rows: Sequence[Row], kind: DraftKind) -> None:
        from sysmo_tui.screens.writing_to_many import WritingToMany

        def written(act: Act | None) -> None:
            if act is not None:
                # Nothing is sent again by one key: it is written again.
                again = partial(_write_again, kind)
                self.perform([row.number for row in rows], act, again=again)

        self.app.push_screen(WritingToMany(rows, kind), written)

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

    def action_links(self) -> None:
        """List its links and where they lead."""
        from sysmo_tui.screens.links import LinksScreen

        row = self.row()
        if row is not None:
            self.app.push_screen(LinksScreen(row.number))

    def action_whole_mail(self) -> None:
        """Show a mail that it came by whole; where there are several, ask which."""
        from sysmo_tui.services import kept_mail

        row = self.row()
        if row is not None:
            self.read(kept_mail.of_ticket, row.number).then(self._offer_mails, group="mails")

    def _offer_mails(self, records: Sequence[MailRecord]) -> None:
        from sysmo_tui.widgets.mail_words import outcome_words

        if not records:
            self.unchanged(_("Nothing in this ticket came by mail."))
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

    def action_copy_number(self) -> None:
        """Send the number to the terminal's clipboard."""
        row = self.row()
        if row is not None:
            self.app.copy_to_clipboard(f"#{row.number}")
            self.done(_("#{number} was sent to the clipboard.", number=row.number))

    def action_copy_text(self) -> None:
        """Send the latest text to the terminal's clipboard."""
        from sysmo_tui.services import reading
        from sysmo_tui.services.thread_pages import Page

        row = self.row()
        if row is None:
            return
        number = row.number

        def copy(view: TicketView | CustomerTicket) -> None:
            if view.entries:
                self.app.copy_to_clipboard(view.entries[-1].body)
                self.done(_("The last text of #{number} was sent to the clipboard.", number=number))

        self.read(reading.show, number, page=Page(1)).then(copy, group="copy")

    def more_commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """What has no key of its own, for the palette."""
        row = self.row()
        if isinstance(row, TicketRow):
            yield _("Take back my last reply"), "", partial(self.take_back, row.number)
        if isinstance(row, TicketRow) and row.category is not Category.CLOSED:
            yield _("Mark it as spam"), "", self.mark_as_spam

    def write_to(self, number: int, kind: DraftKind, *, closes: bool = False) -> None:
        """Open the writing screen for a ticket."""
        from sysmo_tui.screens.compose import ComposeScreen

        screen = ComposeScreen(number, kind, closes=closes)

        def written(is_sent: bool | None) -> None:
            show = partial(self.desk_changed, EVERYTHING)
            if is_sent:
                self.app.last_act = partial(_write_again, kind)
                goes_on = screen.has_answered and self.goes_on
                if goes_on:
                    self.going_on(number)
                show = partial(self.gone_on if goes_on and screen.has_closed else self.acted, number)
            if screen.has_answered:
                self.count_down(number)
            # The draft is kept or forgotten first, and seen so.
            self.app.once_kept(show)

        self.app.push_screen(screen, written)

    def write_last_reply(self, number: int) -> None:
        """Open the writing screen for the reply that closes a ticket."""
        self.write_to(number, DraftKind.REPLY, closes=True)


def _having(use_case: Callable[..., Changed], *args: str) -> Act:
    return Act(
        use_case,
        lambda number: _("You have #{number} now.", number=number),
        lambda count: ngettext(
            "You have {count} ticket more now.", "You have {count} tickets more now.", count
        ),
        args,
    )


def _assigning(to: Item) -> Act:
    from sysmo_tui.services import tickets

    if to.value == "me":
        return _having(tickets.assign, to.value)
    who = clean_line(to.label)
    return Act(
        tickets.assign,
        lambda number: _("Assigned #{number} to {who}.", number=number, who=who),
        lambda count: ngettext(
            "Assigned {count} ticket to {who}.", "Assigned {count} tickets to {who}.", count, who=who
        ),
        (to.value,),
    )


def _write_again(kind: DraftKind, screen: Performing[Any]) -> None:
    assert isinstance(screen, TicketActs)
    screen.action_note() if kind is DraftKind.NOTE else screen.action_reply()
