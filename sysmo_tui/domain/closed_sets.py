"""Closed sets that people choose from, as they call their members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sysmo_tui.domain.enums import (
    Age,
    Channel,
    CloseReason,
    Inbox,
    Level,
    MailFrequency,
    Measure,
    Reopening,
    Sort,
    Theme,
)
from sysmo_tui.domain.message import N_

CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.CLI: N_("command line"),
    Channel.TUI: N_("terminal"),
    Channel.EMAIL: N_("e-mail"),
    Channel.CHAT: N_("chat"),
    Channel.PHONE: N_("telephone"),
    Channel.VISIT: N_("visit"),
    Channel.ALERT: N_("alert"),
    Channel.API: N_("program"),
    Channel.DESK: N_("desk"),
}

INBOXES: Final[Mapping[Inbox, str]] = {
    Inbox.ASSIGNED: N_("Assigned"),
    Inbox.TOPICS: N_("My topics"),
    Inbox.UNASSIGNED: N_("Unassigned"),
    Inbox.ALL: N_("All"),
    Inbox.CREATED: N_("Created"),
}

SORTS: Final[Mapping[Sort, str]] = {
    Sort.URGENT: N_("Most urgent first"),
    Sort.UPDATED: N_("Last changed first"),
    Sort.CREATED: N_("Newest first"),
    Sort.DUE: N_("Next date first"),
    Sort.PRIORITY: N_("Highest priority first"),
}

BY_STAFF: Final = (Channel.PHONE, Channel.VISIT, Channel.CHAT, Channel.EMAIL)
"""How a request that staff file for someone may have come in."""

LEVELS: Final[Mapping[Level, str]] = {
    Level.LOW: N_("low"),
    Level.NORMAL: N_("normal"),
    Level.HIGH: N_("high"),
}

REASONS: Final[Mapping[CloseReason, str]] = {
    CloseReason.ANSWERED: N_("answered"),
    CloseReason.SOLVED_ELSEWHERE: N_("solved elsewhere"),
    CloseReason.WITHDRAWN: N_("withdrawn"),
    CloseReason.DUPLICATE: N_("duplicate"),
    CloseReason.NO_REPLY: N_("no reply came"),
    CloseReason.NOT_OURS: N_("not ours"),
    CloseReason.SPAM: N_("spam"),
    CloseReason.BY_CUSTOMER: N_("closed by the customer"),
}

RATINGS: Final[Mapping[int, str]] = {
    5: N_("very satisfied"),
    4: N_("satisfied"),
    3: N_("neither"),
    2: N_("dissatisfied"),
    1: N_("very dissatisfied"),
}
"""What a customer says of a closed ticket, the best first."""

FREQUENCIES: Final[Mapping[MailFrequency, str]] = {
    MailFrequency.IMMEDIATE: N_("at once"),
    MailFrequency.DIGEST: N_("once a day, in one mail"),
    MailFrequency.OFF: N_("no mail about tickets"),
}
"""How often somebody is told by mail what happens to tickets."""

THEMES: Final[Mapping[Theme, str]] = {
    Theme.DARK: N_("dark"),
    Theme.LIGHT: N_("light"),
    Theme.CONTRAST: N_("high contrast"),
    Theme.COLOUR_BLIND: N_("safe for colour-blind eyes"),
    Theme.TERMINAL: N_("the terminal's own colours"),
}
"""How the screens look."""

REOPENINGS: Final[Mapping[Reopening, str]] = {
    Reopening.REOPEN: N_("always"),
    Reopening.WITHIN: N_("within some days"),
    Reopening.NEVER: N_("never"),
}
"""When a customer's answer opens a closed ticket again; otherwise a new one goes on with it."""

NO_ANSWER: Final = tuple(
    reason
    for reason in CloseReason
    if reason not in (CloseReason.ANSWERED, CloseReason.SPAM, CloseReason.BY_CUSTOMER)
)
"""What staff may name when they close without a public answer."""

MEASURES: Final[Mapping[Measure, str]] = {
    Measure.RECEIVED: N_("Received"),
    Measure.CLOSED: N_("Closed tickets"),
    Measure.RESOLUTION_MEAN: N_("Resolution, average"),
    Measure.RESOLUTION_MEDIAN: N_("Resolution, median"),
    Measure.RESOLUTION_P90: N_("Resolution, p90"),
    Measure.RESPONSE_MEAN: N_("First response, average"),
    Measure.RESPONSE_MEDIAN: N_("First response, median"),
    Measure.RESPONSE_P90: N_("First response, p90"),
    Measure.REOPENED: N_("Reopened"),
    Measure.REOPEN_RATE: N_("Reopened per close"),
    Measure.BACKLOG: N_("Open at the end"),
    Measure.SATISFACTION: N_("Satisfied customers"),
    Measure.RATING_RATE: N_("Rated per close"),
}

AGES: Final[Mapping[Age, str]] = {
    Age.DAY: N_("up to 1 day"),
    Age.THREE_DAYS: N_("1 to 3 days"),
    Age.WEEK: N_("3 to 7 days"),
    Age.MONTH: N_("7 to 30 days"),
    Age.OLDER: N_("over 30 days"),
}
