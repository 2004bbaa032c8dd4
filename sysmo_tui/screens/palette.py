"""Every action of the screen by name; a number goes to that ticket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from sysmo_tui import keys, themes
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context, Group, Key
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.services import profile

if TYPE_CHECKING:
    from collections.abc import Awaitable

Act = Callable[[], "Awaitable[object] | object"]
Command = tuple[str, str, Act]
"""What it is called, its keys or what it does, and what runs."""

_NUMBER = re.compile(r"#?\s*(\d{1,10})\s*")
_PASSED_OVER = frozenset({"app.palette"})
_PASSED_OVER_TOO = ("move.", "inbox.box_", "report.section_")


class Palette(Picker):
    """What may be done on a screen: picked by a part of its name, and run once the palette is closed."""

    def __init__(self, screen: DeskScreen[Any]) -> None:
        self._over, self._about = screen, screen.subject()
        self._commands = list(commands(screen))
        offered = [Item(str(place), name, note) for place, (name, note, _act) in enumerate(self._commands)]
        super().__init__(
            self._about or _("Commands"), offered, asks=_("An action, or the number of a ticket")
        )

    def matching(self, text: str) -> tuple[Item, ...]:
        """What has every typed word in its name; a ticket's number before all else."""
        found = super().matching(text)
        number = _NUMBER.fullmatch(text)
        if number is None:
            return found
        return (Item(f"#{int(number[1])}", _("Go to #{number}", number=int(number[1]))), *found)

    def run(self, value: str | None) -> None:
        """Do what was picked, unless the cursor is on another ticket now."""
        if value is None:
            return
        if value.startswith("#"):
            self._over.app.open_ticket(int(value[1:]))
        elif self._about and self._over.subject() != self._about:
            self._over.say_error(_("This is another ticket than {number} now.", number=self._about))
        else:
            self._over.app.call_later(self._commands[int(value)][2])


def commands(screen: DeskScreen[Any]) -> Iterable[Command]:
    """What may be done now, acts on the ticket first."""
    offered = [key for key in keys.of_context(screen.CONTEXT, Context.EVERYWHERE) if _is_offered(screen, key)]
    yield from (_command(screen, key) for key in offered if key.group is Group.ACT)
    yield from getattr(screen, "more_commands", tuple)()
    yield from (_command(screen, key) for key in offered if key.group is not Group.ACT)
    for theme, name in themes.NAMES.items():
        if theme in screen.app.available_themes:
            yield _("Colours: {theme}", theme=_(name)), "", partial(_choose_theme, screen, theme)
    if screen.app.arrival is not None:
        who = clean_line(screen.app.actor.name)
        yield _("Sign out ({who})", who=who), "", screen.app.leave


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
    if screen.app.arrival is not None:
        screen.touch(profile.prefer, {"theme": theme})
