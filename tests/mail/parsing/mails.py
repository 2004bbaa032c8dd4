"""Mails written for a test, from their headers and parts."""

from __future__ import annotations

from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.mail.parsing import parse

Headers = dict[str, str]


def mail(body: bytes | str = "Hello.", **headers: str) -> bytes:
    """A mail from Marta; ``content_type`` becomes Content-Type. Headers are written as they are, in UTF-8."""
    written = body.encode() if isinstance(body, str) else body
    named = {"from": "Marta <marta@acme.example>", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items() if value)
    return lines.encode() + b"\r\n" + written


def part(body: bytes | str = "", **headers: str) -> bytes:
    """One part of a multipart."""
    return mail(body, **{"from": "", **headers})


def multipart(kind: str, *parts: bytes, boundary: str = "edge", **headers: str) -> bytes:
    """A mail of several parts; a part again when ``from_=""``."""
    delimiter = f"\r\n--{boundary}".encode()
    body = b"preamble" + b"".join(delimiter + b"\r\n" + one for one in parts) + delimiter + b"--\r\n"
    parameters = headers.pop("parameters", "")
    return mail(body, content_type=f"multipart/{kind}; boundary={boundary}{parameters}", **headers)


def inner(kind: str, *parts: bytes, boundary: str = "inside", parameters: str = "") -> bytes:
    """A multipart to be put into another."""
    return multipart(kind, *parts, boundary=boundary, parameters=parameters, **{"from": ""})


def read(body: bytes | str = "Hello.", **headers: str) -> Incoming:
    """What is understood of a mail."""
    return parse(mail(body, **headers))
