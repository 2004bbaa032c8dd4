"""Writing a public reply or an internal note: nobody can take one for the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Select, Static, TextArea

from sysmo_tui import keys
from sysmo_tui.domain.changes import Changes
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import Conflict, DeskError
from sysmo_tui.domain.views import CustomerTicket, Filed, TicketView
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens import guarding
from sysmo_tui.screens.asking import DRAFTS, Asking, Writing
from sysmo_tui.screens.colleagues import Colleagues
from sysmo_tui.screens.desk_app import Attended
from sysmo_tui.screens.mentioning import Mentioning
from sysmo_tui.screens.picker import Picker
from sysmo_tui.screens.sending_as import CLOSE, PHONE_BELOW, SendingAs, send_label, ways
from sysmo_tui.services import choices, drafts, reading, responses, thread
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.drafts import Saved
from sysmo_tui.services.responses import Ready
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.thread_pages import Page
from sysmo_tui.spoken import continued
from sysmo_tui.widgets.attached import AttachedFiles
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.composing_area import ComposingArea, MentionList
from sysmo_tui.widgets.entry import entry_content, facts_of
from sysmo_tui.widgets.forms import button, choice
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.ticket_text import UNDELIVERABLE
from sysmo_tui.widgets.title_bar import TitleBar

ANSWERED_ENTRIES = 10
"""Entries that stand above what is written, or beside it: the last ones are in sight, tab leads to them."""


class ComposeScreen(Colleagues[bool], Mentioning[bool], SendingAs[bool]):
    """The last entries, the text, and a button whose words say who will read it. True when it was sent."""

    CSS_PATH = "compose.tcss"
    CONTEXT = Context.COMPOSE
    HINTS = (
        "compose.send",
        "compose.send_as",
        "compose.switch",
        "compose.responses",
        "compose.attach",
        "compose.editor",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.COMPOSE, Context.EVERYWHERE)
    AUTO_FOCUS = "TextArea"
    FOLLOWS_BY = ("read", "presence")

    def __init__(self, number: int, kind: DraftKind, *, closes: bool = False) -> None:
        super().__init__()
        self._number, self._kind, self._closes = number, kind, closes
        self._view: TicketView | CustomerTicket | None = None
        self._seen = ""
        self.has_answered = self.has_closed = False
        self._is_writing = False
        self._is_following = True

    def compose(self) -> ComposeResult:
        """What is answered above, what is written below."""
        yield TitleBar(f"‹ #{self._number}")
        yield Banner()
        with Container(id="page"):
            with VerticalScroll(id="answered"):
                yield Static()
            with Vertical(id="box"):
                names = MentionList()
                yield ComposingArea(names)
                yield names
                yield Static(classes="mentioned")
                yield AttachedFiles()
                with Horizontal(id="options"):
                    yield Static(Content(_("Then")), id="then")
                    yield choice([], prompt=_("as it is"))
                    yield button(_("Send"), "send", is_main=True)
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Ask for what is answered, and for what was left here before."""
        self._dress()
        self.watch(self.query_one("#answered", VerticalScroll), "virtual_size", self._follow_newest)
        self._ask()
        self.load_draft()

    def _ask(self) -> None:
        self.read(reading.show, self._number, page=Page(ANSWERED_ENTRIES)).then(self._begin)

    @property
    def area(self) -> ComposingArea:
        """Where one writes."""
        return self.query_one(ComposingArea)

    def ready_responses(self) -> Asking[tuple[Ready, ...]]:
        """Those that fit the ticket."""
        return self.read(responses.fitting, self._number)

    @property
    def _is_note(self) -> bool:
        return self._kind is DraftKind.NOTE

    def draft_key(self) -> tuple[int, DraftKind]:
        """A draft for each ticket and kind."""
        return self._number, self._kind

    def draft_fields(self) -> dict[str, str]:
        """The text."""
        return {"body": self.text}

    def draft_seen(self) -> str:
        """What was there when it was written."""
        return self._seen

    def restore(self, saved: Saved) -> None:
        """Put the text back, to be compared with what was seen then."""
        self.text = saved.fields.get("body", "")
        self.carry(saved.files)
        self._seen = saved.seen or self._seen
        self._know_own()

    def is_ready(self) -> bool:
        """Whether ticket and draft are there."""
        return self._view is not None and super().is_ready()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who only asked writes no notes and has no responses; a note changes no status."""
        if action in ("switch", "responses"):
            return isinstance(self._view, TicketView)
        if action == "send_as":
            return not self._is_note
        return super().check_action(action, parameters)

    def _begin(self, view: TicketView | CustomerTicket) -> None:
        """Offer what goes with a reply: staff of the ticket may set its status, who asked may close it."""
        self._show(view)
        self._know_own()
        self._warn(view)
        self.area.takes_files = self.check_action("attach", ()) is True
        self.refresh_bindings()
        self.draft_read()
        self.app.attend()
        self.look_who_is_there()
        if isinstance(view, TicketView):
            self.read(choices.read).then(self._offer, group="choices")
        else:
            self.offer_ways([(_("close it"), CLOSE)], closes=self._closes)

    def attends(self) -> Attended | None:
        """The ticket that is answered; who wrote nothing yet only reads."""
        return Attended(self._number, self._is_writing) if isinstance(self._view, TicketView) else None

    def desk_changed(self, changes: Changes) -> None:
        """Show what came meanwhile, and who came and went."""
        self.follow_colleagues(changes)
        if self._view is not None and changes.touches(self._number):
            self.read(reading.show, self._number, page=Page(ANSWERED_ENTRIES)).then(self._show_newer)

    def _show_newer(self, view: TicketView | CustomerTicket) -> None:
        """Show what came meanwhile; what is sent is still compared with what was there to be answered."""
        before = self._view
        if before is None or view.entries == before.entries:
            return
        self._show(view)
        came = guarding.came_after(view, guarding.newest_public(before))
        if came:
            self.say(guarding.told(came, self.app.actor.account_id))

    def _know_own(self) -> None:
        """Take for seen what one wrote oneself before one came here."""
        if self._view is not None:
            self._seen = guarding.past_own(self._view, self._seen, self.app.actor.account_id)

    def staffed(self) -> Sequence[int]:
        """The ticket that is answered, for its staff."""
        return (self._number,) if isinstance(self._view, TicketView) else ()

    def show_present(self) -> None:
        """Say in the title who is there as well."""
        self.query_one(TitleBar).identify(self.who_has(self._number))

    def _show(self, view: TicketView | CustomerTicket) -> None:
        self._view = view
        row = view.row
        title = Content.assemble("‹ ", (f"#{row.number}  ", "bold $accent"), (row.subject, "bold"))
        self.query_one(TitleBar).entitle(title)
        now, zone = self.app.now(), self.app.zone
        entries = [entry_content(facts_of(entry), zone, now) for entry in view.entries]
        answered = self.query_one("#answered", VerticalScroll)
        self._is_following = answered.is_vertical_scroll_end
        answered.query_one(Static).update(Content("\n\n").join(entries))
        self._seen = self._seen or guarding.newest_public(view)
        self.touch(reading.mark_read, row.number, view.entries[-1].key)
        self._dress()

    def _follow_newest(self) -> None:
        """Keep the newest in sight, unless one read further up."""
        if self._is_following:
            self.query_one("#answered", VerticalScroll).scroll_end(animate=False)

    def _warn(self, view: TicketView | CustomerTicket) -> None:
        """Say what should be known before one writes."""
        if self._fails() and not self._is_note:
            self.say_error(_("No mail arrives at {address}: call, or change it.", address=self._address()))
        elif (
            isinstance(view, TicketView)
            and view.offers_waiting
            and not self._is_note
            and not self._closes
            and not self.has_draft()
        ):
            self.say(_("“Then” can set it to wait for the customer."))

    def _dress(self) -> None:
        """Make border, title, button and options those of what is written."""
        box, is_note = self.query_one("#box"), self._is_note
        box.set_class(is_note, "-note")
        box.set_class(not is_note, "-reply")
        address = self._address()
        if is_note:
            who = _("staff only") if self._is_phone else _("the customer never sees it")
            box.border_title = Content(f" {_('INTERNAL NOTE')} · {who} ")
            label = _("Save note")
        else:
            is_own = isinstance(self._view, CustomerTicket) or not self.app.actor.is_staff
            title = _("YOUR ANSWER") if is_own else _("PUBLIC REPLY")
            if self._fails():
                address = f"{UNDELIVERABLE} {address}"
            box.border_title = Content(f" {title}{' → ' + address if address else ''} ")
            label = send_label(self._address(), self.app.size.width)
        send = self.query_one("#send", Button)
        send.label = Content(label)
        # A button does not grow with its label by itself.
        send.refresh(layout=True)
        self.query_one("#then").display = not is_note
        self.query_one(Select).display = not is_note
        self.name_colleagues((self._number,) if self._is_note and self._view is not None else ())
        self.query_one(Hints).show()

    def hint_words(self) -> Mapping[str, str]:
        """A note is saved, not sent."""
        if not self._is_note:
            return {}
        return {"compose.send": _("Save") if self._is_phone else _("Save note")}

    @property
    def _is_phone(self) -> bool:
        """Whether there is room for half the words only."""
        return self.app.size.width < PHONE_BELOW

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        if self.app.arrival is not None:
            self._dress()

    def _address(self) -> str:
        return self._view.row.contact_email if isinstance(self._view, TicketView) else ""

    def _fails(self) -> bool:
        """Whether the customer gets no mail of what is written here."""
        return isinstance(self._view, TicketView) and self._view.undeliverable_since is not None

    def _offer(self, known: Choices) -> None:
        self.offer_ways(ways(known), closes=self._closes)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep the draft soon; whoever typed some of it is writing, as long as there is any."""
        event.stop()
        self.changed()
        self._is_writing = self.has_draft() and (self._is_writing or not self.is_kept())
        self.app.attend()
        self.tell_whom()

    def on_select_changed(self, event: Select.Changed) -> None:
        """What is to happen then makes it another message."""
        event.stop()
        self._sending = None

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Send by mouse."""
        event.stop()
        self.action_send()

    def action_editor(self) -> None:
        """Write in one's own editor; while it is open one writes."""
        before, self._is_writing = self._is_writing, True
        super().action_editor()
        self._is_writing = before

    def action_switch(self) -> None:
        """Turn a reply into a note or back; text and files go along, where no draft waits there."""
        other = DraftKind.REPLY if self._is_note else DraftKind.NOTE
        self.read(drafts.load, self._number, other).then(partial(self._switch, other), group=DRAFTS)

    def _switch(self, other: DraftKind, waiting: Saved | None) -> None:
        if waiting is not None:
            # Each side keeps its own: a note's text never gets into a reply by looking at both.
            self.keep_draft()
        elif self.has_draft():
            self.forget_draft()
            self._is_done = False
        self._kept = self._keeping = self._left_here = self._sending = None
        self._kind = other
        self._dress()
        if waiting is not None:
            self.bring_back(waiting)
        else:
            self.keep_draft()
        self.area.focus()

    def action_send(self) -> None:
        """Send the reply, or save the note."""
        if not self.is_ready():
            self.send_early()
            self._say_unread()
        elif not self.query_one("#send", Button).disabled and not self.is_receiving():
            self._send(self._seen)

    def _say_unread(self) -> None:
        """Say that the ticket is not there yet; where it was refused, ask again, and so tell why."""
        if self._view is None and not self.is_reading("read"):
            self._ask()
        else:
            self.say_error(_("The ticket is still being read."))

    def action_send_as(self) -> None:
        """Choose what becomes of the ticket, and send."""
        if self._view is None:
            self._say_unread()
        else:
            super().action_send_as()

    def _send(self, seen: str) -> None:
        self.query_one("#send", Button).disabled = True
        # What would be typed now would go with the screen.
        self.area.read_only = True

        def send() -> None:
            self.say(_("Saving…") if self._is_note else _("Sending…"))
            self._sending = self._sending or self._writing(seen)
            self._sending.then(self._sent, refused=self._not_sent)

        self.send_draft(send)

    def _writing(self, seen: str) -> Writing[Filed]:
        uploads = self.draft_files()
        if self._is_note:
            return self.write(thread.note, self._number, Outgoing(self.text, uploads, draft=self.unsent()))
        return self.write(thread.reply, self._number, self.answer(self.text, uploads, seen=seen))

    def _sent(self, filed: Filed) -> None:
        self.draft_sent()
        if self._is_note:
            saved = _("Note saved in #{number}.", number=filed.number)
            told = f"{saved} {self.telling()}".rstrip()
        elif filed.continues is not None:
            told = continued(filed)
        else:
            told = _("Reply sent: #{number}, {status}.", number=filed.number, status=_(filed.status))
            self.has_answered = isinstance(self._view, TicketView)
            self.has_closed = self.closes
        self.done(told, can_undo=self._is_note or self.has_answered)
        self.dismiss(True)

    def _not_sent(self, error: DeskError) -> None:
        self.query_one("#send", Button).disabled = self.area.read_only = False
        self.keep_draft()
        if isinstance(error, Conflict) and error.field == "seen":
            self._sending = None
            self.read(reading.show, self._number, page=Page(ANSWERED_ENTRIES)).then(self._ask_about_newer)
        else:
            self.refuse(error)

    def _ask_about_newer(self, view: TicketView | CustomerTicket) -> None:
        """Show what came meanwhile, and let the author decide."""
        me, came = self.app.actor.account_id, guarding.came_after(view, self._seen)
        self._show(view)
        newest = guarding.newest_public(view)
        self.say_error(guarding.told(came, me))

        def decided(value: str | None) -> None:
            if value == guarding.DISCARD:
                self.forget_draft()
                self.dismiss(False)
                return
            self._seen = newest
            if value == guarding.SEND:
                self._send(newest)
            else:
                self.area.focus()

        entries = [entry_content(facts_of(entry), self.app.zone, self.app.now()) for entry in came]
        asked = Picker(
            guarding.question(came, me), guarding.offered(), explains=Content("\n\n").join(entries)
        )
        self.app.push_screen(asked, decided)
