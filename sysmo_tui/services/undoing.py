"""Undo: taking back what one command did, whole or not at all, by appending the inverse to the history.

What somebody changed or answered since stands in the way, and is named. What was written goes back to
its draft as long as its mail has not left and nobody has read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import policy, taken_back
from sysmo_tui.domain.cycles import SECOND_THOUGHTS
from sysmo_tui.domain.enums import Audience, Cause, EventKind, Role
from sysmo_tui.domain.errors import Conflict, Forbidden, NotFound
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Changed
from sysmo_tui.identity import IDLE_LIMIT
from sysmo_tui.models import Batch, Event, Ticket, table
from sysmo_tui.services import acts, events, reverting, tickets, tickets_ahead, unfiling, visible, withdrawing
from sysmo_tui.services.acts import Act, Told
from sysmo_tui.services.undone_words import what

_BATCH, _EVENT = table(Batch), table(Event)

_WRITES = frozenset({EventKind.REPLIED, EventKind.NOTED, EventKind.ATTACHED})
"""What is taken back with its text, even when somebody changed something else since."""

_CAUSES = frozenset({"", Cause.MENTIONED, Cause.CLONE, Cause.CONTINUES})
"""Why what can be undone came about; whatever else caused it is more than a ticket's history tells."""

_NEWEST = (
    sa.select(sa.func.max(_EVENT.c.id))
    .where(_EVENT.c.batch_id == _BATCH.c.id, _EVENT.c.kind.not_in(events.TAKING_BACK))
    .scalar_subquery()
)
_OWN = (
    sa.select(_BATCH.c.id, _NEWEST.label("newest"))
    .where(_BATCH.c.account_id == sa.bindparam("me"), _BATCH.c.undone_by.is_(None))
)  # fmt: skip
_OF_SESSION = _OWN.where(_BATCH.c.session_id == sa.bindparam("session")).subquery()
_WITHOUT_SESSION = _OWN.where(
    _BATCH.c.session_id.is_(None),
    _BATCH.c.id.in_(
        sa.select(_EVENT.c.batch_id).where(
            _EVENT.c.at > sa.bindparam("since", type_=_EVENT.c.at.type),
            _EVENT.c.actor_id == sa.bindparam("me"),
        )
    ),
).subquery()
_HERE = _OWN.where(
    _BATCH.c.session_id.is_(None), _BATCH.c.id.in_(sa.bindparam("here", expanding=True))
).subquery()
_LAST_OF_SESSION, _LAST_WITHOUT_SESSION, _LAST_HERE = (
    sa.select(own.c.id).where(own.c.newest.is_not(None)).order_by(own.c.newest.desc()).limit(1)
    for own in (_OF_SESSION, _WITHOUT_SESSION, _HERE)
)
_NAMED = sa.select(_BATCH.c.id, _BATCH.c.command, _BATCH.c.at, _BATCH.c.undone_by).where(
    _BATCH.c.id == sa.bindparam("batch"), _BATCH.c.account_id == sa.bindparam("me")
)


@dataclass(frozen=True, slots=True)
class Undone:
    """A command that was undone, ``what`` it had done, and what its tickets are now."""

    batch: str
    command: str
    at: datetime
    numbers: tuple[int, ...]
    what: tuple[Message, ...]
    tickets: tuple[Changed, ...] = ()
    texts: tuple[int, ...] = ()
    """The tickets of which a text that was written is a draft again; of one that was filed, of a new one."""


def undo(work: Work, batch: str | None = None, *, here: Sequence[str] | None = None) -> Undone:
    """Take back the last command of the actor's session that is not undone, or the one with this ``batch``.

    Who comes by a key has no session: then ``here`` are the batches of what they did in this window, and
    without a window it is what they did by keys, not longer ago than a session lives.
    For staff, and what they did themselves. All of it, or Conflict that names what stands in the way:
    which ticket, what of it, and who changed, answered or read it since; mail of a text that left. A ticket
    that the actor may not know of any more, with it or without, is NotFound.
    """
    if not work.actor.is_staff:
        raise policy.forbidden_below(Role.OPERATOR)
    wanted = batch.strip() if batch is not None else _last(work, here)
    if wanted is None:
        raise Conflict(
            N_("There is nothing to undo: nothing that you did in this session is left to take back.")
        )
    named = work.session.execute(_NAMED, {"batch": wanted, "me": work.actor.account_id}).first()
    done = acts.of_batch(work, wanted) if named is not None else ()
    if named is None or not done:
        raise NotFound(
            N_("You did nothing that is called “{batch}”."), field="batch", batch=clean_line(wanted, 80)
        )
    withdrawing.claim(work, named.id)
    for act in done:
        _require_own(work, act)
    found = {ticket.number: ticket for ticket in tickets_ahead.lock(work, _numbers(done))}
    for act in done:
        _undo(work, found[act.number], act)
    changed = tuple(tickets.changed(work, found[act.number]) for act in done)
    texts = tuple(act.number for act in done if _leaves_draft(act))
    return Undone(
        named.id, named.command, named.at, _numbers(done), what(named.command, done), changed, texts
    )


