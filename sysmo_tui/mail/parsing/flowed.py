"""Text whose lines a mail program wrapped becomes paragraphs again (RFC 3676)."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")
_SIGNATURE = "-- "


def unflowed(text: str, is_deleting_space: bool = False) -> str:
    """Join lines that end in a space with the next of the same quote depth; ``is_deleting_space``: DelSp."""
    result: list[str] = []
    pieces: list[str] = []
    depth_before = 0

    def finish() -> None:
        if pieces:
            result.append(_quoted("".join(pieces), depth_before))
            pieces.clear()

    for line in text.split("\n"):
        marks = _QUOTES.match(line)
        depth = marks.end() if marks else 0
        words = line[depth:].removeprefix(" ")
        if depth != depth_before or words == _SIGNATURE:
            finish()
        depth_before = depth
        is_flowed = words.endswith(" ") and words != _SIGNATURE
        pieces.append(words[:-1] if is_flowed and is_deleting_space else words)
        if not is_flowed:
            finish()
    finish()
    return "\n".join(result)


def _quoted(line: str, depth: int) -> str:
    return f"{'>' * depth} {line}" if depth else line
