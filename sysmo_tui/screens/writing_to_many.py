"""Writing the same words to several tickets at once: a public reply to each customer, or an internal note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static, TextArea

from sysmo_tui import keys
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.drafting import Drafting, above
from sysmo_tui.screens.performing import Act, named
from sysmo_tui.screens.sending_as import SendingAs, ways
from sysmo_tui.services import bulk_writing, choices, drafts
from sysmo_tui.services.drafts import Saved
from sysmo_tui.services.files import Upload
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.forms import button, choice, text_area
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.ticket_text import Row
from sysmo_tui.widgets.title_bar import TitleBar

_OF_ONE = ("switch", "attach", "editor", "responses")
"""Actions of writing in one ticket."""


class WritingToMany(Drafting[Act | None], SendingAs[Act | None]):
    """The tickets above, the text below; gives back what is to be done with each of them.

    The text is a draft until whoever asked has done that.
    """

    CSS_PATH = "writing_to_many.tcss"
    CONTEXT = Context.COMPOSE
    HINTS = ("compose.send", "compose.send_as", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.COMPOSE, Context.EVERYWHERE)
    AUTO_FOCUS = "TextArea"

    def __init__(self, rows: Sequence[Row], kind: DraftKind) -> None:
        super().__init__()
        self._rows, self._kind = tuple(rows), kind
        self._is_sent_early = False

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
        """Ask for the statuses that a reply may set, and for what was left here before."""
        if not self._is_note:
            self.read(choices.read).then(lambda known: self.offer_ways(ways(known)), group="choices")
        self.load_draft()

    @property
    def _is_note(self) -> bool:
        return self._kind is DraftKind.NOTE

    @property
    def text(self) -> str:
        """What is written."""
        return self.query_one(TextArea).text

    @text.setter
    def text(self, value: str) -> None:
        area = self.query_one(TextArea)
        area.load_text(value)
        area.move_cursor(area.document.end)

    def draft_key(self) -> tuple[int, DraftKind]:
        """One draft of each kind, whichever tickets are marked."""
        return drafts.SEVERAL, self._kind

    def draft_fields(self) -> dict[str, str]:
        """The text."""
        return {"body": self.text}

    def draft_files(self) -> tuple[Upload, ...]:
        """Nothing is attached to several."""
        return ()

    def restore(self, saved: Saved) -> None:
        """Put the text back."""
        self.text = saved.fields.get("body", "")

    def put_before(self, saved: Saved) -> None:
        """Put a draft before what was typed meanwhile; its author looks at both before they go."""
        self._is_sent_early = False
        self.text = above(saved, self.text)

    def draft_read(self) -> None:
        """Send what was to be sent before the draft was there."""
        if self._is_sent_early:
            self.action_send()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep the draft soon."""
        event.stop()
        self.typed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of what is done where one writes, sending; a note changes no status."""
        if action in _OF_ONE:
            return False
        if action == "send_as":
            return not self._is_note
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """What is there only where one writes to one customer."""
        return _("Only for a text in one ticket.") if action in _OF_ONE else ""

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

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Send by mouse."""
        event.stop()
        self.action_send()

    def action_send(self) -> None:
        """Give back the reply or the note."""
        if not self.text.strip():
            self.say_error(_("Write something first."))
        elif not self._is_loaded:
            self._is_sent_early = True
        else:
            self.leave_with(
                _noting(Outgoing(self.text)) if self._is_note else _replying(self.answer(self.text))
            )

    def action_back(self) -> None:
        """Keep the draft and leave."""
        self.leave_with(None)


def _replying(message: Outgoing) -> Act:
    return Act(
        bulk_writing.reply,
        lambda number: _("Reply sent: #{number}.", number=number),
        lambda count: ngettext("{count} reply sent.", "{count} replies sent.", count),
        (message,),
        ends=True,
    )


def _noting(message: Outgoing) -> Act:
    return Act(
        bulk_writing.note,
        lambda number: _("Note saved in #{number}.", number=number),
        lambda count: ngettext("{count} note saved.", "{count} notes saved.", count),
        (message,),
    )


def _line(row: Row) -> Content:
    return Content.assemble((f"#{row.number}", "bold $accent"), f"  {row.subject}")
