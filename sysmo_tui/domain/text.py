"""Text from people, made safe for where it goes: the database, a terminal, a mail header, a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

SafeText = NewType("SafeText", str)
"""Text that cannot move the cursor, hide, reorder or overflow its cell; only this module makes it."""

SUBSTITUTE = "\ufffd"
ELLIPSIS = "…"
MARKS_PER_BASE = 8

_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_ARABIC = "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
_INDIC = "\u0900-\u0dff"
_SELECTORS = "\ufe00-\ufe0f\u180b-\u180d\u180f\U000e0100-\U000e01ef"

_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Controls, bidirectional overrides, everything of no width that no script needs here, tags, lone surrogates.
_NEVER = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\ud800-\udfff\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_SELECTOR_RUN = re.compile(f"[{_SELECTORS}]+")
_JOINER = re.compile("[\u200c\u200d]")
_JOINED = re.compile(
    f"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"
    f"|(?<=[{_INDIC}])[\u200c\u200d](?=[{_INDIC}])"
    f"|(?<=[{_ARABIC}])\u200c(?=[{_ARABIC}])"
)
# Marks are neither letters nor spaces; symbols that ordinary text repeats are left out for speed.
_MARK_RUN = re.compile(
    rf"[^\w\s\x00-\u02ff\u2010-\u20cf\u2100-\u2cff\u3000-\u3029\u3030-\u3098\ufffd\U0001f000-\U0001faff]"
    rf"{{{MARKS_PER_BASE + 1},}}"
)
_UNSTORABLE = re.compile("[\\x00\ud800-\udfff]")
_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_NOT_IN_HEADERS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_FORMULAS_INSIDE = re.compile(r"([;\t\r\n][ \"]*)(?=[=+\-@＝＋－＠])")
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def clean(value: str) -> SafeText:
    """Make text of several lines safe to show: what is dangerous or invisible becomes U+FFFD.

    Newlines, tabs, Arabic, CJK, and emoji with their joiners and variation selectors survive; more than
    eight combining marks on one base are dropped. Cleaning twice changes nothing more.
    """
    if value.isascii() and value.isprintable():
        return SafeText(value)
    if "\r" in value:
        value = value.replace("\r\n", "\n")
    if value.isascii():
        return SafeText(_ASCII_CONTROL.sub(SUBSTITUTE, value))
    value = _NEVER.sub(SUBSTITUTE, value)
    value = _SELECTOR_RUN.sub(_one_selector, value)
    if _JOINER.search(value):
        value = _keep_joiners(value)
    return SafeText(_MARK_RUN.sub(_cap_marks, value))


def clean_line(value: str, limit: int | None = None) -> SafeText:
    """Make text safe to show on one line, cut with "…" to at most ``limit`` characters."""
    line = clean(value)
    if "\n" in line or "\t" in line:
        line = SafeText(line.replace("\n", " ").replace("\t", " "))
    if limit is None or len(line) <= limit:
        return line
    return SafeText(_without_loose_end(line[: max(limit - 1, 0)]) + ELLIPSIS if limit > 0 else "")


def in_place(value: str) -> str:
    """Give text that is being edited as a field may show it: what is dangerous or invisible is U+FFFD.

    Every other character, newlines and tabs as well, stays in its place, so that the cursor does.
    """
    return value if value.isascii() and value.isprintable() else _NEVER.sub(SUBSTITUTE, value)


def storable(value: str) -> str:
    """Give what may enter a database: NUL and lone surrogates become U+FFFD, every newline ``\\n``."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSTORABLE.sub(SUBSTITUTE, value)


def storable_line(value: str) -> str:
    """Give what may enter a database as a name or subject: one line, without space around it."""
    return _LINE_BREAKS.sub(" ", storable(value)).strip()


def header_value(value: str) -> str:
    """Give a mail header that cannot start another one: control characters and breaks become a space."""
    return _SURROGATES.sub(SUBSTITUTE, _NOT_IN_HEADERS.sub(" ", value)).strip()


def csv_cell(value: str) -> str:
    """Give a CSV cell that no spreadsheet takes for a formula (OWASP, CSV injection).

    Nor for several cells of which one is: in many countries they are told apart by semicolons.
    """
    inside = _FORMULAS_INSIDE.sub(r"\1'", value)
    return f"'{inside}" if value.startswith(_FORMULA_STARTS) else inside


def cell_width(value: str) -> int:
    """Count the terminal cells that one line takes."""
    if value.isascii():
        return len(value)
    from rich.cells import cell_len

    return cell_len(value)


def fit(value: SafeText, cells: int) -> SafeText:
    """Cut one line with "…" so that it takes at most ``cells`` terminal cells."""
    if cell_width(value) <= cells:
        return value
    if cells < 1:
        return SafeText("")
    from rich.cells import set_cell_size

    return SafeText(_without_loose_end(set_cell_size(value, cells - 1)).rstrip(" ") + ELLIPSIS)


def _one_selector(run: re.Match[str]) -> str:
    """Keep one variation selector after a base that can take it."""
    before = run.string[run.start() - 1] if run.start() else " "
    ideographic = run.group()[0] >= "\U000e0100"
    category = unicodedata.category(before)
    takes_one = category == "Lo" if ideographic else category[0] in "LNSP"
    if not takes_one or before == SUBSTITUTE:
        return SUBSTITUTE * len(run.group())
    return run.group()[0] + SUBSTITUTE * (len(run.group()) - 1)


def _keep_joiners(value: str) -> str:
    """Keep joiners where they shape what is seen: inside emoji, Indic and Persian words."""
    pieces: list[str] = []
    last = 0
    for kept in _JOINED.finditer(value):
        pieces += (_JOINER.sub(SUBSTITUTE, value[last : kept.start()]), kept.group())
        last = kept.end()
    pieces.append(_JOINER.sub(SUBSTITUTE, value[last:]))
    return "".join(pieces)


def _cap_marks(run: re.Match[str]) -> str:
    """Drop the marks beyond what one base can show."""
    kept = []
    marks = 0
    for character in run.group():
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MARKS_PER_BASE:
            kept.append(character)
    return "".join(kept)


def _without_loose_end(value: str) -> str:
    """Drop a joiner that lost what it joined to."""
    return value.rstrip("\u200c\u200d")
