"""Messages that their server does not give: that they were there is kept, and waits for a person."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.services import deciding, inbound


def keep(work: Work, mailbox: str, place: str, reason: str) -> Kept:
    """Put a record without content into quarantine, with the reason; ``place`` makes the message one.

    The same place again is the same record.
    """
    digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()
    kept = inbound.keep(work, mailbox, Raw(b"", 0, digest, is_cut=True))
    if kept.is_new:
        inbound.put_off(work, kept.id, reason, is_counted=True)
        deciding.give_up(work, kept.id)
    return replace(kept, verdict=Verdict.QUARANTINED) if kept.is_new else kept
