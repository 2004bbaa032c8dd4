"""Mail that was kept: read anew from its bytes for those who decide about it, and filed by them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from sysmo_tui.desk import Door
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.services import files, kept_mail, quarantine
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.kept_mail import MailRecord

TEXT_SHOWN = 8000
"""Characters of a mail's text that are shown at first."""
GLANCED_AT = 4 * files.CHUNK
"""Bytes of a mail that are read where a glance is enough."""
HEADERS_SHOWN = 20_000
"""Bytes of its headers."""
RECIPIENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file in a mail, which is not stored on its own yet; ``size`` in bytes."""

    name: SafeText
    media_type: SafeText
    size: int


@dataclass(frozen=True, slots=True)
class Look:
    """A kept mail as it reads. ``headers`` are as they came; ``is_longer`` when ``text`` goes on.

    With ``is_glance`` the mail itself goes on after what was read of it.
    """

    record: MailRecord
    recipients: tuple[SafeText, ...]
    headers: SafeText
    text: SafeText
    is_longer: bool
    files: tuple[MailFile, ...]
    remarks: tuple[SafeText, ...]
    is_glance: bool = False


def look(door: Door, inbound_id: int, *, most: int = TEXT_SHOWN, is_glance: bool = False) -> Look:
    """A mail and the first ``most`` characters of its text, for staff who see it; NotFound otherwise.

    With ``is_glance`` no more than :data:`GLANCED_AT` bytes of it are read.
    """
    from sysmo_tui.mail.parsing import parse  # takes a while, and most runs of the program need none

    record = door.read(kept_mail.show, inbound_id)
    chunks = kept_mail.raw(door, inbound_id)
    content = b"".join(islice(chunks, GLANCED_AT // files.CHUNK) if is_glance else chunks)
    incoming = parse(content)
    head = content[:HEADERS_SHOWN].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return Look(
        record=record,
        recipients=tuple(clean_line(each) for each in incoming.recipients[:RECIPIENTS_SHOWN]),
        headers=clean(head.decode("utf-8", "replace")),
        text=clean(incoming.body[:most]),
        is_longer=len(incoming.body) > most,
        files=tuple(
            MailFile(clean_line(file.name), clean_line(file.media_type), len(file.content))
            for file in incoming.files
        ),
        remarks=tuple(clean_line(each) for each in incoming.remarks),
        is_glance=is_glance and not record.line.is_cut and len(content) < record.line.size,
    )


def accept(door: Door, inbound_id: int, *, as_new: bool, joins: bool = False) -> Decided:
    """File a waiting mail where it belongs, or ``as_new``; ``joins`` lets its sender take part there.

    NotFound for who does not see it, Conflict when somebody decided before, Invalid where it cannot be filed.
    """
    from sysmo_tui.mail import receiving

    door.read(quarantine.require_waiting, inbound_id)
    return receiving.accept(door, inbound_id, as_new=as_new, joins=joins)
