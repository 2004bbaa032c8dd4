"""How often visitors may make the desk write, by source and by address, whether or not it is known.

Nobody can use up what somebody else needs: each errand has a budget of its own, a source only its
share of it, and a source that the owner of an address signed in from is not counted with strangers.
When a mail with a code is withheld all the same, the one that was mailed last is still good.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import TokenPurpose
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.networks import network_of
from sysmo_tui.services import people, throttle, tokens

FORMS_OF_SOURCE = 30
"""Registrations from one source in an hour."""
CODES_OF_SOURCE = 30
"""Codes that one source may ask for in an hour, over all addresses."""
MAILS_OF_SOURCE = 3
"""Mails of one errand that one source may have sent to one address in a span."""
MAILS = 6
"""Mails of one errand that all unknown sources together may have sent to one address in a span."""

_HOUR = timedelta(hours=1)


class Errand(StrEnum):
    """What somebody types an address for, and a mail follows."""

    REGISTER = "register"
    RESEND = "resend"
    RESET = "reset"
    ADDRESS = "address"

    @property
    def span(self) -> timedelta:
        """How long a budget counts: no longer than the code in the last mail is good."""
        return tokens.LIFETIME[TokenPurpose.RESET] if self is Errand.RESET else _HOUR


def admit_form(work: Work) -> None:
    """Count a registration; Forbidden when too many came from this source."""
    if not throttle.allows(work, "form", _place(work), limit=FORMS_OF_SOURCE, within=_HOUR):
        raise Forbidden(N_("Too many registrations came from here. Try again in an hour."))


def admit_request(work: Work) -> None:
    """Count that a code is asked for; Forbidden when this source asked for too many."""
    if not throttle.allows(work, "ask", _place(work), limit=CODES_OF_SOURCE, within=_HOUR):
        raise Forbidden(N_("Too many codes were asked for from here. Try again in an hour."))


def may_mail(work: Work, errand: Errand, email: str) -> bool:
    """Whether an address may get one more mail because somebody typed it; counts it."""
    folded, place = addresses.folded(email), _place(work)
    share = f"{folded} {place}"
    if not throttle.allows(work, f"{errand}-share", share, limit=MAILS_OF_SOURCE, within=errand.span):
        return False
    if throttle.knows(work, people.main_address(work, folded), place):
        return True
    return throttle.allows(work, f"{errand}-mail", folded, limit=MAILS, within=errand.span)


def _place(work: Work) -> str:
    """Where the caller comes from, as one source is counted."""
    return network_of(work.caller.source)
