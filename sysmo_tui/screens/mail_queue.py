"""Mail that was not sent yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.enums import Standing
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, ngettext, pgettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.confirm import Confirm, Prompt
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import mail_queue
from sysmo_tui.services.mail_queue import QueuedMail
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.words import said

_STYLES = {
    Standing.FAILED: "$error",
    Standing.HELD: "$overdue",
    Standing.DIGEST: "$quiet",
    Standing.WAITING: "",
}


class MailQueueScreen(TableScreen[QueuedMail]):
    """Waiting, held and failed mail, and deciding about it."""

    CONTEXT = Context.MAIL
    HINTS = (
        "mail.retry",
        "mail.release",
        "mail.discard",
        "mail.test",
        "list.filter",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.MAIL)
    NEEDS_ROW = frozenset({"retry", "release_mail", "discard"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Outgoing mail")

    def columns(self) -> Sequence[Column[QueuedMail]]:
        """Where it stands, to whom, what, since when."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(
                _("Stands"), 11, lambda mail: said(mail.standing), style=lambda mail: _STYLES[mail.standing]
            ),
            Column(pgettext("mail", "To"), 0, lambda mail: mail.address),
            Column(_("What"), 0, lambda mail: said(mail.template)),
            Column(
                _("Ticket"),
                9,
                lambda mail: f"#{mail.ticket_number}" if mail.ticket_number else "",
                is_number=True,
            ),
            Column(_("Tries"), 8, lambda mail: str(mail.attempts), is_number=True),
            Column(_("Since"), 16, lambda mail: moment(mail.created_at, zone, now)),
        )

    def key(self, row: QueuedMail) -> str:
        """Which mail."""
        return str(row.id)

    def title_of(self, row: QueuedMail) -> str:
        """To whom it goes."""
        return f"{row.address} · {said(row.template)}"

    def empty(self) -> str:
        """Everything left."""
        return _(
            "No mail waits: everything was sent. {key} sends a trial.", key=self.app.key_for("mail.test")
        )

    def detail(self, row: QueuedMail) -> Content:
        """Why it was not accepted, and when it is tried again."""
        is_open = row.standing in (Standing.WAITING, Standing.DIGEST)
        again = moment(row.next_attempt_at, self.app.zone, self.app.now()) if is_open else None
        return facts((_("Next try"), again), (_("Answer"), row.error))

    def filters(self) -> Sequence[Item]:
        """Everything unsent, or what stands somewhere."""
        return (Item("", _("everything unsent")), *(Item(each.value, said(each)) for each in Standing))

    def may(self, action: str, row: QueuedMail | None) -> bool:
        """Held mail is released, other mail tried again."""
        if not has(self.app.actor, Right.MANAGE_MAIL):
            return False
        is_held = row is not None and row.standing is Standing.HELD
        return {"retry": row is not None and not is_held, "release_mail": is_held}.get(action, True)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[QueuedMail]]:
        """The unsent mail, oldest first."""
        standing = Standing(chosen) if chosen else None
        return self.read(mail_queue.queue, standing=standing, after=after)

    def action_retry(self) -> None:
        """Try again as soon as possible."""
        if self.row is not None:
            retried = self.write(mail_queue.retry, self.row.id)
            retried.then(lambda _none: self.changed(_("It is tried again now.")))

    def action_retry_all(self) -> None:
        """Try everything again that failed, such as after a fault of the mail server."""
        retried = self.write(mail_queue.retry_all)
        retried.then(
            lambda count: self.changed(
                ngettext("{count} mail will be tried again.", "{count} mails will be tried again.", count)
            )
        )

    def action_release_mail(self) -> None:
        """Let it go."""
        if self.row is not None:
            released = self.write(mail_queue.release, self.row.id)
            released.then(lambda _count: self.changed(_("It may go now.")))

    def action_discard(self) -> None:
        """Forget it, after asking."""
        mail = self.row
        if mail is not None:
            question = Confirm(
                _("Discard this mail to {address}?", address=mail.address),
                yes=_("Discard"),
                explains=_("It will never be sent. The audit log keeps the decision."),
            )
            self.app.push_screen(question, lambda is_sure: self._discard(mail.id) if is_sure else None)

    def action_try_out(self) -> None:
        """Send a trial mail."""
        prompt = Prompt(_("Trial mail"), value=self.app.actor.email, explains=_("Where shall it go?"))
        self.app.push_screen(prompt, self._try_out)

    def _discard(self, mail_id: int) -> None:
        self.write(mail_queue.discard, mail_id).then(lambda _count: self.changed(_("The mail is discarded.")))

    def _try_out(self, address: str | None) -> None:
        if address:
            owed = self.write(mail_queue.try_out, address)
            owed.then(lambda _none: self.changed(_("The trial mail waits to be sent.")))


def _style(mail: QueuedMail) -> str:
    return _STYLES[mail.standing]
