"""Filing a ticket: what it is about, and for staff whom it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Input, Select, TextArea
from textual.widgets.select import InvalidSelectValueError

from sysmo_tui import keys
from sysmo_tui.domain.closed_sets import BY_STAFF, CHANNELS, LEVELS
from sysmo_tui.domain.enums import Channel, DraftKind, Level
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Filed
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.base import TYPING_SECONDS
from sysmo_tui.screens.choosing import items, tags_for
from sysmo_tui.screens.composing import Composing
from sysmo_tui.screens.drafting import above
from sysmo_tui.screens.picker import Picker, numbered
from sysmo_tui.services import choices, filing, responses
from sysmo_tui.services.choices import Choice, Choices
from sysmo_tui.services.drafts import NEW_TICKET, Saved
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.responses import Ready
from sysmo_tui.widgets.attached import AttachedFiles
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.chooser import Chooser, PersonField
from sysmo_tui.widgets.composing_area import ComposingArea
from sysmo_tui.widgets.forms import Chosen, Field, Form, button, choice, selectable, text_input
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.title_bar import TitleBar

_TYPED = ("requester", "name", "subject", "body", "tags")
"""The fields that hold a person's own words."""

_ASKED = ("requester", "topic", "subject", "body")
"""The fields that one goes through."""

_NAMES = {"tag": "tags"}
"""What services call a field that has another name here."""


