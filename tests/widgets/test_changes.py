"""What an event changed, in words."""

import ast
from pathlib import Path

import pytest

from sysmo_tui import i18n
from sysmo_tui import services as services_package
from sysmo_tui.domain.enums import Cause
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Change
from sysmo_tui.widgets.changes import cause_text, change_text


def change(field: str, old: str | None, new: str | None) -> Change:
    return Change(field, clean_line(old) if old else None, clean_line(new) if new else None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (change("status", "New", "In progress"), "estado Nuevo → En proceso"),
        (change("urgency", "low", "high"), "urgencia menor → mayor"),
        (change("channel", None, "cli"), "canal comandos"),
        (change("owner", "Ana Paz", None), "titular Ana Paz → —"),
        (change("continues", None, "7"), "continúa #7"),
        (change("is_spam", "True", "False"), "spam sí → no"),
    ],
)
def test_a_change_is_said_in_the_readers_language(given: Change, said: str):
    with i18n.speaking("es"):
        assert change_text(given) == said


def test_what_people_wrote_is_never_translated():
    with i18n.speaking("es"):
        assert change_text(change("subject", "Closed", "Open")) == "asunto Closed → Open"
        assert change_text(change("tag", None, "spam")) == "etiqueta spam"


def test_the_reason_of_an_event_is_said_in_words():
    with i18n.speaking("es"):
        assert cause_text("account_disabled") == "se desactivó su cuenta"
        assert cause_text("clone:42") == "es una copia de #42"
    assert cause_text("follow_up") == "the follow-up date was reached"
    for cause in set(Cause) - {Cause.CLONE}:
        assert cause_text(cause) not in (cause, cause.replace("_", " "))


def test_every_cause_that_is_recorded_is_one_with_words():
    services = Path(services_package.__file__).parent
    given = [
        (path.name, keyword.value)
        for path in services.glob("*.py")
        if path.stem != "history"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "cause"
    ]
    named = [(name, ast.unparse(value)) for name, value in given]
    assert {words for _name, words in named} > {"cause", "Cause.FOLLOW_UP"}
    known = ("Cause.", "f'{Cause.")
    assert [each for each in named if each[1] != "cause" and not each[1].startswith(known)] == []
