"""The words of the desk's mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button

from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import LANGUAGE_NAMES, _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings, whole
from sysmo_tui.screens.text_dialog import TextDialog
from sysmo_tui.services import mail_texts
from sysmo_tui.services.mail_texts import MailTextLine, Preview, Wording
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.forms import Field, button, text_area, text_input
from sysmo_tui.widgets.words import said

_OWN = "own"


class MailTextsScreen(TableScreen[MailTextLine]):
    """Every kind of mail in every language, and whose words it says."""

    CONTEXT = Context.MAIL_TEXTS
    HINTS = (
        "mail_texts.edit",
        "mail_texts.preview",
        "mail_texts.reset",
        "list.filter",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.MAIL_TEXTS)
    NEEDS_ROW = frozenset({"edit", "preview", "reset"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Words of the mail")

    def columns(self) -> Sequence[Column[MailTextLine]]:
        """Which mail, in which language, whose words."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(_("Mail"), 0, lambda line: said(line.template)),
            Column(_("Language"), 10, lambda line: LANGUAGE_NAMES[line.locale]),
            Column(
                _("Words"),
                16,
                lambda line: _("own") if line.is_own else _("the usual ones"),
                from_width=60,
            ),
            Column(
                _("Changed"), 16, lambda line: moment(line.changed_at, zone, now) if line.changed_at else ""
            ),
        )

    def key(self, row: MailTextLine) -> str:
        """Which mail in which language."""
        return f"{row.template.value} {row.locale}"

    def title_of(self, row: MailTextLine) -> str:
        """Its kind and language."""
        return f"{said(row.template)} · {LANGUAGE_NAMES[row.locale]}"

    def detail(self, row: MailTextLine) -> Content:
        """What may stand in braces."""
        return facts((_("Places"), places_of(row)))

    def filters(self) -> Sequence[Item]:
        """All of them, those with own words, or one language."""
        languages = (Item(code, name) for code, name in LANGUAGE_NAMES.items())
        return (Item("", _("all mail")), Item(_OWN, _("with own words")), *languages)

    def may(self, action: str, row: MailTextLine | None) -> bool:
        """Own words are taken back where there are some."""
        if not has(self.app.actor, Right.CONFIGURE):
            return False
        if action == "preview":
            return self.app.mail_preview is not None
        return action != "reset" or (row is not None and row.is_own)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[MailTextLine]]:
        """Every kind of mail."""
        return self.read(whole, mail_texts.lines, of=chosen)

    def action_open(self) -> None:
        """Write its words."""
        self.action_edit()

    def action_edit(self) -> None:
        """Write its words."""
        if self.row is not None:
            self.app.push_screen(MailTextScreen(self.row), lambda _result: self.load())

    def action_preview(self) -> None:
        """See it with made-up facts."""
        if self.row is not None:
            self.app.push_screen(MailPreview(self.row.template.value, self.row.locale))

    def action_reset(self) -> None:
        """Say the usual words again, after asking."""
        line = self.row
        if line is not None:
            question = Confirm(_("Give this mail its usual words back?"), yes=_("Give back"))
            self.app.push_screen(question, lambda is_sure: self._reset(line) if is_sure else None)

    def _reset(self, line: MailTextLine) -> None:
        back = self.write(mail_texts.reset, line.template.value, line.locale)
        back.then(lambda _line: self.changed(_("The mail says its usual words again.")))


class MailTextScreen(FormScreen[None]):
    """Writes the words of one mail in one language."""

    AUTO_FOCUS = "Form TextArea"
    ASKS_BEFORE_LEAVING = True

    def __init__(self, line: MailTextLine) -> None:
        super().__init__()
        self._line = line
        self._usual: str | None = None
        """The text with which one began, where the mail has no own words yet."""

    def heading(self) -> str:
        """Which mail, in which language."""
        return f"{said(self._line.template)} · {LANGUAGE_NAMES[self._line.locale]}"

    def explains(self) -> Content:
        """What may stand in braces."""
        places = places_of(self._line)
        return Content(_("These are replaced when the mail leaves: {places}", places=places))

    def fields(self) -> Iterable[Field]:
        """The subject, where it is not a ticket's, and the text."""
        if self._line.has_own_subject:
            yield Field(
                "subject", _("Subject"), text_input(self._line.subject), note=_("empty: the usual one")
            )
        yield Field("body", _("Text"), text_area(self._line.body))

    def buttons(self) -> Iterable[Button]:
        """Saving, and seeing what would come of it."""
        yield button(_("Save"), "save", is_main=True)
        if self.app.mail_preview is not None:
            yield button(_("Preview"), "preview")

    def on_mount(self) -> None:
        """Give the text room, and begin with what the mail says now."""
        super().on_mount()
        self.form.field("body").control.styles.height = 10
        if self.app.mail_words is not None and not self._line.is_own:
            words = self.read(self.app.mail_words, self._line.template.value, self._line.locale)
            words.then(self._begin, group="words")

    def _begin(self, words: Wording) -> None:
        body = self.form.field("body")
        if not body.value:
            self._usual = body.value = words.body
            self.remember()

    def submit(self, given: dict[str, str]) -> None:
        """Keep the words, if they are others."""
        if given["body"] == self._usual and not given.get("subject"):
            self.done(_("The mail goes on saying its usual words."))
            self.dismiss()
            return
        saving = self.write(
            mail_texts.save,
            self._line.template.value,
            self._line.locale,
            given["body"],
            given.get("subject", ""),
        )
        self.send(saving, self._saved)

    def action_preview(self) -> None:
        """See what would come of it."""
        given = self.form.values()
        self.app.push_screen(
            MailPreview(
                self._line.template.value, self._line.locale, given["body"] or None, given.get("subject", "")
            )
        )

    def _saved(self, _line: MailTextLine) -> None:
        self.done(_("The mail says your words from now on."))
        self.dismiss()


class MailPreview(TextDialog[None]):
    """One mail with made-up facts."""

    def __init__(self, template: str, locale: str, body: str | None = None, subject: str = "") -> None:
        super().__init__()
        self._given = (template, locale, body, subject)

    def heading(self) -> str:
        """What it is called."""
        return _("Preview")

    def ask(self) -> None:
        """Ask for it."""
        assert self.app.mail_preview is not None
        self.read(self.app.mail_preview, *self._given).then(self._show)

    def _show(self, mail: Preview) -> None:
        self.put(Content.assemble((mail.subject, "bold"), "\n\n", mail.text.rstrip("\n")))


def places_of(line: MailTextLine) -> str:
    """The names that may stand in braces, as they are written."""
    return " ".join(f"{{{name}}}" for name in line.places)
