"""What is said of the rules that decided about a mail."""

from __future__ import annotations

import pytest

from sysmo_tui.services.kept_mail import Step
from sysmo_tui.widgets.mail_words import step_words


@pytest.mark.parametrize(
    ("rule", "is_hit", "detail", "words"),
    [
        ("no_sender", True, "missing", "Nobody can be taken for its sender. None is named."),
        ("no_sender", False, "ana@x.example", "It has one sender: ana@x.example"),
        ("unreadable", True, "0", "It could not be read. It is empty."),
        ("acknowledgement", False, "automatic", "Its sender was not told. A machine wrote it."),
        ("acknowledgement", True, "", "Its sender was told that it came."),
        ("too_many", True, "20", "Its sender made more than 20 tickets within an hour."),
        ("continued", True, "#8", "It goes into #8, which goes on with the closed one and is open."),
        ("continued", False, "#7", "No open ticket goes on with #7."),
        ("made_up", True, "so", "made_up: so"),
    ],
)
def test_a_rule_says_what_it_saw_in_words(rule: str, is_hit: bool, detail: str, words: str) -> None:
    assert step_words(Step(rule, is_hit, detail)) == words
