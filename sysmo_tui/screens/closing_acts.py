"""The end of a ticket's life by keys, its return, and what its customer thought of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Generic

from textual.screen import ScreenResultType

from sysmo_tui.domain.closed_sets import NO_ANSWER, RATINGS, REASONS
from sysmo_tui.domain.enums import Category, CloseReason
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.views import TicketRow
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.screens.performing import Act, Performing, named
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.ticket_text import Row


class ClosingActs(Performing[ScreenResultType], Generic[ScreenResultType]):
    """A screen from which tickets are closed, opened again and rated."""

    _ended: tuple[int, str] | None = None
    """What was closed here last, and how it was told."""

    def write_last_reply(self, number: int) -> None:
        """Open the writing screen for the reply that closes a ticket."""
        raise NotImplementedError

    def action_close_ticket(self) -> None:
        """Close it; what was never answered wants a last reply or a reason for none."""
        rows = self.rows()
        if self.app.actor.is_staff and any(is_unanswered(row) for row in rows):
            self._ask_reason(rows)
        elif rows:
            self._close(rows)

    def action_reopen(self) -> None:
        """Put it back in progress; over one that is open, what was just closed, while that is told."""
        from sysmo_tui.services import closing

        numbers = self.targets()
        just_closed = self._just_closed()
        if just_closed is not None and not any(row.category is Category.CLOSED for row in self.rows()):
            numbers = (just_closed,)
        self._ended = None
        self.perform(
            numbers,
            Act(
                closing.reopen,
                lambda number: _("Reopened #{number}.", number=number),
                lambda count: ngettext("Reopened {count} ticket.", "Reopened {count} tickets.", count),
            ),
        )

    def action_rate(self) -> None:
        """Say how satisfied one is with what was closed."""
        from sysmo_tui.services import ratings

        row = self.row()
        if row is None:
            return
        number = row.number

        def rated(value: str | None) -> None:
            if value is not None:
                self.perform((number,), _rating(int(value)))

        def offer(given: int | None) -> None:
            offered = [Item(str(each), _(words), str(each), str(each)) for each, words in RATINGS.items()]
            title = _("How satisfied are you with #{number}?", number=number)
            self.app.push_screen(Picker(title, offered, current=str(given or "")), rated)

        self.read(ratings.given, number).then(offer, group="choices")

    def mark_as_spam(self) -> None:
        """Close it as spam."""
        self._spam(self.targets())

    def just_closed_is_told(self) -> bool:
        """Whether something was closed here that can be opened again, and the status line says so."""
        return self._just_closed() is not None

    def _just_closed(self) -> int | None:
        if self._ended is None:
            return None
        number, told = self._ended
        return number if any(line.told == told for line in self.query(StatusLine)) else None

    def _close(self, rows: Sequence[Row], unanswered: CloseReason | None = None) -> None:
        from sysmo_tui.services import closing

        numbers = tuple(row.number for row in rows)
        act = Act(
            closing.close,
            _closed if self.app.actor.is_staff else self._closed_by_customer,
            lambda count: ngettext("Closed {count} ticket.", "Closed {count} tickets.", count),
            kwargs={"unanswered": unanswered} if unanswered is not None else {},
            ends=True,
        )
        self._remember_end(numbers, act)
        self.perform(numbers, act, refused=partial(self.close_refused, rows))

    def _closed_by_customer(self, number: int) -> str:
        return _(
            "Closed #{number}. {key} opens it again.", number=number, key=self.app.key_for("ticket.reopen")
        )

    def _spam(self, numbers: tuple[int, ...]) -> None:
        from sysmo_tui.services import closing

        act = Act(
            closing.spam,
            lambda number: _("#{number} is spam.", number=number),
            lambda count: ngettext("{count} ticket is spam.", "{count} tickets are spam.", count),
            ends=True,
        )
        self._remember_end(numbers, act)
        self.perform(numbers, act)

    def _remember_end(self, numbers: tuple[int, ...], act: Act) -> None:
        self._ended = (numbers[0], act.tell(numbers[0])) if len(numbers) == 1 else None

    def close_refused(self, rows: Sequence[Row], error: DeskError) -> None:
        """Closing what was never answered asks for a reason; anything else is told as it is."""
        is_about_answer = isinstance(error, Invalid) and error.field in ("reason", "status")
        if self.app.actor.is_staff and is_about_answer and any(is_unanswered(row) for row in rows):
            self._ask_reason(rows)
        else:
            self.act_refused(error)

    def _ask_reason(self, rows: Sequence[Row]) -> None:
        is_one = len(rows) == 1
        offered = [Item("reply", _("with a last reply"), _("the customer is told"))] if is_one else []
        offered += [Item(reason.value, _(REASONS[reason])) for reason in NO_ANSWER]
        offered.append(Item("spam", _("spam"), _("no mail, out of all figures")))

        def picked(value: str | None) -> None:
            if value == "reply":
                self.write_last_reply(rows[0].number)
            elif value == "spam":
                self._spam(tuple(row.number for row in rows))
            elif value is not None:
                self._close(rows, CloseReason(value))

        title = _("Close #{number}: how was it answered?", number=rows[0].number)
        if not is_one:
            count = sum(is_unanswered(row) for row in rows)
            title = ngettext(
                "Close {tickets}: {count} was never answered",
                "Close {tickets}: {count} were never answered",
                count,
                tickets=named([row.number for row in rows]),
            )
        self.app.push_screen(Picker(title, numbered(offered)), picked)


def is_unanswered(row: Row) -> bool:
    """Whether staff see a ticket that was never answered."""
    return isinstance(row, TicketRow) and row.first_response_at is None


def _closed(number: int) -> str:
    return _("Closed #{number}.", number=number)


def _rating(value: int) -> Act:
    from sysmo_tui.services import ratings

    return Act(
        ratings.rate,
        lambda number: _("Thank you: #{number} is rated {rating}.", number=number, rating=value),
        lambda count: ngettext(
            "Thank you: {count} ticket is rated.", "Thank you: {count} tickets are rated.", count
        ),
        args=(value,),
    )
