"""Editing a ticket's fields, tags and watching in one form."""

from __future__ import annotations

from collections.abc import Iterable

from sysmo_tui.domain.closed_sets import LEVELS
from sysmo_tui.domain.enums import Level, TicketField
from sysmo_tui.domain.views import TicketView
from sysmo_tui.i18n import _
from sysmo_tui.screens.choosing import tags_for
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.services import editing, filing
from sysmo_tui.services.choices import Choice, Choices
from sysmo_tui.widgets.forms import Field, Option, choice, text_input


class EditScreen(FormScreen[bool]):
    """What staff may change. Only what was changed is written, against what was read."""

    APART_FROM = 30
    ASKS_BEFORE_LEAVING = True

    def __init__(self, view: TicketView, stored: dict[TicketField, str], known: Choices) -> None:
        super().__init__()
        self._ticket, self._stored, self._known = view, stored, known

    def heading(self) -> str:
        """Which ticket it is."""
        return _("Edit #{number}", number=self._ticket.row.number)

    def fields(self) -> Iterable[Field]:
        """Subject first, then choices, dates, and what staff hang on it."""
        stored, known = self._stored, self._known
        yield Field(
            "subject", _("Subject"), text_input(stored[TicketField.SUBJECT], limit=filing.SUBJECT_LIMIT)
        )
        for field, label, offered in (
            (TicketField.TYPE, _("Type"), _options(known.types)),
            (TicketField.PRIORITY, _("Priority"), _options(known.priorities)),
            (TicketField.TOPIC, _("Topic"), _options(known.topics)),
            (TicketField.OWNER, _("Owner"), _options(known.staff)),
            (TicketField.URGENCY, _("Urgency"), _levels()),
            (TicketField.IMPACT, _("Impact"), _levels()),
        ):
            yield Field(field.value, label, choice(offered, stored[field]))
        for field, label in (
            (TicketField.FOLLOW_UP, _("Follow up on")),
            (TicketField.ACTION_DUE, _("Action due")),
        ):
            yield Field(field.value, label, text_input(stored[field], placeholder=_("2026-01-31, or empty")))
        yield Field("contact_email", _("Answers go to"), text_input(stored[TicketField.CONTACT_EMAIL]))
        tags = text_input(" ".join(self._ticket.tags), placeholder=_("words, with spaces between"))
        tags.suggester = tags_for(self)
        yield Field("tags", _("Tags"), tags)
        yield Field(
            "watching",
            _("Watch it"),
            choice([(_("yes"), "on")], "on" if self._ticket.is_watched else "", prompt=_("no")),
        )

    def submit(self, given: dict[str, str]) -> None:
        """Write what is different from what was read."""
        if given == self._before:
            self.say(_("There is nothing to change."))
            return
        edits = {
            field: given[field.value]
            for field in TicketField
            if field.value in given and given[field.value] != self._stored[field]
        }
        had, tags = {str(tag) for tag in self._ticket.tags}, given["tags"].split()
        saved = self.write(
            editing.save,
            self._ticket.row.number,
            edits,
            seen=self._stored,
            tag=[tag for tag in tags if tag not in had],
            untag=sorted(had.difference(tags)),
            watches=bool(given["watching"]),
        )
        self.send(saved, lambda _changed: self.dismiss(True), names={"tag": "tags"})


def _options(known: Iterable[Choice]) -> list[Option]:
    return [(_(each.name), each.value) for each in known]


def _levels() -> list[Option]:
    return [(_(LEVELS[level]), level.value) for level in Level]
