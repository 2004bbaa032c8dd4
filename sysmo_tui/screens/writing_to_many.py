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
from sysmo_tui.domain import places
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.views import TicketRow
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.mentioning import Mentioning
from sysmo_tui.screens.performing import Act, named
from sysmo_tui.screens.responding import filled_in
from sysmo_tui.screens.sending_as import SendingAs, ways
from sysmo_tui.services import bulk_writing, choices, drafts, responses
from sysmo_tui.services.drafts import Saved
from sysmo_tui.services.responses import Ready
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.attached import AttachedFiles
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.composing_area import ComposingArea, MentionList
from sysmo_tui.widgets.forms import button, choice
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.ticket_text import Row
from sysmo_tui.widgets.title_bar import TitleBar


class WritingToMany(Mentioning[Act | None], SendingAs[Act | None]):
    """The tickets above, the text below; gives back what is to be done with each of them.

    The text is a draft until whoever asked has done that. The places of a response stay in it,
    and are filled in from each ticket when that is done; other braces are mere text.
    """

    CSS_PATH = "writing_to_many.tcss"
    CONTEXT = Context.COMPOSE
    HINTS = (
        "compose.send",
        "compose.send_as",
        "compose.responses",
        "compose.attach",
        "compose.editor",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.COMPOSE, Context.EVERYWHERE)
    AUTO_FOCUS = "TextArea"

    def __init__(self, rows: Sequence[Row], kind: DraftKind) -> None:
        super().__init__()
        self._rows, self._kind = tuple(rows), kind

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TitleBar(f"‹ {named([row.number for row in self._rows])}")
        yield Banner()
        with VerticalScroll(id="to", can_focus=False):
            yield Static(Content("\n").join(_line(row) for row in self._rows))
        with Vertical(id="box", classes="-note" if self._is_note else "-reply") as box:
            box.border_title = Content(f" {self._heading()} ")
            names = MentionList()
            yield ComposingArea(names)
            yield names
            yield Static(classes="filled")
            yield Static(classes="mentioned")
            yield AttachedFiles()
            with Horizontal(id="options"):
                if not self._is_note:
                    yield Static(Content(_("Then")), id="then")
                    yield choice([], prompt=_("as it is"))
                yield button(self._label(), "send", is_main=True)
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Ask for what may go with the text, and for what was left here before."""
        self.area.takes_files = self.check_action("attach", ()) is True
        if self._is_note:
            self.name_colleagues(self._staffed())
        else:
            self.read(choices.read).then(lambda known: self.offer_ways(ways(known)), group="choices")
        self.load_draft()

    @property
    def _is_note(self) -> bool:
        return self._kind is DraftKind.NOTE

    def _staffed(self) -> tuple[int, ...]:
        """The tickets that one works on."""
        return tuple(row.number for row in self._rows if isinstance(row, TicketRow))

    @property
    def area(self) -> ComposingArea:
        """Where one writes."""
        return self.query_one(ComposingArea)

    def draft_key(self) -> tuple[int, DraftKind]:
        """One draft of each kind, whichever tickets are marked."""
        return drafts.SEVERAL, self._kind

    def draft_fields(self) -> dict[str, str]:
        """The text, and which places of it are to be filled in."""
        used = " ".join(self._used())
        return {"body": self.text, "places": used} if used else {"body": self.text}

    def restore(self, saved: Saved) -> None:
        """Put the text back."""
        self._will_fill(saved.fields.get("places", "").split())
        self.text = saved.fields.get("body", "")
        self.carry(saved.files)

    def put_before(self, saved: Saved) -> None:
        """Put a draft before what was typed meanwhile."""
        self._will_fill(saved.fields.get("places", "").split())
        super().put_before(saved)

    def ready_responses(self) -> Asking[tuple[Ready, ...]]:
        """Those that fit all of them, with their places, and the others."""
        return self.read(responses.fitting_all, self._staffed())

    def inserted(self, response: Ready) -> None:
        """Its places are to be filled in."""
        self._will_fill(response.places)

    def _will_fill(self, names: Sequence[str]) -> None:
        self.area.places |= frozenset(names)

    def _used(self) -> tuple[str, ...]:
        """The places that are to be filled in, as they stand in the text."""
        return places.used(self.text, self.area.places)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep the draft soon, and tell what becomes of what is written."""
        event.stop()
        self.changed()
        self.tell_whom()
        filled, used = self.query_one(".filled", Static), self._used()
        filled.display = bool(used)
        filled.update(Content(filled_in(used)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A note changes no status, only staff have responses; a text stays what it was begun as."""
        if action == "switch":
            return False
        if action == "send_as":
            return not self._is_note
        if action == "responses":
            return bool(self._staffed())
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """What is there only where one writes to one customer."""
        return _("Only for a text in one ticket.") if action == "switch" else super().why_not(action)

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
        elif not self.is_ready():
            self.send_early()
        elif not self.is_receiving():
            self.leave_with(self._noting() if self._is_note else self._replying())

    def _replying(self) -> Act:
        return Act(
            bulk_writing.reply,
            lambda number: _("Reply sent: #{number}.", number=number),
            lambda count: ngettext("{count} reply sent.", "{count} replies sent.", count),
            (self.answer(self.text, self.draft_files()), self._used()),
            ends=True,
            each=bulk_writing.to_all,
        )

    def _noting(self) -> Act:
        total, telling = len(self._rows), self.telling()

        def told(count: int) -> str:
            saved = ngettext("{count} note saved.", "{count} notes saved.", count)
            # Where one of them refused it, not all are told.
            return f"{saved} {telling}".rstrip() if count == total else saved

        return Act(
            bulk_writing.note,
            lambda number: _("Note saved in #{number}.", number=number),
            told,
            (Outgoing(self.text, self.draft_files(), draft=self.unsent()), self._used()),
            each=bulk_writing.to_all,
        )


def _line(row: Row) -> Content:
    return Content.assemble((f"#{row.number}", "bold $accent"), f"  {row.subject}")
