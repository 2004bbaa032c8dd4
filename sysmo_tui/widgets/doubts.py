"""What is doubtful about a link, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sysmo_tui.domain.links import Doubt, Link
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _

_DOUBTS: Final[Mapping[Doubt, str]] = {
    Doubt.OTHER: N_("the text names another place"),
    Doubt.USER: N_("what stands before @ is no place"),
    Doubt.HIDDEN: N_("hidden characters"),
    Doubt.MIXED: N_("mixed alphabets"),
    Doubt.LETTERS: N_("letters that may look like others"),
    Doubt.NUMBER: N_("a number instead of a name"),
}


def doubts_text(link: Link) -> str:
    """Everything that is doubtful about a link; empty when nothing is."""
    told = ", ".join(_(_DOUBTS[doubt]) for doubt in link.doubts)
    return f"{told} ({link.letters})" if link.letters and told else told
