"""Telephone numbers: kept in E.164, shown as they are dialled from abroad."""

from __future__ import annotations

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

MAX_LENGTH = 40


def normalise(phone: str, country: str) -> str:
    """Give a number in E.164; without ``+`` it is one of ``country`` (ISO 3166-1). Extensions are refused."""
    import phonenumbers

    message = N_("“{value}” is not a telephone number. Write it with its country, such as +54 11 4321-1234.")
    try:
        if len(phone) > MAX_LENGTH or not phone.isprintable():
            raise Invalid(message, field="phone", value=phone[:MAX_LENGTH])
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException as reason:
        raise Invalid(message, field="phone", value=phone) from reason
    if number.extension:
        extension = N_("Leave out the extension “{value}”: a telephone number here has none.")
        raise Invalid(extension, field="phone", value=number.extension)
    if not phonenumbers.is_valid_number(number):
        raise Invalid(message, field="phone", value=phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show(phone: str) -> str:
    """Write an E.164 number with spaces; whatever is not one stays as it is."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
