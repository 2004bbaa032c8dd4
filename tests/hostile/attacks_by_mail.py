"""Mails of people and programs that mean harm, or do it without meaning to, each with its verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count

from sysmo_tui.domain.enums import MailReason, Verdict

_NUMBERS = count(1)

HELP = "help@desk.example"
"""Where the desk's mail comes in."""


@dataclass(frozen=True)
class Known:
    """What who attacks may have learned: the desk's own letters to Carla and to Dora, and its mark."""

    to_carla: EmailMessage
    to_dora: EmailMessage
    to_nora: EmailMessage
    uuid: str

    def reply_address(self, letter: EmailMessage) -> str:
        return str(letter["Reply-To"].addresses[0].addr_spec)


Attack = Callable[[Known], bytes]
ATTACKS: dict[str, tuple[Attack, Verdict, MailReason]] = {}
"""By what each tries: how it is written, and what becomes of it."""


def mail(sender: str = "Eve <eve@evil.example>", body: str = "Hello.", **headers: str) -> bytes:
    """The bytes of a mail as they are written here, whatever the standards say."""
    given = {
        "From": sender,
        "To": HELP,
        "Subject": "Hello",
        "Message-ID": f"<{next(_NUMBERS)}@evil.example>",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"{lines}\r\n{body}\r\n".encode("utf-8", "surrogatepass")


def attack(name: str, verdict: Verdict, reason: MailReason) -> Callable[[Attack], Attack]:
    def noted(made: Attack) -> Attack:
        ATTACKS[name] = (made, verdict, reason)
        return made

    return noted


def bounce(
    original: str, recipient: str, status: str = "5.1.1", to: str = HELP, text: str = "unknown user"
) -> bytes:
    """What Postfix writes about a mail that did not arrive (RFC 3464); ``original`` are its headers."""
    return (
        f"Return-Path: <>\r\nDelivered-To: {to}\r\n"
        "From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)\r\n"
        f"To: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        f"Message-ID: <{next(_NUMBERS)}@mx.acme.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry to have to inform you.\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} {text}\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n\r\n--B--\r\n"
    ).encode()


def simple(name: str, raw: bytes, verdict: Verdict, reason: MailReason) -> None:
    ATTACKS[name] = (lambda _known: raw, verdict, reason)


TICKET, REPLY = Verdict.TICKET, Verdict.REPLY
WAITS, DROPPED, SYSTEM = Verdict.QUARANTINED, Verdict.DROPPED, Verdict.SYSTEM
NEW = MailReason.NEW_REQUEST

simple("nothing", b"", WAITS, MailReason.UNREADABLE)
simple("no mail at all", b"\x00\xff\xfe" * 300, WAITS, MailReason.NO_SENDER)
simple("only blank lines", b"\r\n\r\n\r\n", WAITS, MailReason.NO_SENDER)
simple("nobody", mail(""), WAITS, MailReason.NO_SENDER)
simple("two people", mail("a@evil.example, b@evil.example"), WAITS, MailReason.NO_SENDER)
simple("two From", b"From: ada@desk.example\r\n" + mail("eve2@evil.example"), WAITS, MailReason.NO_SENDER)
simple("a group", mail("staff: luis@desk.example;"), WAITS, MailReason.NO_SENDER)
simple(
    "an operator", mail("Luis <luis@desk.example>", Subject="[#1] close it"), WAITS, MailReason.FROM_OPERATOR
)
simple("an operator in capitals", mail("LUIS@DESK.EXAMPLE"), WAITS, MailReason.FROM_OPERATOR)
simple("an operator's name", mail('"luis@desk.example" <eve3@evil.example>'), TICKET, NEW)
simple("an operator as Sender", mail("eve4@evil.example", Sender="luis@desk.example"), TICKET, NEW)
simple("an operator as Reply-To", mail("eve5@evil.example", Reply_To="luis@desk.example"), TICKET, NEW)
simple("a disabled account", mail("Zoe <zoe@customer.example>"), WAITS, MailReason.DISABLED_ACCOUNT)
simple("a blocked address", mail("spam@spam.example"), DROPPED, MailReason.BLOCKED)
simple("a blocked address in capitals", mail("SPAM@Spam.Example"), DROPPED, MailReason.BLOCKED)
simple("a guessed number", mail("eve6@evil.example", Subject="Re: [#1] It broke"), TICKET, NEW)
simple("a number of nothing", mail("eve7@evil.example", Subject="[#999999999999999999]"), TICKET, NEW)
simple("somebody else's number", mail("carla@customer.example", Subject="[#2] mine"), TICKET, NEW)
simple("one's own number", mail("carla@customer.example", Subject="[#1]"), REPLY, MailReason.SUBJECT_NUMBER)
simple("the desk itself", mail(f"Desk <{HELP}>"), DROPPED, MailReason.OWN_ADDRESS)
simple("the desk with a token", mail("help+t1abc@desk.example"), DROPPED, MailReason.OWN_ADDRESS)
simple("a machine", mail("cron@acme.example", Auto_Submitted="auto-generated"), TICKET, NEW)
simple(
    "a mailing list", mail("list@acme.example", List_Id="<l.acme.example>", Precedence="list"), TICKET, NEW
)
simple("nobody reads that", mail("no-reply@acme.example"), TICKET, NEW)
simple(
    "a command in a header",
    mail("eve8@evil.example", X_Sysmo_Command="close", Subject="close #1"),
    TICKET,
    NEW,
)
simple(
    "a bounce of nothing",
    bounce("Message-ID: <x@desk.example>", "carla@customer.example"),
    DROPPED,
    MailReason.UNKNOWN_BOUNCE,
)
simple(
    "a bounce without a report",
    mail("MAILER-DAEMON@mx.example", Return_Path="<>"),
    DROPPED,
    MailReason.UNKNOWN_BOUNCE,
)
simple(
    "header after header", mail("eve9@evil.example", Subject="x\r\nBcc: victim@victim.example"), TICKET, NEW
)
simple(
    "an encoded line break",
    mail(
        "=?utf-8?q?Eve=0D=0ABcc:_victim@victim.example?= <eve10@evil.example>",
        Subject="=?utf-8?q?x=0D=0ABcc:_victim@victim.example?=",
    ),
    TICKET,
    NEW,
)
simple(
    "an address with a line break",
    mail('"eve=?utf-8?q?=0ABcc:victim?="@evil.example'),
    WAITS,
    MailReason.NO_SENDER,
)
simple("separators in a name", mail("Eve\u2028Bcc: x\x85 <eve11@evil.example>"), WAITS, MailReason.NO_SENDER)
simple("separators in a subject", mail("eve15@evil.example", Subject="a\u2028b\x85c\x0bd"), TICKET, NEW)
simple(
    "a Message-ID that is no identifier",
    mail("eve12@evil.example", Message_ID="<a b\tc> Bcc: victim@victim.example"),
    TICKET,
    NEW,
)
simple(
    "an encoded Message-ID",
    mail("eve13@evil.example", Message_ID="<=?utf-8?q?=0D=0ABcc:_victim=40victim.example?=@evil.example>"),
    TICKET,
    NEW,
)
simple("escape sequences in a name", mail("\x1b[2J\x07 <eve14@evil.example>"), TICKET, NEW)
simple(
    "escape sequences in a text",
    mail("eve16@evil.example", Subject="\x1b[31m\u202efdp.exe", body="\x1b]0;owned\x07\x00\ud800"),
    TICKET,
    NEW,
)


