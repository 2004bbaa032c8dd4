"""How one likes the screens: colours, where the program begins, what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import on
from textual.content import Content
from textual.widgets import Button, Select

from sysmo_tui.i18n import _, pgettext
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.services import arrival, preferences, profile
from sysmo_tui.services.arrival import Arrival
from sysmo_tui.services.preferences import SAVED, Preference
from sysmo_tui.services.profile import Profile
from sysmo_tui.widgets.forms import Field, button, choice

ON, OFF = "on", "off"


class PreferencesScreen(FormScreen[None]):
    """Every preference with its value; colours are tried on at once, and taken back unless they are saved."""

    ASKS_BEFORE_LEAVING = True
    APART_FROM = 22

    def heading(self) -> str:
        """What the screen is called."""
        return _("How you like the screens")

    def explains(self) -> Content:
        """Whose they are."""
        return Content(_("This is kept with your account, wherever you sign in."))

    def fields(self) -> Iterable[Field]:
        """One choice for each preference."""
        for each in self._listed():
            options = [(_(word), value) for value, word in _words(each).items()]
            field = Field(each.name, _(each.definition.title), choice(options, self._value(each)))
            field.tooltip = None
            yield field

    def buttons(self) -> Iterable[Button]:
        """Saving, and the keys."""
        yield button(_("Save"), "save", is_main=True)
        yield button(pgettext("keyboard", "Keys"), "keymap")

    def on_mount(self) -> None:
        """Say what each preference does once one is at it."""
        super().on_mount()
        self._colours = self.app.theme
        for each in self._listed():
            self.form.field(each.name).query_one(Select).prompt = _("as usual")

    def on_descendant_focus(self) -> None:
        """Say at the bottom what the preference under the cursor does."""
        for each in self._listed():
            if self.form.field(each.name).control.has_focus_within:
                self.say(Content.styled(_(each.definition.help), "$quiet"))

    @on(Select.Changed)
    def try_on(self, event: Select.Changed) -> None:
        """Show the colours that are chosen."""
        theme = self.form.field("theme").value
        if event.select is self.form.field("theme").control and theme in self.app.available_themes:
            self.app.theme = theme

    def submit(self, given: dict[str, str]) -> None:
        """Keep what is chosen."""
        self.send(self.write(profile.prefer, given), self._saved)

    def leave(self) -> None:
        """Put the colours back that were not saved."""
        self.app.theme = self._colours
        super().leave()

    def action_keymap(self) -> None:
        """Choose other keys."""
        self.go_to("keymap")

    def _listed(self) -> tuple[Preference, ...]:
        here = self.app.arrival
        stored = {} if here is None else here.preferences
        listed = preferences.listed(stored, is_staff=self.app.actor.is_staff)
        return tuple(each for each in listed if not each.definition.kept_by_screens)

    def _value(self, each: Preference) -> str:
        if each.name == "theme":
            return self.app.theme
        return preferences.shown(each.value)

    def _saved(self, _mine: Profile) -> None:
        self._colours = self.app.theme
        self.remember()
        self.done(_("Kept. It holds wherever you sign in."))
        self.read(arrival.arrive).then(self._arrive, group="arrival")

    def _arrive(self, here: Arrival) -> None:
        self.app.take_over(here)


def _words(each: Preference) -> dict[str, str]:
    """The values of a preference by the words that people choose from."""
    if each.definition.words is not None:
        words: dict[str, Any] = dict(each.definition.words)
        if str(each.value).startswith(SAVED):
            words[each.value] = each.value.removeprefix(SAVED)
        return words
    return {ON: _("yes"), OFF: _("no")}
