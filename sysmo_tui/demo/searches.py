"""The searches that the staff of the demo desk share."""

from __future__ import annotations

from typing import Final

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.services import saved_searches
from sysmo_tui.services.saved_searches import SavedEdits

SEARCHES: Final = (
    ("Vencidas", SavedEdits(inbox=Inbox.ALL, query="is:overdue", sort="due", is_shared=True)),
    ("Urgentes", SavedEdits(inbox=Inbox.ALL, query="is:open priority:>=high", is_shared=True)),
)


def write(work: Work) -> None:
    """Save them, as an administrator does."""
    for name, edits in SEARCHES:
        saved_searches.new(work, name, edits)
