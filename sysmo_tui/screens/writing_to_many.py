"""Writing the same words to several tickets at once: a public reply to each customer, or an internal note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Select, Static, TextArea

from sysmo_tui import keys
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.performing import Act, named
from sysmo_tui.screens.sending_as import CLOSE, ways
from sysmo_tui.services import bulk_writing, choices
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.forms import button, choice, text_area
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.ticket_text import Row
from sysmo_tui.widgets.title_bar import TitleBar


class WritingToMany(DeskScreen[Act | None]):
    """The tickets above, the text below; gives back what is to be done with each of them."""

    CSS_PATH = "writing_to_many.tcss"
    CONTEXT = Context.COMPOSE
    HINTS = ("compose.send", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.COMPOSE, Context.EVERYWHERE)
    AUTO_FOCUS = "TextArea"

    def __init__(self, rows: Sequence[Row], kind: DraftKind) -> None:
        super().__init__()
        self._rows, self._is_note = tuple(rows), kind is DraftKind.NOTE

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TitleBar(f"‹ {named([row.number for row in self._rows])}")
        yield Banner()
        with VerticalScroll(id="to", can_focus=False):
            yield Static(Content("\n").join(_line(row) for row in self._rows))
        with Vertical(id="box", classes="-note" if self._is_note else "-reply") as box:
            box.border_title = Content(f" {self._heading()} ")
            yield text_area()
            with Horizontal(id="options"):
                if not self._is_note:
                    yield Static(Content(_("Then")), id="then")
                    yield choice([], prompt=_("as it is"))
                yield button(self._label(), "send", is_main=True)
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Ask for the statuses that a reply may set."""
        if not self._is_note:
            self.read(choices.read).then(self._offer, group="choices")

    @property
    def text(self) -> str:
        """What is written."""
        return self.query_one(TextArea).text

    def may_leave(self) -> bool:
        """Whether nothing is written that would be lost."""
        return not self.text.strip()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of what is done where one writes, sending."""
        if action in ("switch", "attach", "editor", "responses", "send_as"):
            return False
        return super().check_action(action, parameters)

    def hint_words(self) -> Mapping[str, str]:
        """A note is saved, not sent."""
        return {"compose.send": self._label()}

    def _heading(self) -> str:
        count = len(self._rows)
        if self._is_note:
            return f"{_('INTERNAL NOTE')} · {_('the customer never sees it')}"
        return ngettext(
            "PUBLIC REPLY → the customer of {count} ticket",
            "PUBLIC REPLY → the customers of {count} tickets",
            count,
        )

    def _label(self) -> str:
        count = len(self._rows)
        if self._is_note:
            return ngettext("Save {count} note", "Save {count} notes", count)
        return ngettext("Send {count} reply", "Send {count} replies", count)

    def _offer(self, known: Choices) -> None:
        self.query_one(Select).set_options([(Content(label), value) for label, value in ways(known)])

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Send by mouse."""
        event.stop()
        self.action_send()

    def action_send(self) -> None:
        """Give back the reply or the note."""
        if not self.text.strip():
            self.say_error(_("Write something first."))
        else:
            self.dismiss(_noting(self.text) if self._is_note else self._replying())

    def action_back(self) -> None:
        """Leave; what is written is not kept, which is asked about."""
        if self.may_leave():
            self.dismiss(None)
            return

        def decided(is_sure: bool | None) -> None:
            if is_sure:
                self.dismiss(None)

        self.app.push_screen(Confirm(_("Discard this text?"), yes=_("Discard")), decided)

    def _replying(self) -> Act:
        select = self.query_one(Select)
        then = None if select.is_blank() else str(select.value)
        closes = then == CLOSE
        return Act(
            bulk_writing.reply,
            lambda number: _("Reply sent: #{number}.", number=number),
            lambda count: ngettext("{count} reply sent.", "{count} replies sent.", count),
            (Outgoing(self.text, status=None if closes else then, closes=closes),),
            ends=True,
        )


def _noting(text: str) -> Act:
    return Act(
        bulk_writing.note,
        lambda number: _("Note saved in #{number}.", number=number),
        lambda count: ngettext("{count} note saved.", "{count} notes saved.", count),
        (Outgoing(text),),
    )


def _line(row: Row) -> Content:
    return Content.assemble((f"#{row.number}", "bold $accent"), f"  {row.subject}")
