"""A list to choose one thing from, which changes while somebody types."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Paged(OptionList):
    """Choices, for which keys may come before they have a place on the screen."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Go by pages once it is known how much a page is."""
        if action in ("page_up", "page_down") and not self.scrollable_content_region:
            return False
        return super().check_action(action, parameters)


class Options(Paged):
    """Choices that others take the place of meanwhile."""

    def say_empty(self, why: str) -> None:
        """Say in place of choices why there is none."""
        self.add_option(Option(Content.styled(why, "dim"), disabled=True))

    async def on_event(self, event: events.Event) -> None:
        """Take no click on a line that is no longer there."""
        at = event.style.meta.get("option", 0) if isinstance(event, events.Click) else 0
        if at == 0 or at < self.option_count:
            await super().on_event(event)

    def holds(self, event: OptionList.OptionSelected) -> bool:
        """Whether what was chosen is still where it was."""
        at = event.option_index
        return at < self.option_count and self.get_option_at_index(at) is event.option

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Keep to oneself a choice that was no longer there when it was made."""
        if not self.holds(event):
            event.stop()
