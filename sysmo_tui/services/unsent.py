"""Whether somebody left something unsent: what lists show of drafts."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.models import Draft, table

NEW_TICKET = 0
"""Stands for the number of a ticket that is not filed yet."""

_DRAFT = table(Draft)


def has_one(number: sa.ColumnElement[int], account: sa.ColumnElement[int]) -> sa.Exists:
    """Whether ``account`` has something unsent on ticket ``number``, as a column of a statement."""
    return sa.exists().where(_DRAFT.c.account_id == account, _DRAFT.c.ticket_number == number)


def has_begun(account: sa.ColumnElement[int]) -> sa.Exists:
    """Whether ``account`` began a ticket that is not filed yet, as a column of a statement."""
    return has_one(sa.literal(NEW_TICKET), account).where(_DRAFT.c.kind == DraftKind.TICKET)
