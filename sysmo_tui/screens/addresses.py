"""The e-mail addresses of an account: one's own, or those of an account that an administrator looks after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button

from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.confirm import Confirm, Prompt
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.table_screen import TableScreen, list_bindings, whole
from sysmo_tui.services import own_addresses
from sysmo_tui.services.own_addresses import CodeSent, Held, OwnAddress
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.forms import Field, button, text_input
from sysmo_tui.widgets.words import address_state


class AddAddressScreen(FormScreen[str | None]):
    """Has a code mailed to another address of one's own; gives the address."""

    def heading(self) -> str:
        """What the screen is called."""
        return _("Another address")

    def explains(self) -> Content:
        """What will happen."""
        return Content(_("We send a code there. With it the address is yours, and so are its requests."))

    def fields(self) -> Iterable[Field]:
        """The address, and proof of who asks."""
        yield Field("email", _("E-mail"), text_input())
        yield Field("password", _("Your password"), text_input(is_secret=True))

    def buttons(self) -> Iterable[Button]:
        """Having the code sent."""
        yield button(_("Send the code"), "save", is_main=True)

    def submit(self, given: dict[str, str]) -> None:
        """Ask for the code."""
        self.send(self.job(own_addresses.add, given["email"].strip(), given["password"]), self._sent)

    def _sent(self, sent: CodeSent) -> None:
        self.dismiss(sent.email)


class AddressesScreen(TableScreen[OwnAddress]):
    """The addresses; without ``email`` one's own."""

    CONTEXT = Context.ADDRESSES
    HINTS = (
        "addresses.new",
        "addresses.code",
        "addresses.primary",
        "addresses.remove",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.ADDRESSES)
    NEEDS_ROW = frozenset({"primary", "remove"})

    def __init__(self, email: str | None = None) -> None:
        super().__init__()
        self._email = email

    def heading(self) -> str:
        """What the screen is called."""
        return _("Your addresses") if self._email is None else _("Addresses of {email}", email=self._email)

    def columns(self) -> Sequence[Column[OwnAddress]]:
        """The address, and what it is for."""
        return (
            Column(_("E-mail"), 0, lambda each: each.email),
            Column(_("State"), 28, address_state),
        )

    def key(self, row: OwnAddress) -> str:
        """Which address."""
        return row.email

    def title_of(self, row: OwnAddress) -> str:
        """The address."""
        return row.email

    def may(self, action: str, row: OwnAddress | None) -> bool:
        """The main address stays; a code is typed for an address of one's own."""
        if action == "code":
            return self._email is None
        return action not in self.NEEDS_ROW or (row is not None and not row.is_primary)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[OwnAddress]]:
        """All of them."""
        if self._email is None:
            return self.read(whole, own_addresses.mine)
        return self.read(whole, own_addresses.of, self._email)

    def action_new(self) -> None:
        """Add another address."""
        if self._email is None:
            self.app.push_screen(AddAddressScreen(), self._code_sent)
        else:
            self.app.push_screen(Prompt(_("Another address")), self._add_for)

    def action_code(self) -> None:
        """Type the code that came to another address."""
        self.app.push_screen(Prompt(_("Code")), self._verify)

    def action_primary(self) -> None:
        """Make the address under the cursor the main one."""
        row = self.row
        if row is not None:
            told = _("{email} is the main address.", email=row.email)
            use_case = own_addresses.make_primary if self._email is None else own_addresses.make_primary_for
            given = (row.email,) if self._email is None else (self._email, row.email)
            self.write(use_case, *given).then(lambda _held: self.changed(told, goes_to=row.email))

    def action_remove(self) -> None:
        """Give the address under the cursor up."""
        row = self.row
        if row is not None:
            question = Confirm(
                _("Give {email} up?", email=row.email),
                yes=_("Give it up"),
                explains=_("Tickets that it was the contact of get the main address."),
            )
            self.app.push_screen(question, lambda is_sure: self._remove(row.email) if is_sure else None)

    def _remove(self, address: str) -> None:
        use_case = own_addresses.remove if self._email is None else own_addresses.remove_for
        given = (address,) if self._email is None else (self._email, address)
        told = _("{email} is given up.", email=address)
        self.write(use_case, *given).then(lambda _held: self.changed(told))

    def _code_sent(self, email: str | None) -> None:
        if email is not None:
            self.app.push_screen(Prompt(_("The code that came to {email}", email=email)), self._verify)

    def _verify(self, code: str | None) -> None:
        if code:
            self.write(own_addresses.verify, code).then(self._taken)

    def _add_for(self, address: str | None) -> None:
        if address and self._email is not None:
            self.write(own_addresses.add_for, self._email, address).then(self._taken)

    def _taken(self, held: Held) -> None:
        told = _("The address is there.")
        if held.tickets:
            came = ngettext("{count} ticket came with it.", "{count} tickets came with it.", held.tickets)
            told = f"{told} {came}"
        self.changed(told)
