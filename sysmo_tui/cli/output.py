"""Data for people and for scripts on standard output, talk on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sysmo_tui.cli.chosen import Options
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.sheets import comma_separated, plain
from sysmo_tui.domain.text import cell_width, clean, clean_line
from sysmo_tui.i18n import _

T = TypeVar("T")
_GAP = 2
_NAME = 18
_LEAST_GROWN = 16
_ROOMY = 11
_LEAST = 4
"""Cells between columns, those of one that grows for which others go, and those that each keeps."""

Shape = dict[str, Any]
"""A JSON object: plain values, with aware times and dates."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column of a table for people; ``grows`` takes the room that is left, ``is_whole`` is never cut.

    Where a terminal has no room for all, those that are ``is_spare`` are left out, the last first.
    """

    title: str
    text: Callable[[T], str]
    grows: bool = False
    is_number: bool = False
    is_whole: bool = False
    is_spare: bool = False
    aloud: str = ""
    """What it is called where it is read aloud, if its title says that only above a column."""

    @property
    def spoken(self) -> str:
        """What it is called where it is read aloud."""
        return self.aloud or self.title


_SIGNS = {
    "✓": N_("yes"),
    "–": N_("no"),
    "✗": N_("no"),
    "!": N_("take care"),
    "—": N_("none"),
    "=": N_("as before"),
}
"""What signs say that stand in place of a word."""


class Output:
    """How this run prints."""

    def __init__(self, options: Options, environ: Mapping[str, str], zone: Callable[[], ZoneInfo]) -> None:
        self._options = options
        self._environ = environ
        self._zone = zone
        self._widths: list[int] | None = None

    @property
    def is_for_scripts(self) -> bool:
        """Whether data is printed in a form for programs."""
        return self._options.json or self._options.jsonl or self._options.csv

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at standard output."""
        return sys.stdout.isatty() and not (self._options.plain or self._options.spoken)

    @property
    def speaks_unicode(self) -> bool:
        """Whether standard output can hold every character."""
        return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"

    def say(self, text: str) -> None:
        """A line of talk: what was done, what comes next."""
        print(clean_line(text), file=sys.stderr)

    def print(self, text: str) -> None:
        """Text of any number of lines, on standard output."""
        print(clean(text))

    def file(self, chunks: Iterable[bytes]) -> None:
        """The bytes of a file, as they are; never on a terminal."""
        if sys.stdout.isatty():
            raise Invalid(
                N_("On a terminal the bytes of a file could do anything. Send them into a file or a pipe."),
                field="output",
            )
        sys.stdout.flush()
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()

    def done(self, shape: Shape, sentence: str, names: Sequence[str] = ()) -> None:
        """What a command did: a sentence for people, its result for scripts."""
        if self.is_for_scripts:
            self.one(shape, "", names)
        else:
            self.print(sentence)

    def one(self, shape: Shape, text: str, names: Sequence[str] = ()) -> None:
        """One thing: ``text`` for people, ``shape`` for scripts; its columns are ``names``, if they vary."""
        if self._options.json:
            self._json(shape)
        elif self._options.jsonl:
            self._json_line(shape)
        elif self._options.csv:
            self._csv([shape], names or [name for name, _value in _flattened(shape)])
        else:
            self.print(text)

    def many(self, document: Shape, items: Sequence[Shape], names: Sequence[str], text: str) -> None:
        """Several results of one command: sentences for people, a document or its items for scripts."""
        if self._options.json:
            self._json(document)
        elif self._options.jsonl:
            for item in items:
                self._json_line(item)
        elif self._options.csv:
            self._csv(items, names)
        else:
            self.print(text)

    def facts(self, shape: Shape, facts: Iterable[tuple[str, str]]) -> None:
        """One thing as names and values, aligned."""
        rows = [(name, value) for name, value in facts if value]
        if self._options.spoken:
            self.one(shape, "\n".join(f"{name}: {value}" for name, value in rows))
            return
        width = max((len(name) for name, _value in rows), default=0)
        self.one(shape, "\n".join(f"{name:{width}}  {value}" for name, value in rows))

    def rows(
        self,
        items: Sequence[T],
        columns: Sequence[Column[T]],
        shape: Callable[[T], Shape],
        *,
        names: Sequence[str],
        empty: str,
        total: int | None = None,
        following: str | None = None,
        more: Shape | None = None,
    ) -> None:
        """A list: a table for people, tab-separated in a pipe, or what a script asked for.

        ``names`` are its columns as CSV, ``more`` what else its document says.
        """
        if self._options.json:
            found = {"items": [shape(item) for item in items], "total": total, "next": following}
            self._json(found | (more or {}))
            return
        if self._options.jsonl:
            for item in items:
                self._json_line(shape(item))
        elif self._options.csv:
            self._csv(map(shape, items), names)
        elif not items:
            self.say(empty)
        else:
            self._widths = None
            self._print(items, columns)
        if following:
            self.say(_("There is more: --after {cursor}", cursor=following))

    def further(self, items: Sequence[T], columns: Sequence[Column[T]], shape: Callable[[T], Shape]) -> None:
        """More of a list that was printed: at once, under the same heading."""
        if self._options.jsonl:
            for item in items:
                self._json_line(shape(item))
        else:
            self._print(items, columns)
        sys.stdout.flush()

    def sheet(self, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table of values for a spreadsheet."""
        sys.stdout.write(comma_separated(names, rows))

    def when(self, moment: datetime | None) -> str:
        """A moment for people, in their time zone; empty for none."""
        if moment is None:
            return ""
        return f"{moment.astimezone(self._zone()):%Y-%m-%d %H:%M}"

    def today(self, now: datetime) -> date:
        """The day that it is for people."""
        return now.astimezone(self._zone()).date()

    def refuse_csv(self) -> None:
        """Refuse ``--csv`` where there is no list."""
        if self._options.csv:
            raise Invalid(N_("--csv is for lists. Use --json here."), field="csv")

    def raw(self, shape: Shape) -> None:
        """One thing whose texts are as they were written; what could harm a terminal is escaped."""
        print(json.dumps(shape, default=plain))

    def _json(self, document: object) -> None:
        print(self._text_of(document, indent=2 if sys.stdout.isatty() else None))

    def _json_line(self, document: object) -> None:
        print(self._text_of(document, indent=None))

    def _text_of(self, document: object, indent: int | None) -> str:
        return clean(json.dumps(document, default=plain, ensure_ascii=not self.speaks_unicode, indent=indent))

    def _csv(self, shapes: Iterable[Shape], names: Sequence[str]) -> None:
        flat = [dict(_flattened(shape)) | shape for shape in shapes]
        self.sheet(names, [[row.get(name) for name in names] for row in flat])

    def _print(self, items: Sequence[T], columns: Sequence[Column[T]]) -> None:
        if self._options.spoken:
            self._spoken(items, columns)
        elif self.is_terminal:
            self._table(items, columns)
        else:
            self._lines(items, columns)

    def _spoken(self, items: Sequence[T], columns: Sequence[Column[T]]) -> None:
        """Each thing on a line that tells the name of every value: a screen reader knows no columns."""
        for item in items:
            told = ((column.spoken, _aloud(clean_line(column.text(item)))) for column in columns)
            line = "; ".join(f"{name}: {value}" if name else value for name, value in told if value)
            print(line if line.endswith(".") else f"{line}.")

    def _lines(self, items: Sequence[T], columns: Sequence[Column[T]]) -> None:
        for item in items:
            print("\t".join(clean_line(column.text(item)) for column in columns))

    def _table(self, items: Sequence[T], columns: Sequence[Column[T]]) -> None:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        rows = [[clean_line(column.text(item)) for column in columns] for item in items]
        is_first = self._widths is None
        widths = self._widths = self._widths or _widths(columns, rows, self.width)
        table = Table(
            box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", show_header=is_first
        )
        shown = [place for place, width in enumerate(widths) if width]
        for column, width in ((columns[place], widths[place]) for place in shown):
            table.add_column(
                Text(column.title),
                width=width,
                no_wrap=True,
                overflow="ellipsis",
                justify="right" if column.is_number else "left",
            )
        for row in rows:
            table.add_row(*(Text(row[place]) for place in shown))
        Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=self.width).print(table)

    @property
    def width(self) -> int:
        """Cells of a line of the terminal."""
        chosen = self._environ.get("COLUMNS", "")
        if chosen.isascii() and chosen.isdecimal() and 0 < int(chosen[:6]) < 10_000:
            return int(chosen)
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or 80
        except OSError:
            return 80


def _widths(columns: Sequence[Column[Any]], rows: Sequence[Sequence[str]], total: int) -> list[int]:
    """How many cells each column gets: what it needs, else the widest give way, those that grow first.

    None for those that are left out.
    """
    widths = [
        max(cell_width(column.title), *(cell_width(row[place]) for row in rows))
        for place, column in enumerate(columns)
    ]
    for place in reversed([place for place, column in enumerate(columns) if column.is_spare]):
        needed = [min(w, _NAME) if columns[at].grows else w for at, w in enumerate(widths) if w]
        if sum(needed) + _GAP * (len(needed) - 1) > total:
            widths[place] = 0
    spare = total - _GAP * (sum(map(bool, widths)) - 1)
    everywhere = [place for place in range(len(columns)) if not columns[place].is_whole]
    growing = [place for place in everywhere if columns[place].grows]
    others = [place for place in everywhere if not columns[place].grows]
    roomy = max(_LEAST_GROWN, total * 3 // 10)
    for places, least in ((growing, roomy), (others, _ROOMY), (growing, _LEAST_GROWN), (everywhere, _LEAST)):
        while sum(widths) > spare and any(widths[place] > least for place in places):
            widest = max(places, key=lambda place: widths[place])
            widths[widest] = max(least, widths[widest] - max(1, (sum(widths) - spare) // 4))
    return widths


def _flattened(shape: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in shape.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value


def _aloud(value: str) -> str:
    """A value as it is to be heard."""
    return _(_SIGNS[value]) if value in _SIGNS else value
