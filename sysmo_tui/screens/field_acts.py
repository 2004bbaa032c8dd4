"""What staff change of a ticket by one key each: status, priority, topic, type, tags, dates, watching."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Generic

from textual.screen import ScreenResultType

from sysmo_tui.domain.enums import Category, TicketField
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Changed, CustomerTicket, TicketRow, TicketView
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.choosing import Choosing, items, tags_for
from sysmo_tui.screens.closing_acts import ClosingActs
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.performing import Act, named
from sysmo_tui.screens.picker import Item, numbered
from sysmo_tui.spoken import date_text
from sysmo_tui.widgets.ticket_text import Row

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices

Offered = Callable[["Choices"], Sequence["Choice"]]


class FieldActs(ClosingActs[ScreenResultType], Choosing[ScreenResultType], Generic[ScreenResultType]):
    """A screen from which fields of tickets are changed."""

    def action_status(self) -> None:
        """Choose a status."""
        title = _("Status of {what}", what=self.subject())
        self._choose_value(TicketField.STATUS, title, lambda known: known.statuses, lambda row: row.status)

    def action_priority(self) -> None:
        """Choose a priority."""
        title = _("Priority of {what}", what=self.subject())
        self._choose_value(
            TicketField.PRIORITY, title, lambda known: known.priorities, lambda row: row.priority
        )

    def action_topic(self) -> None:
        """Move it to another topic."""
        title = _("Move {what} to topic", what=self.subject())
        self._choose_value(TicketField.TOPIC, title, lambda known: known.topics, lambda row: row.topic)

    def action_type(self) -> None:
        """Choose a type."""
        title = _("Type of {what}", what=self.subject())
        self._choose_value(TicketField.TYPE, title, lambda known: known.types, _type_of)

    def action_tag(self) -> None:
        """Hang tags on it, or take some away."""
        from sysmo_tui.services import tagging

        numbers = self.targets()
        if not numbers:
            return

        def written(text: str | None) -> None:
            tag, untag = _tags_in(text or "")
            if tag or untag:
                self.perform(numbers, _changing(_tags_text(tag, untag), tagging.change, tag=tag, untag=untag))

        explains = _("Tags to add, with spaces between; -tag removes one.")
        prompt = Prompt(
            _("Tags of {what}", what=named(numbers)),
            explains=explains,
            check=_check_tags,
            suggester=tags_for(self),
        )

        def tell(view: TicketView) -> None:
            if view.tags:
                prompt.explain(_("Now: {tags}.", tags=" ".join(view.tags)) + " " + explains)

        # It opens at once: the next keys are words for it.
        self.app.push_screen(prompt, written)
        if len(numbers) == 1:
            self._look(numbers[0], tell)

    def action_follow_up(self) -> None:
        """Choose the day on which to look at it again."""
        numbers = self.targets()

        def chosen(day: str) -> None:
            on = date_text(date.fromisoformat(day)) if day else ""
            what = _("follow up on {day}", day=on) if on else _("no follow-up date")
            self.perform(numbers, _setting(TicketField.FOLLOW_UP, day, what))

        if numbers:
            self.pick_day(_("Follow up {what}", what=named(numbers)), chosen, can_be_none=True)

    def action_snooze(self) -> None:
        """Put it off until a day: it leaves the top of the lists, and comes back by itself."""
        numbers = self.targets()

        def chosen(day: str) -> None:
            self.perform(numbers, _snoozing(day))

        if numbers:
            self.pick_day(_("Put off {what}", what=named(numbers)), chosen)

    def action_wake(self) -> None:
        """Take back that it was put off."""
        from sysmo_tui.services import snoozing

        act = Act(
            snoozing.wake,
            lambda number: _("#{number} is in progress again.", number=number),
            lambda count: ngettext(
                "{count} ticket is in progress again.", "{count} tickets are in progress again.", count
            ),
        )
        self.perform(self.targets(), act)

    def action_watch(self) -> None:
        """Watch it, or no more; of several, ask which."""
        numbers = self.targets()
        if len(numbers) == 1:
            self._look(numbers[0], lambda view: self.perform(numbers, watching(not view.is_watched)))
        elif numbers:
            offered = [Item("on", _("Watch them"), "w", "w"), Item("", _("Watch them no more"), "n", "n")]
            self.pick(named(numbers), offered, lambda item: self.perform(numbers, watching(bool(item.value))))

    def action_edit(self) -> None:
        """Edit subject, fields, tags and watching of one ticket, in a form."""
        from sysmo_tui.services import editing

        numbers = self.targets()
        if len(numbers) > 1:
            self.unchanged(_("All fields are edited in one ticket at a time: unmark the others."))
        if len(numbers) != 1:
            return

        def stored(view: TicketView) -> None:
            self.read(editing.originals, view.row.number).then(
                lambda fields: self._edit(view, fields), group="originals"
            )

        self._look(numbers[0], stored)

    def _edit(self, view: TicketView, stored: dict[TicketField, str]) -> None:
        from sysmo_tui.screens.edit import EditScreen

        number = view.row.number

        def saved(is_saved: bool | None) -> None:
            if is_saved:
                self.done(_("Changed #{number}.", number=number), can_undo=True)
                self.acted(number)

        def show(known: Choices) -> None:
            self.app.push_screen(EditScreen(view, stored, known), saved)

        self.with_choices(show)

    def _look(self, number: int, show: Callable[[TicketView], object]) -> None:
        """Read a ticket as its staff see it."""
        from sysmo_tui.services import reading
        from sysmo_tui.services.thread_pages import Page

        def seen(view: TicketView | CustomerTicket) -> None:
            if isinstance(view, TicketView):
                show(view)

        self.read(reading.show, number, page=Page(1)).then(seen, group="choices")

    def _choose_value(
        self, field: TicketField, title: str, offered: Offered, name_in: Callable[[Row], str]
    ) -> None:
        """Let a field's value be picked, starting on the one that all have.

        Of one ticket it replaces the value that is shown only: what somebody else chose meanwhile stays.
        """
        rows = self.rows()
        names = {name_in(row) for row in rows}

        def chosen(current: str, ending: Collection[str], item: Item) -> None:
            is_move = field is TicketField.TOPIC
            act = _moving(item) if is_move else _setting(field, item.value, item.label)
            act = replace(act, ends=item.value in ending)
            # An archived value is not among those that can be chosen, and is not known by its name.
            seen = {"seen": {field: current}} if current else None
            refused = partial(self.close_refused, rows) if field is TicketField.STATUS else None
            self.perform(tuple(row.number for row in rows), act, seen=seen, refused=refused)

        def show(known: Choices) -> None:
            listed = offered(known)
            current = next((each.value for each in listed if names == {each.name}), "")
            ending = {each.value for each in listed if each.category is Category.CLOSED}
            self.pick(title, numbered(items(listed)), partial(chosen, current, ending), current)

        if rows:
            self.with_choices(show)


def watching(watches: bool) -> Act:
    """Watching, or no more."""
    from sysmo_tui.services import tagging

    if watches:
        return Act(
            tagging.watch,
            lambda number: _("You watch #{number} now.", number=number),
            lambda count: ngettext("You watch {count} ticket now.", "You watch {count} tickets now.", count),
        )
    return Act(
        tagging.unwatch,
        lambda number: _("You watch #{number} no more.", number=number),
        lambda count: ngettext(
            "You watch {count} ticket no more.", "You watch {count} tickets no more.", count
        ),
    )


def _changing(what: str, use_case: Callable[..., Changed], *args: Any, **kwargs: Any) -> Act:
    return Act(
        use_case,
        lambda number: _("Changed #{number}: {what}.", number=number, what=what),
        lambda count: ngettext(
            "Changed {count} ticket: {what}.", "Changed {count} tickets: {what}.", count, what=what
        ),
        args,
        kwargs,
    )


def _setting(field: TicketField, value: str, name: str) -> Act:
    from sysmo_tui.services import editing

    return _changing(name, editing.edit, {field: value})


def _moving(item: Item) -> Act:
    from sysmo_tui.services import editing

    return Act(
        editing.edit,
        lambda number: _("Moved #{number} to {topic}.", number=number, topic=item.label),
        lambda count: ngettext(
            "Moved {count} ticket to {topic}.", "Moved {count} tickets to {topic}.", count, topic=item.label
        ),
        ({TicketField.TOPIC: item.value},),
    )


def _snoozing(day: str) -> Act:
    from sysmo_tui.services import snoozing

    until = date_text(date.fromisoformat(day))
    return Act(
        snoozing.snooze,
        lambda number: _("#{number} is put off until {day}.", number=number, day=until),
        lambda count: ngettext(
            "{count} ticket is put off until {day}.",
            "{count} tickets are put off until {day}.",
            count,
            day=until,
        ),
        (day,),
        ends=True,
    )


def _tags_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags to hang on and those to take away, from words of which some begin with a minus."""
    words = text.replace(",", " ").split()
    tag = tuple(word.removeprefix("#") for word in words if not word.startswith("-"))
    return tag, tuple(word[1:].removeprefix("#") for word in words if word.startswith("-") and word != "-")


def _tags_text(tag: Sequence[str], untag: Sequence[str]) -> str:
    return " ".join([*(clean_line(name) for name in tag), *(f"-{clean_line(name)}" for name in untag)])


def _check_tags(text: str) -> str:
    from sysmo_tui.services import tagging

    try:
        for name in (tag for tags in _tags_in(text) for tag in tags):
            tagging.checked(name)
    except Invalid as error:
        return shown(error)
    return ""


def _type_of(row: Row) -> str:
    return row.type if isinstance(row, TicketRow) else ""
