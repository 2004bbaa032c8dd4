"""Finding words in the whole thread of a ticket, and going from one place to the next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from sysmo_tui.domain.sought import Sought
from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.i18n import _
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.services import finding, reading
from sysmo_tui.services.thread_pages import around
from sysmo_tui.widgets.thread import Thread

if TYPE_CHECKING:
    from sysmo_tui.services.finding import Found


class Places:
    """Where in a ticket something stands; one of these places is the present one."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._found = found
        self._ends = list(accumulate(each.count for each in found))
        self._at = 0

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def start(self, order: int) -> None:
        """Make the first place present in or below the entry before which so many come, else the first."""
        below = (at for at, each in enumerate(self._found) if each.order >= order)
        at = next(below, 0)
        self._at = self._ends[at] - self._found[at].count

    def step(self, step: int) -> None:
        """Go on, or back; from the last place to the first."""
        self._at = (self._at + step) % len(self)

    @property
    def present(self) -> tuple[str, int]:
        """The key of the entry of the present place, and which of the places in that entry it is."""
        at = bisect_right(self._ends, self._at)
        return self._found[at].key, self._at - (self._ends[at] - self._found[at].count)

    @property
    def ordinal(self) -> int:
        """Which of all places the present one is, from 1."""
        return self._at + 1


class Seeking(DeskScreen[int]):
    """A screen with the thread of one ticket, in which words are found."""

    _wanted = ""
    _places: Places | None = None

    @property
    def thread(self) -> Thread:
        """The thread."""
        return self.query_one(Thread)

    @property
    def number(self) -> int:
        """The ticket that is read."""
        raise NotImplementedError

    def forget_places(self) -> None:
        """Another ticket is read: what was asked of this one is given up."""
        for group in ("find", "beyond"):
            self.workers.cancel_group(self, group)
        self._places = None
        self.thread.mark(None)

    def action_find(self) -> None:
        """Find words in all of the ticket."""

        def found(wanted: str | None) -> None:
            if wanted is not None:
                self.seek(wanted)

        self.app.push_screen(Prompt(_("Find in #{number}", number=self.number)), found)

    def action_find_next(self, step: int) -> None:
        """Go to the next or previous place, in another ticket to the first one of the same words."""
        if self._places is None and self._wanted:
            self.seek(self._wanted)
        elif self._places is None:
            key = self.app.key_for("ticket.find")
            self.say(_("Nothing is sought here · {key} finds", key=key))
        elif self._places:
            self._places.step(step)
            self._go()
        else:
            self._say_not_found()

    def seek(self, wanted: str) -> None:
        """Mark words wherever they stand and go to their next place; nothing takes the marks away."""
        self._wanted = wanted.strip()
        if not self._wanted:
            self.forget_places()
            self.say()
            return
        sought = Sought(self._wanted)
        self.read(finding.in_ticket, self.number, sought).then(
            lambda found: self._begin(sought, found), group="find"
        )

    def _begin(self, sought: Sought, found: Sequence[Found]) -> None:
        self._places = Places(found)
        self.thread.mark(sought if found else None)
        if not found:
            self._say_not_found()
            return
        self._places.start(self.thread.reading_at())
        self._go()

    def _go(self) -> None:
        """Go to the present place, which may be in an entry that was not read yet."""
        places = self._places
        if not places:
            return
        key, place = places.present
        self._say_place(places)
        if not self.thread.go_to(key, place):
            self.read(reading.show, self.number, page=around(key), with_history=True).then(
                lambda view: self._show_around(key, place, view), group="beyond"
            )

    def _show_around(self, key: str, place: int, view: TicketView | CustomerTicket) -> None:
        self.thread.show_at(key, place, view, self.app.zone, self.app.now())

    def _say_not_found(self) -> None:
        self.say(_("Not found in this ticket."))

    def _say_place(self, places: Places) -> None:
        keys = " ".join(self.app.key_for(f"ticket.find_{way}") for way in ("next", "previous"))
        self.say(
            _(
                "Found: {place} of {count} · {keys} go on",
                place=places.ordinal,
                count=len(places),
                keys=keys,
            )
        )
