"""What a line of text is completed with; looking for it never keeps the screen waiting."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable

from textual.suggester import Suggester

from sysmo_tui.domain.moments import time_zones
from sysmo_tui.domain.text import in_place


class ZoneSuggester(Suggester):
    """Completes the name of a time zone, however it is capitalised."""

    def __init__(self) -> None:
        super().__init__(use_cache=True, case_sensitive=False)

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins like ``value``."""
        zones = await asyncio.to_thread(time_zones)
        return next((zone for zone in zones if zone.casefold().startswith(value)), None)


class PathSuggester(Suggester):
    """Completes a path from what is in its folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first name in the folder that goes on like ``value``."""
        return await asyncio.to_thread(lambda: next(iter(completions(value)), None))


def completions(value: str) -> Iterable[str]:
    """Paths that begin like ``value``, folders with a slash behind; nothing where it cannot be read."""
    if not value:
        return []
    folder, start = os.path.split(value)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as found:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in found
                if entry.name.startswith(start) and in_place(entry.name) == entry.name
            )
    except (OSError, ValueError):
        return []
    return [os.path.join(folder, name) for name in names if start or not name.startswith(".")]


class WordSuggester(Suggester):
    """Completes the last word of a line from words that are known, also behind a ``-`` or a ``#``."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._words: tuple[str, ...] = ()

    def know(self, words: Iterable[str]) -> None:
        """Complete from these words, the first that fits."""
        self._words = tuple(words)

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word whole."""
        begun = value.replace(",", " ").rpartition(" ")[2].lstrip("-#").casefold()
        if not begun:
            return None
        return next((value + word[len(begun) :] for word in self._words if word.startswith(begun)), None)
