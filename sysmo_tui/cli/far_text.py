"""What a desk on another machine writes, made safe for the terminal of whoever reads it.

The desk makes its texts safe itself. This is for one that was taken over: nothing that it sends moves
the cursor, writes to the clipboard, renames the window or asks the terminal anything.
"""

from __future__ import annotations

import codecs
import re

from sysmo_tui.domain.text import clean

_COLOUR = re.compile(
    r"(\x1b\[(?:(?:[34]8;5;\d{1,3}|[34]8;2(?:;\d{1,3}){3}|0?[0-47]|2[1-47]|3[0-79]|4[0-79]|9[0-7]|10[0-7])"
    r"(?:;(?=\d)|(?=m)))*m)"
)
"""Colours and weights (ECMA-48, 8.3.117): neither blinking nor concealed text."""

_OF_LINE = re.compile(r"(\r\n|\x08 \x08|\^D\x08\x08)")
"""How a terminal ends a line, and rubs out what somebody types at a question."""

_UNFINISHED = re.compile(
    r"(?:\x1b(?:\[[0-9;]{0,40})?|\r|\^(?:D\x08?)?|(?<!\x08 )(?<!\^D\x08)\x08 ?|[^\x00-\x7f]{1,200})\Z"
)
"""The beginning of something that more may belong to."""

_CONTEXT = 12
"""Characters before a piece that decide what its first ones may be: more than marks on one base."""


class SafeStream:
    """Bytes in any pieces, as text that is safe; ``is_terminal`` when they come from a terminal over there.

    What may belong to a later piece is held back: :meth:`rest` gives it up.
    """

    def __init__(self, *, is_terminal: bool = False) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pieces = re.compile(f"{_COLOUR.pattern}|{_OF_LINE.pattern}") if is_terminal else _COLOUR
        self._held = ""
        self._before = ""

    def feed(self, data: bytes) -> str:
        """What can be shown of everything that came so far."""
        text = self._held + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return self._safe(text[:cut])

    def rest(self, *, is_last: bool = False) -> str:
        """What was held back, when nothing more comes for now."""
        text = self._held + (self._decoder.decode(b"", True) if is_last else "")
        if not is_last and text.startswith(("\x1b", "\r", "\x08")):
            return ""
        self._held = ""
        return self._safe(text)

    @property
    def holds(self) -> bool:
        """Whether something is held back."""
        return bool(self._held)

    def _safe(self, text: str) -> str:
        parts = self._pieces.split(text)
        return "".join(part if self._pieces.fullmatch(part) else self._clean(part) for part in parts if part)

    def _clean(self, text: str) -> str:
        """``text`` made safe with regard to what stands before it."""
        whole = clean(self._before + text)
        shown = whole.removeprefix(self._before) if whole.startswith(self._before) else clean(text)
        self._before = (self._before + shown)[-_CONTEXT:]
        return shown
