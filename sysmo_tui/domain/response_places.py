"""The places that a canned response may have, and what is put into them.

Nothing internal is among them: what is filled in may go to the customer.
"""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain import places
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

LONGEST: Final = 10_000
"""Characters of a response."""

PLACES: Final = (
    "customer.name", "customer.first_name", "customer.email",
    "ticket.number", "ticket.subject", "ticket.status",
    "topic.name", "operator.name", "operator.first_name", "desk.name", "desk.address",
)  # fmt: skip


def check(body: str) -> None:
    """Refuse with Invalid an empty or long text, and one with a place that nothing could fill."""
    if not body.strip():
        raise Invalid(N_("Write what the response says."), field="body")
    if len(body) > LONGEST:
        raise Invalid(N_("A response has up to {limit} characters."), field="body", limit=LONGEST)
    unknown = N_("There is no place “{name}” in a response. Choose among: {choices}.")
    places.require_known(body, PLACES, "body", unknown)


def first_name(name: str) -> str:
    """What a person is called by: the first word of a name, of an address what stands before its ``@``."""
    words = name.partition("@")[0].split()
    return words[0] if words else ""
