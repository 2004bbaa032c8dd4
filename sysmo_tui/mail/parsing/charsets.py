"""Bytes become text, whatever was said of their charset, or nothing was."""

from __future__ import annotations

from encodings import normalize_encoding
from encodings.aliases import aliases

from sysmo_tui.domain.text import SUBSTITUTE

# What mail programs say, and what they mean: often a superset (WHATWG Encoding, 4.2).
_MEANT = {
    "ascii": "cp1252",
    "us_ascii": "cp1252",
    "latin_1": "cp1252",
    "latin1": "cp1252",
    "iso_8859_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso_8859_9": "cp1254",
    "iso_8859_11": "cp874",
    "iso_8859_8_i": "iso8859_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x_gbk": "gb18030",
    "euc_kr": "cp949",
    "ks_c_5601_1987": "cp949",
    "shift_jis": "cp932",
    "x_sjis": "cp932",
    "big5": "big5hkscs",
    "unicode_1_1_utf_7": "utf_7",
    "koi8_u": "koi8_u",
    "cp874": "cp874",
}
# A name is looked up in these lists alone: Python searches its folders for every name it does not know.
_KNOWN = frozenset(aliases) | frozenset(aliases.values())
_NOT_CHARSETS = frozenset({"mbcs", "oem", "tactis"})
_UTF8 = frozenset({"", "utf_8", "utf8"})
_ASCII_BASED = _UTF8 | {"cp1252", "cp1254", "iso8859_15", "iso_8859_15"}
_BYTE_ORDER_MARK = "\ufeff"


def decoded(content: bytes, declared: str = "") -> str:
    """Read ``content`` in its declared charset, else as UTF-8, Windows-1252 or Latin-1.

    A text that is UTF-8 but for a few broken bytes stays UTF-8, with U+FFFD for those.
    """
    codec = _codec(declared)
    if content.isascii() and codec in _ASCII_BASED:
        return content.decode("ascii")
    # Foreign bytes under a name that fits every byte are most often undeclared UTF-8.
    tried = ("utf_8", "cp1252") if codec in _UTF8 or codec == "cp1252" else (codec, "utf_8", "cp1252")
    for name in tried:
        try:
            return content.decode(name).removeprefix(_BYTE_ORDER_MARK)
        except (LookupError, ValueError):
            if name == "utf_8" and codec in _UTF8 and _is_mostly_utf8(content):
                return content.decode("utf_8", "replace").removeprefix(_BYTE_ORDER_MARK)
    return content.decode("latin_1")


def _codec(declared: str) -> str:
    """The name of Python's codec for a charset; "" when there is none."""
    if not declared or len(declared) > 40 or not declared.isascii():
        return ""
    name = normalize_encoding(declared.strip(" '\"").lower())
    name = _MEANT.get(name, name)
    known = name in _KNOWN or name in _MEANT.values()
    return name if known and name not in _NOT_CHARSETS else ""


def _is_mostly_utf8(content: bytes) -> bool:
    """Tell whether more letters beyond ASCII are whole than broken."""
    text = content.decode("utf_8", "replace")
    broken = text.count(SUBSTITUTE)
    return 2 * broken < sum(1 for character in text if not character.isascii())
