"""``python -m benchmarks.table FILE``: the figures of a JSON file as Markdown, into this folder's README."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, growths, load, number

README = Path(__file__).with_name("README.md")


def tables(machine: dict[str, str], figures: list[Figure]) -> str:
    """The machine, and a table for each part and database: a column for each size of desk."""
    lines = [", ".join(f"{name} {found}" for name, found in machine.items()) + ".", ""]
    lines += ["Medians, with the 95th percentile behind a slash, and the ideal in brackets. **Bold** misses."]
    wheres = dict.fromkeys((figure.part, figure.database) for figure in figures)
    for part, database in wheres:
        of_it = [figure for figure in figures if (figure.part, figure.database) == (part, database)]
        lines += ["", f"### {part}{f', {database}' if database else ''}", "", *_table(of_it)]
    return "\n".join([*lines, ""])


def _table(figures: list[Figure]) -> Iterator[str]:
    sizes = sorted({figure.tickets for figure in figures})
    heads = [f"{size:,} tickets" if size else "measured" for size in sizes]
    columns = ["", *heads, *(["growth (ideal)"] if len(sizes) > 1 else []), "goal"]
    yield f"| {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * (len(columns) - 2)} --- |"
    grown = {growth.last.name: growth for growth in growths(figures)}
    for name in dict.fromkeys(figure.name for figure in figures):
        of_name = {figure.tickets: figure for figure in figures if figure.name == name}
        last = of_name[max(of_name)]
        cells = [_cell(of_name.get(size)) for size in sizes]
        if len(sizes) > 1:
            growth = grown.get(name)
            cells.append("" if growth is None else _strong(growth.words(), is_met=growth.is_met))
        goal = last.goal + (f"; growth ≤ {last.growth:g} × the ideal's" if last.growth else "")
        yield f"| {' | '.join([name, *cells, goal])} |"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    p95 = "" if figure.p95 is None else f" / {number(figure.p95)}"
    ideal = "" if figure.ideal is None else f" ({number(figure.ideal)})"
    return _strong(f"{number(figure.ours)}{p95} {figure.unit}{ideal}".strip(), is_met=figure.is_met)


def _strong(text: str, *, is_met: bool) -> str:
    return text if is_met else f"**{text}**"


def with_tables(readme: str, found: str) -> str:
    """The README's text with these tables in their place."""
    return re.sub(r"(?s)(<!-- figures -->\n).*(<!-- /figures -->)", lambda m: m[1] + found + m[2], readme)


def main(names: Iterable[str]) -> int:
    """Write the figures of all files, which are of one machine."""
    loaded = [load(Path(name)) for name in names]
    if not loaded:
        sys.exit("Which file? python -m benchmarks.table FILE")
    machine = loaded[0][0]
    found = tables(machine, [figure for _machine, figures in loaded for figure in figures])
    README.write_text(with_tables(README.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
