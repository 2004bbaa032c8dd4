"""A letter as a message: a fixed list of headers, plain text first, HTML beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime

from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.text import clean, clean_line, header_value
from sysmo_tui.i18n import choose, speaking
from sysmo_tui.mail import layout, wording
from sysmo_tui.mail.account_letters import ACCOUNT_LETTERS
from sysmo_tui.mail.enclosing import Enclosed
from sysmo_tui.mail.facts import MailFacts
from sysmo_tui.mail.headers import ASCII_POLICY, UTF8_POLICY
from sysmo_tui.mail.layout import Letter
from sysmo_tui.mail.letter_parts import SUBJECT_LIMIT, literal
from sysmo_tui.mail.letters import TICKET_LETTERS
from sysmo_tui.services import reply_addresses

_FILE_TYPE = re.compile(
    r"(?P<main>application|audio|font|image|model|text|video)/(?P<sub>[a-z0-9][a-z0-9.+_-]{0,100})", re.ASCII
)
"""Media types that a file may be sent as (RFC 6838, 4.2); mails and mails of several parts are not."""


def compose(facts: MailFacts, enclosed: Sequence[Enclosed] = ()) -> EmailMessage:
    """The message for one recipient with its files: the same bytes each time the same facts are given."""
    with speaking(facts.mail.locale):
        letter = write(facts)
        desk = str(clean_line(facts.desk.name))
        plain = clean(layout.as_text(letter, desk))
        page = clean(layout.as_html(letter, desk, choose(facts.mail.locale)))
    recipient = _address(facts.mail.address)
    needs_utf8 = not (recipient.username.isascii() and _sender(facts).username.isascii())
    message = EmailMessage(policy=UTF8_POLICY if needs_utf8 else ASCII_POLICY)
    for name, value in _headers(facts, letter, recipient):
        message[name] = value
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    message.set_boundary(_boundary(facts, "a"))
    _require_whole(message)
    for each in enclosed:
        _enclose(message, each)
    if enclosed:
        message.set_boundary(_boundary(facts, "m"))
    return message


def write(facts: MailFacts) -> Letter:
    """The letter that a mail's template makes of its facts, in the language in force."""
    template: Template = facts.mail.template
    if facts.ticket is not None:
        letter = TICKET_LETTERS[template](facts, facts.ticket)
    else:
        letter = ACCOUNT_LETTERS[template](facts)
    return letter if facts.wording is None else wording.reword(letter, facts, facts.wording)


def sender_address(facts: MailFacts) -> str:
    """Where refusals by other servers go: to where answers go, so that they find the ticket, too."""
    return _answers_to(facts).addr_spec


def _headers(facts: MailFacts, letter: Letter, recipient: Address) -> list[tuple[str, str | Address]]:
    desk, mail = facts.desk, facts.mail
    sender = _sender(facts)
    headers: list[tuple[str, str | Address]] = [
        ("From", sender),
        ("To", recipient),
        ("Reply-To", _answers_to(facts)),
        ("Subject", _words(letter.subject)),
        ("Date", format_datetime(mail.created_at)),
        ("Message-ID", mail.message_id),
    ]
    if facts.references:
        headers += [("In-Reply-To", facts.references[-1]), ("References", " ".join(facts.references))]
    if not letter.is_human:
        # RFC 3834, 5.1; the second is what Exchange obeys.
        headers.append(("Auto-Submitted", "auto-replied" if letter.answers else "auto-generated"))
        headers.append(("X-Auto-Response-Suppress", "All"))
    headers.append(("List-Id", f"<desk.{_ascii_domain(header_value(desk.mail_domain))}>"))
    headers.append(("X-Sysmo-Loop", header_value(desk.uuid)))
    return headers


def _sender(facts: MailFacts) -> Address:
    """The desk's name, with the address of the topic if it has one, else the desk's."""
    found = _address(_own_address(facts))
    return Address(_words(facts.desk.name), found.username, found.domain)


def _own_address(facts: MailFacts) -> str:
    return (facts.ticket.mail_address if facts.ticket else "") or facts.desk.reply_address


def _answers_to(facts: MailFacts) -> Address:
    """Where the recipient's answer goes: an address that tells what it answers, where such arrive."""
    mail, base = facts.mail, _own_address(facts)
    if mail.ticket_number is not None:
        base = reply_addresses.make(facts.desk, mail.ticket_number, mail.address, base)
    elif mail.template is Template.VERIFY and mail.account_id is not None:
        base = reply_addresses.for_verification(facts.desk, mail.account_id, mail.address, base)
    return _address(base)


def _enclose(message: EmailMessage, enclosed: Enclosed) -> None:
    """Add one file, as bytes of a type that nothing is read into."""
    file = enclosed.file
    kind = _FILE_TYPE.fullmatch(file.media_type.lower())
    main, sub = (kind["main"], kind["sub"]) if kind else ("application", "octet-stream")
    message.add_attachment(enclosed.content, maintype=main, subtype=sub, filename=_words(file.filename))


def _address(text: str) -> Address:
    """An address for a header; its domain in the form that every server understands (RFC 5891)."""
    local, _, domain = header_value(text).rpartition("@")
    if literal(text) != text:
        raise ValueError("the address looks like an encoded word")
    return Address(username=local, domain=_ascii_domain(domain))


def _words(text: str) -> str:
    """Text for a header: nothing in it hides, reorders, or would be decoded into a line break."""
    return literal(clean_line(header_value(text)))[: 2 * SUBJECT_LIMIT]


def _require_whole(message: EmailMessage) -> None:
    """Refuse a message whose headers, as they would travel, are not the ones that were set."""
    travelled = BytesHeaderParser(policy=compat32).parsebytes(message.as_bytes())
    if [name.lower() for name in travelled] != [name.lower() for name in message]:
        raise ValueError("the headers would not arrive as they are meant")


def _ascii_domain(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def _boundary(facts: MailFacts, level: str) -> str:
    """A boundary that no line of quoted-printable text or base64 can be, and that a retry repeats."""
    token = "".join(c for c in facts.mail.message_id if c.isalnum())
    return f"=_{level}{token[:48]}_="
