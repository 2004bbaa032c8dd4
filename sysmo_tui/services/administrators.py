"""Administrators at work on accounts: one after another, each judged by what is true when their turn comes.

A right that was read before waiting for another administrator may be gone afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui import identity
from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AccountState, Role
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.models import Account, table

_ACCOUNT = table(Account)
_ACTIVE = (
    sa.select(_ACCOUNT.c.id, _ACCOUNT.c.password_hash.is_not(None).label("has_password"))
    .where(_ACCOUNT.c.role == Role.ADMIN, _ACCOUNT.c.state == AccountState.ACTIVE)
    .order_by(_ACCOUNT.c.id)
    # Without their keys: everybody's commands refer to their account, and need not wait.
    .with_for_update(key_share=True)
)


def take_turn(work: Work) -> set[int]:
    """Refuse who may not manage accounts, also when that came to be while others were waited for.

    Until the end of the command no other administrator changes accounts. The result are the
    administrators who can sign in: active, with a password.
    """
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    found = work.session.execute(_ACTIVE).all()
    if work.actor.session_id is not None or work.actor.key_id is not None:
        work.signed_in, _seen_at = identity.resolve(work.session, work.caller, work.now)
        require_right(work.actor, Right.MANAGE_ACCOUNTS)
    return {row.id for row in found if row.has_password}
