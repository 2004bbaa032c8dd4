"""Slowing down guesses: delays that grow, never a lock.

An attempt counts as failed when it begins, so that guesses made at the same time count too;
a success takes that back. Addresses that do not exist are counted like the others.

Where the owner of an account signed in before, strangers' failures do not count. Elsewhere they make
the wait longer, at most an hour, and a code from the owner's mail ends it at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.networks import network_of
from sysmo_tui.models import Throttle, table

FREE_FAILURES = 5
"""The delay for one account and one source begins with this failure."""
FREE_FAILURES_OF_SOURCE = 30
"""A source may fail this often over all accounts before it waits."""
FREE_FAILURES_OF_ACCOUNT = 20
MANY_FAILURES_OF_ACCOUNT = 100
"""From here an account takes one guess an hour from places that it does not know."""
FAILURES_OF_KNOWN = 20
"""A source that failed this often is not known any more."""
KNOWN_FOR = timedelta(days=30)
"""A source that signed in well keeps a bucket of its own for this long."""
SHORT_WAIT = 60
"""Seconds that people rather wait than choose a new password."""

_THROTTLE = table(Throttle)
_AT = sa.bindparam("at", type_=_THROTTLE.c.last_failed_at.type)
_BEGIN = sa.text(
    "INSERT INTO throttle (bucket, failures, last_failed_at) VALUES (:bucket, 0, :at) "
    "ON CONFLICT (bucket) DO NOTHING"
).bindparams(_AT)
_WITHIN_SPAN = "throttle.last_failed_at > :span_began AND throttle.last_failed_at < :span_ends"
_ALLOW = sa.text(
    "INSERT INTO throttle (bucket, failures, last_failed_at) VALUES (:bucket, 1, :at) "
    "ON CONFLICT (bucket) DO UPDATE SET "
    f"failures = CASE WHEN {_WITHIN_SPAN} THEN throttle.failures + 1 ELSE 1 END, "
    f"last_failed_at = CASE WHEN {_WITHIN_SPAN} AND throttle.failures > 0 "
    "THEN throttle.last_failed_at ELSE excluded.last_failed_at END "
    f"WHERE throttle.failures < :limit OR NOT ({_WITHIN_SPAN}) RETURNING failures"
).bindparams(
    _AT,
    *(sa.bindparam(name, type_=_THROTTLE.c.last_failed_at.type) for name in ("span_began", "span_ends")),
)
_LOCKED = (
    sa.select(_THROTTLE)
    .where(_THROTTLE.c.bucket.in_(sa.bindparam("buckets", expanding=True)))
    .order_by(_THROTTLE.c.bucket)
    .with_for_update()
)
_PAIR = sa.select(_THROTTLE.c.failures, _THROTTLE.c.last_succeeded_at).where(
    _THROTTLE.c.bucket == sa.bindparam("which")
)
_COUNT = (
    sa.update(_THROTTLE)
    .where(_THROTTLE.c.bucket == sa.bindparam("which"))
    .values(failures=sa.bindparam("count"), last_failed_at=sa.bindparam("at"))
)
_SUCCEED = (
    sa.update(_THROTTLE)
    .where(_THROTTLE.c.bucket == sa.bindparam("which"))
    .values(failures=0, last_succeeded_at=sa.bindparam("at"))
)
_FORGET = sa.update(_THROTTLE).where(_THROTTLE.c.bucket == sa.bindparam("which")).values(failures=0)
_TAKE_BACK = (
    sa.update(_THROTTLE)
    .where(_THROTTLE.c.bucket == sa.bindparam("which"), _THROTTLE.c.failures > 0)
    .values(failures=_THROTTLE.c.failures - 1)
)


@dataclass(slots=True)
class _Held:
    failures: int
    at: datetime


_HELD: Memory[dict[str, _Held]] = Memory(is_common=True)
"""Buckets that nobody else counts in until the transaction ends."""


@dataclass(frozen=True, slots=True)
class _Bucket:
    name: str
    free: int
    forgotten_after: timedelta

    def wait(self, failures: int, last: datetime, now: datetime) -> float:
        """Seconds until the next attempt, 0 when it may be made."""
        if failures < self.free or now - last > self.forgotten_after:
            return 0
        delay = self.delay(failures)
        return max(0.0, min(delay, delay - (now - last).total_seconds()))

    def delay(self, failures: int) -> float:
        """Seconds between attempts after so many failures."""
        raise NotImplementedError


class _Pair(_Bucket):
    def delay(self, failures: int) -> float:
        return float(min(2 ** min(failures - self.free + 1, 20), 900))


class _Source(_Bucket):
    def delay(self, failures: int) -> float:
        return float(min(2 ** min(failures - self.free, 20), 300))


class _Lane(_Bucket):
    def delay(self, failures: int) -> float:
        if failures >= MANY_FAILURES_OF_ACCOUNT:
            return 3600.0
        return float(min(2 ** ((failures - self.free) // 4 + 1), 600))


def attempt(work: Work, address: str, source: str) -> None:
    """Count an attempt on ``address`` (folded); Forbidden, naming the seconds to wait, when too soon."""
    pair, from_source, lane = _buckets(address, source)
    names = sorted(bucket.name for bucket in (pair, from_source, lane))
    work.session.execute(_BEGIN, [{"bucket": name, "at": work.now} for name in names])
    rows = {row.bucket: row for row in work.session.execute(_LOCKED, {"buckets": names})}
    buckets = (pair, from_source, lane)
    waiting = (pair,) if _is_known(rows[pair.name], work.now) else buckets
    waits = [
        bucket.wait(rows[bucket.name].failures, rows[bucket.name].last_failed_at, work.now)
        for bucket in waiting
    ]
    if any(waits):
        raise too_soon(max(waits))
    for bucket in buckets:
        row = rows[bucket.name]
        is_old = work.now - row.last_failed_at > bucket.forgotten_after
        failures = 1 if is_old else row.failures + 1
        work.session.execute(_COUNT, {"which": bucket.name, "count": failures, "at": work.now})


def succeeded(work: Work, address: str, source: str) -> None:
    """Take back what :func:`attempt` counted, and know this source from now on."""
    pair, from_source, lane = _buckets(address, source)
    work.session.execute(_FORGET, {"which": lane.name})
    work.session.execute(_SUCCEED, {"which": pair.name, "at": work.now})
    work.session.execute(_TAKE_BACK, {"which": from_source.name})


def proven(work: Work, address: str, source: str) -> None:
    """Forget the failures of an account whose owner used a mailed code, and know this source from now on."""
    pair, _from_source, lane = _buckets(address, source)
    work.session.execute(_FORGET, {"which": lane.name})
    work.session.execute(_BEGIN, {"bucket": pair.name, "at": work.now})
    work.session.execute(_SUCCEED, {"which": pair.name, "at": work.now})


def knows(work: Work, address: str, source: str) -> bool:
    """Whether the owner of ``address`` (folded) signed in well from ``source`` not long ago."""
    row = work.session.execute(_PAIR, {"which": _buckets(address, source)[0].name}).first()
    return row is not None and _is_known(row, work.now)


def allows(work: Work, what: str, key: str, *, limit: int, within: timedelta) -> bool:
    """Whether ``what`` may be done for ``key`` once more: ``limit`` times in each span of ``within``."""
    if limit <= 0:
        return False
    name = _name(what, key)
    held = (_HELD.get(work) or {}).get(name)
    if held is not None:
        return _is_allowed(work, name, held, limit, within)
    given = {
        "bucket": name,
        "at": work.now,
        "limit": limit,
        "span_began": work.now - within,
        "span_ends": work.now + within,
    }
    return work.session.execute(_ALLOW, given).first() is not None


def hold(work: Work, counted: Iterable[tuple[str, str]]) -> None:
    """Keep what :func:`allows` counts, of pairs of what and key, for the rest of the transaction.

    Whether something is allowed then takes no question more.
    """
    names = sorted({_name(what, key) for what, key in counted})
    if names:
        work.session.execute(_BEGIN, [{"bucket": name, "at": work.now} for name in names])
        rows = work.session.execute(_LOCKED, {"buckets": names})
        _HELD.set(work, {row.bucket: _Held(row.failures, row.last_failed_at) for row in rows})


def _is_allowed(work: Work, name: str, held: _Held, limit: int, within: timedelta) -> bool:
    """What the statement of :func:`allows` decides and writes, for a bucket that is held."""
    is_within = work.now - within < held.at < work.now + within
    if is_within and held.failures >= limit:
        return False
    if not (is_within and held.failures > 0):
        held.at = work.now
    held.failures = held.failures + 1 if is_within else 1
    work.later(_COUNT, {"which": name, "count": held.failures, "at": held.at}, key=name)
    return True


def too_soon(seconds: float) -> Forbidden:
    """The refusal of an attempt that came too soon; a long wait names the way around it."""
    # A second more waits for nothing, and the sentence needs no singular.
    left = max(2, round(seconds + 0.5))
    if left <= SHORT_WAIT:
        return Forbidden(N_("Too many attempts. Try again in {seconds} seconds."), seconds=left)
    return Forbidden(
        N_("Too many attempts. Try again in {seconds} seconds, or choose a new password with a mailed code."),
        seconds=left,
    )


def _is_known(pair: Any, now: datetime) -> bool:
    at: datetime | None = pair.last_succeeded_at
    return at is not None and now - at <= KNOWN_FOR and pair.failures < FAILURES_OF_KNOWN


def _buckets(address: str, source: str) -> tuple[_Pair, _Source, _Lane]:
    account, place = _hashed(address), _hashed(network_of(source))
    return (
        _Pair(f"pair:{account}:{place}", FREE_FAILURES, timedelta(days=1)),
        _Source(f"source:{place}", FREE_FAILURES_OF_SOURCE, timedelta(hours=1)),
        _Lane(f"account:{account}", FREE_FAILURES_OF_ACCOUNT, timedelta(days=30)),
    )


def _name(what: str, key: str) -> str:
    return f"{what}:{_hashed(key)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
