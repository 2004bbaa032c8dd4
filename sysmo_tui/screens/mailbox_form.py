"""Making and editing a mailbox."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Select

from sysmo_tui.domain.policy import Right, has
from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.services import mailboxes
from sysmo_tui.services.mailboxes import MailboxEdits, MailboxForm, MailboxLine
from sysmo_tui.widgets.forms import Field, choice, selectable, text_input


class MailboxScreen(FormScreen[MailboxLine | None]):
    """Where a mailbox is, what becomes of its mail; only administrators say where."""

    ASKS_BEFORE_LEAVING = True
    APART_FROM = 26

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._mailbox = name

    def heading(self) -> str:
        """What the screen is called."""
        return _("Mailbox {name}", name=self._mailbox) if self._mailbox else _("New mailbox")

    def explains(self) -> Content:
        """Where the password belongs; through the door, where its server is said."""
        if self.app.door.caller.is_remote:
            return Content.styled(_("Its server and folders are set on the desk's own machine."), "$quiet")
        variable = mailboxes.variable(self._mailbox) if self._mailbox else "SYSMO_MAILBOX_PASSWORD"
        text = _(
            "Its password is not kept here: put it where the worker runs, in {variable}.", variable=variable
        )
        return Content.styled(text, "$quiet")

    def fields(self) -> Iterable[Field]:
        """What is known of a mailbox."""
        if not self._mailbox:
            yield Field("name", _("Name"), text_input(), note=_("for good: small letters, digits, dashes"))
        yield Field("address", _("Address"), text_input(), note=_("that people write to"))
        if not self.app.door.caller.is_remote:
            yield from self._places()
        yield Field("topic", _("Topic"), choice([], prompt=_("the desk's first")))

    def _places(self) -> Iterable[Field]:
        yield Field(
            "url",
            _("Fetched from"),
            text_input(),
            note=_("like imaps://user@host; empty: a pipe delivers it"),
        )
        yield Field("folder", _("Folder"), text_input(value="INBOX"))
        yield Field(
            "moves_to", _("Moves to"), text_input(), note=_("a folder; empty: fetched mail is deleted")
        )

    def on_mount(self) -> None:
        """Read the mailbox and the topics."""
        super().on_mount()
        if not has(self.app.actor, Right.CONFIGURE):
            for name in {"address", "url"} & set(self.form.values()):
                self.form.field(name).control.disabled = True
        self.read(mailboxes.form, self._mailbox).then(self._show)

    def submit(self, given: dict[str, str]) -> None:
        """Save it."""
        edits = MailboxEdits(**{name: value for name, value in given.items() if name != "name"})
        if self._mailbox:
            self.send(self.write(mailboxes.edit, self._mailbox, edits), self.dismiss)
        else:
            self.send(self.write(mailboxes.new, given["name"], edits), self.dismiss)

    def _show(self, known: MailboxForm) -> None:
        topic = self.form.field("topic").control
        assert isinstance(topic, Select)
        topic.set_options(selectable((_(each.name), each.value) for each in known.choices.topics))
        if known.line is not None:
            for name in {"address", "url", "folder", "moves_to"} & set(self.form.values()):
                self.form.field(name).value = getattr(known.line, name)
            self.form.field("topic").value = known.line.topic or ""
        self.remember()
