"""A letter's parts, and how they look as plain text and as HTML that fetches nothing."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass

WIDTH = 72
"""Columns of plain text (RFC 5322, 2.1.1 asks for at most 78)."""

INDENT = "    "
"""What stands before something to type: such a line is never broken."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of the desk; in them, what :func:`typed` gives has lines of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Short facts, a line each."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type, alone on its line."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote; ``is_earlier`` for what came before."""

    heading: str
    text: str
    remarks: tuple[str, ...] = ()
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines whose characters stand below each other, at most :data:`WIDTH` cells wide: a chart, a table."""

    lines: tuple[str, ...]


Block = Paragraph | Facts | Code | Quote | Drawn


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. ``why`` tells its reader the reason for getting it.

    ``is_human`` marks a person's own words to the customer, ``answers`` what the
    desk says by itself to somebody's action; the rest is generated (RFC 3834).
    """

    subject: str
    blocks: tuple[Block, ...]
    why: str
    is_human: bool = False
    answers: bool = False


def typed(words: str, command: str) -> str:
    """What a command is for, and the command below it, on one line that can be copied."""
    return f"{words}\n{INDENT}{command}"


def as_text(letter: Letter, desk_name: str) -> str:
    """The letter as plain text."""
    parts = [_text_block(block) for block in letter.blocks]
    footer = f"{_filled(letter.why)}\n{desk_name}"
    return "\n\n".join([*parts, f"-- \n{footer}"]) + "\n"


def as_html(letter: Letter, desk_name: str, language: str) -> str:
    """The letter as one HTML page without links, images or scripts; everything in it is escaped."""
    body = "\n".join(_html_block(block) for block in letter.blocks)
    footer = f"{_escaped(letter.why)}<br>{_escaped(desk_name)}"
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        f"<title>{html.escape(letter.subject)}</title></head>\n"
        f'<body style="font-family:sans-serif;line-height:1.45;max-width:42em">\n{body}\n'
        f'<hr><p style="color:#666;font-size:smaller">{footer}</p>\n</body></html>\n'
    )


def _text_block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return _filled(text)
        case Facts(pairs):
            return "\n".join(f"{name}: {value}" for name, value in pairs)
        case Code(text):
            return f"{INDENT}{text}"
        case Drawn(lines):
            return "\n".join(lines)
        case Quote(heading, text, remarks):
            # Only what the desk says stands at the margin, so that nobody can write its words.
            quoted = [f"> {line}".rstrip() for line in text.split("\n")] if text else []
            return "\n".join([heading, *quoted, *remarks])


def _filled(text: str) -> str:
    """Lines of at most :data:`WIDTH` cells, but for what is to be typed."""
    return "\n".join(
        line if line.startswith(INDENT) else textwrap.fill(line, WIDTH, break_on_hyphens=False)
        for line in text.split("\n")
    )


def _html_block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{_escaped(text)}</p>"
        case Facts(pairs):
            rows = "".join(
                f'<tr><td style="padding-right:1em">{_escaped(n)}</td><td>{_escaped(v)}</td></tr>'
                for n, v in pairs
            )
            return f"<table>{rows}</table>"
        case Code(text):
            return f"<pre>{html.escape(text)}</pre>"
        case Drawn(lines):
            return f'<pre style="line-height:1.2">{html.escape(chr(10).join(lines))}</pre>'
        case Quote(heading, text, remarks, is_earlier):
            colour = "#666" if is_earlier else "inherit"
            style = f"margin-left:0;padding-left:1em;border-left:2px solid #bbb;color:{colour}"
            quoted = f'<blockquote style="{style}">{_escaped(text)}</blockquote>' if text else ""
            said = f"<p>{'<br>'.join(map(_escaped, remarks))}</p>" if remarks else ""
            return "\n".join(part for part in (f"<p>{_escaped(heading)}</p>", quoted, said) if part)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")
