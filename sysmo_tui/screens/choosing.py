"""Letting one of the desk's choices be picked: a status, a topic, a colleague, a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Generic

from textual.screen import ScreenResultType

from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.moments import parse_date
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.spoken import month_names, weekday_names
from sysmo_tui.widgets.suggesters import WordSuggester
from sysmo_tui.widgets.ticket_text import priority_marks

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices

ANOTHER_DAY = "another"
NEVER = "never"
"""What days are chosen by that are none."""


class Choosing(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that asks which one."""

    def choose(
        self,
        title: str,
        offered: Callable[[Choices], Sequence[Item]],
        chosen: Callable[[Item], object],
        *,
        current: Callable[[Choices], str] = lambda known: "",
    ) -> None:
        """Let one of the desk's choices be picked, starting on the ``current`` one, then do ``chosen``."""

        def show(known: Choices) -> None:
            self.pick(title, offered(known), chosen, current(known))

        self.with_choices(show)

    def pick(
        self, title: str, listed: Sequence[Item], chosen: Callable[[Item], object], current: str = ""
    ) -> None:
        """Let one of ``listed`` be picked, starting on the one whose value is ``current``."""

        def picked(value: str | None) -> None:
            for item in listed:
                if item.value == value:
                    chosen(item)

        self.app.push_screen(Picker(title, listed, current=current), picked)

    def with_choices(self, show: Callable[[Choices], None]) -> None:
        """``show`` what the desk has to choose from, at once where it was read before.

        The next key is meant for the list that opens. It is read again for the next time, and what is not
        there any more is refused when it is chosen.
        """
        known = self._known_choices()
        if known is not None:
            show(known)
        self.read_choices(show if known is None else None)

    def read_choices(self, show: Callable[[Choices], None] | None = None) -> None:
        """Read what the desk has to choose from and remember it, then ``show`` it."""
        from sysmo_tui.services import choices

        account = self.app.actor.account_id

        def remember(known: Choices) -> None:
            self.app.known_choices = account, known
            if show is not None:
                show(known)

        self.read(choices.read).then(remember, group="choices")

    def _known_choices(self) -> Choices | None:
        """What was read before for the same person."""
        account, known = self.app.known_choices or (None, None)
        return known if account == self.app.actor.account_id else None

    def pick_day(self, title: str, chosen: Callable[[str], object], *, can_be_none: bool = False) -> None:
        """Let a day after today be picked or written, as ``2026-01-31``; "" for none where it may be."""
        today = self.app.now().astimezone(self.app.zone).date()

        def written(text: str | None) -> None:
            if text is not None:
                chosen(parse_date(text, today).isoformat())

        def picked(value: str | None) -> None:
            if value == ANOTHER_DAY:
                explains = _("A date like 2026-01-31, or tomorrow, +3d, +2w.")
                self.app.push_screen(Prompt(title, explains=explains, check=_day_check(today)), written)
            elif value is not None:
                chosen("" if value == NEVER else value)

        self.app.push_screen(Picker(title, day_items(today, can_be_none=can_be_none)), picked)


def tags_for(screen: DeskScreen[Any]) -> WordSuggester:
    """What completes tags on a ``screen``: those that are in use, the most used first."""
    from sysmo_tui.services import search_values

    words = WordSuggester()
    screen.read(search_values.offered, "tag", "", limit=search_values.MOST_TAGS).then(
        lambda known: words.know(each.value for each in known), group="tags"
    )
    return words


def day_items(today: date, *, can_be_none: bool) -> list[Item]:
    """The days until which something is put off most often, each by its own key."""
    monday = today + timedelta(days=7 - today.weekday())
    offered = [
        (today + timedelta(days=1), _("tomorrow")),
        (today + timedelta(days=3), _("in three days")),
        (monday, _("on Monday")),
        (today + timedelta(weeks=1), _("in a week")),
        (today + timedelta(weeks=2), _("in two weeks")),
    ]
    listed = [
        Item(day.isoformat(), words, f"{key}  {_day_text(day)}", str(key))
        for key, (day, words) in enumerate(offered, 1)
    ]
    listed.append(Item(ANOTHER_DAY, _("another day…"), "d", "d"))
    if can_be_none:
        listed.append(Item(NEVER, _("no date"), "0", "0"))
    return listed


def items(known: Sequence[Choice]) -> list[Item]:
    """Choices as a list to pick from; priorities with the marks that lists show."""
    return [
        Item(choice.value, _(choice.name), choice.note or priority_marks(choice.level)) for choice in known
    ]


def people_items(known: Sequence[Choice], me: Actor, topics: Collection[str]) -> list[Item]:
    """Colleagues: oneself first, then who serves all of these ``topics``, and below a line the others."""
    listed = [Item("me", _("me"), clean_line(me.name))]
    for is_own in (True, False):
        people = [
            each for each in known if each.value != me.email and each.serves.issuperset(topics) is is_own
        ]
        listed += [replace(item, group="" if is_own else "others") for item in items(people)]
    return listed


def _day_text(day: date) -> str:
    """A day near enough to do without its year: ``Fri 21 Aug``."""
    return _(
        "{weekday} {day} {month}",
        weekday=weekday_names()[day.weekday()],
        day=day.day,
        month=month_names()[day.month - 1],
    )


def _day_check(today: date) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            day = parse_date(text, today)
        except Invalid as error:
            return shown(error)
        return "" if day > today else _("Choose a day after today, like tomorrow or +3d.")

    return check
