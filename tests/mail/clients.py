"""Three mail programs: how each writes a mail of its own, and how each answers one that it got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from typing import Literal

Language = Literal["en", "es"]
File = tuple[str, bytes]

_NUMBERS = count(1)


@dataclass(frozen=True)
class Writer:
    """Somebody who writes with one program, in one language."""

    name: str
    address: str
    language: Language
    answers: Callable[[Writer, EmailMessage, str, tuple[File, ...]], EmailMessage]

    def ask(self, to: str, subject: str, body: str) -> EmailMessage:
        """A mail that answers none."""
        mail = _begun(self, to, subject)
        mail.set_content(body + "\n")
        return mail

    def answer(self, mail: EmailMessage, words: str, *files: File) -> EmailMessage:
        """The answer to a mail, which is quoted below or above the writer's ``words``."""
        return self.answers(self, mail, words, files)


def gmail(writer: Writer, mail: EmailMessage, words: str, files: tuple[File, ...] = ()) -> EmailMessage:
    """Text and HTML; the quote is below, under one line that is wrapped where it is long."""
    sender = mail["From"].addresses[0]
    introduction = {
        "en": f"On Wed, Mar 4, 2026 at 3:00 PM {sender.display_name} <{sender.addr_spec}>\nwrote:",
        "es": f"El mié, 4 mar 2026 a las 15:00, {sender.display_name} (<{sender.addr_spec}>)\nescribió:",
    }[writer.language]
    answer = _begun(writer, _answered_at(mail), _prefixed("Re: ", mail))
    _cite(answer, mail)
    quote = "\n".join(f"> {line}".rstrip() for line in _text(mail).splitlines())
    answer.set_content(f"{words}\n\n{introduction}\n\n{quote}\n")
    answer.add_alternative(
        f'<div dir="ltr">{_html(words)}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{_html(introduction)}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex">{_html(_text(mail))}</blockquote></div>',
        subtype="html",
    )
    return _with(answer, files)


def outlook(writer: Writer, mail: EmailMessage, words: str, files: tuple[File, ...] = ()) -> EmailMessage:
    """No References and no In-Reply-To, but a Thread-Index; the head of the quoted mail is repeated."""
    sender = mail["From"].addresses[0]
    head = {
        "en": "From: {0}\nSent: Wednesday, March 4, 2026 3:00 PM\nTo: {1}\nSubject: {2}",
        "es": "De: {0}\nEnviado: miércoles, 4 de marzo de 2026 15:00\nPara: {1}\nAsunto: {2}",
    }[writer.language].format(f"{sender.display_name} <{sender.addr_spec}>", mail["To"], mail["Subject"])
    answer = _begun(writer, _answered_at(mail), _prefixed("RE: ", mail))
    answer["Thread-Topic"] = mail["Subject"]
    answer["Thread-Index"] = "AQHcq6nQ0m0P7vXxqkSg0a1bZJ0yJ7YQ3u8A"
    answer["Accept-Language"] = "en-US, es-AR"
    answer["X-MS-Has-Attach"] = "yes" if files else ""
    answer.set_content(f"{words}\n\n________________________________\n{head}\n\n{_text(mail)}\n")
    answer.add_alternative(
        f'<html><body><div class="WordSection1"><p class="MsoNormal">{_html(words)}</p></div>'
        f'<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">{_html(head)}</div>'
        f"<div>{_html(_text(mail))}</div></body></html>",
        subtype="html",
    )
    return _with(answer, files)


def thunderbird(writer: Writer, mail: EmailMessage, words: str, files: tuple[File, ...] = ()) -> EmailMessage:
    """Plain flowed text (RFC 3676); the quote is above, the signature at the end."""
    name = mail["From"].addresses[0].display_name
    introduction = {
        "en": f"On 3/4/26 15:00, {name} wrote:",
        "es": f"El 4/3/26 a las 15:00, {name} escribió:",
    }[writer.language]
    answer = _begun(writer, _answered_at(mail), _prefixed("Re: ", mail))
    _cite(answer, mail)
    answer["User-Agent"] = "Mozilla Thunderbird"
    quote = "\n".join(f"> {line}".rstrip() for line in _text(mail).splitlines())
    answer.set_content(f"{introduction}\n{quote}\n\n{words}\n\n-- \n{writer.name}\n+54 11 4321-1234\n")
    answer.set_param("format", "flowed")
    return _with(answer, files)


def _begun(writer: Writer, to: str, subject: str) -> EmailMessage:
    mail = EmailMessage()
    domain = writer.address.rpartition("@")[2]
    mail["From"] = f"{writer.name} <{writer.address}>"
    mail["To"], mail["Subject"] = to, subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{next(_NUMBERS)}.{writer.answers.__name__}@mail.{domain}>"
    return mail


def _answered_at(mail: EmailMessage) -> str:
    return str((mail["Reply-To"] or mail["From"]).addresses[0].addr_spec)


def _prefixed(prefix: str, mail: EmailMessage) -> str:
    subject = str(mail["Subject"])
    return subject if subject.lower().startswith("re:") else prefix + subject


def _cite(answer: EmailMessage, mail: EmailMessage) -> None:
    answer["In-Reply-To"] = mail["Message-ID"]
    answer["References"] = " ".join([*str(mail["References"] or "").split(), mail["Message-ID"]])


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).strip()


def _html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", "<br>\n")


def _with(mail: EmailMessage, files: tuple[File, ...]) -> EmailMessage:
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail
