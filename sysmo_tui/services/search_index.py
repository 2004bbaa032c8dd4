"""The search index as a projection: one document an entry, brought up to date at once."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain import fold
from sysmo_tui.domain.enums import EventKind
from sysmo_tui.models import Entry, table
from sysmo_tui.services import files
from sysmo_tui.storage import fulltext

_ENTRY = table(Entry)
_BODIES = sa.select(_ENTRY.c.id, _ENTRY.c.body).where(
    _ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.withdrawn_at.is_(None)
)


def project(work: Work, happened: Happened) -> None:
    """Index a new entry, forget one that was taken back, index all anew when the subject changed."""
    ticket, entry = happened.ticket, happened.entry
    if "subject" in happened.changes and happened.entry is None:
        old, new = happened.changes["subject"]
        for row in work.session.execute(_BODIES, {"number": ticket.number}).all():
            names = files.names(work, row.id)
            fulltext.replace(
                work.session, row.id, document(str(old), row.body, names), document(str(new), row.body, names)
            )
    elif entry is not None and entry.id is not None:
        words = document(ticket.subject, entry.body, files.names(work, entry.id))
        if happened.kind in (EventKind.WITHDRAWN, EventKind.UNDONE):
            fulltext.remove(work.session, entry.id, words)
        else:
            fulltext.put(work.session, entry.id, words)


def document(subject: str, body: str, file_names: list[str]) -> str:
    """What of an entry can be found: its ticket's subject, its words, the names of its files."""
    return fold.document(subject, body, *file_names)
