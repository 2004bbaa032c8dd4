"""Telling the lines of a mail apart: own words and quotes.

The work grows with the length of the body alone, whatever is in it: a line is looked at a fixed number
of times, and a long one only at its first characters. When in doubt, a line is its writer's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto

from sysmo_tui.domain.fold import fold
from sysmo_tui.domain.quoting_words import (
    ARTICLES,
    FIELDS,
    FORWARDS,
    LONGEST_FIELD,
    SEPARATORS,
    STARTS,
    STORIES,
    VERBS,
    WHY,
    Field,
)

LONGEST_LINE = 400
"""Characters of a line that can introduce a quote or be a signature of one line."""

LEAST_QUOTE = 4
"""Lines of a quote that nobody introduces; fewer may be the output of a program."""

INTRODUCTION_LINES = 4
"""Lines into which mail programs break the sentence above a quote."""

BLANK_LINES = 6
"""Empty lines that may stand between that sentence and the quote."""

HEAD_LINES = 16
"""Lines of a repeated head, with what its fields go on with."""

LAST_START = 20_000
"""Line of a body from which on no quote begins: nobody writes so much above one."""

_TIME = re.compile(r"\d[:.h]\d\d")
_DATE = re.compile(r"(?:19|20)\d\d|\d[./-]\d{1,2}[./-]\d\d")
_MOMENT = re.compile(rf"{_TIME.pattern}|{_DATE.pattern}")
_NUMERIC_ZONE = re.compile(r"[+-]\d{4}\b")
_COLONS = (":", "：")
_RULE = "-_=*—– "


class Kind(Enum):
    """Whose a line is."""

    OWN = auto()
    QUOTE = auto()
    SIGNATURE = auto()


def quotes(lines: Sequence[str]) -> list[Kind]:
    """The kind of each line of a body: quoted or own."""
    return _Quotes(lines).kinds()


class _Quotes:
    """Looks for quotes from the top of a body to its end."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = [short(line) for line in lines]
        self._is_marked = [line.startswith((">", " >")) for line in lines]
        self._folded: dict[int, str] = {}
        self._taken = 0
        """The first line that belongs to no quote yet."""
        self._is_quoting = False
        """Whether a quote was introduced: from then on everything that is marked is one."""

    def kinds(self) -> list[Kind]:
        found = [Kind.OWN] * len(self._lines)
        at = 0
        while at < min(len(self._lines), LAST_START):
            start, end = self._quote(at)
            found[start:end] = [Kind.QUOTE] * (end - start)
            at = max(end, at + 1)
            self._taken = max(self._taken, end)
        return found

    def _quote(self, at: int) -> tuple[int, int]:
        """The lines of the quote that is recognised at a line, none if there is none."""
        line = self._lines[at]
        if not line:
            return 0, 0
        if line.endswith(_COLONS):
            start, end = self._introduced(at)
            if end:
                return start, end
        if self._is_marked[at]:
            return self._unintroduced(at)
        if self._separates(at):
            return at, self._rest(at + 1)
        return self._headed(at) if ":" in line else (0, 0)

    # What mail programs mark with ">".

    def _introduced(self, at: int) -> tuple[int, int]:
        """A quote whose introduction ends at a line."""
        behind = self._skip_blanks(at + 1)
        if behind < len(self._lines) and self._is_marked[behind]:
            start = self._start_above_marks(at, behind)
            if start is None:
                return 0, 0
            self._is_quoting = True
            return start, self._run(behind, bridges=True)
        start = self._start_above_all(at)
        return (0, 0) if start is None else (start, self._rest(at + 1))

    def _unintroduced(self, at: int) -> tuple[int, int]:
        """A run of marked lines that no sentence of a mail program stands above."""
        if at > 0 and self._is_marked[at - 1]:
            return 0, 0
        if self._introduces_itself(at):
            self._is_quoting = True
        elif self._before(at).endswith(_COLONS):  # What stands below a colon was pasted.
            return 0, 0
        if self._is_quoting:
            return at, self._run(at, bridges=True)
        end = self._run(at, bridges=False)
        is_prompt = self._lines[at].startswith(">>")
        return (0, 0) if is_prompt or end - at < LEAST_QUOTE else (at, end)

    def _introduces_itself(self, at: int) -> bool:
        """Whether the first marked lines are the introduction, as the telephones of Apple write it."""
        text = ""
        for line in range(at, min(at + INTRODUCTION_LINES, len(self._lines))):
            if not self._is_marked[line]:
                return False
            text = f"{text} {self._fold(line).lstrip('> ')}".strip()
            if text.endswith(_COLONS):
                return _tells_when(text)
        return False

    def _run(self, at: int, *, bridges: bool) -> int:
        """The end of a run of marked lines, over the empty lines between them if ``bridges``."""
        end = at
        while end < len(self._lines) and self._is_marked[end]:
            end += 1
            beyond = self._skip_blanks(end) if bridges else end
            if beyond < len(self._lines) and self._is_marked[beyond]:
                end = beyond
        return end

    # The sentence above a quote.

    def _start_above_marks(self, at: int, behind: int) -> int | None:
        """Where the introduction of marked lines begins; None when the line is its writer's own."""
        sentences = list(self._sentences(at))
        found = [start for start, text in sentences if _tells_when(text)]
        found += [
            start
            for start, text in sentences
            if _names_writer(text) and (_has_verb(text) or _MOMENT.search(text))
        ]
        if found:
            return found[0]
        text = self._fold(at)
        is_bare = _has_verb(text) and not _is_story(text) and text.partition(" ")[0] not in ARTICLES
        if (
            is_bare
            and not self._is_marked[at]
            and self._is_apart(at)
            and self._run(behind, bridges=True) - behind >= LEAST_QUOTE
        ):
            return at
        return None

    def _start_above_all(self, at: int) -> int | None:
        """Where the introduction begins of a quote without marks, which goes on to the end of the body."""
        sentences = list(self._sentences(at))
        for start, text in sentences:
            has_moment = bool(_TIME.search(text) and _DATE.search(text))
            is_sure = _names_writer(text) or (has_moment and self._is_apart(start))
            if is_sure and _has_verb(text) and _tells_when(text):
                return start
        for start, text in sentences:
            is_dated = text[:1].isdigit() and _TIME.search(text) and _DATE.search(text)
            if _names_writer(text) and (is_dated or _has_verb(text)):
                return start
        return None

    def _sentences(self, at: int) -> Iterator[tuple[int, str]]:
        """What may be the sentence that ends at a line, folded: the line, with the one above, and so on."""
        text = ""
        for start in range(at, max(self._taken, at - INTRODUCTION_LINES + 1) - 1, -1):
            if not self._lines[start] or (self._is_marked[start] and not self._is_broken(start, at)):
                return
            text = f"{self._fold(start)} {text}".rstrip()
            is_whole = text.count(">") <= text.count("<") and not text.startswith(("<", "("))
            if is_whole and not _is_story(text):
                yield start, text

    def _is_apart(self, at: int) -> bool:
        return at == self._taken or not self._lines[at - 1]

    def _is_broken(self, start: int, at: int) -> bool:
        """Whether a line begins with ">" because an address was broken before its end."""
        above = self._lines[start - 1] if start == at and at > self._taken else ""
        return above.count("<") > above.count(">")

    # Whole mails below a line.

    def _separates(self, at: int) -> bool:
        """Whether a line says that an original or forwarded message follows."""
        line = self._lines[at]
        if line.startswith(("--", "__", "==", "**", "- -", "——", "––")):
            inside = self._fold(at).strip(_RULE)
            return inside in SEPARATORS or (_tells_when(inside) and _has_verb(inside))
        return line.endswith(":") and self._fold(at) in FORWARDS

    def _headed(self, at: int) -> tuple[int, int]:
        """A mail below its repeated head: From, Sent, To, Subject, in some order that begins with From."""
        if self._field(at) is not Field.FROM:
            return 0, 0
        end = self._head_end(at)
        if end is None:
            return 0, 0
        above = at - 1
        while above > max(self._taken, at - BLANK_LINES) and not self._lines[above]:
            above -= 1
        is_ruled = above >= self._taken and _is_rule(self._lines[above])
        if is_ruled:
            return above, self._rest(end)
        # Below a colon somebody pasted it, as below headers that no program repeats.
        is_pasted = above >= self._taken and self._field(above) is Field.RAW
        if is_pasted or self._before(at).endswith(_COLONS):
            return 0, 0
        return at, self._rest(end)

    def _head_end(self, at: int) -> int | None:
        """The line behind a head; None when it is none, or one that no mail program repeats."""
        fields = {Field.FROM}
        for line in range(at + 1, min(at + HEAD_LINES, len(self._lines))):
            field = self._field(line)
            if field is Field.FROM or field is Field.RAW:
                return None
            if field is Field.SENT and _NUMERIC_ZONE.search(self._lines[line]):
                return None
            if field is not None:
                fields.add(field)
            elif not self._lines[line] and Field.SUBJECT in fields:
                break
            if {Field.SENT, Field.SUBJECT} <= fields and self._ends_head(line + 1):
                return line + 1
        return None

    def _ends_head(self, at: int) -> bool:
        return at >= len(self._lines) or not self._lines[at] or self._field(at) is None

    def _field(self, at: int) -> Field | None:
        """Which field of a head a line begins with."""
        line = self._lines[at].lstrip("*_ ")
        name, colon, _value = line[: LONGEST_FIELD + 6].partition(":")
        return FIELDS.get(fold(name).strip("*_ ")) if colon else None

    def _rest(self, at: int) -> int:
        """The end of a mail that is quoted whole: of the body, or of the desk's last paragraph in it."""
        for line in range(at, len(self._lines)):
            if self._lines[line].startswith(WHY):
                return self._paragraph_end(line)
        return len(self._lines)

    def _paragraph_end(self, at: int) -> int:
        end = len(self._lines)
        return next((line for line in range(at, end) if not self._lines[line]), end)

    def _before(self, at: int) -> str:
        """The last line above that is not empty, in reach and of no quote."""
        for line in range(at - 1, max(self._taken, at - BLANK_LINES) - 1, -1):
            if self._lines[line]:
                return self._lines[line]
        return ""

    def _skip_blanks(self, at: int) -> int:
        end = min(at + BLANK_LINES, len(self._lines))
        return next((line for line in range(at, end) if self._lines[line]), end)

    def _fold(self, at: int) -> str:
        if at not in self._folded:
            self._folded[at] = " ".join(fold(self._lines[at]).split())
        return self._folded[at]


def short(line: str) -> str:
    """A line without space around it, or the one character of a long line that counts."""
    if len(line) > LONGEST_LINE:
        return ">" if line[0] == ">" else "…"
    return line.strip()


def _tells_when(text: str) -> bool:
    """Whether a folded sentence is a mail program's: when, and who wrote."""
    if not text.startswith(STARTS) and not text[:1].isdigit():
        return False
    return bool(_MOMENT.search(text)) and (_has_verb(text) or _names_writer(text))


def _names_writer(text: str) -> bool:
    """Whether a folded sentence names somebody as mail programs do, with an address."""
    return "@" in text and ("<" in text or "(" in text)


def _has_verb(text: str) -> bool:
    """Whether somebody wrote, at the end of a folded sentence or, in German, before the name."""
    return f" {text.rstrip(' :：')}".endswith(VERBS) or " schrieb " in text


def _is_story(text: str) -> bool:
    """Whether a folded sentence tells what its writer or somebody without a name wrote."""
    return f" {text.rstrip(' :：')}".endswith(STORIES)


def _is_rule(line: str) -> bool:
    return len(line) >= 8 and not line.strip(_RULE)
