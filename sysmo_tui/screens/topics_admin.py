"""Topics and who serves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.errors import Conflict, DeskError
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Page, TopicLine
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings, whole
from sysmo_tui.screens.topic_form import TopicScreen
from sysmo_tui.services import choices, topic_upkeep, topics
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.topic_upkeep import TopicEdits
from sysmo_tui.services.topics import TopicView
from sysmo_tui.widgets.data_list import Column


class TopicsScreen(TableScreen[TopicLine]):
    """The topics in the desk's order; administrators change them, staff look."""

    CONTEXT = Context.TOPICS
    HINTS = (
        "topics.new",
        "topics.edit",
        "topics.add",
        "topics.remove",
        "topics.public",
        "topics.archive",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.TOPICS)
    NEEDS_ROW = frozenset({"edit", "public", "add_operator", "remove_operator", "archive", "unarchive"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Topics")

    def columns(self) -> Sequence[Column[TopicLine]]:
        """Name, who may file under it, who serves it, how much is open."""
        return (
            Column(_("Topic"), 0, lambda topic: _(topic.name)),
            Column(_("For"), 13, _audience, style=lambda topic: "" if topic.is_public else "$internal"),
            Column(_("Operators"), 0, _operators, style=_style),
            Column(pgettext("tickets", "Open"), 8, lambda topic: str(topic.open_tickets), is_number=True),
            Column("", 9, lambda topic: _("archived") if topic.is_archived else ""),
        )

    def key(self, row: TopicLine) -> str:
        """Which topic."""
        return row.slug

    def title_of(self, row: TopicLine) -> str:
        """What it is called."""
        return _(row.name)

    def detail(self, row: TopicLine) -> Content:
        """Its description and everyone who serves it."""
        people = ", ".join(person.name for person in row.operators) or _("nobody")
        described = clean_line(row.description, 160)
        return facts((_("Short name"), row.slug), (_("Served by"), people), ("", described or None))

    def filters(self) -> Sequence[Item]:
        """What is in use, or everything."""
        return (Item("", _("in use")), Item("archived", _("archived as well")))

    def may(self, action: str, row: TopicLine | None) -> bool:
        """Archived topics only come back."""
        if not has(self.app.actor, Right.MANAGE_TOPICS):
            return False
        if row is None or action == "new":
            return True
        if action == "unarchive":
            return row.is_archived
        return not row.is_archived and (action != "remove_operator" or bool(row.operators))

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[TopicLine]]:
        """All topics."""
        return self.read(whole, topics.lines, archived=bool(chosen))

    def action_new(self) -> None:
        """Make a topic."""
        self.app.push_screen(TopicScreen(), self._made)

    def action_edit(self) -> None:
        """Edit the topic under the cursor."""
        if self.row is not None:
            self.app.push_screen(TopicScreen(self.row.slug), self._saved)

    def action_public(self) -> None:
        """Let customers file under it, or no more."""
        if self.row is not None:
            edits = TopicEdits(is_public=not self.row.is_public)
            self.write(topic_upkeep.edit, self.row.slug, edits).then(self._saved)

    def action_add_operator(self) -> None:
        """Choose who serves it as well."""
        topic = self.row
        if topic is not None:
            self.read(choices.read).then(lambda all_: self._offer(topic, all_), group="choices")

    def action_remove_operator(self) -> None:
        """Choose who serves it no longer."""
        topic = self.row
        if topic is not None:
            items = [Item(person.email, person.name, person.email) for person in topic.operators]
            picker = Picker(_("Who no longer serves {topic}?", topic=_(topic.name)), items)
            self.app.push_screen(picker, lambda email: self._remove(topic, email))

    def action_archive(self) -> None:
        """Close it to new tickets; its open ones go to another."""
        topic = self.row
        if topic is not None:
            archived = self.write(topic_upkeep.archive, topic.slug)
            archived.then(self._archived, refused=lambda error: self._where_to(topic, error))

    def action_unarchive(self) -> None:
        """Open it again."""
        if self.row is not None:
            self.write(topic_upkeep.unarchive, self.row.slug).then(self._saved)

    def _offer(self, topic: TopicLine, all_: Choices) -> None:
        serving = {person.email for person in topic.operators}
        items = [Item(each.value, each.name, each.note) for each in all_.staff if each.value not in serving]
        if not items:
            self.say(_("Everyone of the staff serves it already."))
            return
        picker = Picker(_("Who serves {topic}?", topic=_(topic.name)), items)
        self.app.push_screen(picker, lambda email: self._add(topic, email))

    def _add(self, topic: TopicLine, email: str | None) -> None:
        if email is not None:
            self.write(topic_upkeep.add_operators, topic.slug, [email]).then(self._saved)

    def _remove(self, topic: TopicLine, email: str | None) -> None:
        if email is not None:
            self.write(topic_upkeep.remove_operators, topic.slug, [email]).then(self._saved)

    def _where_to(self, topic: TopicLine, error: DeskError) -> None:
        """Ask which topic takes the open tickets, where that stands in the way."""
        if not (isinstance(error, Conflict) and error.field == "move_to"):
            self.say_error(shown(error))
            return
        others = [line for line in self.table.items if line.id != topic.id and not line.is_archived]
        picker = Picker(
            _("Which topic takes the open tickets?"), [Item(line.slug, _(line.name)) for line in others]
        )
        self.app.push_screen(picker, lambda slug: self._archive_into(topic, slug))

    def _archive_into(self, topic: TopicLine, slug: str | None) -> None:
        if slug is not None:
            self.write(topic_upkeep.archive, topic.slug, move_to=slug).then(self._archived)

    def _made(self, view: TopicView | None) -> None:
        if view is not None:
            topic, key = _(view.line.name), self.app.key_for("topics.add")
            text = _("{topic} is made. {key} adds its operators.", topic=topic, key=key)
            self.changed(text, goes_to=view.line.slug)

    def _saved(self, view: TopicView | None) -> None:
        if view is not None:
            self.changed(_("{topic} is saved.", topic=_(view.line.name)))
            if not view.line.operators and not view.line.is_archived:
                text = _("Nobody serves {topic} now.", topic=_(view.line.name))
                self.notify(text, severity="warning", markup=False)

    def _archived(self, view: TopicView) -> None:
        self.changed(_("{topic} is archived.", topic=_(view.line.name)))


def _audience(topic: TopicLine) -> str:
    return _("everyone") if topic.is_public else _("staff only")


def _operators(topic: TopicLine) -> str:
    return ", ".join(person.name for person in topic.operators) or _("nobody")


def _style(topic: TopicLine) -> str:
    return "" if topic.operators else "$overdue"
