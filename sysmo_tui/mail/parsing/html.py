"""HTML is made readable as plain text, and nothing in it is ever fetched, run, or believed.

inscriptis lays the text out; lxml reads the HTML without network and without entities of its own. What
could make either of them grow beyond the text (styles, wide or nested tables) is taken out before.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

_DEEPEST = 200
_MOST_ELEMENTS = 20_000
_WIDEST_CELL = 200
_MOST_CELLS = 2_000
_DATA = re.compile(r"data:[a-z0-9.+-]{1,40}/[^\"'\s<>]{100,}+", re.IGNORECASE)
_NOT_TEXT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|title)\b[^<]*+(?:<(?!/\1)[^<]*+)*+(?:</\1[^>]*+>?|\Z)",
    re.I | re.S,
)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table|/?blockquote)\b[^<>]*+>", re.I)
_TAG = re.compile(r"</?[a-z!?][^<>]*+>", re.I)
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)


def declared_charset(content: bytes) -> str:
    """The charset that the beginning of a page names, or ""."""
    found = _DECLARED.search(content, 0, 2048)
    return found[1].decode("ascii", "replace") if found else ""


def without_data(html: str) -> str:
    """A page without the pictures that it carries inside of itself."""
    return _DATA.sub("data:", html)


def readable(html: str, is_laid_out: bool) -> str:
    """The text of a page: laid out, or, as also when that is impossible, with its tags taken away."""
    text = _laid_out(html) if is_laid_out else ""
    return _tidy(text if text.strip() else _without_tags(html))


def _laid_out(html: str) -> str:
    """The text as inscriptis lays it out; "" when it cannot."""
    from inscriptis.html_engine import Inscriptis
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    # lxml refuses an encoding inside of what is text already.
    page = html.encode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = document_fromstring(page, parser=parser)
        if not _is_ordinary(tree):
            return ""
        _prepare(tree)
        return str(Inscriptis(tree).get_text())
    except (LxmlError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # Neither library says what it raises on a page that no browser would have made.
        return ""


def _is_ordinary(tree: Any) -> bool:
    """Tell whether a page is neither so deep that lxml drops what is inside, nor of too many elements."""
    from lxml.etree import iterwalk

    depth = elements = 0
    for event, _element in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > _DEEPEST or elements > _MOST_ELEMENTS:
            return False
    return True


def _prepare(tree: Any) -> None:
    """Take out what costs more than it says, and write behind a link where it leads."""
    cells = 0
    for table in tree.iter("table"):
        inside = list(table.iter("td", "th"))
        cells += len(inside)
        is_layout = table.find(".//table") is not None or any(
            len("".join(cell.itertext())) > _WIDEST_CELL for cell in inside[:_MOST_CELLS]
        )
        table.set("class", "layout" if is_layout or cells > _MOST_CELLS else "data")
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        style = element.attrib.pop("style", "")
        if style and _HIDDEN.search(style):
            element.set("style", "display: none")
        for name in ("align", "valign"):
            element.attrib.pop(name, None)
        if element.tag == "a":
            _show_target(element)
    for table in list(tree.iter("table")):
        if table.get("class") == "layout":
            _dissolve(table)


def _dissolve(table: Any) -> None:
    """Let the cells of a table that only arranges a page follow each other, as its text does."""
    waiting: list[Any] = [table]
    while waiting:
        element = waiting.pop()
        if element.tag in {"td", "th", "tr", "table"}:
            element.tag = "div"
        waiting += [child for child in element if child.tag != "table"]


def _show_target(link: Any) -> None:
    target = link.get("href", "").strip()
    shown = "".join(link.itertext()).strip()
    if target.lower().startswith(("http://", "https://")) and len(target) <= 500 and shown:
        plain = target.split("://", 1)[1].rstrip("/")
        if plain not in shown:
            link.tail = f" <{target}>{link.tail or ''}"


def _without_tags(html: str) -> str:
    text = _TAG.sub("", _BREAK.sub("\n", _NOT_TEXT.sub(" ", html)))
    return unescape(text)


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\xa0", " ").split("\n")]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
