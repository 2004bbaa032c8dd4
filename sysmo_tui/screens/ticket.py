"""One ticket: its facts, its thread, and what can be done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content

from sysmo_tui import keys
from sysmo_tui.domain.changes import Changes
from sysmo_tui.domain.errors import DeskError, NotFound
from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.choosing import items
from sysmo_tui.screens.colleagues import Colleagues
from sysmo_tui.screens.desk_app import Attended
from sysmo_tui.screens.neighbours import Neighbours
from sysmo_tui.screens.ticket_reading import TicketReading
from sysmo_tui.services import filing, reading
from sysmo_tui.services.bulk import BulkResult
from sysmo_tui.services.thread_pages import Page, after
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.facts_panel import FactsPanel
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.steady import Steady
from sysmo_tui.widgets.thread import Thread
from sysmo_tui.widgets.thread_ends import Beyond, Earlier
from sysmo_tui.widgets.ticket_text import Row, facts_line
from sysmo_tui.widgets.title_bar import TitleBar

FRAME_SECONDS = 0.06
"""How long an empty frame is held back: mostly the ticket comes sooner, and is painted with it at once."""


class TicketScreen(TicketReading, Colleagues[int]):
    """A ticket, and from it the next; leaving gives back the number that was open last."""

    CSS_PATH = "ticket.tcss"
    CONTEXT = Context.TICKET
    HINTS = (
        "ticket.reply",
        "ticket.note",
        "ticket.take",
        "ticket.assign",
        "ticket.close",
        "ticket.reopen",
        "ticket.rate",
        "ticket.files",
        "ticket.next",
        "ticket.undo",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.TICKET, Context.EVERYWHERE)
    AUTO_FOCUS = "Thread"
    FOLLOWS_BY = ("read", "presence")

    def __init__(self, number: int = 0, neighbours: Neighbours | None = None) -> None:
        """Without a ``number`` it is made before it is known what it shows."""
        super().__init__()
        self.is_prepared = not number
        self._number = number
        self._neighbours = neighbours or Neighbours(())
        self._view: TicketView | CustomerTicket | None = None
        self._is_framed = False
        self._show_first: Callable[[], object] | None = None
        self._has_come = asyncio.Event()

    def compose(self) -> ComposeResult:
        """The lines from top to bottom, while the ticket is read."""
        if not self.is_prepared:
            self._load()
        yield TitleBar(f"‹ #{self._number}")
        yield Banner()
        yield Steady(id="facts")
        yield Steady(id="undelivered")
        with Horizontal(id="body"):
            yield Thread(self.app.key_for, has_events=self.wants_events())
            yield FactsPanel()
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Have a place for all that is to come, where it comes later."""
        if self.is_prepared:
            self.call_later(self.lay_out)

    def turn_to(self, number: int, neighbours: Neighbours | None) -> None:
        """Read the ticket, on a screen that was made before it was asked for."""
        self.is_prepared, self._number = False, number
        self._neighbours = neighbours or self._neighbours
        self.query_one(TitleBar).entitle(f"‹ #{number}")
        self.thread.set_class(not self.wants_events(), "-without-events")
        self._load()

    async def on_event(self, event: events.Event) -> None:
        """Before it is shown, wait a moment for the ticket; where it takes longer, show the frame alone."""
        if isinstance(event, events.ScreenResume) and not self._is_framed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._has_come.wait(), FRAME_SECONDS)
            self._is_framed = True
            if self._show_first is not None:
                self._show_first()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to go on to another ticket where there are others."""
        if action in ("neighbour", "next_unread") and not self._neighbours.has_others:
            return False
        return super().check_action(action, parameters)

    @property
    def number(self) -> int:
        """The ticket that is open."""
        return self._number

    def row(self) -> Row | None:
        """The ticket's facts, once they are read."""
        return self._view.row if self._view else None

    def acted(self, number: int) -> None:
        """Show what the ticket is now; when one may see it no more, go back to the list."""
        self._renew(self._refuse_or_leave)

    def acted_on_all(self, result: BulkResult) -> None:
        """One ticket is all there is here."""
        self.acted(self._number)

    def gone_on(self, number: int) -> None:
        """Go to the next ticket of the list; where this is the last, show what it is now."""
        following = self._neighbours.beside(number, 1)
        if following is None:
            self.acted(number)
        else:
            self.open_other(following)

    def desk_changed(self, changes: Changes) -> None:
        """Show what is new in this ticket, without moving what is read."""
        if self._view is not None and changes.touches(self._number):
            self._renew()
        self.follow_colleagues(changes)

    def attends(self) -> Attended | None:
        """The ticket, once it is there to be read."""
        return Attended(self._number) if isinstance(self._view, TicketView) else None

    def staffed(self) -> Sequence[int]:
        """The ticket, for its staff."""
        return (self._number,) if isinstance(self._view, TicketView) else ()

    def show_present(self) -> None:
        """Say in the title who is there, and beside the thread who all are."""
        self._identify()
        if self._view is not None:
            self._show_panel(self._view)

    def is_coming(self) -> bool:
        """Whether the ticket is on its way on which the next key acts."""
        return self._view is None and self.was_just_asked("read")

    def _load(self) -> None:
        self._view = None
        self.read(reading.show, self._number, with_history=True).then(
            lambda view: self._once_framed(partial(self._show, view)),
            refused=lambda error: self._once_framed(partial(self._not_shown, error)),
        )

    def _once_framed(self, show: Callable[[], object]) -> None:
        """Show what came of reading, once there are the lines to show it in."""
        if self._is_framed:
            show()
        else:
            self._show_first = show
            self._has_come.set()

    def _renew(self, refused: Callable[[DeskError], object] | None = None) -> None:
        self.read(reading.show, self._number, with_history=True).then(self._show_news, refused=refused)

    def _not_shown(self, error: DeskError) -> None:
        """Where there is no such ticket, nor another to go to, say so on the screen that one came from."""
        below = self.app.screen_stack[-2]
        is_dead_end = isinstance(error, NotFound) and not self._neighbours.has_others and self.is_current
        if is_dead_end and isinstance(below, DeskScreen):
            self.dismiss(self._number)
            self.app.call_later(below.say_error, shown(error))
        else:
            self._say_why(error)

    def _say_why(self, error: DeskError) -> None:
        """Say why no ticket is shown, and how one goes on."""
        self._view = None
        title = self.query_one(TitleBar)
        title.entitle(f"‹ #{self._number}")
        title.identify("", self._neighbours.place(self._number))
        self.query_one("#facts", Steady).tell(Content(""))
        self.query_one("#undelivered").display = False
        self.query_one(FactsPanel).clear()
        back = _("{key} leads back to the list.", key=self.app.key_for("app.back"))
        self.thread.say(Content.assemble(("! ", "bold $error"), (shown(error), "$error"), f"\n\n{back}"))
        self.say()
        self.refresh_bindings()

    def refuse(self, error: DeskError) -> None:
        """Say what was refused; a ticket that one may see no more goes from the screen."""
        super().refuse(error)
        if isinstance(error, NotFound) and self._view is not None:
            self._renew(self._say_why)

    def _refuse_or_leave(self, error: DeskError) -> None:
        if isinstance(error, NotFound) and self.is_current:
            self.dismiss(self._number)
        else:
            self.refuse(error)

    def _show(self, view: TicketView | CustomerTicket) -> None:
        self._show_facts(view)
        self.thread.show(view, self.app.zone, self.app.now())
        self.say()
        # What others are told, and what is told of them, does not keep one waiting.
        self.call_after_refresh(self._shown, view)

    def _shown(self, view: TicketView | CustomerTicket) -> None:
        self._was_read(view)
        self.app.attend()
        self.look_who_is_there()

    def _show_news(self, view: TicketView | CustomerTicket) -> None:
        if isinstance(view, CustomerTicket) and view == self._view:
            return  # an age that grows would tell its customer of a note
        self._show_facts(view)
        at_end = self.thread.is_vertical_scroll_end
        new = self.thread.add_later(view, self.app.zone, self.app.now())
        if new:
            self._was_read(view)
            if at_end:
                self.call_after_refresh(self.thread.scroll_end, animate=False)
            else:
                key = self.app.key_for("move.bottom")
                told = ngettext(
                    "{count} new entry below · {key}", "{count} new entries below · {key}", new, key=key
                )
                self.say(told)

    def _show_facts(self, view: TicketView | CustomerTicket) -> None:
        self._view = view
        row = view.row
        title = Content.assemble("‹ ", (f"#{row.number}  ", "bold $accent"), (row.subject, "bold"))
        self.query_one(TitleBar).entitle(title)
        self._identify()
        self.query_one("#facts", Steady).tell(facts_line(row, self.app.now(), view))
        self._show_panel(view)
        undelivered = self.query_one("#undelivered", Steady)
        bad = ", ".join(view.undelivered) if isinstance(view, TicketView) else ""
        key = self.app.key_for("ticket.history")
        undelivered.tell(
            Content(_("! Mail to {address} could not be delivered · {key} shows why", address=bad, key=key))
        )
        undelivered.display = bool(bad)
        self.refresh_bindings()

    def _identify(self) -> None:
        who, place = self.who_has(self._number), Content(self._neighbours.place(self._number))
        self.query_one(TitleBar).identify(who, place)

    def _show_panel(self, view: TicketView | CustomerTicket) -> None:
        present = self.present.get(self._number, ())
        self.query_one(FactsPanel).show(view, self.app.zone, self.app.now(), self.app.key_for, present)

    def _was_read(self, view: TicketView | CustomerTicket) -> None:
        self._neighbours.opened(view.row.number)
        self.touch(reading.mark_read, view.row.number, view.entries[-1].key)

    def on_beyond_wanted(self, event: Beyond.Wanted) -> None:
        """Read what comes before or next."""
        event.stop()
        if isinstance(event.end, Earlier):
            self._load_earlier()
        else:
            self._load_further()

    def _load_earlier(self) -> None:
        key = self.thread.first_key
        if key is not None:
            self.read(reading.show, self._number, page=Page(before=key), with_history=True).then(
                lambda view: self.thread.add_earlier(view, self.app.zone, self.app.now()), group="beyond"
            )

    def _load_further(self) -> None:
        key = self.thread.last_key
        if key is not None:
            self.read(reading.show, self._number, page=after(key), with_history=True).then(
                lambda view: self.thread.add_further(view, self.app.zone, self.app.now()), group="beyond"
            )

    def open_other(self, number: int) -> None:
        """Read another ticket in place of this one."""
        self._number = number
        self.forget_places()
        self._load()

    def action_neighbour(self, step: int) -> None:
        """Go to the ticket beside this one in the list."""
        number = self._neighbours.beside(self._number, step)
        if number is None:
            self.unchanged(
                _("That was the last of the list.") if step > 0 else _("That was the first of the list.")
            )
        else:
            self.open_other(number)

    def action_next_unread(self) -> None:
        """Go to the next unread ticket of the list."""
        number = self._neighbours.next_unread(self._number)
        if number is None:
            self.unchanged(_("Nothing else in the list is unread."))
        else:
            self.open_other(number)

    def action_reload(self) -> None:
        """Read the ticket again."""
        self._load()

    def action_back(self) -> None:
        """Go back to the list, to the line of this ticket."""
        self.dismiss(self._number)

    def action_move_up(self) -> None:
        """One line up; at the top, read what came before."""
        if self.thread.scroll_offset.y == 0:
            self._load_earlier()
        super().action_move_up()

    def action_move_top(self) -> None:
        """To the top; once there, read what came before."""
        self.thread.complete()
        self._load_earlier()
        super().action_move_top()

    def action_move_down(self) -> None:
        """One line down; at the bottom, read what comes next."""
        if self.thread.is_vertical_scroll_end:
            self._load_further()
        super().action_move_down()

    def action_move_bottom(self) -> None:
        """To the bottom, which is the newest entry."""
        if self.thread.last_key is None:
            super().action_move_bottom()
        else:
            self._load()

    def more_commands(self) -> Iterable[tuple[str, str, Any]]:
        """What has no key of its own, for the palette."""
        yield from super().more_commands()
        if not isinstance(self._view, TicketView):
            return
        yield _("File the same again"), "", self._clone

    def _clone(self) -> None:
        self._clone_into(None)

    def _clone_into(self, topic: str | None) -> None:
        def refused(error: DeskError) -> None:
            if error.field != "topic" or topic is not None:
                self.refuse(error)
                return
            # Its own topic takes no requests any more.
            self.choose(
                _("{reason} Which topic?", reason=shown(error)),
                lambda known: items(known.topics),
                lambda item: self._clone_into(item.value),
            )

        self.write(filing.clone, self._number, topic=topic).then(
            lambda filed: self.open_other(filed.number), refused=refused
        )