def _last(work: Work, here: Sequence[str] | None) -> str | None:
    actor = work.actor
    if actor.account_id is None:
        return None
    me = {"me": actor.account_id}
    if actor.session_id is not None:
        return work.session.execute(_LAST_OF_SESSION, {**me, "session": actor.session_id}).scalar()
    if here is not None:
        return work.session.execute(_LAST_HERE, {**me, "here": list(here)}).scalar()
    since = work.now - IDLE_LIMIT
    return work.session.execute(_LAST_WITHOUT_SESSION, {**me, "since": since}).scalar()


def _leaves_draft(act: Act) -> bool:
    is_copy = act.events[0].cause.startswith(Cause.CLONE)
    return not is_copy and not (_WRITES | {EventKind.FILED}).isdisjoint(act.kinds)


def _numbers(done: Sequence[Act]) -> tuple[int, ...]:
    return tuple(act.number for act in done)


def _require_own(work: Work, act: Act) -> None:
    """Refuse what did more than its tickets tell, and what was done in another's name."""
    is_own = all(
        event.actor_id == work.actor.account_id and event.cause.partition(":")[0] in _CAUSES
        for event in act.events
    )
    is_whole = EventKind.FILED in act.kinds or reverting.is_reversible(act)
    if not (is_own and is_whole):
        raise Conflict(N_("What was done to #{number} cannot be undone."), number=act.number)


def _undo(work: Work, ticket: Ticket, act: Act) -> None:
    """Take back what was done to a locked ticket, for who works on it now, or does again by that."""
    before = _audience(work, ticket)
    later = acts.since(work, act)
    try:
        if EventKind.FILED in act.kinds:
            unfiling.unfile(work, ticket, act, later)
        elif not _WRITES.isdisjoint(act.kinds):
            withdrawing.take_back(work, ticket, act)
        else:
            _put_back(work, ticket, act, later)
    except Conflict as refusal:
        # Who may not know of it is not told what stands in the way.
        raise _unless_staff(act, before) or refusal from refusal
    if before is not Audience.STAFF:
        refused = _unless_staff(act, _regained(work, ticket, act, before))
        if refused is not None:
            raise refused


def _audience(work: Work, ticket: Ticket) -> Audience:
    try:
        return visible.capacity(work, ticket)
    except NotFound:
        return Audience.NONE


def _regained(work: Work, ticket: Ticket, act: Act, before: Audience) -> Audience:
    """In which capacity an undo makes the actor see a ticket: it gives back no right that is gone.

    By a topic that they serve today; by having the ticket, or watching it, only as a second thought.
    """
    is_second_thought = work.now - act.at <= SECOND_THOUGHTS
    return _audience(work, ticket) if is_second_thought or ticket.topic_id in work.actor.topics else before


def _unless_staff(act: Act, seen_as: Audience) -> NotFound | Forbidden | None:
    """The refusal of who does not work on a ticket."""
    if seen_as is Audience.NONE:
        return visible.missing(act.number)
    try:
        policy.require(seen_as, Verb.UNDO)
    except Forbidden as refused:
        return refused
    return None


def _put_back(work: Work, ticket: Ticket, act: Act, later: Sequence[Told]) -> None:
    reverting.require_untouched(work, ticket, act, later)
    withdrawing.cancel(work, act)
    changes = reverting.put_back(work, ticket, act, act.columns)
    if not _is_heard(work, act):
        changes.pop("label", None)
        changes |= reverting.put_clock_back(work, ticket, act, later)
    cause = taken_back.cause_of(act.batch, act.kinds)
    facts = reverting.put_facts_back(work, act)
    for each in [changes, *facts] if changes or not facts else facts:
        events.record(work, ticket, EventKind.UNDONE, changes=each, cause=cause)


def _is_heard(work: Work, act: Act) -> bool:
    """Whether the customer was told that the label is another, or has seen it for long enough."""
    if "label" not in act.columns:
        return False
    return withdrawing.has_left(work, act) or work.now - act.at > SECOND_THOUGHTS
