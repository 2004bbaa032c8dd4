"""The keys of the reports."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key
from sysmo_tui.key_table.places import acts

_REPORT = (Context.REPORT,)
_SECTIONS = "1234567890-"
"""The keys of the sections, as they stand beside each other on a keyboard."""

REPORTS: Final[tuple[Key, ...]] = (
    Key("report.section_left", "h,left", "section(-1)", N_("the section to the left"), _REPORT, Group.MOVE),
    Key(
        "report.section_right",
        "tab,l,right",
        "section(1)",
        N_("the next section"),
        _REPORT,
        Group.MOVE,
        N_("Section"),
    ),
    *(
        Key(
            f"report.section_{at}",
            key,
            f"go_to({at})",
            N_("a section by its number"),
            _REPORT,
            Group.MOVE,
        )
        for at, key in enumerate(_SECTIONS, 1)
    ),
    acts("report.dates", "d", "dates", N_("choose the days"), N_("Dates"), Context.REPORT),
    acts("report.compare", "c", "compare", N_("compare with other days"), N_("Compare"), Context.REPORT),
    acts("report.topic", "t", "topic", N_("only one topic"), N_("Topic"), Context.REPORT),
    Key(
        "report.open",
        "enter",
        "open",
        N_("the tickets behind a figure"),
        (Context.REPORT,),
        Group.MOVE,
        N_("Tickets"),
    ),
    Key(
        "report.export",
        "e,x",
        "export",
        N_("save as a page to print, CSV or JSON"),
        (Context.REPORT,),
        Group.MANAGE,
        N_("Export"),
        of_machine=True,
    ),
    Key(
        "behind.open",
        "enter",
        "open",
        N_("open the ticket"),
        (Context.BEHIND,),
        Group.MOVE,
        N_("Open"),
        bound=False,
    ),
    acts("behind.copy", "y", "copy", N_("copy the command that lists them"), N_("Command"), Context.BEHIND),
    acts("report.copy", "y", "copy", N_("copy the table"), N_("Copy"), Context.REPORT),
)
