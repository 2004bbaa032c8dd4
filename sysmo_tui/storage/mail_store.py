"""Keeping mail as it came, without the tables' classes.

A mail server starts a program for each message and waits until it is safe: loading all tables takes
longer than writing one row. These are the columns of ``inbound_mail``, ``blob`` and ``blob_chunk`` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.kept import MAIL_LIMIT, Kept, Raw
from sysmo_tui.domain.text import storable_line
from sysmo_tui.storage.writing import write_returning

CHUNK = 256 * 1024
"""Bytes of one row of a blob."""

TURN = timedelta(minutes=1)
"""How long a mail is its receiver's own, before somebody else tries to decide it."""

NAME_LIMIT = 64
"""Characters of a mailbox's name."""

_LARGEST_SIZE = 2**31 - 1
"""What the database's column holds; mail servers only claim larger ones."""

_MOMENT = sa.DateTime(timezone=True)
_MAIL = sa.table(
    "inbound_mail",
    *(sa.column(name, sa.String()) for name in ("mailbox", "sha256", "blob_id", "verdict", "message_id")),
    *(sa.column(name, sa.String()) for name in ("sender", "sender_name", "subject", "error")),
    *(sa.column(name, sa.Integer()) for name in ("id", "size", "attempts")),
    *(sa.column(name, _MOMENT) for name in ("received_at", "next_attempt_at")),
    sa.column("is_cut", sa.Boolean()),
    sa.column("decision", sa.JSON()),
)
_BLOB = sa.table(
    "blob",
    *(sa.column(name, sa.String()) for name in ("id", "sha256")),
    sa.column("size", sa.Integer()),
    sa.column("staged_at", _MOMENT),
    sa.column("is_complete", sa.Boolean()),
)
_CHUNK = sa.table(
    "blob_chunk",
    sa.column("blob_id", sa.String()),
    sa.column("position", sa.Integer()),
    sa.column("content", sa.LargeBinary()),
)
_SETTING = sa.table("setting", sa.column("name", sa.String()), sa.column("value", sa.JSON()))
_MAILBOX = sa.table("mailbox", sa.column("name", sa.String()))
_LEASE = sa.table("lease", sa.column("duty", sa.String()), sa.column("until", _MOMENT))

_FIND = sa.select(_MAIL.c.id, _MAIL.c.verdict, _MAIL.c.sha256).where(
    _MAIL.c.mailbox == sa.bindparam("of_mailbox"),
    _MAIL.c.sha256.in_(sa.bindparam("hashes", expanding=True)),
)
_STORE, _STORE_CHUNKS = sa.insert(_BLOB), sa.insert(_CHUNK)
_LIMITS = sa.select(_SETTING.c.name, _SETTING.c.value).where(_SETTING.c.name.in_(("uuid", "mail_limit")))
_NAMED = sa.select(_MAILBOX.c.name).where(_MAILBOX.c.name == sa.bindparam("name"))
_LIVES = sa.select(_LEASE.c.duty).where(
    _LEASE.c.duty == sa.bindparam("which"),
    _LEASE.c.until > sa.bindparam("now"),
    _LEASE.c.until <= sa.bindparam("longest"),
)


def keep_all(
    session: Session,
    now: datetime,
    mailbox: str,
    raws: Sequence[tuple[Raw, str | None]],
    *,
    is_ours: bool = True,
) -> tuple[Kept, ...]:
    """Keep mails as they came; the same bytes in the same mailbox are the same mail.

    Each comes with the blob that holds its content already; without one it is written here. Whoever
    keeps it decides it, unless not ``is_ours``: then it is due at once, for others.
    """
    name = storable_line(mailbox)[:NAME_LIMIT]
    given = {"of_mailbox": name, "hashes": [raw.sha256 for raw, _staged in raws]}
    known = {row.sha256: Kept(row.id, Verdict(row.verdict), False) for row in session.execute(_FIND, given)}
    new = {raw.sha256: (raw, staged) for raw, staged in raws if raw.sha256 not in known}
    if new:
        blobs = _stored(session, now, [raw for raw, staged in new.values() if staged is None])
        rows = [
            _row(now, name, raw, staged or blobs[raw.sha256], is_ours=is_ours) for raw, staged in new.values()
        ]
        for row in write_returning(session, _MAIL, rows, ("id", "sha256")):
            known[row.sha256] = Kept(row.id, Verdict.PENDING, is_new=False)
    return tuple(
        replace(known[raw.sha256], is_new=new.pop(raw.sha256, None) is not None) for raw, _staged in raws
    )


def limit(session: Session) -> int | None:
    """The bytes that a mail may have here; None where that cannot be told without looking closer."""
    found = {row.name: row.value for row in session.execute(_LIMITS)}
    most = found.get("mail_limit", MAIL_LIMIT)
    return most if "uuid" in found and type(most) is int else None


def knows_mailbox(session: Session, name: str) -> bool:
    """Whether there is a mailbox of that name."""
    return session.execute(_NAMED, {"name": name}).first() is not None


def is_done(session: Session, duty: str, now: datetime, longest: timedelta) -> bool:
    """Whether somebody does ``duty`` now; no lease is true that ends later than ``longest`` from now."""
    given = {"which": duty, "now": now, "longest": now + longest}
    return session.execute(_LIVES, given).first() is not None


def _row(now: datetime, mailbox: str, raw: Raw, blob_id: str, *, is_ours: bool) -> dict[str, Any]:
    return {
        "mailbox": mailbox,
        "sha256": raw.sha256,
        "size": min(raw.size, _LARGEST_SIZE),
        "is_cut": raw.is_cut,
        "blob_id": blob_id,
        "received_at": now,
        "message_id": "",
        "sender": "",
        "sender_name": "",
        "subject": "",
        "verdict": Verdict.PENDING.value,
        "decision": [],
        # Counted before it is read: a mail that ends its reader counts, too.
        "attempts": 1 if is_ours else 0,
        "next_attempt_at": now + TURN if is_ours else now,
        "error": "",
    }


def _stored(session: Session, now: datetime, raws: Sequence[Raw]) -> dict[str, str]:
    """Write the contents of mails; the ids of their blobs by hash."""
    ids = {raw.sha256: uuid4().hex for raw in raws}
    blobs = [
        {
            "id": ids[raw.sha256],
            "sha256": hashlib.sha256(raw.content).hexdigest() if raw.is_cut else raw.sha256,
            "size": len(raw.content),
            "staged_at": now,
            "is_complete": True,
        }
        for raw in raws
    ]
    chunks = [
        {"blob_id": ids[raw.sha256], "position": at // CHUNK, "content": raw.content[at : at + CHUNK]}
        for raw in raws
        for at in range(0, len(raw.content), CHUNK)
    ]
    for statement, rows in ((_STORE, blobs), (_STORE_CHUNKS, chunks)):
        if rows:
            session.execute(statement, rows)
    return ids
