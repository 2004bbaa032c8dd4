"""What people are called: now, at the time of what they did, and which names are not for customers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.enums import AccountState, AuditKind, Role
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.i18n import LANGUAGES, render
from sysmo_tui.models import Account, Audit, table
from sysmo_tui.services import audit, desk_settings

_ACCOUNT, _AUDIT = table(Account), table(Audit)
_WANTED: sa.BindParameter[Any] = sa.bindparam("accounts", expanding=True)
_NAMES = sa.union_all(
    sa.select(
        _ACCOUNT.c.id.label("account_id"),
        _ACCOUNT.c.name,
        sa.literal_column("0").label("place"),
        sa.type_coerce(sa.null(), _AUDIT.c.at.type).label("until"),
        sa.type_coerce(sa.null(), _AUDIT.c.detail.type).label("detail"),
    ).where(_ACCOUNT.c.id.in_(_WANTED)),
    sa.select(_AUDIT.c.account_id, sa.null(), _AUDIT.c.id, _AUDIT.c.at, _AUDIT.c.detail).where(
        _AUDIT.c.kind == AuditKind.ACCOUNT_RENAMED, _AUDIT.c.account_id.in_(_WANTED)
    ),
).order_by(sa.literal_column("place"))
"""What each account is called, then what it was called before, each until when."""
_STAFF = sa.select(_ACCOUNT.c.name).where(
    _ACCOUNT.c.role != Role.CUSTOMER, _ACCOUNT.c.state == AccountState.ACTIVE
)
_TAKEN: Memory[frozenset[str]] = Memory(is_common=True)
_DESK = Message(N_("The desk"))


class Names:
    """The names that some accounts have and had."""

    def __init__(self, work: Work, accounts: Collection[int | None]) -> None:
        wanted = {"accounts": sorted(account for account in set(accounts) if account is not None)}
        self._now: dict[int, str] = {}
        self._before: dict[int, list[tuple[datetime, str]]] = {}
        if wanted["accounts"]:
            for account, name, _place, until, detail in work.session.execute(_NAMES, wanted):
                if until is None:
                    self._now[account] = name
                else:
                    self._before.setdefault(account, []).append((until, detail["old"]))

    def at(self, account_id: int | None, moment: datetime) -> SafeText | None:
        """What an account was called at ``moment``, whatever it is called since; None for the desk itself."""
        if account_id is None:
            return None
        names = (old for until, old in self._before.get(account_id, ()) if moment < until)
        return clean_line(next(names, self._now[account_id]))


def note_change(work: Work, account: Account, old: str) -> None:
    """Remember that an account was called ``old`` until now; while it is pending, its name is provisional."""
    if account.name != old and account.state is not AccountState.PENDING:
        detail: dict[str, Any] = {"old": old, "new": account.name}
        audit.record(work, AuditKind.ACCOUNT_RENAMED, account_id=account.id, detail=detail)


def require_free(work: Work, name: str) -> None:
    """Refuse to a customer what the desk, or someone who works at it, is called: Invalid for ``name``."""
    if same_name(name) in _TAKEN.once(work, lambda: _taken(work)):
        raise Invalid(
            N_("The desk, or somebody who works at it, has this name. Write yours more fully."), field="name"
        )


def _taken(work: Work) -> frozenset[str]:
    """What the desk and its staff are called; read once in a transaction."""
    names = [desk_settings.load(work).name, *(render(_DESK, language) for language in LANGUAGES)]
    return frozenset(map(same_name, (*names, *work.session.execute(_STAFF).scalars())))
