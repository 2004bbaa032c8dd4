"""What people are called: now, at the time of what they did, and which names are not for customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.enums import AccountState, AuditKind, Role
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.i18n import LANGUAGES, render
from sysmo_tui.models import Account, Audit, Company, Priority, Status, TicketType, Topic, table
from sysmo_tui.services import audit, desk_settings
from sysmo_tui.storage.listed import listed

_ACCOUNT, _AUDIT = table(Account), table(Audit)
_NO_MOMENT = sa.type_coerce(sa.null(), _AUDIT.c.at.type).label("until")
_NO_DETAIL = sa.type_coerce(sa.null(), _AUDIT.c.detail.type).label("detail")
_ACCOUNTS = "account_id"
_CATALOGUES: Mapping[str, type[SQLModel]] = {
    "status_id": Status,
    "topic_id": Topic,
    "type_id": TicketType,
    "priority_id": Priority,
    "company_id": Company,
}
"""What else has a name, by what a ticket calls its key."""


def _called(what: str, things: sa.Table) -> sa.Select[Any]:
    """What some of ``things`` are called, by their keys, bound as ``what``."""
    return sa.select(
        sa.literal_column(f"'{what}'").label("what"),
        things.c.id,
        things.c.name,
        sa.literal_column("0").label("place"),
        _NO_MOMENT,
        _NO_DETAIL,
    ).where(things.c.id.in_(sa.select(listed(what).c.value)))


_CALLED_BEFORE = sa.select(
    sa.literal_column(f"'{_ACCOUNTS}'"),
    _AUDIT.c.account_id,
    sa.null(),
    _AUDIT.c.id,
    _AUDIT.c.at,
    _AUDIT.c.detail,
).where(
    _AUDIT.c.kind == AuditKind.ACCOUNT_RENAMED,
    _AUDIT.c.account_id.in_(sa.select(listed(_ACCOUNTS).c.value)),
)


def _names(*others: sa.Select[Any]) -> sa.CompoundSelect[Any]:
    """What each account and ``others`` are called, then what accounts were called before, each until when."""
    return sa.union_all(_called(_ACCOUNTS, _ACCOUNT), _CALLED_BEFORE, *others).order_by(
        sa.literal_column("place")
    )


_OF_ACCOUNTS = _names()
_OF_EVERYTHING = _names(*(_called(what, table(model)) for what, model in _CATALOGUES.items()))
_STAFF = sa.select(_ACCOUNT.c.name).where(
    _ACCOUNT.c.role != Role.CUSTOMER, _ACCOUNT.c.state == AccountState.ACTIVE
)
_TAKEN: Memory[frozenset[str]] = Memory(is_common=True)
_DESK = Message(N_("The desk"))


class Names:
    """The names that some accounts have and had.

    ``others`` are the keys of what else has a name, by what a ticket calls them, and become their names.
    """

    def __init__(
        self,
        work: Work,
        accounts: Collection[int | None],
        others: Mapping[str, Collection[int | None]] | None = None,
    ) -> None:
        self._now: dict[int, str] = {}
        self._before: dict[int, list[tuple[datetime, str]]] = {}
        self.others: dict[str, dict[int, str]] = {}
        wanted = {_ACCOUNTS: _known(accounts)}
        if others:
            wanted |= {what: _known(others.get(what, ())) for what in _CATALOGUES}
        if not any(wanted.values()):
            return
        for what, key, name, _place, until, detail in work.session.execute(
            _OF_EVERYTHING if others else _OF_ACCOUNTS, wanted
        ):
            if what != _ACCOUNTS:
                self.others.setdefault(what, {})[key] = name
            elif until is None:
                self._now[key] = name
            else:
                self._before.setdefault(key, []).append((until, detail["old"]))

    def at(self, account_id: int | None, moment: datetime) -> SafeText | None:
        """What an account was called at ``moment``, whatever it is called since; None for the desk itself."""
        if account_id is None:
            return None
        names = (old for until, old in self._before.get(account_id, ()) if moment < until)
        return clean_line(next(names, self._now[account_id]))


def _known(keys: Collection[int | None]) -> list[int]:
    return sorted(key for key in set(keys) if key is not None)


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
