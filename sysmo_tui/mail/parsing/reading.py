"""What a mail says, and the files it brings: a walk over its parts (RFC 2046)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sysmo_tui.domain.incoming import IncomingFile
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import storable, storable_line
from sysmo_tui.mail.parsing import file_names
from sysmo_tui.mail.parsing.charsets import decoded
from sysmo_tui.mail.parsing.content import content, without_uuencoded
from sysmo_tui.mail.parsing.flowed import unflowed
from sysmo_tui.mail.parsing.headers import read
from sysmo_tui.mail.parsing.html import declared_charset, readable, without_data
from sysmo_tui.mail.parsing.structure import Part
from sysmo_tui.mail.parsing.words import parameters, token
from sysmo_tui.services.thread import BODY_LIMIT

MOST_FILES = 200
HTML_LIMIT = 1_500_000
"""Characters of HTML of one mail that are made readable."""

LAYOUT_LIMIT = 400_000
"""How much is laid out: characters, and ``_COST_OF_TAG`` for each tag. Of the rest, tags are just dropped."""

_COST_OF_TAG = 20

_BYTES_OF_BODY = 4 * BODY_LIMIT
_AS_PLAIN = frozenset({"text/plain", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html"})
_READABLE = _AS_PLAIN | {"text/html"}
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_SECRET = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_REMARKS = {
    "multipart/encrypted": N_("The mail is encrypted; its parts are kept as files."),
    "application/pkcs7-mime": N_(
        "The mail is encrypted or signed as a whole (S/MIME); it is kept as a file."
    ),
    "message/partial": N_("This is a piece of a larger mail that was sent in several."),
    "message/external-body": N_("A file was not sent, only where it can be found."),
}
_CUT_TEXT = N_("The text is too long; the whole of it is kept as a file.")
_LOST_FILES = N_("The mail has more files than are taken; the others are only in the mail as it came.")


@dataclass(slots=True)
class Findings:
    """What was read so far: pieces of text in the order of the mail, files, and remarks (each once)."""

    texts: list[str] = field(default_factory=list)
    files: list[IncomingFile] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    room: int = BODY_LIMIT
    room_for_html: int = HTML_LIMIT
    room_for_layout: int = LAYOUT_LIMIT
    takes_text: bool = True

    @property
    def body(self) -> str:
        """The text of the mail, of at most ``BODY_LIMIT`` characters."""
        return "\n\n".join(self.texts)[:BODY_LIMIT].rstrip()


def findings(raw: bytes, root: Part) -> Findings:
    """Read a mail's text and files."""
    found = Findings()
    _walk(raw, root, found, is_related=False)
    return found


def _walk(raw: bytes, part: Part, found: Findings, is_related: bool) -> None:
    """Read a part and those inside of it; their depth is limited (``structure.MOST_LEVELS``)."""
    if remark := _REMARKS.get(part.media_type.replace("/x-", "/")):
        found.remarks[remark] = None
    if part.media_type == "multipart/alternative" and part.is_multipart:
        _walk_alternative(raw, part, found)
    elif part.media_type == "multipart/related":
        first = _main_of_related(part)
        for child in part.children:
            _walk(raw, child, found, is_related=child is not first)
        if not part.is_multipart:
            _read(raw, part, found, is_related)
    elif part.is_multipart:
        for child in part.children:
            _walk(raw, child, found, is_related)
    else:
        _read(raw, part, found, is_related)


def _walk_alternative(raw: bytes, part: Part, found: Findings) -> None:
    """Take the text of one alternative, plain if it says something, and the files of all."""
    best: Findings | None = None
    ranked = sorted(part.children, key=lambda child: not _is_plain(child))
    for child in ranked:
        takes_text = found.takes_text and best is None
        tried = Findings(
            room=found.room,
            room_for_html=found.room_for_html,
            room_for_layout=found.room_for_layout,
            takes_text=takes_text,
        )
        _walk(raw, child, tried, is_related=False)
        found.remarks |= tried.remarks
        for file in tried.files:
            _add(found, file)
        if best is None and any(text.strip() for text in tried.texts):
            best = tried
        found.room_for_html, found.room_for_layout = tried.room_for_html, tried.room_for_layout
    if best is not None:
        found.texts += best.texts
        found.room = best.room


