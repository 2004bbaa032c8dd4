"""The footer: at most eight keys, those that matter here and may be used, in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from sysmo_tui.i18n import _
from sysmo_tui.keys import BY_ID, TYPING, Key, beside_text, shown

if TYPE_CHECKING:
    from textual.screen import Screen

MOST = 8
"""Hints at once."""
KEPT = frozenset({"app.back", "app.help"})
"""The way back, and the help that leads to everything else, always have their place."""


class Hints(Static):
    """Names keys and, for a mouse, is a row of buttons."""

    DEFAULT_CSS = """
    Hints {
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        text-wrap: nowrap;
    }
    """

    def __init__(self, *names: str) -> None:
        super().__init__()
        self._names = names
        self._places: list[tuple[int, int, Key]] = []
        self._shown = Content("")

    def on_mount(self) -> None:
        """Follow what may be done."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self.show()

    def on_resize(self) -> None:
        """Use the room there is."""
        self.show()

    def show(self) -> None:
        """Render the hints that fit."""
        # Before it is laid out, it is known to be as wide as the terminal, mostly.
        fitting = self._fitting(self.size.width or self.app.size.width - 2)
        if fitting != self._shown:
            self._shown = fitting
            self.update(fitting, layout=False)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self.call_later(self.show)

    def _fitting(self, width: int) -> Content:
        fitting = list(named(self.screen, self._chosen()))
        while len(fitting) > MOST or _width(fitting) > width:
            spare = [place for place, (_content, key) in enumerate(fitting) if key.id not in KEPT]
            if not spare:
                break
            del fitting[spare[-1]]
        self._places = []
        start = 0
        for part, key in fitting:
            self._places.append((start, start + part.cell_length, key))
            start += part.cell_length + 2
        return Content("  ").join(part for part, _key in fitting)

    def _chosen(self) -> Sequence[str]:
        """The keys of the line, or those that the screen's state asks for."""
        choose: Callable[[Sequence[str]], Sequence[str]] = getattr(self.screen, "hint_names", tuple)
        return choose(self._names)

    async def on_click(self, event: Click) -> None:
        """Do what stands where the mouse is."""
        place = event.get_content_offset(self)
        for start, end, key in self._places:
            if place is not None and start <= place.x < end and key.bound:
                namespace = "app" if key.id in ("app.palette", "app.quit") else "screen"
                await self.screen.run_action(f"{namespace}.{key.action}")


def named(screen: Screen[Any], names: Iterable[str]) -> Iterator[tuple[Content, Key]]:
    """The keys among ``names`` that may be used on a screen, each with what it does there."""
    words: Mapping[str, str] = getattr(screen, "hint_words", dict)()
    is_typed_in = getattr(screen, "CONTEXT", None) in TYPING
    for name in names:
        key = BY_ID[name]
        if key.action and screen.check_action(key.action.partition("(")[0], ()) is False:
            continue
        known = shown(key, getattr(screen.app, "keymap", {}), is_short=True)
        acting = (beside_text(known) if is_typed_in else known)[0]
        yield Content.assemble((acting, "bold $accent"), " ", words.get(key.id) or _(key.hint)), key


def _width(shown: list[tuple[Content, Key]]) -> int:
    return sum(part.cell_length for part, _key in shown) + 2 * (len(shown) - 1)
