"""Every action of the screen by name; a number goes to that ticket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from sysmo_tui import keys, themes
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context, Key
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.services import profile

if TYPE_CHECKING:
    from collections.abc import Awaitable

Act = Callable[[], "Awaitable[object] | object"]
Command = tuple[str, str, Act]
"""What it is called, its keys or what it does, and what runs."""

_NUMBER = re.compile(r"#?\s*(\d{1,10})\s*")
_PASSED_OVER = frozenset({"app.palette", "inbox.box_left", "inbox.box_right"})


class Actions(Provider):
    """What may be done on the screen that is open, and the program's own commands."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for name, note, act in self._commands():
            yield DiscoveryHit(Content(name), act, text=name, help=note)

    async def search(self, query: str) -> Hits:
        """What resembles ``query``; a number first."""
        number = _NUMBER.fullmatch(query)
        if number and isinstance(self.screen, DeskScreen):
            open_ticket = partial(self.screen.app.open_ticket, int(number[1]))
            name = _("Go to #{number}", number=int(number[1]))
            yield Hit(1.0, Content(name), open_ticket, text=name)
        matcher = self.matcher(query)
        for name, note, act in self._commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, Content(name), act, text=name, help=note)

    def _commands(self) -> Iterable[Command]:
        screen = self.screen
        if not isinstance(screen, DeskScreen):
            return
        for key in keys.of_context(screen.CONTEXT, Context.EVERYWHERE):
            if self._is_offered(screen, key):
                name = _(key.help)
                yield (
                    name[:1].upper() + name[1:],
                    "  ".join(keys.shown(key, screen.app.keymap)),
                    self._runner(screen, key),
                )
        yield from getattr(screen, "more_commands", tuple)()
        for theme, name in themes.NAMES.items():
            if theme in self.app.available_themes:
                yield _("Colours: {theme}", theme=_(name)), "", self._theme_setter(theme)
        if screen.app.arrival is not None:
            who = clean_line(screen.app.actor.name)
            yield _("Sign out ({who})", who=who), "", screen.app.leave

    def _is_offered(self, screen: DeskScreen[Any], key: Key) -> bool:
        if not key.bound or key.id in _PASSED_OVER or key.id.startswith(("move.", "report.section_")):
            return False
        return screen.check_action(key.action.partition("(")[0], ()) is not False

    def _runner(self, screen: DeskScreen[Any], key: Key) -> Act:
        namespace = "app" if hasattr(screen.app, f"action_{key.action}") else "screen"
        return lambda: screen.run_action(f"{namespace}.{key.action}")

    def _theme_setter(self, theme: str) -> Act:
        def choose() -> None:
            self.app.theme = theme
            if isinstance(self.screen, DeskScreen) and self.screen.app.arrival is not None:
                self.screen.touch(profile.prefer, {"theme": theme})

        return choose
