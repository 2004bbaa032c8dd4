"""What the figures of the reports mean, in the current language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sysmo_tui.domain.message import N_
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.i18n import _

_TITLES: Mapping[ReportKind, str] = {
    ReportKind.SUMMARY: N_("Summary"),
    ReportKind.TEAM: N_("Team"),
    ReportKind.VOLUME: N_("Volume"),
    ReportKind.RESOLUTION: N_("Resolution"),
    ReportKind.RESPONSE: N_("First response"),
    ReportKind.BACKLOG: N_("Backlog"),
    ReportKind.TOPICS: N_("Topics"),
    ReportKind.SATISFACTION: N_("Satisfaction"),
    ReportKind.WORKLOAD: N_("Workload"),
    ReportKind.HOURS: N_("Hours"),
    ReportKind.TIME: N_("Time"),
}

_RECEIVED = (N_("Received"), N_("Tickets filed on these days. Spam is in no figure."))
_CLOSED = (
    N_("Closed tickets"),
    N_("Closes of these days that stand: one that was taken back within seven days never did."),
)
_RESOLVED = (
    N_("Resolved"),
    N_("The same closes by who made them; customers and the desk itself have rows, so that both add up."),
)
_RESOLUTION = (N_("Resolution"), N_("From filing to the close that stands, by the clock, nights included."))
_RESPONSE = (
    N_("First response"),
    N_("From filing to the first public answer that a person on the staff wrote."),
)
_TIMES = (
    N_("Average, median, p90"),
    N_("Of every single case, never of averages: half took no longer than the median, nine tenths than p90."),
)
_CASES = (N_("of n"), N_("How many cases a figure stands on."))
_REOPENED = (N_("Reopened"), N_("Reopenings of these days, beside whose close did not hold."))
_REOPEN_RATE = (N_("Reopened per close"), N_("Reopened, divided by closes of these days."))
_BACKLOG = (
    N_("Open at the end"),
    N_("Not closed at the midnight that ended the last day; today, now. Its age runs from the filing."),
)
_SATISFIED = (N_("Satisfied"), N_("Ratings of 4 and 5 among all ratings of what was closed on these days."))
_RATED = (N_("Rated"), N_("The closes of these days that were rated."))
_LOAD = (
    N_("Load"),
    N_("What is open, weighed: low ½, normal 1, high 2, urgent 4; a quarter while waiting or on hold."),
)
_PAUSED = (N_("Paused"), N_("Of what is open: waiting for the customer, or on hold."))
_HOURS = (N_("Hours"), N_("The weekday and hour at which tickets came in and were closed."))
_IN_STATUS = (
    N_("In status, with whom"),
    N_("The time from filing to the close of what was closed, shared out: both lists add up to it."),
)
_PAUSED_WITH = (N_("Of it paused"), N_("The part in which it waited for the customer, or was on hold."))
_SHARE = (N_("Share"), N_("Of all that time."))
_COMPARED = (
    N_("against"),
    N_("The difference to the other days. Better and worse say which way is good; of more work, neither."),
)

_OF: Mapping[ReportKind, tuple[tuple[str, str], ...]] = {
    ReportKind.SUMMARY: (
        *(_RECEIVED, _CLOSED, _RESOLUTION, _RESPONSE, _TIMES, _CASES),
        *(_REOPENED, _REOPEN_RATE, _BACKLOG, _SATISFIED, _RATED, _COMPARED),
    ),
    ReportKind.TEAM: (_RESOLVED, _RESOLUTION, _RESPONSE, _TIMES, _CASES, _REOPENED, _COMPARED),
    ReportKind.VOLUME: (_RECEIVED, _CLOSED, _COMPARED),
    ReportKind.RESOLUTION: (_RESOLUTION, _TIMES, _CASES, _COMPARED),
    ReportKind.RESPONSE: (_RESPONSE, _TIMES, _CASES, _COMPARED),
    ReportKind.BACKLOG: (_BACKLOG, _COMPARED),
    ReportKind.TOPICS: (_RECEIVED, _CLOSED, _RESOLUTION, _TIMES, _REOPENED, _COMPARED),
    ReportKind.SATISFACTION: (_SATISFIED, _RATED, _CASES, _COMPARED),
    ReportKind.WORKLOAD: (_LOAD, _PAUSED),
    ReportKind.HOURS: (_HOURS, _RECEIVED, _CLOSED),
    ReportKind.TIME: (_RESOLUTION, _IN_STATUS, _SHARE, _PAUSED_WITH, _TIMES, _CASES, _COMPARED),
}


def title(kind: ReportKind) -> str:
    """What a report is called."""
    return _(_TITLES[kind])


def definitions(*kinds: ReportKind) -> Iterator[tuple[str, str]]:
    """What the figures of some reports mean, each once, in their order."""
    for term, meaning in dict.fromkeys(pair for kind in kinds for pair in _OF[kind]):
        yield _(term), _(meaning)


def days_belong_to(time_zone: str) -> str:
    """By whose clock days begin and end."""
    return _("Days and hours are those of the desk's time zone, {zone}.", zone=time_zone)
