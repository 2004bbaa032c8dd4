"""A day of each role at the screens, in both languages, each at 80 × 24 and at 120 × 40."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sysmo_tui.services import closing, filing, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.journeys.people import Person, people_on
from tests.journeys.terminal import Place

pytestmark = pytest.mark.journey

SIZES = {"en": ((80, 24), (120, 40)), "es": ((120, 40), (80, 24))}
"""In which size the day begins, and in which it ends."""
SUBJECTS = ("El lector no lee", "Balanza sin red", "Factura duplicada")
STATES = {"en": ("New", "In progress", "Closed"), "es": ("Nuevo", "En proceso", "Cerrado")}

Sits = Callable[[str], Person]


def day_before(cast: Cast) -> None:
    """Three requests, of which the last one was answered and closed."""
    for subject in SUBJECTS:
        cast.customer().write(filing.file, Filing("general", subject, "Desde ayer."))
    operator = cast.operator()
    operator.write(tickets.take, 3)
    operator.write(closing.close, 3, message=Outgoing("Fue anulada."))


@pytest.fixture(params=SIZES)
def language(request: pytest.FixtureRequest) -> str:
    """In which language, and with it in which sizes."""
    return str(request.param)


@pytest.fixture
def sits(place_without_desk: Place, tmp_path: Path, language: str) -> Sits:
    """Lets someone sit down at a desk where work was done the day before."""
    url = f"sqlite:///{tmp_path}/desk.db"
    emails = people_on(url, language, day_before)
    place = replace(
        place_without_desk,
        environ={"SYSMO_DATABASE_URL": url, "SYSMO_MAIL_URL": f"file://{tmp_path}/mail"},
    )
    return lambda name: Person(place, name, emails[name], language, *SIZES[language][0])


def test_a_customer_rates_what_was_solved_and_reads_how(sits: Sits, language: str) -> None:
    carla, closed = sits("carla"), STATES[language][2]
    carla.sees(*SUBJECTS, closed)
    carla.sits_at(SIZES[language][1], *SUBJECTS, closed)
    carla.press("V")
    carla.sees(carla.say("How satisfied are you with #{number}?", number=3))
    carla.press("5")
    carla.sees(carla.say("Thank you: #{number} is rated {rating}.", number=3, rating=5))
    carla.press("Enter")
    carla.sees("Fue anulada.", "esc")
    carla.goes_to_the_shell_and_back("Fue anulada.", "esc")
    carla.press("Escape")
    carla.sees(*SUBJECTS)
    carla.leaves()


def test_an_operator_takes_several_at_once_and_undoes_it(sits: Sits, language: str) -> None:
    luis, (new, in_progress, _closed) = sits("luis"), STATES[language]
    luis.press("3")
    luis.sees(SUBJECTS[0], SUBJECTS[1], new)
    luis.press("*")
    luis.sees("✓")
    luis.press("t")
    luis.terminal.wait_gone(SUBJECTS[0])
    luis.press("1")
    luis.sees(SUBJECTS[0], SUBJECTS[1], in_progress)
    luis.sits_at(SIZES[language][1], SUBJECTS[0], SUBJECTS[1], in_progress)
    luis.press("u")
    luis.terminal.wait_gone(SUBJECTS[0])
    luis.press("3")
    luis.sees(SUBJECTS[0], SUBJECTS[1], new)
    luis.press("b")
    luis.sees(luis.say("Put off {what}", what="#"), luis.say("tomorrow"))
    luis.press("1")
    luis.terminal.wait_gone(luis.say("Put off {what}", what="#"))
    luis.leaves()


def test_a_manager_goes_from_a_figure_to_the_tickets_behind_it(sits: Sits, language: str) -> None:
    mara = sits("mara")
    mara.press("R")
    mara.sees(mara.say("REPORT"), mara.say("Received"))
    mara.press("2")
    mara.sees("Luis")
    mara.sits_at(SIZES[language][1], mara.say("REPORT"), "Luis")
    mara.press("1")
    mara.sees("› " + mara.say("Received"))
    mara.press("j")
    mara.sees("› " + mara.say("Closed tickets"))
    mara.press("Enter")
    mara.sees(SUBJECTS[2], mara.say("Closed tickets").upper())
    assert SUBJECTS[0] not in mara.terminal.screen()
    mara.press("Enter")
    mara.sees("Fue anulada.")
    mara.press("Escape")
    mara.terminal.wait_gone("Fue anulada.")
    mara.press("Escape")
    mara.sees(mara.say("REPORT"))
    mara.press("Escape")
    mara.sees("/ ")
    mara.press("4")
    mara.sees(SUBJECTS[0])
    mara.leaves()


def test_an_administrator_makes_a_topic_and_finds_it_in_the_audit(sits: Sits, language: str) -> None:
    ada = sits("ada")
    ada.press("A")
    ada.sees(ada.say("Accounts"), ada.say("Audit log"))
    ada.press("C-p")
    ada.sees(ada.say("Commands"))
    ada.types(ada.say("Topics"))
    ada.sees(ada.say("what customers write about, and who serves it")[:20])
    ada.press("Enter")
    ada.sees("General", ada.say("Operators"))
    ada.sits_at(SIZES[language][1], "General", ada.say("Operators"))
    ada.press("n")
    ada.sees(ada.say("New topic").upper())
    ada.types("Garantías")
    ada.press("C-s")
    ada.sees("Garantías", "General")
    ada.press("Escape")
    ada.sees(ada.say("Accounts"), ada.say("Audit log"))
    ada.press("G", "Enter")
    ada.sees(ada.say("Audit log").upper(), ada.email)
    ada.leaves()