class NewTicketScreen(Composing[int]):
    """A form; its result is the new ticket's number."""

    CSS_PATH = "new_ticket.tcss"
    CONTEXT = Context.FORM
    HINTS = (
        "form.save",
        "form.next",
        "compose.responses",
        "compose.attach",
        "compose.editor",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.FORM, Context.EVERYWHERE)
    AUTO_FOCUS = "#field-requester Input, #field-topic Chooser"

    def compose(self) -> ComposeResult:
        """The fields; staff say first whom it is for, and may add more at the end."""
        yield TitleBar(_("NEW TICKET"), clean_line(self.app.actor.name))
        yield Banner()
        yield Form(*self._fields())
        yield StatusLine()
        yield Hints(*self.HINTS)

    def _fields(self) -> Iterable[Field | AttachedFiles | Horizontal]:
        if self.app.actor.is_staff:
            yield PersonField("requester", _("For"), placeholder=_("name, company or e-mail; empty: for me"))
            yield Field(
                "name", _("Their name"), text_input(placeholder=_("if the desk does not know them yet"))
            )
        yield Field("topic", _("Topic"), Chooser(_("choose one")))
        yield Field("subject", _("Subject"), text_input(limit=filing.SUBJECT_LIMIT))
        body = Field("body", _("Description"), ComposingArea())
        body.add_class("-tall")
        yield body
        levels = [(_(LEVELS[level]), level.value) for level in Level]
        yield Field("urgency", _("Urgency"), choice(levels, Level.NORMAL.value))
        if self.app.actor.is_staff:
            yield Field("impact", _("Impact"), choice(levels, prompt=_(LEVELS[Level.NORMAL])))
            yield Field("priority", _("Priority"), choice([], prompt=_("from urgency and impact")))
            yield Field("type", _("Type"), choice([], prompt=_("as the topic says")))
            channels = [(_(CHANNELS[channel]), channel.value) for channel in BY_STAFF]
            yield Field("channel", _("Came by"), choice(channels, prompt=_("terminal")))
            tags = text_input(placeholder=_("words, with spaces between"))
            tags.suggester = tags_for(self)
            yield Field("tags", _("Tags"), tags)
            yield Field("assign_to", _("Assignee"), choice([], prompt=_("nobody")))
        yield AttachedFiles()
        yield Horizontal(button(_("File it"), "save", is_main=True), classes="buttons")

    def on_mount(self) -> None:
        """Ask for what can be chosen, then for what was left here before."""
        self.area.takes_files = self.check_action("attach", ()) is True
        self.read(choices.read).then(self._offer)

    @property
    def form(self) -> Form:
        """The form."""
        return self.query_one(Form)

    @property
    def _topics(self) -> Chooser:
        return self.query_one(Chooser)

    def _offer(self, known: Choices) -> None:
        topic = self.form.field("topic")
        self._topics.offer(known.topics)
        if len(known.topics) == 1:
            topic.value = known.topics[0].value
            if self._topics.has_focus:
                self.form.field("subject").control.focus()
        if self.app.actor.is_staff:
            _set(self.form.field("assign_to"), known.staff)
            _set(self.form.field("type"), known.types)
            _set(self.form.field("priority"), known.priorities)
        self.load_draft()

    def draft_key(self) -> tuple[int, DraftKind]:
        """One draft of a new ticket a person."""
        return NEW_TICKET, DraftKind.TICKET

    def draft_fields(self) -> dict[str, str]:
        """What was typed; a mere choice is not worth keeping."""
        given = self.form.values()
        if not self.draft_files() and not any(given.get(name, "").strip() for name in _TYPED):
            return {}
        return given

    def restore(self, saved: Saved) -> None:
        """Put the fields back; what cannot be chosen any more is left open."""
        for field in self.form.fields():
            with suppress(InvalidSelectValueError):
                field.value = saved.fields.get(field.field_name, "")
        self.carry(saved.files)

    def bring_back(self, saved: Saved) -> None:
        """Put a draft back, and the cursor where it ends: what is typed next is no part of whom it is for."""
        super().bring_back(saved)
        given = self.form.values()
        empty = (name for name in _ASKED if not given.get(name, "-").strip())
        self.form.field(next(empty, "body")).control.focus()

    def put_before(self, saved: Saved) -> None:
        """Put a draft before what was typed meanwhile; a line that is filled stays as it is."""
        typed = self.form.values()
        self.restore(saved)
        for name, value in typed.items():
            if name != "body" and value.strip():
                self.form.field(name).value = value
        self.text = above(saved, typed["body"])

    @property
    def area(self) -> ComposingArea:
        """The description."""
        control = self.form.field("body").control
        assert isinstance(control, ComposingArea)
        return control

    def ready_responses(self) -> Asking[tuple[Ready, ...]]:
        """Those that fit what is filled in so far."""
        given = self.form.values()
        asked = (given[name] for name in ("topic", "subject", "requester", "name"))
        return self.read(responses.fitting_new, *asked)

    def no_responses(self) -> str:
        """Most of them want to know more."""
        return _("No response can be filled in yet: say first for whom it is, and under which topic.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only staff have responses."""
        if action == "responses":
            return self.app.actor.is_staff
        return super().check_action(action, parameters)

    def hint_words(self) -> Mapping[str, str]:
        """What saving does here."""
        return {"form.save": _("File it")}

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the draft soon."""
        event.stop()
        self.changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep the draft soon."""
        event.stop()
        self.changed()

    def on_chosen_changed(self, event: Chosen.Changed) -> None:
        """Keep the draft soon."""
        event.stop()
        self.changed()

    def on_chooser_wanted(self, event: Chooser.Wanted) -> None:
        """Let the topic be chosen, by cursor or by typing a part of it."""
        event.stop()

        def chosen(value: str | None) -> None:
            if value is not None:
                self._topics.put(value)
                self.form.field("subject").control.focus()

        picker = Picker(_("Topic"), numbered(items(self._topics.known)), current=self._topics.value)
        self.app.push_screen(picker, chosen)

    def on_person_field_typed(self, event: PersonField.Typed) -> None:
        """Offer whom the desk knows."""
        event.stop()
        self.read(choices.people, event.text).then(
            self.query_one(PersonField).offer, group="people", after=TYPING_SECONDS
        )

    def on_select_changed(self, event: Select.Changed) -> None:
        """Keep the draft soon."""
        event.stop()
        self.changed()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """File it by mouse."""
        event.stop()
        self.action_save()

    def on_form_submitted(self, event: Form.Submitted) -> None:
        """Enter in the last line files it."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """File it."""
        save = self.query_one("#save", Button)
        if save.disabled or self.is_receiving():
            return
        self.form.accept()
        save.disabled = True

        def send() -> None:
            self.say(_("Filing…"))
            self._sending = self._sending or self.write(filing.file, self._made())
            self._sending.then(self._filed, refused=self._refused)

        self.send_draft(send)

    def _made(self) -> Filing:
        given = {name: value.strip() or None for name, value in self.form.values().items()}
        channel, impact = given.get("channel"), given.get("impact")
        return Filing(
            topic=given["topic"] or "",
            subject=given["subject"] or "",
            body=self.text,
            files=self.draft_files(),
            urgency=Level(given["urgency"] or Level.NORMAL),
            draft=self.unsent(),
            requester=given.get("requester"),
            requester_name=given.get("name"),
            channel=Channel(channel) if channel else None,
            type=given.get("type"),
            priority=given.get("priority"),
            impact=Level(impact) if impact else None,
            tags=tuple((given.get("tags") or "").split()),
            assign_to=given.get("assign_to"),
        )

    def _filed(self, filed: Filed) -> None:
        self.draft_sent()
        self.dismiss(filed.number)

    def _refused(self, error: DeskError) -> None:
        self.query_one("#save", Button).disabled = False
        self.keep_draft()
        self.say()
        error.field = _NAMES.get(error.field or "", error.field)
        if not self.form.refuse(error, shown(error)):
            self.refuse(error)


def _set(field: Field, known: tuple[Choice, ...]) -> None:
    control = field.control
    assert isinstance(control, Select)
    control.set_options(selectable((_(each.name), each.value) for each in known))
