"""Canned responses: looked up by staff, written by administrators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Select

from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.response_places import PLACES
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import LANGUAGE_NAMES, _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, list_bindings, whole
from sysmo_tui.screens.text_dialog import TextDialog
from sysmo_tui.services import choices, response_upkeep, responses
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.response_upkeep import ResponseEdits
from sysmo_tui.services.responses import ResponseLine
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.forms import Field, button, choice, selectable, text_area, text_input
from sysmo_tui.widgets.response_words import language_of, topic_of


class ResponsesScreen(TableScreen[ResponseLine]):
    """Every response, for which topic and language it is, and how it begins."""

    CONTEXT = Context.RESPONSES
    HINTS = (
        "responses.new",
        "responses.edit",
        "responses.preview",
        "responses.archive",
        "responses.unarchive",
        "list.find",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.RESPONSES)
    SEARCHES = True
    NEEDS_ROW = frozenset({"edit", "preview", "archive", "unarchive"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Responses")

    def columns(self) -> Sequence[Column[ResponseLine]]:
        """Its name, where it fits, and how it begins."""
        return (
            Column(_("Name"), 26, lambda line: line.name),
            Column(_("Topic"), 18, topic_of),
            Column(_("Language"), 10, language_of),
            Column(_("Text"), 0, lambda line: " ".join(line.body.split()), style=lambda _line: "$quiet"),
            Column("", 10, lambda line: _("archived") if line.is_archived else "", from_width=100),
        )

    def key(self, row: ResponseLine) -> str:
        """Which response."""
        return row.slug

    def title_of(self, row: ResponseLine) -> str:
        """What it is called."""
        return row.name

    def detail(self, row: ResponseLine) -> Content:
        """Its short name, for commands."""
        archived = f"   {_('archived')}" if row.is_archived else ""
        return Content.assemble((f"{_('Short name')} ", "$quiet"), row.slug, (archived, "$overdue"))

    def empty(self) -> str:
        """How to come by one."""
        if not has(self.app.actor, Right.MANAGE_CATALOGUE):
            return super().empty()
        return _("No responses yet. {key} writes the first.", key=self.app.key_for("responses.new"))

    def filters(self) -> Sequence[Item]:
        """What is in use, or everything."""
        return (Item("", _("in use")), Item("archived", _("archived as well")))

    def may(self, action: str, row: ResponseLine | None) -> bool:
        """Staff look at them, administrators change them."""
        if action == "preview":
            return True
        if not has(self.app.actor, Right.MANAGE_CATALOGUE):
            return False
        if row is None:
            return True
        return {"archive": not row.is_archived, "unarchive": row.is_archived}.get(action, True)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[ResponseLine]]:
        """Those that have every word, in their order."""
        return self.read(whole, responses.lines, archived=bool(chosen), words=query)

    def action_new(self) -> None:
        """Write one."""
        self.app.push_screen(ResponseScreen(), self._came_back)

    def action_edit(self) -> None:
        """Change the one under the cursor."""
        if self.row is not None:
            self.app.push_screen(ResponseScreen(self.row), self._came_back)

    def action_preview(self) -> None:
        """See it filled in with made-up facts."""
        if self.row is not None:
            self.app.push_screen(ResponsePreview(self.row.body, self.row.locale))

    def action_archive(self) -> None:
        """Take it out of use."""
        self._archive(True)

    def action_unarchive(self) -> None:
        """Take it back into use."""
        self._archive(False)

    def _archive(self, archived: bool) -> None:
        if self.row is not None:
            said_so = N_("{name} is archived.") if archived else N_("{name} is in use again.")
            written = self.write(response_upkeep.archive, self.row.slug, archived=archived)
            written.then(lambda line: self.changed(_(said_so, name=line.name)))

    def _came_back(self, line: ResponseLine | None) -> None:
        if line is not None:
            self.changed(_("{name} is saved.", name=line.name), goes_to=line.slug)


class ResponseScreen(FormScreen[ResponseLine | None]):
    """Writes a response: what it is called, for whom it is, and what it says."""

    ASKS_BEFORE_LEAVING = True
    APART_FROM = 32
    HINTS = ("form.save", "form.next", "app.back", "app.help")

    def __init__(self, line: ResponseLine | None = None) -> None:
        super().__init__()
        self._line = line

    def heading(self) -> str:
        """What the screen is called."""
        return _("New response") if self._line is None else self._line.name

    def explains(self) -> Content:
        """What may stand in braces."""
        places = " ".join(f"{{{name}}}" for name in PLACES)
        return Content(_("These are replaced when it is used: {places}", places=places))

    def fields(self) -> Iterable[Field]:
        """Everything about a response."""
        line = self._line
        yield Field("name", _("Name"), text_input("" if line is None else line.name))
        languages = [(name, code) for code, name in LANGUAGE_NAMES.items()]
        spoken = "" if line is None else line.locale
        yield Field("locale", _("Language"), choice(languages, spoken, prompt=_("every language")))
        yield Field("topic", _("Topic"), choice([], prompt=_("every topic")))
        yield Field("body", _("Text"), text_area("" if line is None else line.body))
        yield Field(
            "slug",
            _("Short name"),
            text_input("" if line is None else line.slug),
            note=_("for commands; empty: from the name"),
        )
        place = "" if line is None else str(line.position)
        yield Field("position", _("Place"), text_input(place, limit=6), note=_("in lists: the lowest first"))

    def buttons(self) -> Iterable[Button]:
        """Saving, and seeing what would come of it."""
        yield button(_("Save"), "save", is_main=True)
        yield button(_("Preview"), "preview")

    def on_mount(self) -> None:
        """Give the text room, and ask for the topics."""
        super().on_mount()
        self.form.field("body").control.styles.height = 8
        self.read(choices.read).then(self._offer, group="choices")

    def submit(self, given: dict[str, str]) -> None:
        """Save it."""
        place = given["position"].strip()
        if place and not (place.isascii() and place.isdecimal()):
            self.complain("position", _("Write a whole number."))
            return
        # What is shown is made safe: what was written is kept as long as nobody changes it.
        shown = ("", "") if self._line is None else (self._line.name, self._line.body)
        edits = ResponseEdits(
            name=given["name"] if given["name"] != shown[0] else None,
            slug=given["slug"].strip() or None,
            body=given["body"] if given["body"] != shown[1] else None,
            locale=given["locale"],
            topic=given["topic"],
            position=int(place) if place else None,
        )
        if self._line is None:
            made = self.write(response_upkeep.new, given["name"], given["body"], edits)
            self.send(made, self.dismiss)
        else:
            self.send(self.write(response_upkeep.edit, self._line.slug, edits), self.dismiss)

    def action_preview(self) -> None:
        """See it filled in with made-up facts."""
        given = self.form.values()
        self.app.push_screen(ResponsePreview(given["body"], given["locale"]))

    def _offer(self, known: Choices) -> None:
        control = self.form.field("topic").control
        assert isinstance(control, Select)
        topic = "" if self._line is None else self._line.topic
        offered = [(_(each.name), each.value) for each in known.topics]
        if topic and all(value != topic for _label, value in offered):
            # Its topic is archived; it stays what it is.
            offered.append((topic, topic))
        control.set_options(selectable(offered))
        self.form.field("topic").value = topic
        self.remember()


class ResponsePreview(TextDialog[None]):
    """A response filled in with made-up facts."""

    def __init__(self, body: str, locale: str) -> None:
        super().__init__()
        self._body, self._locale = body, locale

    def heading(self) -> str:
        """What it is called."""
        return _("Preview")

    def ask(self) -> None:
        """Ask for it."""
        self.read(responses.sample, self._body, self._locale).then(lambda text: self.put(Content(text)))
