"""Mail that waits for a decision: who wrote what, why it waits, and deciding about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import DataTable, Static

from sysmo_tui import keys, quarantined
from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.enums import MailReason
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.quarantined import Look
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.mail_list import MailListScreen
from sysmo_tui.screens.table_screen import list_bindings
from sysmo_tui.services import quarantine
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.kept_mail import MailLine
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.mail_text import body_text, glance_text
from sysmo_tui.widgets.mail_words import goes_words
from sysmo_tui.widgets.words import said

PREVIEW_SECONDS = 0.15
"""How long the cursor must rest on a mail before it is read."""

MAIL_SECONDS = 60.0
"""How often one looks for mail that came meanwhile, as the inbox does."""

_NEEDS_SENDER = frozenset({"accept", "accept_new", "block"})


class QuarantineScreen(MailListScreen):
    """The waiting mail, oldest first, and below it the one under the cursor as it reads."""

    CONTEXT = Context.QUARANTINE
    HINTS = (
        "quarantine.accept",
        "quarantine.new",
        "quarantine.reject",
        "quarantine.block",
        "quarantine.whole",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.QUARANTINE)
    NEEDS_ROW = frozenset({"accept", "accept_new", "reject", "block", "whole_mail"})

    _resting: Timer | None = None
    _look: Look | None = None

    def compose(self) -> ComposeResult:
        """The list, with more room below it for a mail."""
        self.add_class("-previews")
        yield from super().compose()

    def heading(self) -> str:
        """What the screen is called."""
        return _("Mail that waits for a decision")

    def columns(self) -> Sequence[Column[MailLine]]:
        """Who, what, why, where to, since when."""
        return (
            *self.written(),
            Column(_("Why"), 26, lambda mail: said(mail.reason) if mail.reason else ""),
            Column(_("Goes to"), 12, goes_words, from_width=100),
            self.came(from_width=100),
        )

    def empty(self) -> str:
        """All is decided."""
        return _("No mail waits for a decision.")

    def detail(self, row: MailLine) -> Content:
        """The mail as it reads, once it was read; until then what the list knows of it."""
        if self._look is not None and self._look.record.line.id == row.id:
            width = self.query_one("#detail", Static).scrollable_content_region.width
            head = glance_text(self._look, self.app.zone, width)
            body = body_text(self._look, self._key_of(keys.BY_ID["quarantine.whole"]))
            return Content("\n").join((head, *self._glance(self._look), Content(""), body))
        return super().detail(row)

    def _glance(self, look: Look) -> Iterator[Content]:
        if look.is_glance:
            size, key = file_size(quarantined.GLANCED_AT), self._key_of(keys.BY_ID["quarantine.whole"])
            told = _("Only the first {size} are read here: {key} shows the whole mail.", size=size, key=key)
            yield Content.styled(told, "$quiet")

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[MailLine]]:
        """The waiting mail, oldest first."""
        return self.read(quarantine.page, after=after)

    def on_mount(self) -> None:
        """Read the list, and again now and then: what comes in changes no ticket that would tell."""
        super().on_mount()
        self.set_interval(MAIL_SECONDS, partial(self.note, EVERYTHING))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Read the mail under the cursor, when it rests there."""
        super().on_data_table_row_highlighted(event)
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(PREVIEW_SECONDS, self._read_mail)

    def action_accept(self) -> None:
        """File it where it belongs: in its ticket, or as a new one."""
        if self.row is not None:
            self._vouch(self.row, as_new=self.row.ticket_number is None)

    def action_accept_new(self) -> None:
        """Make a new ticket of it."""
        if self.row is not None:
            self._vouch(self.row, as_new=True)

    def action_reject(self) -> None:
        """Turn it away, after asking."""
        self._ask_to_reject(blocks=False)

    def action_block(self) -> None:
        """Turn it away and block its sender, after asking."""
        self._ask_to_reject(blocks=True)

    def may(self, action: str, row: MailLine | None) -> bool:
        """A mail without a sender can be nobody's request, and has nobody to block."""
        return action not in _NEEDS_SENDER or row is None or bool(row.sender)

    def _read_mail(self) -> None:
        row = self.row
        if row is not None and (self._look is None or self._look.record.line.id != row.id):
            read = self.look(quarantined.look, row.id, is_glance=True)
            read.then(self._show_mail, group="glance", refused=lambda _error: None)

    def _show_mail(self, look: Look) -> None:
        if self.row is not None and self.row.id == look.record.line.id:
            self._look = look
            self.query_one("#detail", Static).update(self.detail(self.row))

    def _vouch(self, mail: MailLine, *, as_new: bool) -> None:
        """Accept a mail; one that says it is from the staff only when asked again."""
        accepting = partial(self._accept, mail, as_new=as_new, joins=False)
        if mail.reason is not MailReason.FROM_OPERATOR or not as_new:
            accepting()
            return
        question = Confirm(
            _("Is this mail really from {who}?", who=mail.sender),
            yes=_("Accept"),
            explains=_("Anybody can write that name. Accepted, it is a request of that account."),
        )
        self.app.push_screen(question, lambda is_sure: accepting() if is_sure else None)

    def _accept(self, mail: MailLine, *, as_new: bool, joins: bool) -> None:
        accepting = self.job(quarantined.accept, mail.id, as_new=as_new, joins=joins)
        accepting.then(self._accepted, refused=partial(self._not_accepted, mail))

    def _accepted(self, done: Decided) -> None:
        self.changed(_("Mail {id} is in #{number}.", id=done.id, number=done.ticket_number))

    def _not_accepted(self, mail: MailLine, error: DeskError) -> None:
        """Ask whether a stranger shall take part, where that stands in the way."""
        if not (isinstance(error, Invalid) and error.field == "joins"):
            self._refused(error)
            return
        question = Confirm(
            _("Let {who} take part in #{number}?", who=mail.sender, number=mail.ticket_number),
            yes=_("Let them take part"),
            explains=_("They can read the public part of the ticket, answer it, and are told of answers."),
        )
        joining = partial(self._accept, mail, as_new=False, joins=True)
        self.app.push_screen(question, lambda is_sure: joining() if is_sure else None)

    def _ask_to_reject(self, *, blocks: bool) -> None:
        mail = self.row
        if mail is None:
            return
        explains = _("Nobody is told. The mail stays kept, and the audit log has the decision.")
        if blocks:
            question = _("Reject this mail, and block {who}?", who=mail.sender)
            explains = _("What else comes from that address is kept, and nothing is done with it.")
        else:
            question = _("Reject this mail of {who}?", who=mail.sender or _("nobody"))
        confirm = Confirm(question, yes=_("Reject"), explains=explains)
        self.app.push_screen(confirm, lambda is_sure: self._reject(mail.id, blocks) if is_sure else None)

    def _reject(self, inbound_id: int, blocks: bool) -> None:
        rejected = self.write(quarantine.reject, inbound_id, blocks=blocks)
        rejected.then(lambda _record: self.changed(_("The mail is rejected.")), refused=self._refused)

    def _refused(self, error: DeskError) -> None:
        """Say why not; somebody else may have decided, so the list is read again."""
        self.say_error(shown(error))
        self.load()
