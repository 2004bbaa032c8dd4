"""What in a mail is its writer's own, what is quoted, and what is a signature.

Nothing is ever taken away: the texts of the passages, one after the other, are the body.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sysmo_tui.domain import quoting_lines, quoting_signatures
from sysmo_tui.domain.quoting_lines import LEAST_QUOTE, Kind

__all__ = ["Kind", "Passage", "folded", "own_words", "without_quotes"]

WORTH_FOLDING = 2
"""Lines that one line can stand for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole lines of one kind. ``is_folded`` says whether hiding them saves room and hides no context."""

    kind: Kind
    text: str
    is_folded: bool = False

    @property
    def lines(self) -> list[str]:
        """Its lines, without their ends."""
        return self.text.removesuffix("\n").split("\n")

    @property
    def length(self) -> int:
        """How many of its lines are not empty."""
        return sum(1 for line in self.lines if line.strip())


def folded(body: str) -> tuple[Passage, ...]:
    """Cut a body into passages; all of it is own when nothing own would remain."""
    if not body:
        return ()
    *whole, last = body.split("\n")
    lines = [*(f"{line}\n" for line in whole), last]
    kinds = quoting_lines.quotes(lines)
    quoting_signatures.mark(lines, kinds)
    grouped = groupby(zip(kinds, lines, strict=True), key=lambda each: each[0])
    passages = [Passage(kind, "".join(line for _kind, line in group)) for kind, group in grouped]
    if not any(_is_own(each) for each in passages):
        return (Passage(Kind.OWN, body),)
    return tuple(_judged(passages))


def own_words(body: str) -> str:
    """What the writer of a body typed, without quotes and signatures; all of it when that is nothing."""
    return "".join(each.text for each in folded(body) if each.kind is Kind.OWN).strip()


def without_quotes(body: str) -> str:
    """A body without what it quotes; all of it when nothing own would remain."""
    return "".join(each.text for each in folded(body) if each.kind is not Kind.QUOTE).strip()


def _is_own(passage: Passage) -> bool:
    return passage.kind is Kind.OWN and bool(passage.text.strip())


def _judged(passages: Sequence[Passage]) -> Iterator[Passage]:
    """Fold what is worth it: a short quote above its answer is what the answer is about."""
    last = max(at for at, each in enumerate(passages) if _is_own(each))
    for at, each in enumerate(passages):
        is_answered = each.kind is Kind.QUOTE and at < last
        least = LEAST_QUOTE if is_answered else WORTH_FOLDING
        yield Passage(each.kind, each.text, each.kind is not Kind.OWN and each.length >= least)
