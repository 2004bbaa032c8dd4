"""A list of mail that came in: what all such lists show of a mail, and the key that shows it whole."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from sysmo_tui.i18n import _
from sysmo_tui.screens.table_screen import TableScreen, facts
from sysmo_tui.screens.whole_mail import WholeMailScreen
from sysmo_tui.services.kept_mail import MailLine
from sysmo_tui.spoken import file_size, moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.mail_words import goes_words, outcome_words, sender_words


class MailListScreen(TableScreen[MailLine]):
    """Mails that came in, a row each."""

    def key(self, row: MailLine) -> str:
        """Which mail."""
        return str(row.id)

    def title_of(self, row: MailLine) -> str:
        """Who wrote what."""
        return f"{_sender(row)} · {_subject(row)}"

    def detail(self, row: MailLine) -> Content:
        """Who wrote what, as far as the columns have no room for it, and why it became that."""
        written = facts((_("From"), sender_words(row)), (_("Subject"), row.subject))
        became = facts(
            (_("Became"), outcome_words(row)),
            (_("Goes to"), goes_words(row)),
            (_("Mailbox"), row.mailbox),
            (_("Size"), file_size(row.size)),
        )
        room = self.query_one("#detail", Static).scrollable_content_region.width
        return Content("\n").join(line.truncate(room, ellipsis=True) for line in (written, became))

    def came(self, from_width: int = 0) -> Column[MailLine]:
        """When it came."""
        zone, now = self.app.zone, self.app.now()
        return Column(_("Came"), 16, lambda mail: moment(mail.received_at, zone, now), from_width=from_width)

    def written(self) -> tuple[Column[MailLine], ...]:
        """Who wrote what."""
        return Column(_("From"), 0, _sender), Column(_("Subject"), 0, _subject)

    def action_whole_mail(self) -> None:
        """Show the whole mail, and which rule decided."""
        if self.row is not None:
            self.app.push_screen(WholeMailScreen(self.row.id))


def _sender(mail: MailLine) -> str:
    return mail.sender or _("nobody")


def _subject(mail: MailLine) -> str:
    return mail.subject or _("(no subject)")
