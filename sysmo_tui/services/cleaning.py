"""What is thrown away in time: staged files without a reference, dead codes, sessions and keys, sent mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.models import (
    Attachment,
    Batch,
    Blob,
    DraftFile,
    InboundMail,
    SignIn,
    SshKey,
    Throttle,
    Token,
    table,
)

UNREFERENCED = timedelta(days=1)
"""How long a staged file waits for something to refer to it."""

DEAD = timedelta(days=30)
"""How long codes, sessions, keys and counted failures stay after their end."""

AT_ONCE = 20
"""Files that are deleted in one transaction."""

_FOUND_AT_ONCE = 500

_BLOB, _FILE, _DRAFTED, _BATCH = table(Blob), table(Attachment), table(DraftFile), table(Batch)
_INBOUND = table(InboundMail)
_TOKEN, _SESSION, _KEY, _THROTTLE = table(Token), table(SignIn), table(SshKey), table(Throttle)

_IS_UNREFERENCED = sa.and_(
    _BLOB.c.staged_at < sa.bindparam("before"),
    ~sa.exists().where(_FILE.c.blob_id == _BLOB.c.id),
    ~sa.exists().where(_DRAFTED.c.blob_id == _BLOB.c.id),
    ~sa.exists().where(_INBOUND.c.blob_id == _BLOB.c.id),
)
_UNREFERENCED = sa.select(_BLOB.c.id).where(_IS_UNREFERENCED).limit(_FOUND_AT_ONCE)
_DROP_BLOBS = sa.delete(_BLOB).where(_BLOB.c.id.in_(sa.bindparam("which", expanding=True)), _IS_UNREFERENCED)
_DROP_TOKENS = sa.delete(_TOKEN).where(_TOKEN.c.expires_at < sa.bindparam("before"))
_DROP_SESSIONS = sa.delete(_SESSION).where(
    sa.or_(_SESSION.c.expires_at < sa.bindparam("before"), _SESSION.c.ended_at < sa.bindparam("before")),
    ~sa.exists().where(_BATCH.c.session_id == _SESSION.c.id),
)
_DROP_KEYS = sa.delete(_KEY).where(_KEY.c.revoked_at < sa.bindparam("before"))
_DROP_FAILURES = sa.delete(_THROTTLE).where(
    _THROTTLE.c.last_failed_at < sa.bindparam("before"),
    sa.or_(_THROTTLE.c.last_succeeded_at.is_(None), _THROTTLE.c.last_succeeded_at < sa.bindparam("before")),
)


def unreferenced_files(work: Work) -> tuple[str, ...]:
    """Some files that were staged over a day ago, and that no entry, no draft and no received mail has.

    Finding them looks at every file, which is for a snapshot: nobody else waits for it.
    """
    require_right(work.actor, Right.OPERATE)
    return tuple(work.session.execute(_UNREFERENCED, {"before": work.now - UNREFERENCED}).scalars())


def drop_files(work: Work, blob_ids: Sequence[str]) -> None:
    """Delete those of the files that are still unreferenced."""
    require_right(work.actor, Right.OPERATE)
    work.session.execute(_DROP_BLOBS, {"which": list(blob_ids), "before": work.now - UNREFERENCED})


def drop_dead_secrets(work: Work) -> None:
    """Delete codes, sessions, keys and counted failures that ended over thirty days ago.

    A session that history refers to stays, as a row that opens nothing.
    """
    require_right(work.actor, Right.OPERATE)
    for statement in (_DROP_TOKENS, _DROP_SESSIONS, _DROP_KEYS, _DROP_FAILURES):
        work.session.execute(statement, {"before": work.now - DEAD})
