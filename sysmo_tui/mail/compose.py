"""A letter as a message: a fixed list of headers, plain text first, HTML beside it."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime

from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.text import clean, clean_line, header_value
from sysmo_tui.i18n import choose, speaking
from sysmo_tui.mail import layout
from sysmo_tui.mail.account_letters import ACCOUNT_LETTERS
from sysmo_tui.mail.facts import MailFacts
from sysmo_tui.mail.headers import ASCII_POLICY, UTF8_POLICY
from sysmo_tui.mail.layout import Letter
from sysmo_tui.mail.letters import SUBJECT_LIMIT, TICKET_LETTERS, literal


def compose(facts: MailFacts) -> EmailMessage:
    """The message for one recipient, the same bytes' worth each time the same facts are given."""
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
    message.set_boundary(_boundary(facts))
    _require_whole(message)
    return message


def write(facts: MailFacts) -> Letter:
    """The letter that a mail's template makes of its facts, in the language in force."""
    template: Template = facts.mail.template
    if facts.ticket is not None:
        return TICKET_LETTERS[template](facts, facts.ticket)
    return ACCOUNT_LETTERS[template](facts)


def sender_address(facts: MailFacts) -> str:
    """Where refusals by other servers go: the desk's address."""
    return _sender(facts).addr_spec


def _headers(facts: MailFacts, letter: Letter, recipient: Address) -> list[tuple[str, str | Address]]:
    desk, mail = facts.desk, facts.mail
    sender = _sender(facts)
    headers: list[tuple[str, str | Address]] = [
        ("From", sender),
        ("To", recipient),
        ("Reply-To", Address(username=sender.username, domain=sender.domain)),
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
    found = _address(facts.desk.reply_address)
    return Address(_words(facts.desk.name), found.username, found.domain)


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


def _boundary(facts: MailFacts) -> str:
    """A boundary that no line of quoted-printable text can be, and that a retry repeats."""
    token = "".join(c for c in facts.mail.message_id if c.isalnum())
    return f"=_{token[:48]}_="
