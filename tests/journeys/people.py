"""People at screens in real terminals, each in one language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from sysmo_tui.desk import Desk, Work
from sysmo_tui.i18n import translator
from sysmo_tui.models import Account, table
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import open_store
from tests.cast import PASSWORD, Cast, Clock
from tests.journeys.terminal import Place


def people_on(url: str, language: str, begin: Callable[[Cast], object] | None = None) -> dict[str, str]:
    """A new desk at ``url`` with a customer and staff of each role; their addresses by name.

    ``begin`` does what was done there before.
    """
    schema.create(url)
    store = open_store(url)
    cast = Cast(Desk(store, clock=Clock(datetime.now(UTC))))
    cast.found()
    for make in (cast.customer, cast.operator, cast.manager):
        make()

    def speak(work: Work) -> None:
        work.session.execute(sa.update(table(Account)).values(locale=language))

    cast.desk.touch(cast.itself.caller, speak)
    if begin is not None:
        begin(cast)
    emails = {name: cast.email(name) for name in ("carla", "luis", "mara", "ada")}
    store.close()
    return emails


class Person:
    """Someone at a screen, in one language."""

    def __init__(
        self, place: Place, name: str, email: str, language: str, columns: int = 80, rows: int = 24
    ) -> None:
        self.email = email
        self.say = translator(language)._
        self.home = place.folder / name
        self.terminal = place.terminal(name, columns, rows, SYSMO_LANG=language)
        self.sees, self.press, self.types = (
            self.terminal.wait_for,
            self.terminal.press,
            self.terminal.type,
        )
        self._comes_in(name.title())

    def sends(self, text: str) -> None:
        """Write where the cursor is, and send it."""
        self.types(text)
        self.press("C-s")

    def sits_at(self, size: tuple[int, int], *texts: str) -> None:
        """Make the window another size, and go on once ``texts`` are seen in it, above its footer."""
        columns, rows = size
        self.terminal.resize(columns, rows)
        self.terminal.wait_for_last_line(rows, "?")
        self.sees(*texts)

    def goes_to_the_shell_and_back(self, *texts: str) -> None:
        """Suspend the program, work in its shell, and go on where ``texts`` are seen again."""
        assert self.terminal.modes() == "1 1 1"
        self.press("C-z")
        self.terminal.wait_for_prompt()
        assert self.terminal.modes() == "0 0 0"
        settings = self.terminal.run("stty -a")
        assert " icanon" in settings
        assert " echo " in settings
        self.types("fg; echo left $?")
        self.press("Enter")
        self.sees(*texts)

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
