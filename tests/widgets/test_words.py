"""Every member of a closed set has words, the same on screens and in commands."""

from __future__ import annotations

from sysmo_tui.domain.enums import EventKind, Measure
from sysmo_tui.i18n import LANGUAGES, speaking
from sysmo_tui.widgets import words
from sysmo_tui.widgets.words import said


def test_every_member_has_words_that_tell_it_from_the_others() -> None:
    for kind, known in words._WORDS.items():
        assert set(known) == set(kind), kind
    for language in LANGUAGES:
        with speaking(language):
            for kind in (EventKind, Measure):
                assert len({said(member) for member in kind}) == len(kind)
