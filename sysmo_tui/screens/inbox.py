"""The lists of tickets: what waits for whom, most urgent first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import DataTable, Static
from textual.worker import Worker

from sysmo_tui import keys
from sysmo_tui.desk import Work
from sysmo_tui.domain.changes import EVERYTHING, Changes
from sysmo_tui.domain.closed_sets import SORTS
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import TicketRow
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.colleagues import Colleagues
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.desk_app import MailWay
from sysmo_tui.screens.inbox_words import (
    BY_MATCH,
    MailNow,
    begun_words,
    emptiness,
    legend,
    mail_words,
    waiting_words,
)
from sysmo_tui.screens.marking import Marking
from sysmo_tui.screens.saving import Saving
from sysmo_tui.screens.scrolling import RowMoving
from sysmo_tui.services import inboxes
from sysmo_tui.services.inboxes import Listing, News
from sysmo_tui.services.thread_pages import Page
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.empty_words import EmptyWords
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.inbox_tabs import PHONE, InboxTabs
from sysmo_tui.widgets.preview import Preview
from sysmo_tui.widgets.search_input import Completions, SearchInput
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.steady import Steady
from sysmo_tui.widgets.ticket_table import TicketTable
from sysmo_tui.widgets.ticket_text import Row

PAGE = 50
MOST_AT_ONCE = 200
"""Rows that are read again in one go, when someone has paged far down."""
AGEING_SECONDS = 60.0
"""How often all is read again though nothing happens on the desk: ages grow, mail is stuck, rights change."""
NEXT = (
    *("screens.ticket", "screens.preparing", "screens.compose", "screens.palette", "screens.filters"),
    *("services.closing", "services.editing", "services.tickets", "services.search_values"),
)
"""What the next keys ask for, beyond what the first rows needed."""
LOADS_AFTER = 0.1
"""Seconds after the first rows in which what stands around them comes, too."""
FOR_PREVIEW = 100
"""Cells that the terminal must be wide for a preview beside the list."""
PREVIEW_SECONDS = 0.12
PREVIEW_ENTRIES = 4


def _mail_now(work: Work, way: MailWay) -> MailNow:
    from sysmo_tui.services import outbox, quarantine

    return MailNow(outbox.is_stuck(work), way(work), quarantine.count(work))


def _load_next() -> None:
    for module in NEXT:
        import_module(f"sysmo_tui.{module}")


class InboxScreen(Marking[None], Saving[None], Colleagues[None], RowMoving):
    """Tabs, a search, the table, and beside it what the ticket under the cursor is about."""

    CSS_PATH = "inbox.tcss"
    CONTEXT = Context.INBOX
    HINTS = (
        "inbox.open",
        "ticket.take",
        "ticket.assign",
        "ticket.reply",
        "ticket.note",
        "ticket.close",
        "ticket.reopen",
        "ticket.rate",
        "inbox.find",
        "inbox.new",
        "ticket.undo",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.INBOX, Context.EVERYWHERE)
    AUTO_FOCUS = "TicketTable"
    FOLLOWS_BY = ("page", "acted", "news", "counts", "presence")

    def __init__(self) -> None:
        super().__init__()
        self._mail = MailNow()
        self._has_begun = False
        self._next: str | None = None
        self._new = 0
        self._total: int | None = None
        self._has_preview = bool(self.app.preferred("preview"))

    def compose(self) -> ComposeResult:
        """The lines from top to bottom."""
        is_demo = self.app.arrival is not None and self.app.arrival.is_demo
        yield InboxTabs(self._tabs, clean_line(self.app.actor.name), is_demo=is_demo)
        yield Banner()
        completions = Completions()
        with Horizontal(id="search"):
            yield Static(Content("/"), id="slash")
            yield SearchInput(completions, placeholder=_("search"))
            yield Steady(id="shown")
        yield completions
        yield Steady(id="problems")
        with Horizontal(id="body"):
            table = TicketTable(for_customers=not self.is_staff)
            table.zone = self.app.zone
            yield table
            preview = Preview()
            preview.allow(self._may_preview)
            yield preview
        yield EmptyWords()
        if self.app.arrival is not None and not self.app.preferred("toured"):
            from sysmo_tui.widgets.tour import Tour

            yield Tour(self.app.keymap, for_staff=self.app.actor.is_staff)
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Ask for the list that fits the person; the frame is there before."""
        self.set_interval(AGEING_SECONDS, partial(self.note, EVERYTHING))
        self.begin()

    def on_screen_resume(self) -> None:
        """Look again at the mail that waits: it may have been decided about on the screen that was left."""
        if self.is_mounted and self.app.arrival is not None:
            self._look_at_mail()
            self.count()

    def begun(self, is_so: bool) -> None:
        """Say that a new ticket is a draft, and by which key it goes on."""
        if is_so is not self._has_begun:
            self._has_begun = is_so
            self.settle(self.resting())

    def row(self) -> Row | None:
        """The ticket under the cursor."""
        return self.table.current if self.is_mounted else None

    def desk_changed(self, changes: Changes) -> None:
        """Renew in place what changed of what is shown, and tell of what is new without moving a line."""
        self.follow_colleagues(changes)
        if not changes.has_tickets:
            return
        self.count()
        shown = [row.number for row in self.table.tickets]
        changed = [number for number in shown if changes.touches(number)]
        self.read(
            inboxes.news,
            self.tab.inbox,
            shown,
            changed=changed,
            query=self._query,
            sort=self._sort,
            is_typing=True,
        ).then(partial(self.renew, is_all=changes.is_all), group="news")
        if changes.is_all:
            self._look_at_mail()

    def load(self, *, at: int | None = None, after: float = 0.0, is_other: bool = False) -> None:
        """Read the list from its beginning, as far as it was shown."""
        for group in ("more", "news", "acted"):
            self.workers.cancel_group(self, group)
        row = self.row()
        number = at if at is not None else row.number if row and not is_other else None
        limit = PAGE if is_other else min(max(len(self.table.tickets), PAGE), MOST_AT_ONCE)
        self.asked(limit).then(
            lambda listing: self._show(listing, number, is_other), group="page", after=after
        )

    def is_coming(self) -> bool:
        """Whether another list is on its way, on which the next key acts."""
        return self.was_just_asked("page") and self.focused is self.table

    def _look_at_mail(self) -> None:
        if self.is_staff:
            self.read(_mail_now, self.app.mail_way).then(self._say_mail, group="mail")

    def _say_mail(self, now: MailNow) -> None:
        if now != self._mail:
            self._mail = now
            self.settle(self.resting())

    def _show(self, listing: Listing, number: int | None, is_other: bool) -> None:
        page = listing.page
        self._next, self._total, self._sorted, self._new = page.next, page.total, listing.sort, 0
        self.table.show(page.items, listing.sort, self.app.now(), at=number, from_top=is_other)
        self.say_problems(listing)
        self._say_emptiness()
        self._say_shown()
        self.settle(self.resting())
        self.refresh_bindings()
        self._preview_soon()
        # The rows do not wait for what stands around them, nor for what the next act may ask.
        self.call_after_refresh(self._look_around)

    def _look_around(self) -> None:
        self.count()
        self.look_who_is_there()
        self._look_at_mail()
        if self.app.known_choices is None:
            self.read_choices()
            _begun: Worker[None] = self.run_worker(self._prepare, group="next")
        elif self.app.prepared is not None:
            self.app.prepared.begin()

    async def _prepare(self) -> None:
        await asyncio.sleep(LOADS_AFTER)
        await asyncio.to_thread(_load_next)
        from sysmo_tui.screens.preparing import Preparing

        self.app.prepared = self.app.prepared or Preparing(self.app)
        self.app.prepared.begin()

    def renew(self, news: News, *, is_all: bool = False) -> None:
        """Show what became of tickets, each in its line."""
        if not self.table.tickets and news.new:
            self.load()
            return
        is_other = self.table.renew(news, self.app.now(), is_all=is_all) or self._new != news.new
        self._new = news.new
        if is_other or is_all:
            # Nobody learns from the time that something happened which they see nothing of.
            self.settle(self.resting())
        row = self.row()
        is_seen = is_other or is_all or isinstance(row, TicketRow)
        if row is None or (row.number in news.changed and is_seen):
            self.refresh_bindings()
            self._preview_soon()

    def drop(self, numbers: Collection[int]) -> None:
        """Take lines away whose tickets do not belong to the list any more."""
        dropped = self.table.drop(numbers)
        self._total = None if self._total is None else self._total - dropped
        self._say_emptiness()
        self._say_shown()
        self.settle(self.resting())
        self.refresh_bindings()
        self._preview_soon()

    def _append(self, listing: Listing) -> None:
        self._next = listing.page.next
        self.table.append(listing.page.items)
        self._say_shown()
        self.look_who_is_there()

    def staffed(self) -> Sequence[int]:
        """All that it shows, but what one asked for oneself."""
        return [row.number for row in self.table.tickets if isinstance(row, TicketRow)]

    def show_present(self) -> None:
        """Mark the tickets that somebody has open, and say who has the one under the cursor."""
        self.table.attend(self.present)
        self.query_one(Preview).attend(self.present)
        self.settle(self.resting())

    def resting(self) -> Content:
        """How many are marked, or the legend."""
        return self.marks_words() or legend(
            f"{self.app.now().astimezone(self.app.zone):%H:%M:%S}",
            refresh=self.app.key_for("app.refresh"),
            new=self._new,
            has_stale=self.table.has_stale,
            present=self.table.present_marks,
            is_staff=self.is_staff,
            mail=[mail_words(self._mail, is_at_desk=each) for each in (not self.app.is_kiosk, False)],
            waiting=waiting_words(self._mail.waiting, self.app.key_for("app.quarantine")),
            begun=begun_words(self.app.key_for("inbox.new")) if self._has_begun else "",
            width=self.size.width - 2,
        )

    def _say_emptiness(self) -> None:
        is_empty = not self.table.tickets
        said = emptiness(
            self.tab.inbox, self._query, self.app.actor, self.app.key_for, is_saved=self.is_as_saved
        )
        self.query_one(EmptyWords).show(said if is_empty else "")
        self.query_one("#body").set_class(is_empty, "-empty")

    def _say_shown(self) -> None:
        shown = len(self.table.tickets)
        total = str(self._total) if self._total is not None else f"{shown}+" if self._next else str(shown)
        parts = [_("{shown} of {total}", shown=shown, total=total)] if shown else []
        if (self._sort is not None or self.is_staff) and self.size.width >= PHONE:
            parts.append(_(SORTS[self._sorted] if self._sorted else BY_MATCH).lower())
        self.query_one("#shown", Steady).tell(Content(" · ".join(parts)))

    def _preview_soon(self) -> None:
        from sysmo_tui.services import reading

        row = self.row()
        preview = self.query_one(Preview)
        if row is None:
            preview.clear()
        elif preview.is_shown:
            self.read(reading.show, row.number, page=Page(PREVIEW_ENTRIES)).then(
                lambda view: preview.show(view, self.app.now(), self.app.zone),
                group="preview",
                after=PREVIEW_SECONDS,
                refused=lambda error: preview.clear(),
            )

    def on_ticket_table_near_end(self, event: TicketTable.NearEnd) -> None:
        """Read the next page before the cursor gets there."""
        event.stop()
        if self._next is not None and not self.is_reading("page", "more"):
            self.asked(PAGE, self._next).then(self._append, group="more")

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Follow the cursor with the preview and with what may be done."""
        event.stop()
        self.refresh_bindings()
        self._preview_soon()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the ticket."""
        event.stop()
        self.action_open()

    def on_resize(self) -> None:
        """Show the preview where there is room for it, and say around the list as much as fits."""
        self._lay_out()
        if any(table.tickets for table in self.query(TicketTable)):
            self._say_shown()
            self.settle(self.resting())

    @property
    def _may_preview(self) -> bool:
        return self._has_preview and self.app.size.width >= FOR_PREVIEW

    def _lay_out(self) -> None:
        # A screen is told its size before it has widgets.
        for preview in self.query(Preview):
            was = preview.is_shown
            preview.allow(self._may_preview)
            if preview.is_shown and not was:
                self._preview_soon()

    def action_open(self) -> None:
        """Open the ticket under the cursor, with the list as the way to the next one."""
        from sysmo_tui.screens.neighbours import Neighbours

        row = self.row()
        if row is not None:
            neighbours = Neighbours([(each.number, each.is_unread) for each in self.table.tickets])
            self.app.push_screen(self.app.ticket_screen(row.number, neighbours), self._returned)

    def _returned(self, number: int | None) -> None:
        self.load(at=number)

    def action_preview(self) -> None:
        """Show or hide the preview; where there is no room for it, what is preferred stays as it is."""
        if self.app.size.width < FOR_PREVIEW:
            self.unchanged(_("The preview needs 100 columns."))
            return
        self._has_preview = not self._has_preview
        self.app.prefer("preview", self._has_preview)
        self._lay_out()

    def action_next_unread(self) -> None:
        """Put the cursor on the next unread ticket; from the search, go back to the list."""
        if self.focused is not self.table:
            self.table.focus()
            return
        rows = self.table.tickets
        later = [*range(self.table.cursor_row + 1, len(rows)), *range(self.table.cursor_row)]
        unread = next((place for place in later if rows[place].is_unread), None)
        if unread is None:
            self.unchanged(_("Nothing else here is unread."))
        else:
            self.table.move_cursor(row=unread)

    def action_new_ticket(self) -> None:
        """Write a new ticket."""
        from sysmo_tui.screens.new_ticket import NewTicketScreen

        def filed(number: int | None) -> None:
            if number is not None:
                self.done(_("Filed #{number}.", number=number), can_undo=True)
                self.load(at=number)

        self.app.push_screen(NewTicketScreen(), filed)

    def action_reload(self) -> None:
        """Read the list again, and let its lines move."""
        self.load()

    def action_back(self) -> None:
        """Take the marks away, put the search back, go back to the list, and only then offer to leave."""
        if self.unmark():
            self.table.focus()
        elif self.search.value.strip() != self.tab_query:
            self.put_search_back()
        elif self.focused is not self.table:
            self.table.focus()
        elif self.query("Tour"):
            self.hide_tour()
        else:
            self.app.push_screen(Confirm(_("Leave Sysmo Tickets?"), yes=_("Leave")), self._leave)

    def on_tour_seen(self) -> None:
        """Welcome nobody twice."""
        self.hide_tour()

    def hide_tour(self) -> None:
        """Take the welcome away, for good."""
        self.query("Tour").remove()
        self.app.prefer("toured", True)

    def _leave(self, is_sure: bool | None) -> None:
        if is_sure:
            self.app.exit(0)

    def more_commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """What has no key of its own, and the lists by name, for the palette."""
        yield from super().more_commands()
        yield from self.list_commands()
