"""Who does which background duty: a row a duty, kept by beating, free again when it stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sysmo_tui.desk import Work
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Lease, table

LONGEST = timedelta(minutes=5)
"""No lease is taken for longer: one that claims to be is left over from a clock that jumped."""


class Duty(StrEnum):
    """What is done in the background. WORKER is held by whoever does all of them for a living."""

    WORKER = "worker"
    MAIL_OUT = "mail_out"
    MAIL_IN = "mail_in"
    DIGESTS = "digests"
    FOLLOW_UPS = "follow_ups"
    SEALING = "sealing"
    CLEAN_UP = "clean_up"


def fetching(mailbox: str) -> str:
    """The duty of fetching one mailbox's mail: each is a duty of its own."""
    return f"{Duty.MAIL_IN}:{mailbox}"


@dataclass(frozen=True, slots=True)
class Holding:
    """A duty that somebody does now. ``label`` says who, for people."""

    duty: str
    holder: str
    label: SafeText
    beat_at: datetime
    until: datetime


_LEASE = table(Lease)
_IS_FREE = sa.or_(
    _LEASE.c.holder == sa.bindparam("who"),
    _LEASE.c.until <= sa.bindparam("now"),
    _LEASE.c.until > sa.bindparam("longest"),
)


def _taking(insert: sqlite.Insert | postgresql.Insert) -> Any:
    """Insert the row, or overwrite it while it is free or the holder's own: one statement decides."""
    new = insert.values(
        duty=sa.bindparam("which"),
        holder=sa.bindparam("who"),
        label=sa.bindparam("name"),
        beat_at=sa.bindparam("now"),
        until=sa.bindparam("end"),
    )
    taken = {name: new.excluded[name] for name in ("holder", "label", "beat_at", "until")}
    kept = new.on_conflict_do_update(index_elements=[_LEASE.c.duty], set_=taken, where=_IS_FREE)
    return kept.returning(_LEASE.c.duty)


_TAKE = {"sqlite": _taking(sqlite.insert(_LEASE)), "postgresql": _taking(postgresql.insert(_LEASE))}
_IS_ALIVE = sa.and_(_LEASE.c.until > sa.bindparam("now"), _LEASE.c.until <= sa.bindparam("longest"))
_RELEASE = sa.delete(_LEASE).where(
    _LEASE.c.holder == sa.bindparam("who"), _LEASE.c.duty.in_(sa.bindparam("which", expanding=True))
)
_ALIVE = sa.select(_LEASE.c.duty, _LEASE.c.holder, _LEASE.c.label, _LEASE.c.beat_at, _LEASE.c.until).where(
    _IS_ALIVE
)


def take(work: Work, duty: str, holder: str, seconds: float, label: str = "") -> bool:
    """Make ``duty`` the holder's for ``seconds``, or keep it so; False when somebody else has it."""
    span = min(timedelta(seconds=seconds), LONGEST)
    given = {
        "which": str(duty),
        "who": holder,
        "name": label,
        "now": work.now,
        "end": work.now + span,
        "longest": work.now + LONGEST,
    }
    done = work.session.execute(_TAKE[work.session.get_bind().dialect.name], given)
    return done.first() is not None


def has_holder(duty: Duty) -> sa.ColumnElement[bool]:
    """Whether somebody does ``duty``, as a part of a statement that binds :func:`moments`."""
    return sa.exists().where(_LEASE.c.duty == duty.value, _IS_ALIVE)


def moments(work: Work) -> dict[str, datetime]:
    """From when to when the lease ends of somebody who is alive now."""
    return {"now": work.now, "longest": work.now + LONGEST}


def release(work: Work, holder: str, duties: tuple[str, ...]) -> None:
    """Give up what the holder has of ``duties``."""
    work.session.execute(_RELEASE, {"who": holder, "which": [str(duty) for duty in duties]})


def holders(work: Work) -> tuple[Holding, ...]:
    """Every duty that somebody does now."""
    rows = work.session.execute(_ALIVE, moments(work)).all()
    return tuple(Holding(r.duty, r.holder, clean_line(r.label), r.beat_at, r.until) for r in rows)


def is_alive(work: Work, duty: str, except_for: str = "") -> bool:
    """Whether somebody other than ``except_for`` does ``duty`` now."""
    return any(held.duty == duty and held.holder != except_for for held in holders(work))
