"""Rows that can be marked one by one, by ranges or all at once, by keys and by mouse."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.events import Click
from textual.message import Message

from sysmo_tui.widgets.row_table import RowTable

MARK = "✓"
MARK_CELLS = 3
"""Cells at the beginning of a row in which a click marks it."""


class MarkedRows(RowTable):
    """A table whose rows have numbers, of which some are marked; what is not shown any more is not marked."""

    class MarksChanged(Message):
        """Other rows are marked than before."""

    can_mark: bool = True
    """Whether rows can be marked here."""
    _marked: frozenset[int] = frozenset()
    _range_start: int | None = None
    """The row that was marked last, where a range begins."""

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the rows, from the top."""
        raise NotImplementedError

    @property
    def marked(self) -> tuple[int, ...]:
        """What is marked, from the top."""
        return tuple(number for number in self.numbers if number in self._marked)

    def rewrite(self, numbers: Collection[int]) -> None:
        """Write the cells of rows anew whose marks changed."""
        raise NotImplementedError

    def toggle(self, line: int) -> None:
        """Mark a row, or no more."""
        if 0 <= line < len(self.numbers):
            self._range_start = self.numbers[line]
            self._put_marks(self._marked ^ {self._range_start})

    def mark_range(self) -> None:
        """Mark all from the row that was marked last to the cursor; the cursor's row where there is none."""
        numbers, line = self.numbers, self.cursor_row
        if not 0 <= line < len(numbers):
            return
        start = line
        if self._range_start in self._marked and self._range_start in numbers:
            start = numbers.index(self._range_start)
        first, last = sorted((start, line))
        self._range_start = numbers[line]
        self._put_marks(self._marked | set(numbers[first : last + 1]))

    def mark_all(self) -> None:
        """Mark all rows, or none where all are marked."""
        everything = frozenset(self.numbers)
        self._put_marks(frozenset() if self._marked >= everything else everything)

    def unmark(self, numbers: Collection[int] | None = None) -> None:
        """Take the marks from some rows, or from all."""
        self._put_marks(frozenset() if numbers is None else self._marked.difference(numbers))

    def keep_marks(self) -> None:
        """Forget the marks of what is not shown any more."""
        self._put_marks(self._marked.intersection(self.numbers))

    def is_marked(self, number: int) -> bool:
        """Whether a row is marked."""
        return number in self._marked

    def _put_marks(self, marks: frozenset[int]) -> None:
        changed = marks ^ self._marked
        if changed:
            self._marked = marks
            self.rewrite(changed)
            self.post_message(self.MarksChanged())

    def on_click(self, event: Click) -> None:
        """Mark a row where marks stand; else put the cursor on it; where it is already, select it."""
        line = event.style.meta.get("row", -1)
        if line < 0:
            return
        place = event.get_content_offset(self)
        if self.can_mark and ((place is not None and place.x < MARK_CELLS) or event.ctrl):
            self.move_cursor(row=line)
            self.toggle(line)
        elif line != self.cursor_row:
            self.move_cursor(row=line)
        else:
            self.action_select_cursor()
        event.prevent_default()
        event.stop()
        self.focus()
