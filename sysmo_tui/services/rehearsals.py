"""What a change would lead to: its result, and how many people would get mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import notices, outbox

P = ParamSpec("P")
T = TypeVar("T")

_OUTBOX = table(Outbox)
_OWED = sa.select(sa.func.count()).where(_OUTBOX.c.batch_id == sa.bindparam("batch"))


@dataclass(frozen=True, slots=True)
class Rehearsed(Generic[T]):
    """What would come of a change; ``mails`` is None for customers, who do not know whom staff tell."""

    result: T
    mails: int | None


def with_mail(
    work: Work, use_case: Callable[Concatenate[Work, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> Rehearsed[T]:
    """Do a change and owe its mail; only for a transaction that is taken back."""
    result = use_case(work, *args, **kwargs)
    notices.owe([work])
    outbox.write([work])
    if not work.actor.is_staff:
        return Rehearsed(result, None)
    owed: Any = work.session.execute(_OWED, {"batch": work.batch_id}).scalar_one()
    return Rehearsed(result, owed)