def _is_plain(part: Part) -> bool:
    """Tell whether the first text in a part is plain text."""
    while part.children:
        part = part.children[0]
    return part.media_type == "text/plain"


def _main_of_related(part: Part) -> Part | None:
    """The part that the others belong to (RFC 2387, 3.2)."""
    start = part.parameters.get("start", "").strip()
    named = (child for child in part.children if start and child.headers.get("content-id").strip() == start)
    return next(named, part.children[0] if part.children else None)


def _read(raw: bytes, part: Part, found: Findings, is_related: bool) -> None:
    """Read a part that has no others inside: as text if it is meant to be read, else as a file."""
    written = part.headers.get("content-disposition")
    disposition, given = token(written), parameters(written)
    name = file_names.declared(part, given)
    # A multipart in which no parts were found is read as it is, unless it was left alone for its depth.
    is_bare = part.media_type.startswith("multipart/") and not part.is_left_whole
    is_text = part.media_type in _READABLE or is_bare
    # The mail's own text stays text when its program gave it a name.
    is_named = bool(name) and part.level > 0
    if is_text and disposition != "attachment" and not is_named and not is_related:
        if found.takes_text:
            _read_text(raw, part, found)
        return
    taken = content(raw, part)
    is_inline = (
        part.media_type.startswith("image/")
        and disposition != "attachment"
        and (disposition == "inline" or is_related or bool(part.headers.get("content-id")))
    )
    if part.media_type in _MESSAGES and not name:
        title = file_names.of_message(read(taken, 0, len(taken), is_mail=True)[0])
    else:
        title = file_names.of_part(part, given)
    _add(found, IncomingFile(title, storable_line(part.media_type), taken, is_inline))


def _add(found: Findings, file: IncomingFile) -> None:
    if len(found.files) < MOST_FILES:
        found.files.append(file)
    else:
        found.remarks[_LOST_FILES] = None


def _read_text(raw: bytes, part: Part, found: Findings) -> None:
    """Add a part's text, as far as there is room; what does not fit is a file as well."""
    taken = content(raw, part)
    is_html = part.media_type == "text/html"
    files: list[tuple[bytes, bytes]] = []
    if not is_html:
        taken, files = without_uuencoded(taken)
    charset = part.parameters.get("charset", "")
    if is_html:
        text = _page(taken, charset or declared_charset(taken), found)
    else:
        text = storable(decoded(taken[:_BYTES_OF_BODY], charset))
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    is_cut = len(text) > found.room or len(taken) > (HTML_LIMIT if is_html else _BYTES_OF_BODY)
    text = text[: found.room].strip("\n")
    if text.strip():
        found.texts.append(text)
        found.room -= min(found.room, len(text) + 2)
    if is_cut:
        found.remarks[_CUT_TEXT] = None
        _add(found, IncomingFile("message.html" if is_html else "message.txt", part.media_type, taken))
    for name, inside in files:
        _add(found, IncomingFile(file_names.safe(decoded(name)), "application/octet-stream", inside))


def _page(taken: bytes, charset: str, found: Findings) -> str:
    html = without_data(storable(decoded(taken[: found.room_for_html], charset)))
    found.room_for_html -= min(found.room_for_html, max(len(html), 1000))
    cost = max(len(html) + _COST_OF_TAG * html.count("<"), 1000)
    is_laid_out = bool(html) and cost <= found.room_for_layout
    found.room_for_layout -= cost if is_laid_out else 0
    return storable(readable(html, is_laid_out))
