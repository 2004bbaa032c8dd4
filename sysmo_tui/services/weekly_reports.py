"""The report of the week that is over, by mail, to those of the staff who want it.

It is due on Mondays at :data:`sysmo_tui.services.digests.HOUR` of the recipient's own time zone. The command
that owes it is named after recipient and week, so that any number of workers owe it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui import identity
from sysmo_tui.desk import Work
from sysmo_tui.domain import policy
from sysmo_tui.domain.enums import AccountState, Measure, Role, Template
from sysmo_tui.domain.measures import Delta
from sysmo_tui.domain.moments import DateRange, day_bounds
from sysmo_tui.domain.policy import Right
from sysmo_tui.models import Account, AccountEmail, Batch, table
from sysmo_tui.services import desk_settings, outbox, report_records, reports
from sysmo_tui.services.digests import HOUR
from sysmo_tui.services.report_frames import Ask

PREFERENCE = "weekly_report"
"""The preference of who wants it."""
LATE = timedelta(days=1)
"""How long after its time it is still sent: to who chose it that day, or where nobody worked meanwhile."""
MOST = 12
"""People, and topics, that a mail shows."""
WEEK = timedelta(days=7)

_SAID = (
    Measure.RECEIVED,
    Measure.CLOSED,
    Measure.RESOLUTION_MEDIAN,
    Measure.RESPONSE_MEDIAN,
    Measure.REOPENED,
    Measure.BACKLOG,
    Measure.SATISFACTION,
)
_ACCOUNT, _EMAIL, _BATCH = table(Account), table(AccountEmail), table(Batch)
_STAFF = (
    sa.select(
        _ACCOUNT.c.id, _ACCOUNT.c.locale, _ACCOUNT.c.time_zone, _ACCOUNT.c.preferences, _EMAIL.c.address
    )
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .where(
        _ACCOUNT.c.role != Role.CUSTOMER,
        _ACCOUNT.c.state == AccountState.ACTIVE,
        # Nobody acts, or has something done in their name, before they have chosen a new password.
        _ACCOUNT.c.must_change_password.is_(False),
        _EMAIL.c.undeliverable_at.is_(None),
    )
    .order_by(_ACCOUNT.c.id)
)
_ONE = _STAFF.where(_ACCOUNT.c.id == sa.bindparam("account"))
_DONE = sa.select(_BATCH.c.key).where(
    _BATCH.c.scope == sa.bindparam("scope"), _BATCH.c.key.in_(sa.bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is due: whose, of the week that begins on ``monday``, and what its command is called."""

    account_id: int
    monday: date

    @property
    def key(self) -> str:
        """The same for whoever owes it."""
        return f"{self.account_id}:{self.monday.isoformat()}"


def due(work: Work) -> tuple[Due, ...]:
    """Reports whose time has come, and that nobody has owed yet."""
    policy.require_right(work.actor, Right.OPERATE)
    zone = desk_settings.load(work).zone
    found = []
    for row in work.session.execute(_STAFF):
        if row.preferences.get(PREFERENCE) is True:
            monday = _week_over(work.now, ZoneInfo(row.time_zone) if row.time_zone else zone, zone)
            if monday is not None:
                found.append(Due(row.id, monday))
    if not found:
        return ()
    given = {"scope": f"-:{__name__.rsplit('.', 1)[-1]}.{owe.__name__}", "keys": [each.key for each in found]}
    done = set(work.session.execute(_DONE, given).scalars())
    return tuple(each for each in found if each.key not in done)


def owe(work: Work, account_id: int, monday: date) -> bool:
    """Owe somebody the report of a week, with the figures as they are now; whether they still want it.

    Managers get the desk's figures, operators their own and their topics' volumes.
    """
    policy.require_right(work.actor, Right.OPERATE)
    person = work.session.execute(_ONE, {"account": account_id}).first()
    if person is None or person.preferences.get(PREFERENCE) is not True:
        return False
    with work.acting_as(identity.of_account(work.session, account_id, work.caller)):
        payload = _figures(work, DateRange(monday, monday + WEEK - timedelta(days=1)))
    outbox.owe(
        work,
        template=Template.WEEKLY_REPORT,
        address=person.address,
        locale=person.locale,
        subject_key=f"weekly:{account_id}",
        account_id=account_id,
        payload=payload,
    )
    return True


def _week_over(now: datetime, zone: ZoneInfo, desk_zone: ZoneInfo) -> date | None:
    """The Monday of the week whose report is to leave now; None at any other time.

    Not before the desk's own week is over, wherever the recipient is.
    """
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    since = max(datetime.combine(monday, HOUR, zone).astimezone(UTC), day_bounds(monday, desk_zone)[0])
    return monday - WEEK if since <= now < since + LATE else None


def _figures(work: Work, week: DateRange) -> dict[str, Any]:
    """What the mail says, as plain values: it says the same whenever it is written."""
    ask = Ask(first=week.first.isoformat(), last=week.last.isoformat(), compare="previous")
    summary, volume = reports.summary(work, ask), reports.volume(work, ask)
    people = [row for row in reports.team(work, ask).now.rows if row.resolved]
    topics = reports.topics(work, ask).now.rows
    return {
        "first": week.first.isoformat(),
        "last": week.last.isoformat(),
        "time_zone": summary.time_zone,
        "scope": summary.scope.value,
        "changes": [_plain(each) for each in report_records.changes(summary) if each.measure in _SAID],
        "days": [[each.day.isoformat(), each.received, each.closed] for each in volume.now.days],
        "people": [[row.name, row.resolved] for row in people][:MOST],
        "topics": [[row.name, row.received] for row in topics][:MOST],
        "ages": [[each.age.value, each.open] for each in summary.now.ages],
    }


def _plain(delta: Delta) -> list[Any]:
    return [delta.measure.value, delta.value, delta.before]
