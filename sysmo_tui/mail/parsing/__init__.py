"""Bytes that came by mail become what the desk understands of them, whatever the bytes are.

Nothing here knows the desk: what is read is what the mail says of itself. Time and memory are bounded by
limits on parts, levels, fields and sizes; what lies beyond them remains in the mail as it came.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sysmo_tui.domain.enums import MailClass
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import header_value, storable_line
from sysmo_tui.mail.parsing.classes import classify
from sysmo_tui.mail.parsing.headers import Headers
from sysmo_tui.mail.parsing.mailboxes import recipients, sender
from sysmo_tui.mail.parsing.message_ids import ids
from sysmo_tui.mail.parsing.reading import findings
from sysmo_tui.mail.parsing.reports import delivery_reports
from sysmo_tui.mail.parsing.structure import scan
from sysmo_tui.mail.parsing.words import words

_LONGEST_SUBJECT = 998
_LONGEST_DATE = 200
_MOST_CITED = 50
_MOST_REFERENCES = 200
_MOST_MARKS = 20
_LONGEST_MARK = 200
_SPACES = re.compile(r"\s+")
_MANY_PARTS = N_("The mail has too many parts; the rest is only in the mail as it came.")
_DEEP = N_("The parts of the mail are nested too deep; the innermost are kept as a file.")
_LONG_HEADER = N_("The header of the mail is too long; the rest of it was not read.")


def parse(raw: bytes) -> Incoming:
    """Read a mail as it came (RFC 5322, MIME); never raises, whatever ``raw`` is.

    ``remarks`` are English sentences for the catalogues, each at most once.
    """
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    structure = scan(raw)
    root = structure.root
    headers = root.headers
    who, fault = sender(headers)
    to, has_more = recipients(headers)
    read = findings(raw, root)
    mail_class, reason = classify(root, who)
    limits = (
        (structure.is_cut, _MANY_PARTS),
        (structure.is_deep, _DEEP),
        (headers.is_cut or has_more, _LONG_HEADER),
    )
    return Incoming(
        message_id=next(iter(ids(headers.get("message-id"))), ""),
        sender=who,
        fault=fault,
        recipients=to,
        subject=_subject(headers),
        sent_at=_sent_at(headers),
        in_reply_to=ids(" ".join(headers.all("in-reply-to")))[:_MOST_CITED],
        references=ids(" ".join(headers.all("references")))[-_MOST_REFERENCES:],
        body=read.body,
        files=tuple(read.files),
        mail_class=mail_class,
        reason=reason,
        reports=delivery_reports(raw, root, read.body) if mail_class is MailClass.BOUNCE else (),
        loop_marks=_loop_marks(headers),
        remarks=(*(remark for is_so, remark in limits if is_so), *read.remarks),
    )


def _subject(headers: Headers) -> str:
    """The subject as one line, decoded."""
    line = header_value(storable_line(words(headers.get("subject"))))
    return _SPACES.sub(" ", line)[:_LONGEST_SUBJECT].strip()


def _sent_at(headers: Headers) -> datetime | None:
    """When a mail says it was written, in UTC; None when it says nothing that is a moment."""
    try:
        written = parsedate_to_datetime(headers.get("date")[:_LONGEST_DATE])
        moment = written if written.tzinfo else written.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _loop_marks(headers: Headers) -> tuple[str, ...]:
    marks = (storable_line(mark)[:_LONGEST_MARK] for mark in headers.all("x-sysmo-loop")[:_MOST_MARKS])
    return tuple(mark for mark in marks if mark)