@attack("the desk's own letter", DROPPED, MailReason.OWN_LOOP)
def _loop(known: Known) -> bytes:
    return mail("loop@other.example", X_Sysmo_Loop=known.uuid)


@attack("forged references, and a Cc", WAITS, MailReason.STRANGER)
def _references(known: Known) -> bytes:
    cited = str(known.to_carla["Message-ID"])
    return mail("eve20@evil.example", References=cited, In_Reply_To=cited, Cc="eve21@evil.example")


@attack("forged references of an operator", WAITS, MailReason.FROM_OPERATOR)
def _operator(known: Known) -> bytes:
    return mail("luis@desk.example", In_Reply_To=str(known.to_carla["Message-ID"]), body="Closed.")


@attack("a reply address that somebody else got", WAITS, MailReason.STRANGER)
def _stolen(known: Known) -> bytes:
    return mail("eve22@evil.example", To=known.reply_address(known.to_carla))


@attack("another customer's reply address", WAITS, MailReason.STRANGER)
def _others(known: Known) -> bytes:
    return mail("dora@customer.example", To=known.reply_address(known.to_carla))


@attack("a reply address that was changed", TICKET, NEW)
def _changed(known: Known) -> bytes:
    return mail("eve23@evil.example", To=known.reply_address(known.to_carla).replace("+t1", "+t2"))


@attack("a Message-ID that was changed", TICKET, NEW)
def _changed_id(known: Known) -> bytes:
    return mail("eve24@evil.example", References=str(known.to_carla["Message-ID"]).replace("<1.", "<2."))


@attack("the letters of two tickets", WAITS, MailReason.STRANGER)
def _two(known: Known) -> bytes:
    return mail(
        "dora@customer.example",
        In_Reply_To=str(known.to_carla["Message-ID"]),
        References=str(known.to_dora["Message-ID"]),
    )


@attack("an answer to somebody else's code", TICKET, NEW)
def _code(known: Known) -> bytes:
    return mail(
        "eve25@evil.example",
        In_Reply_To=str(known.to_nora["Message-ID"]),
        To=known.reply_address(known.to_nora),
    )


@attack("an automatic answer with the code's letter", TICKET, NEW)
def _code_by_machine(known: Known) -> bytes:
    return mail(
        "nora@customer.example", In_Reply_To=str(known.to_nora["Message-ID"]), Auto_Submitted="auto-replied"
    )


@attack("a bounce that names a victim", SYSTEM, MailReason.BOUNCED)
def _forged_bounce(known: Known) -> bytes:
    return bounce(f"Message-ID: {known.to_dora['Message-ID']}", "carla@customer.example")


@attack("out of office", REPLY, MailReason.OWN_ID)
def _away(known: Known) -> bytes:
    return mail(
        "dora@customer.example",
        In_Reply_To=str(known.to_dora["Message-ID"]),
        Auto_Submitted="auto-replied (vacation)",
    )


@attack("a sink that answers every letter", REPLY, MailReason.OWN_ID)
def _sink(known: Known) -> bytes:
    return mail("carla@customer.example", In_Reply_To=str(known.to_carla["Message-ID"]))


@attack("a person's answer", REPLY, MailReason.REPLY_ADDRESS)
def _person(known: Known) -> bytes:
    return mail("Carla <CARLA@Customer.example>", To=known.reply_address(known.to_carla), Message_ID="")


@attack("a mail over the limit", WAITS, MailReason.TOO_LARGE)
def _large(_known: Known) -> bytes:
    return mail("eve26@evil.example", body="x" * 1_100_000)
