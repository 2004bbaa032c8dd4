"""Taking back what was written before it leaves: nothing was sent, nobody read it, nothing typed is lost.

The mail of its command is what decides: a row that no sender has claimed is deleted, and a single
mail about it that left, or is being sent, refuses the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import taken_back
from sysmo_tui.domain.enums import (
    Category,
    DraftKind,
    EntryKind,
    EventKind,
    PersonRole,
    Template,
    Visibility,
)
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Withdrawn
from sysmo_tui.models import (
    Attachment,
    Batch,
    Blob,
    Entry,
    Event,
    Outbox,
    ReadMark,
    Ticket,
    TicketPerson,
    table,
)
from sysmo_tui.services import acts, closing, drafts, events, notices, reverting, visible
from sysmo_tui.services.acts import Act, Told
from sysmo_tui.services.files import Upload

_ENTRY, _EVENT, _FILE, _BATCH = table(Entry), table(Event), table(Attachment), table(Batch)
_BLOB, _OUTBOX, _MARK, _PERSON = table(Blob), table(Outbox), table(ReadMark), table(TicketPerson)

TO_CUSTOMERS = frozenset(
    {
        Template.ACKNOWLEDGED,
        Template.REPLIED,
        Template.CLOSED,
        Template.LABEL_CHANGED,
        Template.CONTACT_CHANGED,
    }
)
"""Templates by which a customer hears what a command did."""

_OF_TICKET = _ENTRY.c.ticket_number == sa.bindparam("number")
_IS_PUBLIC = sa.and_(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))
_LAST = (
    sa.select(_ENTRY.c.id, _EVENT.c.batch_id)
    .join(_EVENT, _EVENT.c.entry_id == _ENTRY.c.id)
    .where(
        _OF_TICKET,
        _IS_PUBLIC,
        _ENTRY.c.kind == EntryKind.REPLY,
        _ENTRY.c.by_staff,
        _ENTRY.c.author_id == sa.bindparam("author"),
        _EVENT.c.ticket_number == sa.bindparam("number"),
        _EVENT.c.kind == EventKind.REPLIED,
    )
    .order_by(_ENTRY.c.id.desc())
    .limit(1)
)
_WRITTEN = (
    sa.select(Entry)
    .where(_ENTRY.c.id.in_(sa.bindparam("entries", expanding=True)))
    .order_by(_ENTRY.c.id)
    .execution_options(populate_existing=True)
)
_NEWEST_PUBLIC = sa.select(_ENTRY.c.id).where(_OF_TICKET, _IS_PUBLIC).order_by(_ENTRY.c.id.desc()).limit(1)
_READ_TO = _MARK.c.entry_id >= sa.bindparam("entry")
_READ_BY_CUSTOMER = sa.select(_MARK.c.account_id).where(
    _MARK.c.ticket_number == sa.bindparam("number"),
    _READ_TO,
    _MARK.c.account_id.is_distinct_from(sa.bindparam("me")),
    sa.or_(
        _MARK.c.account_id == sa.bindparam("requester"),
        _MARK.c.account_id.in_(
            sa.select(_PERSON.c.account_id).where(
                _PERSON.c.ticket_number == sa.bindparam("number"),
                _PERSON.c.role == PersonRole.COLLABORATOR,
            )
        ),
    ),
)
_READ_BY_OTHERS = (
    sa.select(_MARK.c.account_id)
    .where(
        _MARK.c.ticket_number == sa.bindparam("number"), _READ_TO, _MARK.c.account_id != sa.bindparam("me")
    )
    .order_by(_MARK.c.account_id)
    .limit(1)
)
_MAIL = sa.and_(
    _OUTBOX.c.batch_id == sa.bindparam("batch"), _OUTBOX.c.ticket_number == sa.bindparam("number")
)
_CANCEL = sa.delete(_OUTBOX).where(
    _MAIL,
    _OUTBOX.c.sent_at.is_(None),
    _OUTBOX.c.failed_at.is_(None),
    # One that was tried, or whose sender died, may have left.
    _OUTBOX.c.attempts == 0,
    _OUTBOX.c.claimed_by == "",
)
_LEFT = sa.select(_OUTBOX.c.id).where(_MAIL).limit(1)
_LEFT_TO_CUSTOMERS = _LEFT.where(_OUTBOX.c.template.in_(TO_CUSTOMERS))
_FILES = (
    sa.select(_FILE.c.blob_id, _FILE.c.filename, _FILE.c.media_type, _FILE.c.size, _FILE.c.sha256)
    .join(_BLOB, _BLOB.c.id == _FILE.c.blob_id)
    .where(_FILE.c.entry_id == sa.bindparam("entry"))
    .order_by(_FILE.c.id)
)
_DROP_FILES = sa.delete(_FILE).where(_FILE.c.entry_id == sa.bindparam("entry"))
_MARK_UNDONE = (
    sa.update(_BATCH)
    .where(_BATCH.c.id == sa.bindparam("undone"), _BATCH.c.undone_by.is_(None))
    .values(undone_by=sa.bindparam("by"))
)

_STATE = frozenset({"status_id", "category", "label", "closed_at", "close_reason"})


def withdraw(work: Work, number: int) -> Withdrawn:
    """Take back the actor's last reply, and what the same command did to the ticket; its text is a draft.

    Status, assignee and closing go back unless something touched them since. Conflict when mail of
    it has left or is being sent, a customer has read it, or something newer was said.
    """
    seen = visible.ticket_for_change(work, number, Verb.WITHDRAW)
    given = {"number": number, "author": work.actor.account_id}
    last = work.session.execute(_LAST, given).first()
    if last is None:
        raise Conflict(N_("You have no reply in #{number} to take back."), number=number)
    claim(work, last.batch_id)
    files = take_back(work, seen.ticket, acts.on_ticket(work, last.batch_id, number))
    changed = closing.changed_for(work, seen)
    return Withdrawn(number, changed.status, changed.category, changed.assignee, files)


def claim(work: Work, batch: str) -> None:
    """Make this command the one that undoes ``batch``; of two at once, one gets it."""
    if not work.affected(_MARK_UNDONE, {"undone": batch, "by": work.batch_id}):
        raise Conflict(N_("That is undone already."))


def take_back(work: Work, ticket: Ticket, act: Act) -> int:
    """Take back what a command wrote in a locked ticket, and what else it did there; how many files it had.

    Its texts are drafts again. What somebody changed since stays as they left it.
    """
    entries = work.session.execute(_WRITTEN, {"entries": act.entries}).scalars().all()
    for entry in entries:
        _require_alone(work, ticket, entry)
    cancelled = cancel(work, act)
    for entry in entries:
        _require_in_time(work, act, entry, has_cancelled=cancelled > 0)
    files = sum(to_draft(work, act.number, entry) for entry in entries)
    later = acts.since(work, act)
    _record(work, ticket, act, entries, later)
    return files


def cancel(work: Work, act: Act) -> int:
    """Delete the mail that nobody has begun to send; of two at once, sender and author, one gets a row."""
    return work.affected(_CANCEL, {"batch": act.batch, "number": act.number})


def has_left(work: Work, act: Act, *, anybodys: bool = False) -> bool:
    """Whether mail of a command about a ticket was sent, or may have been: to customers, or ``anybodys``."""
    statement = _LEFT if anybodys else _LEFT_TO_CUSTOMERS
    given = {"batch": act.batch, "number": act.number}
    return work.session.execute(statement, given).first() is not None


def require_unread(work: Work, ticket: Ticket, entry: Entry) -> None:
    """Refuse what the customer's side has read; what is not the desk's word to it, what anybody else has."""
    given = {
        "number": ticket.number,
        "entry": entry.id,
        "requester": ticket.requester_id,
        "me": work.actor.account_id,
    }
    if is_for_customer(entry):
        if work.session.execute(_READ_BY_CUSTOMER, given).first() is not None:
            raise Conflict(
                N_("The customer has read it already: what you wrote in #{number} stays."),
                number=ticket.number,
            )
        return
    reader = work.session.execute(_READ_BY_OTHERS, given).scalar()
    if reader is not None:
        raise Conflict(
            N_("{who} has read it already: what you wrote in #{number} stays."),
            who=reverting.who(work, reader),
            number=ticket.number,
        )


def is_for_customer(entry: Entry) -> bool:
    """Whether it is the desk's word to its customer, or a request in the customer's name."""
    return entry.visibility is Visibility.PUBLIC and (entry.by_staff or entry.kind is EntryKind.REQUEST)


def uploads_of(work: Work, entry: Entry) -> tuple[Upload, ...]:
    """The files of an entry, as they were attached."""
    return tuple(Upload(*row) for row in work.session.execute(_FILES, {"entry": entry.id}))


def to_draft(work: Work, number: int, entry: Entry) -> int:
    """Make the text and the files a draft again, behind what was begun meanwhile; how many files."""
    uploads = uploads_of(work, entry)
    kind = DraftKind.NOTE if entry.visibility is Visibility.INTERNAL else DraftKind.REPLY
    begun = drafts.load(work, number, kind)
    texts = [begun.fields.get("body", "") if begun else "", entry.body]
    body = "\n\n".join(text for text in texts if text.strip())
    staged = (*(begun.files if begun else ()), *uploads)
    drafts.save(work, number, kind, {"body": body}, begun.seen if begun else "", staged)
    return len(uploads)


def drop(work: Work, ticket: Ticket, entry: Entry) -> None:
    """Let a ticket go on without an entry."""
    entry.withdrawn_at = work.now
    work.session.flush()
    newest = work.session.execute(_NEWEST_PUBLIC, {"number": ticket.number}).scalar()
    ticket.last_public_entry_id = newest or 0


def drop_files(work: Work, entry: Entry) -> None:
    """Let an entry that was dropped, and is not found by its files any more, have none."""
    work.session.execute(_DROP_FILES, {"entry": entry.id})


def _require_alone(work: Work, ticket: Ticket, entry: Entry) -> None:
    """Refuse what was answered, or read."""
    newest = work.session.execute(_NEWEST_PUBLIC, {"number": ticket.number}).scalar()
    if entry.visibility is Visibility.PUBLIC and newest != entry.id:
        raise Conflict(N_("Something newer was said in #{number}: the reply stays."), number=ticket.number)
    require_unread(work, ticket, entry)


def _require_in_time(work: Work, act: Act, entry: Entry, *, has_cancelled: bool) -> None:
    is_answer = is_for_customer(entry)
    if has_left(work, act, anybodys=not is_answer):
        raise Conflict(N_("Its mail has left already: what you wrote in #{number} stays."), number=act.number)
    # Without any mail that waits, as when nothing arrives at the customer's, the time alone decides.
    if is_answer and not has_cancelled and work.now - entry.created_at > notices.MAIL_WAITS:
        raise Conflict(
            N_("It is too late to take it back: what you wrote in #{number} stays."), number=act.number
        )


def _record(work: Work, ticket: Ticket, act: Act, entries: Sequence[Entry], later: Sequence[Told]) -> None:
    cause = taken_back.cause_of(act.batch, act.kinds)
    for entry in entries:
        drop(work, ticket, entry)
    names = reverting.standing(ticket, act, later)
    if not _state_goes_back(ticket, act, names):
        names -= _STATE
    changes = reverting.put_back(work, ticket, act, names)
    changes |= reverting.put_clock_back(work, ticket, act, later)
    for entry in entries:
        events.record(work, ticket, EventKind.WITHDRAWN, entry=entry, changes=changes, cause=cause)
        drop_files(work, entry)
        changes = {}
    for fact in reverting.put_facts_back(work, act, later):
        events.record(work, ticket, EventKind.UNDONE, changes=fact, cause=cause)


def _state_goes_back(ticket: Ticket, act: Act, names: frozenset[str]) -> bool:
    """Whether the status is what the command made it, and what it was before fits the rest.

    One that somebody has is not new.
    """
    if "status_id" in act.columns and "status_id" not in names:
        return False
    becomes_new = "category" in names and act.columns["category"][0] == Category.NEW
    return not becomes_new or "assignee_id" in names or ticket.assignee_id is None
