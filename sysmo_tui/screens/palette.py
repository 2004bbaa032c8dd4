"""Everything by name: actions, tickets, people, topics, colours; a number goes to that ticket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from sysmo_tui import keys, themes
from sysmo_tui.domain.enums import Role
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context, Group, Key
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.base import TYPING_SECONDS, DeskScreen
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.widgets.forms import Complaint

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from sysmo_tui.services.anywhere import Found, Known

Act = Callable[[], "Awaitable[object] | object"]
Command = tuple[str, str, Act]
"""What it is called, its keys or what it does, and what runs."""

LONGEST_SUBJECT = 44
"""Cells of a subject: with its number and its status, a ticket is one line."""

_NUMBER = re.compile(r"#?\s*(\d{1,10})\s*")
_PASSED_OVER = frozenset({"app.palette"})
_PASSED_OVER_TOO = ("move.", "inbox.box_", "report.section_")


class Palette(Picker):
    """What may be done on a screen and where one can go; it is done once the palette is closed."""

    def __init__(self, screen: DeskScreen[Any]) -> None:
        self._over, self._about = screen, screen.subject()
        self._acts: dict[str, Act] = {}
        self._on_ticket: set[str] = set()
        self._found: tuple[Item, ...] = ()
        offered = []
        for place, (name, note, act) in enumerate(commands(screen)):
            offered.append(Item(f"do:{place}", name, note))
            self._acts[f"do:{place}"] = act
            self._on_ticket.add(f"do:{place}")
        super().__init__(
            self._about or _("Commands"), offered, asks=_("An action, #number, or words of a ticket")
        )

    def on_mount(self) -> None:
        """Show what may be done, and ask for what else has a name."""
        from sysmo_tui.services import anywhere

        super().on_mount()
        if self._is_somebody:
            self._offer_searches()
            self.read(anywhere.known).then(self._offer_known, group="known", refused=self._refused)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what matches, and look for tickets and people that have these words."""
        from sysmo_tui.services import anywhere

        self._found = ()
        super().on_input_changed(event)
        text = event.value.strip()
        if not self._is_somebody or len(text) < 2 or _NUMBER.fullmatch(text):
            self.workers.cancel_group(self, "anywhere")
            return
        self.read(anywhere.found, text).then(
            partial(self._offer_found, text), group="anywhere", after=TYPING_SECONDS, refused=self._refused
        )

    def matching(self, text: str) -> tuple[Item, ...]:
        """What has every typed word in its name, then what was found; a ticket's number before all else."""
        found = (*super().matching(text), *self._found)
        number = _NUMBER.fullmatch(text)
        if number is None:
            return found
        return (Item(f"#{int(number[1])}", _("Go to #{number}", number=int(number[1]))), *found)

    def run(self, value: str | None) -> None:
        """Do what was picked, unless it is about another ticket than the cursor is on now."""
        if value is None:
            return
        if value.startswith("#"):
            self._over.app.open_ticket(int(value[1:]))
        elif value in self._on_ticket and self._about and self._over.subject() != self._about:
            self._over.say_error(_("This is another ticket than {number} now.", number=self._about))
        else:
            self._over.app.call_later(self._acts[value])

    @property
    def _is_somebody(self) -> bool:
        return self._over.app.arrival is not None

    def _offer_searches(self) -> None:
        """What was searched for last can be searched for again."""
        self._offer(
            (f"find:{text}", _("Search again: {text}", text=clean_line(text, 50)), "", text)
            for text in self._over.app.preferred("recent_searches")
        )

    def _offer_known(self, known: Known) -> None:
        """The lists of the inbox name its saved searches themselves."""
        if not hasattr(self._over, "list_commands"):
            for line in known.saved:
                self._acts[f"saved:{line.id}"] = partial(self._over.app.open_list, line)
            self.extend(Item(f"saved:{line.id}", _("List: {name}", name=line.name)) for line in known.saved)
        self._offer(
            (
                f"topic:{topic.value}",
                _("Topic: {name}", name=_(topic.name)),
                topic.note,
                f"topic:{topic.value}",
            )
            for topic in known.topics
        )

    def _offer(self, searches: Iterable[tuple[str, str, str, str]]) -> None:
        """Offer more searches, each by its value, its name, a remark and its words."""
        more = []
        for value, name, note, query in searches:
            more.append(Item(value, name, note))
            self._acts[value] = partial(self._over.app.look_for, query)
        self.extend(more)

    def _refused(self, error: DeskError) -> None:
        """Say why nothing is found now; what may be done is still there."""
        self.query_one(Complaint).say(shown(error))

    def _offer_found(self, text: str, found: Found) -> None:
        if self.typed != text:
            return
        items = []
        for row in found.tickets:
            subject = clean_line(row.subject, LONGEST_SUBJECT)
            items.append(Item(f"#{row.number}", f"#{row.number} {subject}", _(row.status)))
        for line in found.people:
            field = "from" if line.role is Role.CUSTOMER else "assignee"
            note = " · ".join(filter(None, (line.company, line.email)))
            items.append(Item(f"who:{line.email}", clean_line(line.name, LONGEST_SUBJECT), clean_line(note)))
            self._acts[f"who:{line.email}"] = partial(self._over.app.look_for, f"{field}:{line.email}")
        self._found = tuple(items)
        self.narrow()


def commands(screen: DeskScreen[Any]) -> Iterable[Command]:
    """What may be done now, acts on the ticket first."""
    offered = [key for key in keys.of_context(screen.CONTEXT, Context.EVERYWHERE) if _is_offered(screen, key)]
    yield from (_command(screen, key) for key in offered if key.group is Group.ACT)
    yield from getattr(screen, "more_commands", tuple)()
    yield from (_command(screen, key) for key in offered if key.group is not Group.ACT)
    for theme, name in themes.NAMES.items():
        if theme in screen.app.available_themes:
            yield _("Colours: {theme}", theme=_(name)), _("theme"), partial(_choose_theme, screen, theme)
    if screen.app.arrival is not None:
        yield from _own(screen)
        who = clean_line(screen.app.actor.name)
        yield _("Sign out ({who})", who=who), "", screen.app.leave


def _own(screen: DeskScreen[Any]) -> Iterable[Command]:
    """What is one's own: how one likes the screens, and the keys."""
    for place, name in (("preferences", _("How you like the screens")), ("keymap", _("Your keys"))):
        if screen.app.is_place(place):
            yield name, "", partial(screen.go_to, place)


def _is_offered(screen: DeskScreen[Any], key: Key) -> bool:
    if not key.bound or key.id in _PASSED_OVER or key.id.startswith(_PASSED_OVER_TOO):
        return False
    action = key.action.partition("(")[0]
    return screen.check_action(action, ()) is not False and screen.app.check_action(action, ()) is not False


def _command(screen: DeskScreen[Any], key: Key) -> Command:
    name = _(key.help)
    namespace = "app" if hasattr(screen.app, f"action_{key.action}") else "screen"
    act = partial(screen.run_action, f"{namespace}.{key.action}")
    return name[:1].upper() + name[1:], "  ".join(keys.shown(key, screen.app.keymap)), act


def _choose_theme(screen: DeskScreen[Any], theme: str) -> None:
    screen.app.theme = theme
    screen.app.prefer("theme", theme)
