"""What somebody left unsent: whether there is something, which lists show, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.text import storable
from sysmo_tui.models import Draft, table

NEW_TICKET = 0
"""Stands for the number of a ticket that is not filed yet."""

_DRAFT = table(Draft)
MINE = (
    _DRAFT.c.account_id == sa.bindparam("account"),
    _DRAFT.c.ticket_number == sa.bindparam("number"),
    _DRAFT.c.kind == sa.bindparam("draft_kind"),
)
"""One's own draft of a ticket, of one kind; takes :func:`key`."""
_LOCK = sa.select(_DRAFT.c.fields).where(*MINE).with_for_update()


@dataclass(frozen=True, slots=True)
class Unsent:
    """The actor's draft of what is being sent, as far as it is ``known``: another may be another window's."""

    number: int
    kind: DraftKind
    known: tuple[Mapping[str, str], ...]


def forget(work: Work, draft: Unsent | None) -> None:
    """Forget the draft of what is sent by the same command, so that it is never there both ways."""
    if draft is not None:
        discard(work, draft.number, draft.kind, draft.known)


def discard(
    work: Work, number: int, kind: DraftKind, known: Collection[Mapping[str, str]] | None = None
) -> None:
    """Forget the actor's draft; where ``known`` is what it may be, nothing else, as of another window."""
    mine = key(work, number, kind)
    if known is not None:
        row = work.session.execute(_LOCK, mine).first()
        if row is None or dict(row.fields) not in [storable_fields(each) for each in known]:
            return
    work.session.execute(sa.delete(_DRAFT).where(*MINE), mine)


def storable_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """What is typed, by field, as it is stored."""
    return {name: storable(value) for name, value in fields.items()}


def key(work: Work, number: int, kind: DraftKind) -> dict[str, object]:
    """What :data:`MINE` binds."""
    return {"account": work.actor.account_id, "number": number, "draft_kind": kind}


def has_one(number: sa.ColumnElement[int], account: sa.ColumnElement[int]) -> sa.Exists:
    """Whether ``account`` has something unsent on ticket ``number``, as a column of a statement."""
    return sa.exists().where(_DRAFT.c.account_id == account, _DRAFT.c.ticket_number == number)


def has_begun(account: sa.ColumnElement[int]) -> sa.Exists:
    """Whether ``account`` began a ticket that is not filed yet, as a column of a statement."""
    return has_one(sa.literal(NEW_TICKET), account).where(_DRAFT.c.kind == DraftKind.TICKET)
