"""One-time codes: made for one account and one purpose, shown once, kept as SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AccountState, TokenPurpose
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.identity import digest
from sysmo_tui.models import Account, AccountEmail, Token, table

LIFETIME = {
    TokenPurpose.VERIFY: timedelta(hours=24),
    TokenPurpose.RESET: timedelta(minutes=30),
    TokenPurpose.INVITE: timedelta(days=7),
    TokenPurpose.RECOVER: timedelta(minutes=30),
    TokenPurpose.ADDRESS: timedelta(hours=24),
}

OPEN_A_PASSWORD = (TokenPurpose.RESET, TokenPurpose.INVITE, TokenPurpose.RECOVER)
"""What a code must be for to let its holder choose a password."""

# Crockford's base 32: no I, L, O, U, and what is easily mistaken for a digit is read as one.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_CHARACTERS = 28
_GROUP = 4

_TOKEN, _ACCOUNT, _EMAIL = table(Token), table(Account), table(AccountEmail)
_INSERT = sa.insert(_TOKEN)
_FIND = (
    sa.select(
        _TOKEN.c.id,
        _TOKEN.c.account_id,
        _TOKEN.c.purpose,
        _TOKEN.c.address,
        _TOKEN.c.payload,
        _ACCOUNT.c.state,
        _ACCOUNT.c.name,
        _ACCOUNT.c.typed_company,
    )
    .join(_ACCOUNT, _ACCOUNT.c.id == _TOKEN.c.account_id)
    .where(
        _TOKEN.c.secret_hash == sa.bindparam("hash"),
        _TOKEN.c.purpose.in_(sa.bindparam("purposes", expanding=True)),
        _TOKEN.c.used_at.is_(None),
        _TOKEN.c.expires_at > sa.bindparam("now"),
        _ACCOUNT.c.state != AccountState.DISABLED,
    )
)
_USE = (
    sa.update(_TOKEN)
    .where(_TOKEN.c.id == sa.bindparam("token"), _TOKEN.c.used_at.is_(None))
    .values(used_at=sa.bindparam("now"), payload={})
)
_KILL = (
    sa.update(_TOKEN)
    .where(
        _TOKEN.c.account_id == sa.bindparam("account"),
        _TOKEN.c.purpose.in_(sa.bindparam("purposes", expanding=True)),
        _TOKEN.c.used_at.is_(None),
    )
    .values(used_at=sa.bindparam("now"), payload={})
)
_AMEND = (
    sa.update(_TOKEN)
    .where(
        _TOKEN.c.account_id == sa.bindparam("account"),
        _TOKEN.c.purpose == sa.bindparam("whose_purpose"),
        _TOKEN.c.used_at.is_(None),
        _TOKEN.c.expires_at > sa.bindparam("now"),
    )
    .values(payload=sa.bindparam("amended"))
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose code it is, and what it brings with it."""

    token_id: int
    account_id: int
    purpose: TokenPurpose
    address: str
    name: str
    company: str
    state: AccountState
    payload: dict[str, Any]


def new_code() -> str:
    """A new code of 140 random bits, in groups that people can read out: ``4G7K-…``."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_CHARACTERS))
    return "-".join(drawn[at : at + _GROUP] for at in range(0, _CHARACTERS, _GROUP))


def issue(
    work: Work,
    *,
    account_id: int,
    purpose: TokenPurpose,
    code: str,
    address: str,
    payload: dict[str, Any] | None = None,
) -> datetime:
    """Let ``code`` open ``purpose`` for an account and end its older codes; returns when it expires."""
    kill(work, account_id, (purpose,))
    expires_at = work.now + LIFETIME[purpose]
    work.session.execute(
        _INSERT,
        {
            "secret_hash": digest(_plain(code)),
            "account_id": account_id,
            "purpose": purpose,
            "address": address,
            "issued_by_id": work.signed_in.account_id if work.signed_in else None,
            "payload": payload or {},
            "created_at": work.now,
            "expires_at": expires_at,
            "used_at": None,
        },
    )
    return expires_at


def look(work: Work, code: str, purposes: Collection[TokenPurpose]) -> Opened:
    """Whose code this is, without using it; Invalid, always in the same words, when it opens nothing."""
    row = work.session.execute(
        _FIND, {"hash": digest(_plain(code)), "purposes": list(purposes), "now": work.now}
    ).first()
    if row is None:
        raise no_good()
    return Opened(
        token_id=row.id,
        account_id=row.account_id,
        purpose=row.purpose,
        address=row.address,
        name=row.name,
        company=row.typed_company,
        state=row.state,
        payload=row.payload,
    )


def redeem(work: Work, code: str, purposes: Collection[TokenPurpose]) -> Opened:
    """:func:`look`, and use the code up: of two who try at once, one succeeds."""
    opened = look(work, code, purposes)
    used = work.affected(_USE, {"token": opened.token_id, "now": work.now})
    if used != 1:
        raise no_good()
    return opened


def kill(work: Work, account_id: int, purposes: Collection[TokenPurpose] = tuple(TokenPurpose)) -> None:
    """End an account's unused codes."""
    work.session.execute(_KILL, {"account": account_id, "purposes": list(purposes), "now": work.now})


def amend(work: Work, account_id: int, purpose: TokenPurpose, payload: dict[str, Any]) -> bool:
    """Let an account's live code bring ``payload`` with it instead; whether there is one."""
    given = {"account": account_id, "whose_purpose": purpose, "now": work.now, "amended": payload}
    return work.affected(_AMEND, given) > 0


def no_good() -> Invalid:
    """The refusal of a code, for whatever reason."""
    return Invalid(N_("This code is not valid, or not any more. Ask for a new one."), field="code")


def _plain(code: str) -> str:
    """A code without what people put between its groups, in capitals."""
    return "".join(c for c in code.upper() if c.isalnum()).translate(_READ_AS)
