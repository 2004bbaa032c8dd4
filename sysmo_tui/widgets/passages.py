"""How the passages of a text are shown, in screens and by commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sysmo_tui.domain.quoting import Kind, Passage, folded
from sysmo_tui.i18n import _, ngettext


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, or what stands for the text that it hides.

    ``is_quiet`` when it is not its writer's own.
    """

    text: str
    is_quiet: bool = False
    hides: str = ""


def beginning(lines: Iterable[Line], *, most_lines: int, most_characters: int) -> tuple[list[Line], bool]:
    """The first of ``lines``, the last of them cut where it is endless; whether any text is left out."""
    begun: list[Line] = []
    for line in lines:
        if len(begun) == most_lines or most_characters <= 0:
            return begun, True
        if len(line.text) > most_characters:
            return [*begun, replace(line, text=line.text[:most_characters])], True
        begun.append(line)
        most_characters -= len(line.text)
    return begun, False


def lines_of(body: str, *, is_folded: bool) -> Iterator[Line]:
    """The lines of a text, those of a folded passage as one line with one empty line at most around it."""
    passages = folded(body)
    folds = [is_folded and passage.is_folded for passage in passages]
    for passage, is_fold, *beside in zip(passages, folds, [False, *folds], [*folds[1:], False], strict=False):
        if is_fold:
            yield Line(_told(passage), is_quiet=True, hides=passage.text)
        else:
            is_quiet = passage.kind is not Kind.OWN
            yield from (Line(text, is_quiet) for text in _near(passage.lines, *beside))


def _near(lines: list[str], is_below_fold: bool, is_above_fold: bool) -> list[str]:
    """Lines without more than one empty line beside a fold."""
    start, end = 0, len(lines)
    while is_below_fold and end - start > 1 and not (lines[start] + lines[start + 1]).strip():
        start += 1
    while is_above_fold and end - start > 1 and not (lines[end - 1] + lines[end - 2]).strip():
        end -= 1
    return lines[start:end]


def _told(passage: Passage) -> str:
    if passage.kind is Kind.SIGNATURE:
        return f"┄ {_('signature')}"
    return f"┄ {ngettext('{count} quoted line', '{count} quoted lines', passage.length)}"
