"""What was looked at before a mail was decided, in order: why one rule hit, and the others did not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DETAIL_LIMIT = 300
"""Characters of what is noted of one rule."""


@dataclass(slots=True)
class Trail:
    """Collects the rules as they are looked at: ``rule``, ``hit``, and in ``detail`` what was seen."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def note(self, rule: str, hit: bool, detail: object = "") -> bool:
        """Add one rule, with an address, a Message-ID, a number or a name; gives back whether it hit."""
        self.lines.append({"rule": rule, "hit": hit, "detail": str(detail)[:DETAIL_LIMIT]})
        return hit
