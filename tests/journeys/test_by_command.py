"""A request's whole way by commands in a terminal, in each language, on each database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sysmo_tui.i18n import translator
from tests.journeys import letters
from tests.journeys.conftest import PAIRS
from tests.journeys.terminal import Place

pytestmark = pytest.mark.journey

ADMIN = "ada.ruiz@desk.example"
OPERATOR = "luis.paz@desk.example"
CUSTOMER = "marta@laespiga.example"
SECRET = "CANARY-7f3a"
PASSWORDS = {
    ADMIN: "umbrella copper vinegar 71",
    OPERATOR: "seven paper lanterns drift 5",
    CUSTOMER: "gravel mittens sunday oboe 9",
}


SUBJECTS = {"en": "The printer is on fire", "es": "La impresora de Ñuñorco está que arde"}
NEW_AND_CLOSED = {"en": ("New", "Closed"), "es": ("Nuevo", "Cerrado")}


class Person:
    """Someone at a terminal, who reads and answers in one language."""

    def __init__(self, place: Place, name: str, email: str, language: str) -> None:
        self.email = email
        self.say = translator(language)._
        self.home = place.folder / name
        self.terminal = place.terminal(name, SYSMO_LANG=language)
        self.run = self.terminal.run

    def signs_in(self, *, code: int = 0) -> str:
        """Sign in with one's own password; what the terminal shows."""
        asked = [(self.say("Password") + ":", PASSWORDS[self.email])]
        return self.run(f"sysmo login --email {self.email}", answers=asked, code=code)

    def chooses(self, question: str = "Choose a password") -> list[tuple[str, str]]:
        """What is typed to choose a password, twice and unseen."""
        password = PASSWORDS[self.email]
        return [(self.say(question) + ":", password), (self.say("The same again: ").strip(), password)]

    def reads(self, line: str) -> Any:
        """What a command prints for scripts."""
        self.run(f"{line} --json > out.json")
        return json.loads((self.home / "out.json").read_text())


@pytest.mark.parametrize(("database", "language"), PAIRS, indirect=["database"])
def test_a_request_from_the_registration_to_the_report(place: Place, language: str) -> None:
    mail, subject, (new, closed) = place.folder / "mail", SUBJECTS[language], NEW_AND_CLOSED[language]
    admin = Person(place, "ada", ADMIN, language)
    customer = Person(place, "marta", CUSTOMER, language)
    operator = Person(place, "luis", OPERATOR, language)

    admin.run(
        f"sysmo init --email {ADMIN} --name 'Ada Ruiz' --desk-name Quillay --lang {language} --country AR"
        " --time-zone America/Argentina/Buenos_Aires --own-domain desk.example --allow-reserved-addresses",
        answers=admin.chooses(),
    )
    admin.signs_in()

    # The customer registers, reads the code in the mail, and signs in.
    customer.run(
        f"sysmo register --email {CUSTOMER} --company 'La Espiga' --tax-id 30-00120417-9"
        " --name 'Marta Núñez' --phone '11 4321-1001'",
        answers=customer.chooses(),
    )
    customer.signs_in(code=3)
    customer.run(
        f"sysmo verify {letters.code_to(mail, CUSTOMER)}",
        answers=[(customer.say("The password that you registered with") + ":", PASSWORDS[CUSTOMER])],
    )
    seen = customer.signs_in()
    assert "Marta Núñez" in seen
    assert PASSWORDS[CUSTOMER] not in seen

    # She files a request with a photo.
    photo = customer.home / "foto.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    customer.run(
        f"sysmo ticket new --topic general --subject '{subject}' --body 'Since 9:00. ¡Ayuda!'"
        " --attach foto.png --urgency high"
    )
    listed = customer.reads("sysmo ticket list")["items"]
    assert [ticket["subject"] for ticket in listed] == [subject]
    number = listed[0]["number"]
    assert new in customer.run("sysmo ticket list")

    # The administrator invites an operator, who chooses a password with the code of the mail.
    admin.run(f"sysmo account new --email {OPERATOR} --name 'Luis Paz' --role operator --topic general")
    operator.run(
        f"sysmo password reset --email {OPERATOR}",
        answers=[
            (operator.say("Code") + ":", letters.code_to(mail, OPERATOR)),
            *operator.chooses("New password"),
        ],
    )
    operator.signs_in()

    # He finds it among his topics, takes it, and answers.
    assert subject[:10] in operator.run("sysmo ticket list --inbox topics")
    operator.run(f"sysmo ticket take {number}")
    operator.run(f"sysmo ticket note {number} --body 'Keep it {SECRET}'")
    operator.run(f"mkdir received && sysmo ticket download {number} foto.png -o received")
    assert (operator.home / "received" / "foto.png").read_bytes() == photo.read_bytes()
    operator.run(f"sysmo ticket reply {number} --body 'Unplug it, please.'")
    customer.run(f"sysmo ticket reply {number} --body 'Done. It smells.'")
    operator.run(f"sysmo ticket close {number} --body 'A new one is on its way.'")

    # She sees all of it but the note, anywhere.
    thread = customer.run(f"sysmo {number}")
    assert closed in thread
    for said in ("Since 9:00. ¡Ayuda!", "Unplug it, please.", "Done. It smells.", "A new one is on its way."):
        assert said in thread
    everything = (
        thread
        + customer.run(f"sysmo ticket show {number} --events --raw")
        + customer.run(f"sysmo ticket show {number} --events --json")
        + customer.run("sysmo ticket list")
        + customer.run(f"sysmo search {SECRET}")
        + "".join(letters.text_of(each) for each in letters.to(mail, CUSTOMER))
    )
    assert SECRET not in everything.replace(f"sysmo search {SECRET}", "")
    assert SECRET in operator.run(f"sysmo ticket show {number}")

    # Everybody was told, in their language; the figures are there.
    last = letters.text_of(letters.to(mail, CUSTOMER)[-1])
    assert customer.say("Your request #{number} is closed.", number=number) in last
    assert letters.to(mail, OPERATOR)
    report = admin.reads("sysmo report team --range today")
    assert "Luis Paz" in json.dumps(report, ensure_ascii=False)
    assert "Luis Paz" in admin.run("sysmo report team --range today")
    customer.run("sysmo report team", code=5)
