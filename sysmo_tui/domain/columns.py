"""The columns that a list of tickets can have for staff: the same names on the screen and in commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

COLUMNS: Final[Mapping[str, str]] = {
    "number": N_("Number"),
    "status": N_("Status"),
    "priority": N_("Priority"),
    "subject": N_("Subject"),
    "requester": N_("Requester"),
    "company": N_("Company"),
    "email": N_("E-mail"),
    "assignee": N_("Assignee"),
    "owner": N_("Owner"),
    "topic": N_("Topic"),
    "type": N_("Type"),
    "channel": N_("Channel"),
    "waits": N_("Waiting since"),
    "age": N_("Age"),
    "created": N_("Filed"),
    "updated": N_("Last change"),
    "due": N_("Due"),
    "follow_up": N_("Follow-up date"),
    "closed": N_("Closed"),
}
"""Their names for scripts, and what they are called."""

OF_OWN: Final = (
    *("number", "status", "priority", "subject", "requester", "email", "topic", "channel"),
    *("age", "created", "updated", "closed"),
)
"""Those that the list of what one asked for oneself has."""


def checked(names: Iterable[str], known: Iterable[str] = COLUMNS) -> list[str]:
    """Columns by name, each once; Invalid for one that is not ``known``."""
    choices = tuple(known)
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in wanted:
        if name not in choices:
            raise Invalid(
                N_("There is no column “{name}”. Choose from: {choices}."),
                field="columns",
                name=name,
                choices=", ".join(choices),
            )
    return wanted


def readable(names: object) -> tuple[str, ...]:
    """Those of ``names``, whatever they are, that are columns."""
    return tuple(dict.fromkeys(name for name in names if name in COLUMNS)) if isinstance(names, list) else ()
