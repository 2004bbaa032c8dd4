"""Writes the table of keys into the README: ``python -m scripts.readme_keys``."""

from __future__ import annotations

import re
from pathlib import Path

from sysmo_tui import keys

README = Path(__file__).parents[1] / "README.md"


def table() -> str:
    """The keys of every screen as a Markdown table, in English."""
    lines = [f"| {_code(shown)} | {what} | `{name}` |" for shown, name, what in keys.table_rows()]
    return "\n".join(["| key | what it does | name, to remap it |", "| --- | --- | --- |", *lines, ""])


def _code(shown: str) -> str:
    return " ".join(f"`{key}`" for key in shown.split(", "))


def with_table(text: str) -> str:
    """The README's text with the table of keys as it is now."""
    return re.sub(r"(?s)(<!-- keys -->\n).*(<!-- /keys -->)", lambda m: m[1] + table() + m[2], text)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
