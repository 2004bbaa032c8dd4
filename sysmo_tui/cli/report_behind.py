"""The tickets behind a figure of a report, as a list."""

from __future__ import annotations

from typing import Any

from sysmo_tui import spoken
from sysmo_tui.cli import shapes, sheets
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.domain.enums import Age
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.report_parts import WEEKDAYS, Figure, Part
from sysmo_tui.i18n import _

_NAMES = ("at", "seconds", "rating", *(name for name in sheets.TICKETS if name not in ("content", "tags")))


def part(figure: Figure, *, age: Age | None, weekday: str | None, hour: int | None) -> Part:
    """What is asked for; Invalid for a day of the week that there is not."""
    day = None
    if weekday is not None:
        word = weekday.strip().lower()
        if word not in WEEKDAYS:
            raise Invalid(
                N_("“{value}” is no day of the week. Choose one of: {choices}."),
                field="weekday",
                value=weekday,
                choices=", ".join(WEEKDAYS),
            )
        day = WEEKDAYS.index(word)
    return Part(figure, age=age, weekday=day, hour=hour)


def show(run: Here, found: Any, figure: Figure) -> None:
    """Print a page of :class:`sysmo_tui.services.report_tickets.Cases`, and say what is not in it."""
    is_rating = figure is Figure.RATED

    def value(case: Any) -> str:
        if case.value is None:
            return ""
        return str(case.value) if is_rating else spoken.duration(case.value)

    def shape(case: Any) -> Shape:
        own = {"seconds": None if is_rating else case.value, "rating": case.value if is_rating else None}
        return {"at": case.at, **own, **shapes.row(case.ticket)}

    columns: list[Column[Any]] = [
        Column("#", lambda case: f"#{case.ticket.number}", is_number=True, is_whole=True),
        Column(_("When"), lambda case: run.out.when(case.at)),
        *(
            [Column(_("Rated") if is_rating else _("Took"), value, is_number=True)]
            if _has(found, figure)
            else []
        ),
        Column(_("Status"), lambda case: _(case.ticket.status)),
        Column(_("Subject"), lambda case: case.ticket.subject, grows=True),
        Column(_("Assignee"), lambda case: case.ticket.assignee.name if case.ticket.assignee else ""),
    ]
    run.out.rows(
        found.page.items,
        columns,
        shape,
        names=_NAMES,
        empty=_("No tickets here."),
        total=found.page.total,
        following=found.page.next,
        more={"hidden": found.hidden, "from": found.days.first, "to": found.days.last},
    )
    if found.hidden:
        run.out.say(_("And {count} that you do not see any more.", count=found.hidden))


def _has(found: Any, figure: Figure) -> bool:
    """Whether cases of ``figure`` have a value to show."""
    return figure is Figure.RATED or any(case.value is not None for case in found.page.items)
