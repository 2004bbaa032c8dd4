"""What the files of a mail are called."""

from __future__ import annotations

import mimetypes
import os

from sysmo_tui.domain.text import header_value, storable_line
from sysmo_tui.mail.parsing.headers import Headers
from sysmo_tui.mail.parsing.structure import Part
from sysmo_tui.mail.parsing.words import words
from sysmo_tui.services.files import display_name

_LONGEST = 200
_LONGEST_ENDING = 20
_USUAL = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "text/calendar": "invite.ics",
    "text/plain": "text.txt",
    "text/html": "page.html",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/rfc822-headers": "headers.txt",
    "message/rfc822-headers": "headers.txt",
    "message/global-headers": "headers.txt",
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/partial": "piece.eml",
    "message/external-body": "external-body.txt",
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "pgp-version.txt",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/octet-stream": "file.bin",
}


def of_part(part: Part, disposition: dict[str, str]) -> str:
    """A part's own name for its content, or one after its kind; without folders and controls, never empty."""
    written = declared(part, disposition)
    return safe(written) if written.strip() else usual(part.media_type)


def declared(part: Part, disposition: dict[str, str]) -> str:
    """The name that a part gives its content, or "" (RFC 2183, 2.3; RFC 2045 programs say it as ``name``)."""
    return disposition.get("filename", "") or part.parameters.get("name", "")


def of_message(headers: Headers) -> str:
    """A name for a forwarded message: its subject."""
    subject = words(headers.get("subject")).replace("/", "-").replace("\\", "-").strip()
    return safe(f"{subject[:100]}.eml") if subject else "message.eml"


def usual(media_type: str) -> str:
    """A name for content of which only the kind is known."""
    if known := _USUAL.get(media_type):
        return known
    main = media_type.partition("/")[0]
    plain = ".txt" if main in {"text", "message"} else ".bin"
    ending = mimetypes.guess_extension(media_type) or plain
    return f"{main if main in {'image', 'audio', 'video', 'text'} else 'file'}{ending}"


def safe(name: str) -> str:
    """A file's name that is one line and leads into no folder; a long one keeps its ending."""
    line = header_value(storable_line(name)).rstrip(". ") or "file"
    base = line.replace("\\", "/").rsplit("/", 1)[-1]
    if len(base) > _LONGEST:
        stem, ending = os.path.splitext(base)
        ending = ending[:_LONGEST_ENDING]
        base = f"{stem[: _LONGEST - len(ending)]}{ending}"
    return display_name(base)
