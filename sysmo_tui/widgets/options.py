"""A list to choose one thing from, which changes while somebody types."""

from __future__ import annotations

from textual.widgets import OptionList


class Options(OptionList):
    """Choices, for which keys may come before they have a place on the screen."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Go by pages once it is known how much a page is."""
        if action in ("page_up", "page_down") and not self.scrollable_content_region:
            return False
        return super().check_action(action, parameters)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Keep to oneself a choice that was no longer there when it was made."""
        at = event.option_index
        if at >= self.option_count or self.get_option_at_index(at) is not event.option:
            event.stop()
