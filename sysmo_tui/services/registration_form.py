"""What people type to register, read by the desk's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sysmo_tui.domain import addresses, phones, tax_ids
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import storable_line
from sysmo_tui.i18n import choose
from sysmo_tui.services import companies, desk_settings
from sysmo_tui.services.desk_settings import DeskSettings

NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """What somebody types to register; ``country`` is the company's, the desk's unless given."""

    email: str
    password: str = field(repr=False)
    name: str
    phone: str
    company: str = ""
    tax_id: str = ""
    country: str | None = None
    locale: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A form in the desk's terms."""

    email: str
    details: dict[str, Any] = field(repr=False)

    @property
    def personal(self) -> tuple[str, ...]:
        """What a password should not be made of."""
        return (self.details["name"], self.email, self.details["company"])


def check(form: RegistrationForm, settings: DeskSettings) -> Checked:
    """Read a form by the desk's rules, but for its password; Invalid names the first field that is wrong.

    People with an address of the desk's own company need neither company nor tax ID.
    """
    email = addresses.normalise(form.email, settings.allows_reserved_addresses)
    country = desk_settings.read("country", form.country or settings.country)
    details: dict[str, Any] = {
        "name": checked_name(form.name),
        "phone": checked_phone(form.phone, country),
        "company": "",
        "tax_id": "",
        "country": country,
        "locale": choose(form.locale, settings.language),
        "time_zone": desk_settings.check_time_zone(form.time_zone) if form.time_zone else None,
        "is_own": settings.is_own_address(email),
    }
    if not details["is_own"]:
        details["company"] = companies.checked_name(form.company)
        if not form.tax_id.strip():
            raise Invalid(N_("The tax ID of the company is missing."), field="tax_id")
        details["tax_id"] = tax_ids.normalise(form.tax_id, country)
    return Checked(email, details)


def checked_name(text: str) -> str:
    """A person's name as it is stored: one line of at most 120 characters."""
    name = storable_line(text)
    if not name:
        raise Invalid(N_("The name is missing."), field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid(N_("A name has up to {limit} characters."), field="name", limit=NAME_LIMIT)
    return name


def checked_phone(text: str, country: str) -> str:
    """A telephone number in E.164."""
    if not text.strip():
        raise Invalid(N_("The telephone number is missing."), field="phone")
    return phones.normalise(text.strip(), country)
