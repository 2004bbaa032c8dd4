"""What the program takes over from the account of who came in: language, colours and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sysmo_tui import keys, themes
from sysmo_tui.domain.message import Message
from sysmo_tui.i18n import use
from sysmo_tui.screens.waking import Waking
from sysmo_tui.services import profile
from sysmo_tui.services.arrival import Arrival


class Personal(Waking):
    """A program that looks and answers as its person chose, unless this process was told otherwise."""

    keymap_of_file: Mapping[str, str]
    """Keys by binding id, as a settings file of this machine has them; the account goes before it."""
    keymap_problems: list[Message]
    may_take_theme: bool
    may_take_language: bool

    def take_over(self, here: Arrival) -> None:
        """Know who is here, and how they want the screens."""
        self.arrival = here
        if self.may_take_language:
            use(here.actor.locale)
        if self.may_take_theme and here.preferences["theme"] in themes.NAMES:
            self.theme = here.preferences["theme"]
        self.take_keymap(here.preferences["keymap"])

    def prefer(self, name: str, value: object) -> None:
        """Know a preference of who is here at once, and keep it with the account."""
        if self.arrival is not None:
            self.remember(name, value)
            door = self.door
            self.keep(lambda: door.touch(profile.prefer, {name: value}))

    def remember(self, name: str, value: object) -> None:
        """Know at once a preference that is kept with the account of who is here."""
        if self.arrival is not None:
            self.arrival = replace(self.arrival, preferences={**self.arrival.preferences, name: value})

    def take_keymap(self, own: Mapping[str, str]) -> None:
        """Answer to the keys of the account, and where it says nothing, to those of the settings file."""
        self.keymap, self.keymap_problems = keys.checked_keymap(keys.combined(self.keymap_of_file, own))
        self.set_keymap(self.keymap)
