"""Two dates for a report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from textual.content import Content
from textual.widgets import Button

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.moments import DateRange, parse_date
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.widgets.forms import Field, button, text_input


class DatesScreen(FormScreen[DateRange | None]):
    """Asks from when to when, both days inside."""

    def __init__(self, title: str, today: date, known: DateRange | None) -> None:
        super().__init__()
        self._title_text, self._today, self._known = title, today, known

    def heading(self) -> str:
        """What the days are for."""
        return self._title_text

    def explains(self) -> Content:
        """How a date is written."""
        return Content(_("Write a date like 2026-01-31, today, yesterday, -7d or -2w. Both days are inside."))

    def fields(self) -> Iterable[Field]:
        """The first and the last day."""
        known = self._known
        yield Field("first", pgettext("days", "From"), text_input(str(known.first) if known else ""))
        yield Field("last", pgettext("days", "To"), text_input(str(known.last if known else self._today)))

    def buttons(self) -> Iterable[Button]:
        """Going on."""
        yield button(_("Show"), "save", is_main=True)

    def submit(self, given: dict[str, str]) -> None:
        """Read the dates, each refused beneath itself."""
        days: list[date] = []
        for name in ("first", "last"):
            try:
                days.append(parse_date(given[name], self._today))
            except Invalid as error:
                self.complain(name, shown(error))
                return
        try:
            self.dismiss(DateRange(days[0], days[1]))
        except Invalid as error:
            self.complain("first", shown(error))
