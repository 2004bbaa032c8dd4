"""Where mail comes from, and how fetching goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.mailbox_form import MailboxScreen
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings, whole
from sysmo_tui.services import mailboxes
from sysmo_tui.services.mailboxes import MailboxLine
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.mail_words import trial_words


class MailboxesScreen(TableScreen[MailboxLine]):
    """The mailboxes, when each was fetched, and what keeps mail from coming."""

    CONTEXT = Context.MAILBOXES
    HINTS = (
        "mailboxes.new",
        "mailboxes.edit",
        "mailboxes.test",
        "mailboxes.archive",
        "list.filter",
        "app.refresh",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.MAILBOXES)
    NEEDS_ROW = frozenset({"edit", "test", "archive", "unarchive"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Mailboxes")

    def columns(self) -> Sequence[Column[MailboxLine]]:
        """Its name, where it is, and how it goes."""
        return (
            Column(_("Name"), 14, lambda line: line.name),
            Column(_("Fetched from"), 0, lambda line: line.url or _("a pipe")),
            Column(_("Topic"), 0, lambda line: _(line.topic_name) if line.topic_name else "", from_width=100),
            Column(_("State"), 0, self._state, style=_style),
        )

    def key(self, row: MailboxLine) -> str:
        """Which mailbox."""
        return row.name

    def empty(self) -> str:
        """What is said when there is no row."""
        return _("There is no mailbox yet. {key} makes the first.", key=self.app.key_for("mailboxes.new"))

    def detail(self, row: MailboxLine) -> Content:
        """What keeps mail from coming, who fetches, and what has no column."""
        checked = None
        if row.failing_since is not None and row.checked_at is not None:
            checked = moment(row.checked_at, self.app.zone, self.app.now())
        return facts(
            ("", row.error or None),
            (_("Fetched last"), checked),
            (_("Fetched by"), row.fetcher),
            (_("Address"), row.address),
            (_("Folder"), row.folder if row.url and row.folder != "INBOX" else None),
            (_("Moves to"), row.moves_to or None),
        )

    def filters(self) -> Sequence[Item]:
        """What is in use, or everything."""
        return (Item("", _("in use")), Item("archived", _("archived as well")))

    def may(self, action: str, row: MailboxLine | None) -> bool:
        """Archived mailboxes only come back."""
        if not has(self.app.actor, Right.MANAGE_MAIL):
            return False
        if action == "test":
            is_fetched = row is None or bool(row.url and not row.is_archived)
            return self.app.mailbox_trial is not None and is_fetched
        if row is None or action == "new":
            return True
        return row.is_archived if action == "unarchive" else not row.is_archived

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[MailboxLine]]:
        """All mailboxes."""
        return self.read(whole, mailboxes.lines, archived=bool(chosen))

    def action_new(self) -> None:
        """Make a mailbox."""
        self.app.push_screen(MailboxScreen(), self._saved)

    def action_edit(self) -> None:
        """Edit the mailbox under the cursor."""
        if self.row is not None:
            self.app.push_screen(MailboxScreen(self.row.name), self._saved)

    def action_test(self) -> None:
        """Open the mailbox with the secrets of this program; nothing is fetched."""
        if self.row is not None and self.app.mailbox_trial is not None:
            self.say(_("Opening {name}…", name=self.row.name))
            trying = self.job(self.app.mailbox_trial, self.row.name)
            trying.then(lambda trial: self.say(trial_words(trial)))

    def action_archive(self) -> None:
        """Fetch from it no longer, after asking."""
        line = self.row
        if line is not None:
            question = Confirm(
                _("Fetch from mailbox {name} no longer?", name=line.name),
                yes=_("Archive"),
                explains=_("What came stays; what is still there is left there."),
            )
            self.app.push_screen(question, lambda is_sure: self._archive(line) if is_sure else None)

    def action_unarchive(self) -> None:
        """Fetch from it again."""
        if self.row is not None:
            self.write(mailboxes.archive, self.row.name, archived=False).then(self._saved)

    def _archive(self, line: MailboxLine) -> None:
        archived = self.write(mailboxes.archive, line.name)
        archived.then(lambda made: self.changed(_("Mailbox {name} is archived.", name=made.name)))

    def _saved(self, line: MailboxLine | None) -> None:
        if line is not None:
            self.changed(_("Mailbox {name} is saved.", name=line.name), goes_to=line.name)

    def _state(self, line: MailboxLine) -> str:
        zone, now = self.app.zone, self.app.now()
        if line.is_archived:
            return _("archived")
        if line.failing_since is not None:
            return _("fails since {when}", when=moment(line.failing_since, zone, now))
        if not line.url:
            return ""
        if line.checked_at is None:
            return _("never fetched")
        return _("fetched {when}", when=moment(line.checked_at, zone, now))


def _style(line: MailboxLine) -> str:
    return "$error" if line.failing_since is not None and not line.is_archived else ""
