"""What a password must be: long and hard to guess, of anything (NIST SP 800-63B-4, 3.1.1.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from threading import Lock

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import words
from sysmo_tui.domain.message import N_

SHORTEST = 12
LONGEST = 256
LOWEST_SCORE = 3
"""Of zxcvbn's 0 to 4: at least 10**8 guesses."""
JUDGED = (16, 28)
"""Characters judged: more only while the beginning is weak, because the time grows steeply."""

_PERSONAL_LENGTH = 3
_PERSONAL_WORDS = 40
_REST = 8
_judging = Lock()  # zxcvbn keeps the words of the person in a module-wide dictionary


def check(password: str, personal: Sequence[str]) -> str:
    """Give the password in NFC, otherwise verbatim, or refuse it with what to do.

    ``personal`` is what others know of the person: names, e-mail address, company. There are no rules on
    which kinds of characters it has.
    """
    if len(password) > LONGEST * 4:
        raise _length_refusal()
    normalised = unicodedata.normalize("NFC", password)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in normalised):
        message = N_("A password cannot hold control characters such as tabs or line breaks. Type it again.")
        raise Invalid(message, field="password")
    if not SHORTEST <= len(normalised) <= LONGEST:
        raise _length_refusal()
    known = _personal_words(personal)
    if _is_personal(normalised, known):
        message = N_("This password is made of your name, e-mail address or company. Choose another.")
        raise Invalid(message, field="password")
    if all(_score(normalised[:length], known) < LOWEST_SCORE for length in JUDGED):
        message = N_("This password is too easy to guess. Choose a longer one, such as four unrelated words.")
        raise Invalid(message, field="password")
    return normalised


def _length_refusal() -> Invalid:
    """Say how long a password is."""
    message = N_("A password has {shortest} to {longest} characters. A few unrelated words make a good one.")
    return Invalid(message, field="password", shortest=SHORTEST, longest=LONGEST)


def _personal_words(personal: Sequence[str]) -> list[str]:
    """Give the words that tell of the person, the longest first."""
    found = {word for text in personal for word in words(text[:LONGEST])}
    found |= {"".join(words(text[:LONGEST])) for text in personal}
    long_enough = [word for word in found if len(word) >= _PERSONAL_LENGTH]
    return sorted(long_enough, key=lambda word: (-len(word), word))[:_PERSONAL_WORDS]


def _is_personal(password: str, known: Sequence[str]) -> bool:
    """Tell whether little is left of a password without the person's own words."""
    rest = whole = "".join(words(password))
    for word in known:
        rest = rest.replace(word, "")
    return rest != whole and len(rest) < _REST


def _score(password: str, known: Sequence[str]) -> int:
    """Estimate how hard a password is to guess: 0 to 4."""
    from zxcvbn import zxcvbn

    with _judging:
        return int(zxcvbn(password, user_inputs=list(known))["score"])
