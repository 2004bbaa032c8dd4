"""How the passages of a text are shown, in screens and by commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sysmo_tui.domain.quoting import Kind, Passage, folded
from sysmo_tui.i18n import _, ngettext


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, or what stands for several: ``is_quiet`` when it is not its writer's own."""

    text: str
    is_quiet: bool = False
    is_fold: bool = False


def lines_of(body: str, *, is_folded: bool) -> Iterator[Line]:
    """The lines of a text, those of a folded passage as one line."""
    for passage in folded(body):
        if is_folded and passage.is_folded:
            yield Line(_told(passage), is_quiet=True, is_fold=True)
        else:
            is_quiet = passage.kind is not Kind.OWN
            yield from (Line(text, is_quiet) for text in passage.lines)


def hides(body: str, text: str) -> bool:
    """Whether ``text`` stands in a passage that is folded."""
    wanted = text.casefold()
    return any(passage.is_folded and wanted in passage.text.casefold() for passage in folded(body))


def _told(passage: Passage) -> str:
    if passage.kind is Kind.SIGNATURE:
        return f"┄ {_('signature')}"
    return f"┄ {ngettext('{count} quoted line', '{count} quoted lines', passage.length)}"
