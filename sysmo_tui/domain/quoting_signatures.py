"""Telling signatures from own words, once quotes are known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sysmo_tui.domain.fold import fold
from sysmo_tui.domain.quoting_lines import Kind, short
from sysmo_tui.domain.quoting_words import DEVICES, SENT_FROM

SHORT_SIGNATURE = 12
"""Lines below ``--`` without the space that RFC 3676, 4.3 asks for: people draw lines like that too."""

SENT_FROM_WORDS = 12
"""Words of a line that a telephone adds."""

_WORD = re.compile(r"[\w.-]+")


def mark(lines: Sequence[str], found: list[Kind]) -> None:
    """Mark what is a signature among the lines that ``found`` says are own."""
    _mark_signatures(lines, found)
    _join_blanks(lines, found)


def _mark_signatures(lines: Sequence[str], found: list[Kind]) -> None:
    """Mark signatures: at the end of the body, and of every stretch of own words above a quote."""
    start = 0
    for end in range(1, len(lines) + 1):
        is_inside = end < len(lines) and found[end] is Kind.OWN
        if found[start] is not Kind.OWN:
            start = end
        elif not is_inside:
            at = _signature(lines, start, end)
            at = _added_line(lines, start, at)
            found[at:end] = [Kind.SIGNATURE] * (end - at)
            start = end


def _signature(lines: Sequence[str], start: int, end: int) -> int:
    """Where the signature of some lines begins; ``end`` when there is none."""
    for at in range(start, end):
        if lines[at].rstrip("\r\n") == "-- ":
            return at
    count, found = 0, end
    for at in range(end - 1, start - 1, -1):
        line = short(lines[at])
        if line == "--" and count:
            found = at
        count += bool(line)
        if count > SHORT_SIGNATURE:
            break
    return found


def _added_line(lines: Sequence[str], start: int, end: int) -> int:
    """Where a line that a telephone added at the end begins; ``end`` when there is none."""
    at = next((line for line in range(end - 1, start - 1, -1) if lines[line].strip()), end)
    text = fold(short(lines[at])) if at < end else ""
    if not text.startswith(SENT_FROM):
        return end
    words = _WORD.findall(text.partition("http")[0])
    return at if len(words) <= SENT_FROM_WORDS and not DEVICES.isdisjoint(words) else end


def _join_blanks(lines: Sequence[str], found: list[Kind]) -> None:
    """Empty lines between quotes and signatures, and at the end, belong to what is above them."""
    kind = Kind.OWN
    start = None
    for at, line in enumerate(lines):
        if found[at] is Kind.OWN and not line.strip():
            start = at if start is None else start
            continue
        if start is not None and kind is not Kind.OWN and found[at] is not Kind.OWN:
            found[start:at] = [kind] * (at - start)
        kind, start = found[at], None
    if start is not None:
        found[start:] = [kind] * (len(lines) - start)
