"""The columns of a list of tickets: the usual ones, those that one chose, and which of them find room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.text import Text

from sysmo_tui.domain.message import N_
from sysmo_tui.widgets.ticket_cells import TicketCells
from sysmo_tui.widgets.ticket_text import Row

PHONE = 60
"""Cells below which a ticket takes two lines."""
LEAST_SUBJECT = 16
"""Cells that the subject has at least; other columns give way."""
ENOUGH_SUBJECT = 44
"""Cells in which most subjects are whole; beyond them a company's name comes first."""
WHOLE_STATE = 23
"""Cells in which what customers are told of a state is whole in every language."""
WHOLE_COMPANY = 24
"""Cells in which most companies' names are whole."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its cells (0 takes what is left), and how wide the terminal must be for it.

    A heading ``is_last`` stands at its end.
    """

    key: str
    title: str
    width: int
    write: Callable[[TicketCells, Row, int], Text]
    from_width: int = 0
    is_last: bool = False


_MARKS: Final = Column("mark", "", 3, TicketCells.marks)
_STAFF: Final = (
    _MARKS,
    Column("number", "#", 7, TicketCells.number),
    Column("status", N_("State"), 12, TicketCells.state),
    Column("priority", N_("Pri"), 4, TicketCells.urgency),
    Column("subject", N_("Subject"), 0, TicketCells.subject),
    Column("company", N_("Company"), 12, TicketCells.company, from_width=79),
    Column("assignee", N_("Who"), 8, TicketCells.assignee),
    Column("due", N_("Due"), 10, TicketCells.due, from_width=140, is_last=True),
    Column("clock", "", 9, TicketCells.clock, from_width=66, is_last=True),
)
_CUSTOMERS: Final = (
    Column("mark", "", 2, TicketCells.first),
    Column("number", "#", 7, TicketCells.number),
    Column("status", N_("State"), 12, TicketCells.state),
    Column("subject", N_("Subject"), 0, TicketCells.subject),
    Column("company", N_("Topic"), 14, TicketCells.company, from_width=120),
    Column("assignee", N_("Operator"), 10, TicketCells.assignee, from_width=66),
    Column("clock", "", 7, TicketCells.clock, is_last=True),
)
_PHONE: Final = (Column("lines", "", 0, TicketCells.two_lines),)
_CHOSEN: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("number", "#", 7, TicketCells.number),
        Column("status", N_("State"), 12, TicketCells.state),
        Column("priority", N_("Priority"), 11, TicketCells.priority),
        Column("subject", N_("Subject"), 0, TicketCells.subject),
        Column("requester", N_("Requester"), 16, TicketCells.requester),
        Column("company", N_("Company"), 16, TicketCells.company),
        Column("email", N_("E-mail"), 24, TicketCells.email),
        Column("assignee", N_("Who"), 9, TicketCells.assignee),
        Column("owner", N_("Owner"), 9, TicketCells.owner),
        Column("topic", N_("Topic"), 14, TicketCells.topic),
        Column("type", N_("Type"), 12, TicketCells.type),
        Column("channel", N_("Channel"), 11, TicketCells.channel),
        Column("waits", N_("Waits"), 8, TicketCells.waits, is_last=True),
        Column("age", N_("Age"), 6, TicketCells.age, is_last=True),
        Column("created", N_("Filed"), 13, TicketCells.created),
        Column("updated", N_("Changed"), 9, TicketCells.updated, is_last=True),
        Column("due", N_("Due"), 10, TicketCells.due, is_last=True),
        Column("follow_up", N_("Follow up"), 13, TicketCells.follow_up),
        Column("closed", N_("Closed"), 13, TicketCells.closed),
    )
}
"""What can be chosen, by the names that commands have for it."""


def usual() -> tuple[str, ...]:
    """The names of the columns that staff see where they chose none."""
    names = ["waits" if column.key == "clock" else column.key for column in _STAFF]
    return tuple(name for name in dict.fromkeys(names) if name in _CHOSEN and name != "due")


def fitting(
    width: int, screen: int, chosen: Sequence[str], *, is_customers: bool, widest_state: int = 0
) -> tuple[Column, ...]:
    """The columns of a table ``width`` cells wide on a ``screen`` that wide.

    What customers are told of the state is whole, ``widest_state`` cells: it may ask them for something.
    """
    if width < PHONE:
        return _PHONE
    if is_customers or not chosen:
        offered = [each for each in (_CUSTOMERS if is_customers else _STAFF) if each.from_width <= screen]
        if is_customers:
            needed = min(widest_state + 1, WHOLE_STATE)
            offered = [
                replace(each, width=max(each.width, needed)) if each.key == "status" else each
                for each in offered
            ]
        return _shared(_with_subject(offered, width), width)
    wanted = [_CHOSEN[name] for name in chosen if name in _CHOSEN]
    room = width - 1 - _MARKS.width - LEAST_SUBJECT * any(not column.width for column in wanted)
    found = [_MARKS]
    for column in wanted:
        if column.width <= room:
            room -= column.width
            found.append(column)
    return _shared(found, width)


def _with_subject(columns: Sequence[Column], width: int) -> Sequence[Column]:
    """The same columns, without the company's where the subject would be too short; a preview names it."""
    if width - 1 - sum(column.width for column in columns) >= LEAST_SUBJECT:
        return columns
    return [column for column in columns if column.key != "company"]


def _shared(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """The same columns; of what the subject has more than enough of, a company's name gets a part."""
    spare = width - 1 - sum(column.width for column in columns) - ENOUGH_SUBJECT
    return tuple(
        replace(column, width=column.width + min(spare, WHOLE_COMPANY - column.width))
        if spare > 0 and column.key == "company" and column.width < WHOLE_COMPANY
        else column
        for column in columns
    )
