"""What a bounce says: delivery status notifications (RFC 3464, 6522, 6533), and what other servers write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sysmo_tui.domain.incoming import DeliveryReport
from sysmo_tui.domain.text import storable_line
from sysmo_tui.mail.parsing.charsets import decoded
from sysmo_tui.mail.parsing.content import content
from sysmo_tui.mail.parsing.headers import Headers, read
from sysmo_tui.mail.parsing.mailboxes import address_in
from sysmo_tui.mail.parsing.message_ids import ids
from sysmo_tui.mail.parsing.structure import Part
from sysmo_tui.mail.parsing.words import words

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINALS = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
    }
)
_MOST_RECIPIENTS = 100
_MOST_BYTES = 256 * 1024
_MOST_LINES = 500
_LONGEST_TEXT = 500
_LONGEST_LINE = 1000

_FIELD = re.compile(r"([A-Za-z-]{1,60})[ \t]*:[ \t]*(.*)")
_FOLD = re.compile(r"\n[ \t]+")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?<![\w.:#-])([45])[0-5]\d(?:[ -](?=\D)|[ -](?=[245]\.)|$)")
_MESSAGE_ID = re.compile(r"[> \t]*message-id[ \t]*:[ \t]*(<[^<>\s]+>)", re.IGNORECASE)
_QMAIL = re.compile(r"[<\"]([^<>\"\s]+@[^<>\"\s]+)[>\"]:?")
_EXIM = re.compile(r"\s+([^\s@]+@[^\s@]+?):?")
_RCPT = re.compile(r"RCPT TO:\s*<([^<>\s]+)>", re.IGNORECASE)
_ORIGINAL_BELOW = re.compile(
    r"--.*(?:copy of|original message|returned message|below this line|message header)", re.IGNORECASE
)
# What was not a failure (RFC 3464, 2.3.3) is never reported as one, whatever its status says.
_CLASS_OF_ACTION = {"delayed": "4", "delivered": "2", "relayed": "2", "expanded": "2"}


def parts_of(root: Part) -> Iterator[Part]:
    """A part and all parts inside of it, in the order of the mail."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(part.children)


def delivery_reports(raw: bytes, root: Part, body: str) -> tuple[DeliveryReport, ...]:
    """What a bounce tells of each recipient; () when it tells of none."""
    parts = list(parts_of(root))
    original = _original_headers(raw, parts)
    status = next((part for part in parts if part.media_type in STATUS_TYPES), None)
    if status is not None:
        written = decoded(content(raw, status)[:_MOST_BYTES]).replace("\r\n", "\n")
        reports, own_id = _from_status(written, original)
        original_id = _original_id(root.headers, original, own_id, body)
        found = [_report(recipient, code, original_id, text) for recipient, code, text in reports]
        if found:
            return tuple(found)
    return _from_text(root.headers, original, body)


def _report(recipient: str, status: str, original_id: str, text: str) -> DeliveryReport:
    return DeliveryReport(recipient, status, original_id, storable_line(text)[:_LONGEST_TEXT])


def _original_headers(raw: bytes, parts: list[Part]) -> Headers:
    """The header of the mail that did not arrive, as far as it was sent back."""
    for part in parts:
        if part.level and part.media_type in _ORIGINALS:
            written = content(raw, part)[:_MOST_BYTES]
            return read(written, 0, len(written), is_mail=True)[0]
    return Headers()


def _from_status(written: str, original: Headers) -> tuple[list[tuple[str, str, str]], str]:
    """Recipient, status and words of each group of fields, and the Message-ID that some servers add."""
    reports: list[tuple[str, str, str]] = []
    own_id = ""
    for group in re.split(r"\n[ \t]*\n", written):
        fields = _fields(group)
        own_id = own_id or fields.get("x-original-message-id", "")
        written_to = fields.get("original-recipient", ""), fields.get("final-recipient", "")
        if not any(written_to) or len(reports) >= _MOST_RECIPIENTS:
            continue
        addresses = [address for value in written_to if (address := _typed_address(value))]
        recipient = addresses[0] if addresses else _only_recipient(original)
        diagnostic = words(fields.get("diagnostic-code", "").partition(";")[2].strip())
        reports.append((recipient, _status(fields, diagnostic), diagnostic or fields.get("status", "")))
    return reports, own_id


def _fields(group: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in _FOLD.sub(" ", group).split("\n"):
        if found := _FIELD.match(line):
            fields.setdefault(found[1].lower(), found[2].strip())
    return fields


def _typed_address(value: str) -> str:
    """The address in ``rfc822; a@b`` (RFC 3464, 2.3.1), in its normal form, or ""."""
    kind, semicolon, address = value.partition(";")
    return address_in((address if semicolon else kind).strip().strip("<>"))


def _only_recipient(original: Headers) -> str:
    return address_in(original.get("to"))


def _status(fields: dict[str, str], diagnostic: str) -> str:
    """The status of one recipient (RFC 3463), made to agree with what the server did."""
    given = _STATUS.search(fields.get("status", ""))
    status = given[1] if given else _status_in(diagnostic)
    action = fields.get("action", "").split("(")[0].strip().lower()
    expected = _CLASS_OF_ACTION.get(action)
    if expected is None or status.startswith(expected):
        return status
    return f"{expected}{status[1:] or '.0.0'}"


def _status_in(text: str) -> str:
    """The status in a server's own words: an enhanced one (RFC 3463), else from its reply code (RFC 5321)."""
    if found := _STATUS.search(text):
        return found[1]
    code = _REPLY_CODE.search(text)
    return f"{code[1]}.0.0" if code else ""


def _original_id(headers: Headers, original: Headers, own_id: str, body: str) -> str:
    """The Message-ID of the mail that did not arrive, from the first place that tells it."""
    for value in (original.get("message-id"), own_id, headers.get("x-original-message-id")):
        if found := ids(value):
            return found[0]
    for line in body.splitlines()[:_MOST_LINES]:
        if written := _MESSAGE_ID.match(line):
            return written[1]
    cited = ids(headers.get("in-reply-to")) or ids(headers.get("references"))
    return cited[-1] if cited else ""


def _from_text(headers: Headers, original: Headers, body: str) -> tuple[DeliveryReport, ...]:
    """Read a bounce that is meant for people (qmail, Exim, Gmail): its recipients and the first status."""
    recipients, status, text = _told(body.splitlines()[:_MOST_LINES])
    failed = [
        address_in(one) for one in ",".join(headers.all("x-failed-recipients")).split(",")[:_MOST_RECIPIENTS]
    ]
    named = [one for one in dict.fromkeys(failed or recipients) if one] or list(dict.fromkeys(recipients))
    if not named and (only := _only_recipient(original)):
        named = [only]
    original_id = _original_id(headers, original, "", body)
    if not named and not original_id:
        return ()
    return tuple(_report(one, status, original_id, text) for one in named or [""])


def _told(lines: list[str]) -> tuple[list[str], str, str]:
    """The addresses, the first status and its line in a text, before the original that it quotes."""
    recipients: list[str] = []
    status = text = ""
    for line in (line[:_LONGEST_LINE] for line in lines):
        if _ORIGINAL_BELOW.match(line):
            break
        named = _QMAIL.match(line) or _EXIM.fullmatch(line) or _RCPT.search(line)
        if named and len(recipients) < _MOST_RECIPIENTS and (address := address_in(named[1])):
            recipients.append(address)
        if not status and (status := _status_in(line)):
            text = line
    return recipients, status, text
