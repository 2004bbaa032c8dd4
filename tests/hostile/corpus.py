"""Texts that attack whoever shows them, and texts that only look as if they did."""

from __future__ import annotations

import re

UNSAFE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0001-\U000e007f]"
)
"""What no text of other people may bring to a terminal, written down apart from the code that removes it."""

ESCAPES = {
    "colour": "red \x1b[31;1mred\x1b[0m",
    "cursor": "up \x1b[10A\x1b[2J\x1b[H gone",
    "title": "title \x1b]0;owned\x07 and \x1b]2;owned\x1b\\",
    "clipboard": "copy \x1b]52;c;cm0gLXJmIH4=\x07",
    "hyperlink": "link \x1b]8;;https://evil.example\x07bank\x1b]8;;\x07",
    "report": "ask \x1b[6n\x1b[c\x1b[>c\x1bP$q\x1b\\",
    "c1": "c1 \x9b31m \x9d52;c;AAAA\x9c \x90q\x9c \x85 end",
    "delete": "del \x7f\x7f\x08\x08",
    "bell": "bell \x07\x07",
    "carriage": "return over\rwritten",
    "headers": "Hello\r\nBcc: all@evil.example\r\n\r\nbody",
    "newlines": "one\ntwo\u2028three\u2029four\x0bfive\x0csix\x85seven",
    "shift": "shift \x0e\x0f out",
    "kitty": "keys \x1b_Gf=100;AAAA\x1b\\ \x1b[>1u",
}
"""They would move, overwrite, copy, answer or start a header."""

INVISIBLE = {
    "override": "invoice\u202efdp.exe\u202c",
    "isolate": "\u2066\u2067\u2068 isolated \u2069",
    "marks": "left\u200e right\u200f arabic\u061c",
    "zero width": "pass\u200bword\u2060 \ufeffBOM",
    "tags": "flag\U000e0001\U000e0041\U000e0042\U000e007f",
    "filler": "hangul\u3164filler\u115f soft\u00adhyphen",
    "annotation": "\ufff9hidden\ufffaother\ufffb",
    "stacked": "z\u0310" + "\u0301" * 300 + "algo",
}
"""They would hide, reorder or overflow."""

MARKUP = {
    "closing": "a [/b] b [/]",
    "urgent": "[URGENT] help",
    "action": "[@click=app.quit]x[/]",
    "protocol": "[sys:LOCK=SAFE,MODE=[1,2]",
    "unterminated": "[b + x",
    "link": "[link=https://evil.example]bank[/link]",
    "values": '{"b": [true, false], "c": [bold red]}',
    "emoji code": ":warning: :pile_of_poo:",
    "variable": "$x $internal ${HOME} $(id) `id`",
    "html": "<script>alert(1)</script><img src=x onerror=y>&lt;",
    "markdown": "# Title\n\n[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
}
"""They would be markup."""

FORMATS = {
    "braces": "{} {0} {who} {number!r:>9} {{double}} {a.__class__} }{",
    "percent": "%s %d %(name)s %n 100%",
    "encoded word": "=?utf-8?q?=0D=0ABcc=3A_all=40evil=2Eexample?=",
    "formula": '=HYPERLINK("http://evil.example";"x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "tab": "\t=1+1",
    "wide formula": "＝1+1",
    "option": "--help",
    "path": "../../../../etc/passwd",
    "windows path": "..\\..\\C:\\CON",
    "query": 'is:open OR (topic: "un" -x* NEAR/2 \'; DROP TABLE ticket; --',
    "like": "100%_\\",
    "digits": "9" * 60,
    "long word": "Donaudampfschifffahrt" * 9,
}
"""They would be a template, a formula, an option, a path or a query."""

LONG = {
    "marks": "e" + "\u0301" * 10_000,
    "line": "long line " * 45_000,
    "lines": "line\n" * 20_000,
    "brackets": "[" * 20_000,
    "escapes": "\x1b[31m" * 20_000,
}
"""Bodies that take long to show to those who are careless."""

HARMLESS = {
    "Arabic": "السلام عليكم ورحمة الله",
    "Hebrew": "שלום עולם",
    "Chinese": "打印机着火了",
    "Japanese": "プリンターが燃えています",
    "Korean": "프린터에 불이 났어요",
    "Hindi": "क्षत्रिय प्रिंटर",
    "family": "👩\u200d👩\u200d👧\u200d👦 at home",
    "flags": "🇦🇷 🏳️\u200d🌈",
    "accents": "Ñandú, über, naïve, e\u0301te\u0301",
}
"""They are what people write, and arrive as they are."""

SHORT = {
    f"{group} {name}": text
    for group, texts in (
        ("escape", ESCAPES),
        ("invisible", INVISIBLE),
        ("markup", MARKUP),
        ("format", FORMATS),
        ("harmless", HARMLESS),
    )
    for name, text in texts.items()
}
"""Every text that fits where a name does."""

UNSTORABLE = {"nul": "zero\x00byte", "surrogate": "half\ud83d a \udfff pair"}
"""What no database takes."""


def unsafe_in(text: str) -> list[str]:
    """Where ``text`` is not safe to show: each place with what stands around it."""
    return [repr(text[max(m.start() - 20, 0) : m.end() + 10]) for m in UNSAFE.finditer(text)]
