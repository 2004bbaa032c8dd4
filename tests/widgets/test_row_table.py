"""Tables draw their lines by themselves: sooner than the toolkit does, and like it."""

from __future__ import annotations

from typing import Any

import pytest
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.strip import Strip
from textual.widgets import DataTable

from sysmo_tui import themes
from sysmo_tui.widgets.row_table import RowTable

ROWS = 9


class _Table(RowTable):
    def recolour(self) -> None:
        """Nothing is written in the colours of a theme."""


class _Showing(App[None]):
    def __init__(self, height: int) -> None:
        super().__init__()
        self._height = height
        for each in themes.THEMES:
            self.register_theme(each)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.DEFAULTS)

    def compose(self) -> ComposeResult:
        yield _Table(cursor_type="row", cell_padding=0)

    def on_mount(self) -> None:
        table = self.query_one(_Table)
        for title, width in (("", 3), ("State", 4), ("Subject", 12), ("Who", 6)):
            table.add_column(Text(title), width=width)
        second = "\n" if self._height > 1 else " "
        for row in range(ROWS):
            table.add_row(
                Text("●", Style(color="red")).append("✎", Style(color="#00ff00")),
                Text("Newer", "bold", no_wrap=True),
                Text.assemble(
                    (f"日本語日本語日{row}", "bold"), second, ("below", Style(color="blue")), no_wrap=True
                ),
                Text("ana", Style(color="yellow"), no_wrap=True, spans=[]),
                height=self._height,
            )
        table.get_cell_at(Coordinate(3, 3)).stylize("dim")


def cells(line: Strip) -> list[tuple[Any, ...]]:
    """Each character with how it looks, and which row it belongs to; of a blank nobody sees the ink."""
    return [
        (each, style.bgcolor, style.reverse, style.meta["row"])
        + ((style.color, style.bold, style.dim) if each != " " or style.reverse else ())
        for text, style, _control in line
        if style is not None
        for each in text
    ]


@pytest.mark.parametrize("height", [1, 2])
async def test_lines_look_as_the_toolkit_would_draw_them_in_every_theme(height: int) -> None:
    app = _Showing(height)
    async with app.run_test(size=(40, 12)) as pilot:
        table = app.query_one(_Table)
        table.move_cursor(row=ROWS - 2)
        for theme in themes.THEMES:
            app.theme = theme.name
            for is_focused in (True, False):
                app.set_focus(table if is_focused else None)
                await pilot.pause()
                # The mouse is on a row.
                table._set_hover_cursor(True)
                table.hover_coordinate = Coordinate(ROWS - 3, 0)
                shown = min(ROWS * height + 1, table.size.height)
                for line in range(shown):
                    assert cells(table.render_line(line)) == cells(DataTable.render_line(table, line))
    assert shown > ROWS


async def test_no_cell_is_measured_where_columns_have_their_width(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []
    monkeypatch.setattr("textual.widgets._data_table.measure", lambda *args: measured.append(args) or 1)
    app = _Showing(1)
    async with app.run_test(size=(40, 12)):
        table = app.query_one(_Table)
        assert (table.virtual_size.width, table.virtual_size.height) == (25, ROWS + 1)
    assert len(measured) == len(table.columns)
