"""Sessions: opened at sign-in, listed, and ended at once."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.text import storable
from sysmo_tui.identity import digest
from sysmo_tui.models import SignIn, table

LONGEST = timedelta(days=30)
"""A session ends after this long, however much it is used."""

_SESSION = table(SignIn)
_OPEN = sa.insert(_SESSION)


def open_session(work: Work, account_id: int, channel: Channel, source: str = "") -> str:
    """Open a session for an account and return its new secret, which is not kept."""
    secret = secrets.token_urlsafe(32)
    work.session.execute(
        _OPEN,
        {
            "secret_hash": digest(secret),
            "account_id": account_id,
            "channel": channel,
            "source": storable(source)[:200],
            "created_at": work.now,
            "last_seen_at": work.now,
            "expires_at": work.now + LONGEST,
            "ended_at": None,
        },
    )
    return secret
