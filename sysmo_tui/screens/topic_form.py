"""Making and editing a topic."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widgets import Select

from sysmo_tui.domain.closed_sets import REOPENINGS
from sysmo_tui.domain.enums import Reopening
from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.services import topic_upkeep
from sysmo_tui.services.topic_upkeep import TopicEdits, TopicForm
from sysmo_tui.services.topics import TopicView
from sysmo_tui.widgets.forms import Field, choice, selectable, text_area, text_input

YES, NO = "yes", "no"


def yes_no() -> Select[str]:
    """A question answered in words."""
    return choice([(_("yes"), YES), (_("no"), NO)], YES)


class TopicScreen(FormScreen[TopicView | None]):
    """A topic's name, for whom it is, and what its tickets begin with."""

    ASKS_BEFORE_LEAVING = True
    APART_FROM = 44

    def __init__(self, slug: str = "") -> None:
        super().__init__()
        self._slug = slug

    def heading(self) -> str:
        """What the screen is called."""
        return _("Topic") if self._slug else _("New topic")

    def fields(self) -> Iterable[Field]:
        """Everything about a topic but its operators."""
        yield Field("name", _("Name"), text_input())
        yield Field(
            "slug", _("Short name"), text_input(), note=_("for commands and searches; empty: from the name")
        )
        yield Field("description", _("Description"), text_area())
        yield Field("is_public", _("For customers"), yes_no())
        yield Field("default_priority", _("Priority"), choice([], prompt=_("the desk's default")))
        yield Field("default_type", _("Type"), choice([], prompt=_("the desk's default")))
        yield Field("offers_waiting", _("May wait"), yes_no(), note=_("staff may wait for the customer"))
        yield Field("reply_ends_hold", _("Reply ends hold"), yes_no())
        yield Field(
            "reopening",
            _("Answers reopen"),
            choice([(_(word), each.value) for each, word in REOPENINGS.items()], Reopening.REOPEN),
            note=_("else a new ticket goes on with a closed one"),
        )
        yield Field("reopening_days", _("For how long"), text_input(limit=4), note=_("in days"))
        yield Field("mail_address", _("Mail address"), text_input(), note=_("empty: the desk's"))
        yield Field(
            "signature", _("Signature"), text_area(), note=_("for answers of who has none of their own")
        )

    def on_mount(self) -> None:
        """Read the topic and what can be chosen."""
        super().on_mount()
        for name in ("description", "signature"):
            self.form.field(name).control.styles.height = 4
        self.read(topic_upkeep.form, self._slug).then(self._show)

    def submit(self, given: dict[str, str]) -> None:
        """Save it."""
        written = given["reopening_days"].strip()
        days = int(written) if written.isascii() and written.isdecimal() else 0 if written else None
        edits = TopicEdits(
            name=given["name"],
            slug=given["slug"].strip() or None,
            description=given["description"],
            is_public=given["is_public"] == YES,
            default_priority=given["default_priority"],
            default_type=given["default_type"],
            offers_waiting=given["offers_waiting"] == YES,
            reply_ends_hold=given["reply_ends_hold"] == YES,
            reopening=given["reopening"] or None,
            reopening_days=days,
            mail_address=given["mail_address"],
            signature=given["signature"],
        )
        if self._slug:
            self.send(self.write(topic_upkeep.edit, self._slug, edits), self.dismiss)
        else:
            self.send(self.write(topic_upkeep.new, given["name"], edits), self.dismiss)

    def _show(self, known: TopicForm) -> None:
        for name, offered in (
            ("default_priority", known.choices.priorities),
            ("default_type", known.choices.types),
        ):
            control = self.form.field(name).control
            assert isinstance(control, Select)
            control.set_options(selectable((_(each.name), each.value) for each in offered))
        if known.view is not None:
            view, line = known.view, known.view.line
            values = {
                "name": line.name,
                "slug": line.slug,
                "description": line.description,
                "is_public": YES if line.is_public else NO,
                "default_priority": view.default_priority or "",
                "default_type": view.default_type or "",
                "offers_waiting": YES if view.offers_waiting else NO,
                "reply_ends_hold": YES if view.reply_ends_hold else NO,
                "reopening": view.reopening,
                "reopening_days": str(view.reopening_days),
                "mail_address": view.mail_address,
                "signature": view.signature,
            }
            for name, value in values.items():
                self.form.field(name).value = value
        self.remember()
