"""An administrator's own words for a mail, and the places in them for what is known when it leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sysmo_tui.domain import places as in_braces
from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

QUOTES = "quotes"
"""Where quoted entries, the requests of a digest or the figures of a report stand; a paragraph of its own."""

LONGEST_BODY = 10_000
LONGEST_SUBJECT = 100

_CUSTOMERS = ("name", "desk", "number", "subject", "topic", "state")
_STAFF = (
    "name", "desk", "number", "subject", "customer", "topic", "status", "priority", "assignee", QUOTES,
)  # fmt: skip
_OWN: Mapping[Template, tuple[str, ...]] = {
    # It answers whoever wrote, so that nothing that a stranger wrote is in it.
    Template.ACKNOWLEDGED: ("name", "desk", "number", "topic", "state", "how_to_answer"),
    Template.REPLIED: (*_CUSTOMERS, "how_to_answer", QUOTES),
    Template.LABEL_CHANGED: (*_CUSTOMERS, "assignee", "how_to_answer", QUOTES),
    Template.CONTACT_CHANGED: (*_CUSTOMERS, "contact", "desk_address"),
    Template.CLOSED: (*_CUSTOMERS, "how_to_reopen", "how_to_rate", QUOTES),
    Template.DIGEST: ("name", "desk", "count", QUOTES),
    Template.WEEKLY_REPORT: ("name", "desk", "days", QUOTES),
    Template.NOT_BY_MAIL: ("name", "desk", "desk_address"),
    Template.VERIFY: ("desk", "code", "how_to_answer"),
    Template.ALREADY_REGISTERED: ("name", "desk", "address"),
    Template.WELCOME: ("name", "desk", "address"),
    Template.ADDRESS_CODE: ("desk", "code"),
    Template.ADDRESS_CHANGED: ("name", "desk", "what_changed", "desk_address"),
    Template.RESET: ("name", "desk", "address", "code", "minutes"),
    Template.INVITE: ("name", "desk", "address", "code"),
    Template.PASSWORD_CHANGED: ("name", "desk", "desk_address"),
    Template.KEY_ADDED: ("name", "desk", "key", "fingerprint", "desk_address"),
    Template.TEST: ("desk",),
}
_WITH_CODE = frozenset({Template.VERIFY, Template.RESET, Template.INVITE, Template.ADDRESS_CODE})
_OWN_SUBJECT = _WITH_CODE | {
    Template.DIGEST, Template.WEEKLY_REPORT, Template.NOT_BY_MAIL, Template.ALREADY_REGISTERED,
    Template.WELCOME, Template.ADDRESS_CHANGED, Template.PASSWORD_CHANGED, Template.KEY_ADDED,
    Template.TEST,
}  # fmt: skip
_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")


def places(template: Template) -> tuple[str, ...]:
    """The names that may stand in braces in the words of a mail."""
    return _OWN.get(template, _STAFF)


def has_own_subject(template: Template) -> bool:
    """Whether the subject may be another one: that of a ticket's mail holds the conversation together."""
    return template in _OWN_SUBJECT


def check(template: Template, subject: str, body: str) -> None:
    """Refuse with Invalid what could not be filled in, and a mail that would lack its code."""
    if not body.strip():
        raise Invalid(N_("Write what the mail says."), field="body")
    if len(body) > LONGEST_BODY:
        raise Invalid(N_("A mail's text has up to {limit} characters."), field="body", limit=LONGEST_BODY)
    if subject and not has_own_subject(template):
        raise Invalid(
            N_("Mail about a ticket keeps its subject, so that it stays one thread."), field="subject"
        )
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(
            N_("A mail's subject has up to {limit} characters."), field="subject", limit=LONGEST_SUBJECT
        )
    offered = places(template)
    _require_known(subject, [name for name in offered if name not in ("code", QUOTES)], "subject")
    _require_known(body, offered, "body")
    if template in _WITH_CODE and "code" not in set(in_braces.names(body)):
        raise Invalid(N_("This mail brings a code: put {place} into it."), field="body", place="{code}")
    alone = [paragraph.strip() for paragraph in paragraphs(body)].count(f"{{{QUOTES}}}")
    if list(in_braces.names(body)).count(QUOTES) != alone or alone > 1:
        raise Invalid(N_("Put {place} once, between empty lines."), field="body", place=f"{{{QUOTES}}}")


def paragraphs(body: str) -> list[str]:
    """The parts of a text between its empty lines, with the spaces at their beginning."""
    return [part for part in _PARAGRAPHS.split(body.strip("\n")) if part.strip()]


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its places filled; LookupError for a place without a value."""
    return in_braces.fill(text, values)


def _require_known(text: str, offered: Sequence[str], field: str) -> None:
    unknown = N_("There is no place “{name}” in this mail. Choose among: {choices}.")
    in_braces.require_known(text, offered, field, unknown)
