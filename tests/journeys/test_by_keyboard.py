"""A request's whole way by keyboard alone, on screens of 80 × 24."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Work
from sysmo_tui.i18n import translator
from sysmo_tui.models import Account, table
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import open_store
from tests.cast import PASSWORD, Cast, Clock
from tests.journeys.conftest import PAIRS
from tests.journeys.terminal import Place

pytestmark = pytest.mark.journey

SECRET = "CANARY-7f3a"
LABELS = {"en": ("In progress", "Closed"), "es": ("En proceso", "Cerrado")}
SUBJECT = "El monitor de Ñuñorco"


def people_on(url: str, language: str) -> dict[str, str]:
    """A new desk at ``url`` with a customer, an operator and a manager; their addresses by name."""
    schema.create(url)
    store = open_store(url)
    cast = Cast(Desk(store, clock=Clock(datetime.now(UTC))))
    cast.found()
    for make in (cast.customer, cast.operator, cast.manager):
        make()

    def speak(work: Work) -> None:
        work.session.execute(sa.update(table(Account)).values(locale=language))

    cast.desk.touch(cast.itself.caller, speak)
    emails = {name: cast.email(name) for name in ("carla", "luis", "mara")}
    store.close()
    return emails


class Person:
    """Someone at a screen, in one language."""

    def __init__(self, place: Place, name: str, email: str, language: str) -> None:
        self.email = email
        self.say = translator(language)._
        self.home = place.folder / name
        self.terminal = place.terminal(name, SYSMO_LANG=language)
        self.sees, self.press, self.types = (
            self.terminal.wait_for,
            self.terminal.press,
            self.terminal.type,
        )
        self.terminal.run("cd")
        self._comes_in(name.title())

    def sends(self, text: str) -> None:
        """Write where the cursor is, and send it."""
        self.types(text)
        self.press("C-s")

    def leaves(self) -> None:
        """Leave the program, which ends well."""
        self.press("C-q")
        self.terminal.wait_for_prompt()
        self.sees("left 0")
        self.sees("left 0")

    def _comes_in(self, shown_name: str) -> None:
        """Open the program and sign in, without waiting between the keys."""
        self.types("sysmo; echo left $?")
        self.press("Enter")
        self.sees(self.say("Password"), self.say("E-mail"))
        self.types(self.email)
        self.press("Tab")
        self.types(PASSWORD)
        self.press("Enter")
        self.sees(shown_name, "/ ")


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
