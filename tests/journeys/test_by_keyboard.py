"""A request's whole way by keyboard alone, on screens of 80 × 24."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import PAIRS
from tests.journeys.people import Person, people_on
from tests.journeys.terminal import Place

pytestmark = pytest.mark.journey

SECRET = "CANARY-7f3a"
LABELS = {"en": ("In progress", "Closed"), "es": ("En proceso", "Cerrado")}
SUBJECT = "El monitor de Ñuñorco"


def files_a_request(customer: Person) -> None:
    """Write a request with a file."""
    (customer.home / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    customer.press("c")
    customer.sees(customer.say("NEW TICKET"), "General")
    customer.types(SUBJECT)
    customer.press("Tab")
    customer.types("Parpadea desde hoy.")
    customer.sees("Parpadea desde hoy.")
    customer.press("F8")
    customer.sees(customer.say("Attach a file"))
    customer.types("foto.png")
    customer.press("Enter")
    customer.sees("▪ foto.png")
    customer.press("C-s")
    customer.sees(customer.say("Filed #{number}.", number=1), SUBJECT[:12])


def takes_notes_and_answers(operator: Person, in_progress: str) -> None:
    """Find it among one's topics, take it, note something, answer."""
    operator.press("2")
    operator.sees(SUBJECT)
    operator.press("Enter")
    operator.sees("Parpadea desde hoy.", "▪ foto.png")
    operator.press("t")
    operator.sees(operator.say("You have #{number} now.", number=1), in_progress)
    operator.press("i")
    operator.sees(operator.say("INTERNAL NOTE"))
    operator.sends(f"Es el cable, {SECRET}.")
    operator.sees(operator.say("Note saved in #{number}.", number=1), SECRET)
    operator.press("r")
    operator.sees(operator.say("PUBLIC REPLY"))
    operator.sends("Cambie el cable, por favor.")
    operator.sees("▌ Cambie el cable, por favor.")


@pytest.mark.parametrize(("database", "language"), PAIRS, indirect=["database"])
def test_a_request_from_the_form_to_the_report(place: Place, database: str, language: str) -> None:
    emails = people_on(database, language)
    in_progress, closed = LABELS[language]
    customer = Person(place, "carla", emails["carla"], language)
    files_a_request(customer)
    operator = Person(place, "luis", emails["luis"], language)
    takes_notes_and_answers(operator, in_progress)

    # The customer is shown that there is something new, reads it without the note, and answers.
    customer.sees("●", in_progress)
    customer.press("Enter")
    assert SECRET not in customer.sees("▌ Cambie el cable, por favor.")
    customer.press("r")
    customer.sees(customer.say("YOUR ANSWER"))
    customer.sends("Cambiado, anda.")
    customer.sees("Cambiado, anda.", "▌ Luis")

    # The operator's screen shows it by itself; closing is seen on both.
    operator.sees("Cambiado, anda.")
    operator.press("x")
    operator.sees(operator.say("Closed #{number}.", number=1))
    assert SECRET not in customer.sees(closed)

    # The manager looks at the figures; everybody leaves.
    manager = Person(place, "mara", emails["mara"], language)
    manager.press("R")
    manager.sees(manager.say("REPORT"))
    manager.press("2")
    manager.sees("Luis")
    for person in (manager, operator, customer):
        person.leaves()
