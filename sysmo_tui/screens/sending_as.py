"""What sending an answer is called, and what becomes of its ticket with it."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Generic

from textual.screen import ScreenResultType
from textual.widgets import Select

from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.text import cell_width
from sysmo_tui.i18n import _
from sysmo_tui.screens.composing import Composing
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.drafts import Saved
from sysmo_tui.services.files import Upload
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.forms import selectable

CLOSE = "close"

PHONE_BELOW, BESIDE_FROM = 60, 100
"""Columns of a terminal below which words are short, and from which on the thread stands beside the text."""
SENT_EARLY_SECONDS = 2.0
"""How long sending what was typed ahead waits for what it needs; later its author looks at it first."""
LEAST_CHOICE = 16
"""Cells for what is to happen then."""


def send_label(address: str, columns: int) -> str:
    """What the button says, and to whom it sends where there is room for it beside what happens then."""
    label = _("Send to {address}", address=address)
    needed = cell_width(f"{_('Then')} {label}") + LEAST_CHOICE + 4
    room = (columns // 2 if columns >= BESIDE_FROM else columns) - 4
    return label if address and needed <= room else _("Send")


def ways(known: Choices) -> list[tuple[str, str]]:
    """What staff may choose, in words, and its value: closing it, or the short name of a status."""
    offered = [(_("close it"), CLOSE)]
    offered += [
        (_("status: {status}", status=_(state.name)), state.value)
        for state in known.statuses
        if state.category not in (Category.NEW, Category.CLOSED)
    ]
    return offered


class SendingAs(Composing[ScreenResultType], Generic[ScreenResultType]):
    """A screen that sends an answer, and on which one chooses what becomes of its ticket then."""

    _ways: Sequence[tuple[str, str]] = ()
    _sent_early_at = float("-inf")

    def action_send(self) -> None:
        """Send it."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether all is there that sending needs: first what was left here before."""
        return self._is_loaded

    def send_early(self) -> None:
        """Send once :meth:`is_ready`, if that is soon."""
        self._sent_early_at = monotonic()

    def draft_read(self) -> None:
        """Send what was to be sent before it could be."""
        if self.is_ready() and monotonic() - self._sent_early_at < SENT_EARLY_SECONDS:
            self.action_send()

    def put_before(self, saved: Saved) -> None:
        """Put a draft before what was typed meanwhile; its author looks at both before they go."""
        self._sent_early_at = float("-inf")
        super().put_before(saved)

    def offer_ways(self, offered: Sequence[tuple[str, str]], *, closes: bool = False) -> None:
        """Let one of these be chosen; where it ``closes``, that is chosen already."""
        self._ways = offered
        select = self.query_one(Select)
        select.set_options(selectable(offered))
        if closes:
            select.value = CLOSE

    @property
    def closes(self) -> bool:
        """Whether sending it closes its ticket."""
        return self.query_one(Select).value == CLOSE

    def answer(self, text: str, uploads: Sequence[Upload] = (), *, seen: str = "") -> Outgoing:
        """What is sent, with what was chosen."""
        select = self.query_one(Select)
        status = None if select.is_blank() or self.closes else str(select.value)
        return Outgoing(
            text,
            tuple(uploads),
            seen=seen or None,
            status=status,
            closes=self.closes,
            draft=self.unsent(),
        )

    def action_send_as(self) -> None:
        """Choose what becomes of the ticket, and send."""
        if not self._ways:
            self.say_error(_("What can be chosen is still being read."))
            return

        def chosen(value: str | None) -> None:
            if value is not None:
                self.query_one(Select).value = value or Select.NULL
                self.action_send()

        items = [Item("", _("as it is")), *(Item(value, label) for label, value in self._ways)]
        self.app.push_screen(Picker(_("Send, and then"), numbered(items)), chosen)
