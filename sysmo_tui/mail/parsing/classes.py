"""What kind of mail it is: sent back, sent by a program, or written by a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sysmo_tui.domain.enums import MailClass
from sysmo_tui.domain.incoming import MailAddress
from sysmo_tui.domain.text import header_value, storable_line
from sysmo_tui.mail.parsing.headers import Headers
from sysmo_tui.mail.parsing.reports import STATUS_TYPES, parts_of
from sysmo_tui.mail.parsing.structure import Part
from sysmo_tui.mail.parsing.words import token

_LONGEST_REASON = 200
_SUPPRESSED = frozenset({"dr", "oof", "autoreply", "all"})
_PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply"})
_EDGES = re.compile(r"[\s,;]+")

# That they are there is enough.
_AUTOMATIC_FIELDS = (
    "x-autoreply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponder",
    "x-autoresponse",
    "x-mail-autoreply",
    "list-id",
    "list-post",
    "list-unsubscribe",
    "x-loop",
)
_AUTOMATIC_VALUES: dict[str, Callable[[str], bool]] = {
    # RFC 3834, 5: a value and, as some write it, comments or parameters.
    "auto-submitted": lambda value: token(value) not in {"", "no"},
    "x-auto-response-suppress": lambda value: bool(
        _SUPPRESSED & set(_EDGES.split(token(value.replace(";", ","))))
    ),
    "precedence": lambda value: token(value).replace("-", "_") in _PRECEDENCES,
    "x-precedence": lambda value: token(value).replace("-", "_") in _PRECEDENCES,
    "x-fc-machinegenerated": lambda value: token(value) == "true",
    "x-apple-action": lambda value: token(value) == "vacation",
}
_NAMES = {"x-fc-machinegenerated": "X-FC-MachineGenerated"}
_SERVER, _POSTMASTER = "mailer-daemon", "postmaster"


def classify(root: Part, sender: MailAddress | None) -> tuple[MailClass, str]:
    """The class of a mail, and the header and value that made it so; "" for a person's.

    A mail without a return path is a bounce only if nothing says otherwise: automatic answers have
    none either (RFC 3834, 3.3).
    """
    automatic = next(_automatic_reasons(root), "")
    if bounce := next(_bounce_reasons(root, sender), ""):
        return MailClass.BOUNCE, _shown(bounce)
    if automatic:
        return MailClass.AUTOMATIC, _shown(automatic)
    if _has_null_return_path(root.headers):
        return MailClass.BOUNCE, "Return-Path: <>"
    return MailClass.HUMAN, ""


def _bounce_reasons(root: Part, sender: MailAddress | None) -> Iterator[str]:
    headers = root.headers
    if root.media_type == "multipart/report":
        kind = root.parameters.get("report-type", "").lower()
        is_status = kind in {"delivery-status", "global-delivery-status"}
        # A mail that a person forwards with a report inside is no report itself.
        inside = {part.media_type for part in parts_of(root) if part.level}
        if is_status or (not kind and inside & STATUS_TYPES):
            yield f"Content-Type: multipart/report; report-type={kind or 'delivery-status'}"
        elif kind:
            return
    if root.media_type in STATUS_TYPES:
        yield f"Content-Type: {root.media_type}"
    if failed := headers.all("x-failed-recipients"):
        yield f"X-Failed-Recipients: {failed[0]}"
    written = headers.get("from")
    if "".join(written.split()) == "<>":
        yield "From: <>"
    local = sender.address.rpartition("@")[0].lower() if sender else _bare_name(written)
    # A postmaster is a person, too (RFC 2142, 5), and what a person sends can come back to them.
    is_person = any("@" in path for path in headers.all("return-path"))
    if local == _SERVER or (local == _POSTMASTER and not is_person):
        yield f"From: {written}"


def _bare_name(written: str) -> str:
    """The name before an @ that may be missing: ``MAILER-DAEMON``, also as ``MAILER-DAEMON <>``."""
    phrase, _angle, inside = written.rpartition("<")
    named = inside.partition(">")[0].strip() or phrase
    return named.split("(")[0].strip(' "').partition("@")[0].lower()


def _automatic_reasons(root: Part) -> Iterator[str]:
    headers = root.headers
    for name, says_so in _AUTOMATIC_VALUES.items():
        for value in headers.all(name):
            if says_so(value):
                yield f"{_NAMES.get(name, name.title())}: {value}"
    for name in _AUTOMATIC_FIELDS:
        if values := headers.all(name):
            yield f"{name.title()}: {values[0]}"
    if root.media_type == "multipart/report":
        yield f"Content-Type: multipart/report; report-type={root.parameters.get('report-type', '').lower()}"


def _has_null_return_path(headers: Headers) -> bool:
    paths = headers.all("return-path")
    return bool(paths) and "".join(paths[0].split()) == "<>"


def _shown(reason: str) -> str:
    return header_value(storable_line(reason))[:_LONGEST_REASON]
