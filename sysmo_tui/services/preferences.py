"""How people like to work: the closed list of what each may choose for the screens, kept with the account."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sysmo_tui.domain.closed_sets import THEMES
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import storable_line

LONGEST_VALUE = 120
"""Characters of a line among the preferences: a search, the name of one."""
MOST_SEARCHES = 10
"""How many recent searches are kept."""
MOST_COLUMNS = 20
MOST_KEYS = 300

SAVED = "saved:"
"""What stands before the name of a saved search that one starts with."""

STARTS: Final[Mapping[str, str]] = {
    "first": N_("the first list"),
    "assigned": N_("assigned to you"),
    "topics": N_("your topics"),
    "unassigned": N_("unassigned"),
    "all": N_("all tickets"),
    "created": N_("created by you"),
    "reports": N_("the reports"),
}
"""Where the program opens; a saved search is written as ``saved:NAME``."""

AFTER_CLOSING: Final[Mapping[str, str]] = {
    "next": N_("go on to the next ticket"),
    "stay": N_("stay on the ticket"),
}

_KEY_ID = re.compile(r"[a-z_]{1,32}\.[a-z0-9_]{1,48}")
_KEYS = re.compile(r"[\x21-\x7e]{1,80}")
_COLUMN = re.compile(r"[a-z][a-z_]{0,31}")

Reader = Callable[[str, object], Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """One preference: its ``title`` and ``help`` for people, what it is without a choice, and how it is read.

    ``words`` calls the values of a closed list by name. What is ``for_staff`` means nothing to customers;
    what is ``kept_by_screens`` is a memory of theirs, and no choice that a form shows.
    """

    title: str
    help: str
    default: Any
    read: Reader
    words: Mapping[Any, str] | None = None
    for_staff: bool = False
    kept_by_screens: bool = False


@dataclass(frozen=True, slots=True)
class Preference:
    """One preference of an account: its value, and whether somebody chose it."""

    name: str
    value: Any
    is_chosen: bool
    definition: Definition


def of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """All preferences by name from what an account keeps; where that makes no sense, the default."""
    return {name: _tolerant(name, stored) for name in PREFERENCES}


def listed(stored: Mapping[str, Any], *, is_staff: bool = True) -> tuple[Preference, ...]:
    """What one may choose, in the order in which it is shown."""
    values = of(stored)
    return tuple(
        Preference(name, values[name], name in stored and values[name] != each.default, each)
        for name, each in PREFERENCES.items()
        if is_staff or not each.for_staff
    )


def checked(values: Mapping[str, object]) -> dict[str, Any]:
    """Read ``values`` as people write them ("on", "a, b") or as screens keep them.

    None and "" mean the default. NotFound names the preferences when there is none of that name,
    Invalid says what a value may be.
    """
    return {
        name: None if value in (None, "") else _definition(name).read(name, value)
        for name, value in values.items()
    }


def shown(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={shown(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return str(value or "")


def _tolerant(name: str, stored: Mapping[str, Any]) -> Any:
    definition = PREFERENCES[name]
    value = stored.get(name)
    if value is None:
        return definition.default
    try:
        return definition.read(name, value)
    except Invalid:
        return definition.default


def _definition(name: str) -> Definition:
    if name not in PREFERENCES:
        raise NotFound(
            N_("There is no preference “{name}”. Choose one of: {choices}."),
            field="preferences",
            name=name,
            choices=", ".join(PREFERENCES),
        )
    return PREFERENCES[name]


def _one_of(words: Collection[str]) -> Reader:
    def read_choice(name: str, value: object) -> str:
        text = str(value).strip().lower()
        if text not in words:
            raise Invalid(
                N_("“{value}” is no {name}. Choose one of: {choices}."),
                field=name,
                value=str(value),
                name=name,
                choices=", ".join(words),
            )
        return str(text)

    return read_choice


def _start(name: str, value: object) -> str:
    text = storable_line(str(value)).strip()
    if text.lower().startswith(SAVED):
        wanted = text[len(SAVED) :].strip()
        if not 1 <= len(wanted) <= LONGEST_VALUE:
            raise Invalid(N_("Write the name of a saved search, like saved:Overdue."), field=name)
        return SAVED + wanted
    return str(_one_of((*STARTS, f"{SAVED}NAME"))(name, text))


def _switch(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"on", "yes", "true", "1"}:
        return True
    if text in {"off", "no", "false", "0"}:
        return False
    raise Invalid(N_("Write on or off."), field=name)


def _keymap(name: str, value: object) -> dict[str, str]:
    """Keys by the ids of bindings; whether two of them clash is known to who has all bindings."""
    if not isinstance(value, Mapping) or len(value) > MOST_KEYS:
        raise Invalid(N_("Keys are set one by one, by what they do."), field=name)
    for which, keys in value.items():
        if not _is_like(_KEY_ID, which) or not _is_like(_KEYS, keys):
            raise Invalid(
                N_("“{keys}” cannot be used for {name}."), field=name, keys=str(keys), name=str(which)
            )
    return dict(value)


def _searches(name: str, value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Invalid(N_("Recent searches are kept by the screens; they can only be forgotten."), field=name)
    lines = [storable_line(each)[:LONGEST_VALUE] for each in value]
    return list(dict.fromkeys(line for line in lines if line))[:MOST_SEARCHES]


def _columns(name: str, value: object) -> dict[str, list[str]]:
    if isinstance(value, str):
        value = _columns_of_text(name, value)
    if not isinstance(value, Mapping):
        raise _wrong_columns(name)
    for box, columns in value.items():
        if box not in set(Inbox) or not isinstance(columns, list | tuple) or len(columns) > MOST_COLUMNS:
            raise _wrong_columns(name)
        if not all(_is_like(_COLUMN, each) for each in columns):
            raise _wrong_columns(name)
    return {str(box): list(columns) for box, columns in value.items()}


def _columns_of_text(name: str, text: str) -> Mapping[str, list[str]]:
    found = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        box, sign, columns = part.partition("=")
        if not sign:
            raise _wrong_columns(name)
        found[box.strip()] = [each.strip() for each in columns.split(",")]
    return found


def _wrong_columns(name: str) -> Invalid:
    return Invalid(
        N_("Write the columns of a list like {example}; the lists are: {choices}."),
        field=name,
        example="assigned=number,subject,due",
        choices=", ".join(Inbox),
    )


def _is_like(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


PREFERENCES: Final[Mapping[str, Definition]] = {
    "theme": Definition(
        N_("Colours"),
        N_("How the screens look; without a choice, what fits the terminal."),
        "",
        _one_of(THEMES),
        THEMES,
    ),
    "slow": Definition(
        N_("Slow connection"),
        N_("For slow connections: draw less often, move nothing; from the next start on."),
        False,
        _switch,
    ),
    "start": Definition(
        N_("Start with"),
        N_("What opens first: a list, the reports, or a saved search as saved:NAME."),
        "first",
        _start,
        STARTS,
        for_staff=True,
    ),
    "after_closing": Definition(
        N_("After closing"),
        N_("Where one is once a ticket is closed."),
        "next",
        _one_of(AFTER_CLOSING),
        AFTER_CLOSING,
        for_staff=True,
    ),
    "preview": Definition(
        N_("Preview"),
        N_("Show the ticket under the cursor beside the list, where there is room."),
        True,
        _switch,
    ),
    "events": Definition(
        N_("Events"), N_("Show what happened to a ticket between what was written."), True, _switch
    ),
    "weekly_report": Definition(
        N_("Weekly report"),
        N_("A mail each Monday with the figures of the week that ended."),
        False,
        _switch,
        for_staff=True,
    ),
    "keymap": Definition(
        N_("Your keys"), N_("Keys that one chose oneself."), {}, _keymap, kept_by_screens=True
    ),
    "toured": Definition(
        N_("Welcome seen"),
        N_("Whether the welcome of the first start was seen."),
        False,
        _switch,
        kept_by_screens=True,
    ),
    "recent_searches": Definition(
        N_("Recent searches"), N_("What was searched for last."), [], _searches, kept_by_screens=True
    ),
    "columns": Definition(
        N_("Columns"),
        N_("The columns of a list, where one chose them."),
        {},
        _columns,
        for_staff=True,
        kept_by_screens=True,
    ),
}
"""Every preference, in the order in which people are shown them."""
