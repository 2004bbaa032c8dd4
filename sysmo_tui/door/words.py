"""The command line of a visit as words: no shell reads it, and nothing in it is expanded."""

from __future__ import annotations

import re
import shlex
import unicodedata
from dataclasses import dataclass

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

LONGEST = 8_192
"""Bytes of a command line."""

MOST_WORDS = 64

_LANGUAGE = re.compile(r"lang=([A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{1,8})?)")
_PROGRAM = "sysmo"
_PARCEL = "parcel"


@dataclass(frozen=True, slots=True)
class Line:
    """What was asked for: a verb with its options, or no word for the screens.

    ``language`` is a locale's name or empty; ``is_parcel``: files follow on standard input, framed.
    """

    words: tuple[str, ...]
    language: str = ""
    is_parcel: bool = False


def read_line(command: str) -> Line:
    """The words of ``command``, without what stands before the verb, each at most once.

    ::

        sysmo lang=es parcel ticket reply 42 --body 'It works.'
    """
    words = split(command)
    language, is_parcel, is_named = "", False, False
    while words:
        asked = _LANGUAGE.fullmatch(words[0])
        if asked and not language:
            language = asked[1]
        elif words[0] == _PARCEL and not is_parcel:
            is_parcel = True
        elif words[0] == _PROGRAM and not is_named:
            is_named = True
        else:
            break
        words = words[1:]
    return Line(tuple(words), language, is_parcel)


def split(command: str) -> list[str]:
    """The words of a line, with quotes and backslashes as POSIX has them; Invalid says what is wrong.

    Every other character stands for itself. A line with a control character is refused.
    """
    try:
        size = len(command.encode())
    except UnicodeEncodeError as error:
        raise Invalid(N_("The command line is not UTF-8."), field="command") from error
    if size > LONGEST:
        raise Invalid(
            N_("The command line is too long: {most} bytes at most. Give long texts on standard input."),
            field="command",
            most=LONGEST,
        )
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in command):
        raise Invalid(
            N_("A command line through the door is one line. Give longer texts on standard input."),
            field="command",
        )
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Invalid(
            N_("The command line ends inside a quotation, or with a backslash."), field="command"
        ) from error
    if len(words) > MOST_WORDS:
        raise Invalid(
            N_("The command line has too many words: {most} at most."), field="command", most=MOST_WORDS
        )
    return words
