"""One entry of a thread, as staff and customers read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from textual.content import Content, Span
from textual.style import Style
from textual.widgets import Static

from sysmo_tui.domain.enums import Visibility
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import CustomerEntry, Entry, File
from sysmo_tui.i18n import _
from sysmo_tui.spoken import file_size, moment, words_of
from sysmo_tui.widgets.passages import Line, beginning, hides, lines_of

FOLD_KEY = "z"
"""What unfolds quotes and signatures in a thread."""


MOST_LINES, MOST_CHARACTERS = 200, 20_000
"""What is laid out of an entry at first; a terminal is busy for minutes with what machines write."""
MOST_MARKED = 500
"""Places of what was found that are marked in one line."""
UNFOLDED = 10
"""How many times as much when it is unfolded."""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What is shown of an entry, whoever reads it."""

    key: str
    author: SafeText
    at: datetime
    body: SafeText
    files: tuple[File, ...]
    is_internal: bool
    is_by_staff: bool
    is_withdrawn: bool = False
    """Whether its author took it back before anybody got it."""


def facts_of(entry: Entry | CustomerEntry) -> EntryFacts:
    """The same facts of both sides' entries."""
    return EntryFacts(
        key=entry.key,
        author=entry.author,
        at=entry.at,
        body=words_of(entry.kind, entry.body),
        files=entry.files,
        is_internal=isinstance(entry, Entry) and entry.visibility is Visibility.INTERNAL,
        is_by_staff=entry.is_by_staff,
        is_withdrawn=isinstance(entry, Entry) and entry.withdrawn_at is not None,
    )


def entry_content(
    entry: EntryFacts,
    zone: ZoneInfo,
    now: datetime,
    *,
    is_folded: bool = True,
    fold_key: str = "",
    most: int = 0,
    found: str = "",
) -> Content:
    """The head line, the text with its quotes folded, and the files; at most ``most`` lines of text.

    ``fold_key`` is what unfolds, where something does.
    """
    room = 1 if is_folded else UNFOLDED
    begun, goes_on = beginning(
        lines_of(entry.body, is_folded=is_folded),
        most_lines=MOST_LINES * room,
        most_characters=MOST_CHARACTERS * room,
    )
    lines = [_shown(line, fold_key) for line in begun]
    if goes_on:
        lines.append(_going_on(fold_key if is_folded else ""))
    if most and len(lines) > most:
        lines = [*lines[: most - 1], _quiet(f"… {_('more in the ticket')}")]
    lines = [_marked(line, found) for line in lines] if found else lines
    if entry.is_withdrawn:
        lines = [_quiet(_("Taken back before anybody got it."))]
    files = [_file(file) for file in entry.files]
    return Content("\n").join([head(entry, zone, now), *lines, *files])


def head(entry: EntryFacts, zone: ZoneInfo, now: datetime) -> Content:
    """Who wrote it, on which side of the desk, and when; internal notes say so first."""
    when = moment(entry.at, zone, now)
    author = entry.author or _("The desk")
    if entry.is_internal:
        return Content.assemble(
            (f"{_('INTERNAL')}  ", "bold $internal"),
            (author, "bold"),
            (f"  {_('staff only')} · {when}", "$quiet"),
        )
    side = _("desk") if entry.is_by_staff else _("customer")
    style = "bold $public" if entry.is_by_staff else "bold"
    return Content.assemble((author, style), (f"  {side} · {when}", "$quiet"))


def _going_on(key: str) -> Content:
    """What stands for the rest of a text that is too long to be laid out."""
    if key:
        return _quiet(f"┄ {_('it goes on')} · {key}").stylize(Style.from_meta({"@click": "screen.fold"}))
    return _quiet(f"┄ {_('it goes on; the command line shows all of it')}")


def _quiet(text: str) -> Content:
    return Content.styled(text, "$quiet")


def _file(file: File) -> Content:
    return Content.assemble(("▪ ", "$accent"), file.filename, (f"  {file_size(file.size)}", "$quiet"))


def _marked(line: Content, found: str) -> Content:
    places = islice(re.finditer(re.escape(found), line.plain, re.IGNORECASE), MOST_MARKED)
    marks = [Span(match.start(), match.end(), "reverse") for match in places]
    return Content(line.plain, spans=[*line.spans, *marks]) if marks else line


def _shown(line: Line, key: str) -> Content:
    if not line.is_fold:
        return _quiet(line.text) if line.is_quiet else Content(line.text)
    if not key:
        return _quiet(line.text)
    return _quiet(f"{line.text} · {key}").stylize(Style.from_meta({"@click": "screen.fold"}))


class EntryView(Static):
    """An entry in the thread. An internal note has another border, ground and first word than all else."""

    DEFAULT_CSS = """
    EntryView {
        height: auto;
        padding: 0 1 0 1;
        margin-bottom: 1;
        border-left: blank;
        link-color: $quiet;
        link-style: none;
        link-color-hover: $accent;
        link-background-hover: transparent;
        &.-desk { border-left: outer $public; }
        &.-internal { border-left: thick $internal; background: $internal-background; }
    }
    """

    def __init__(self, entry: EntryFacts, zone: ZoneInfo, now: datetime, *, is_folded: bool = True) -> None:
        super().__init__()
        self.entry = entry
        self._zone, self._now = zone, now
        self._is_folded, self._found = is_folded, ""
        self.set_class(entry.is_internal, "-internal")
        self.set_class(entry.is_by_staff and not entry.is_internal, "-desk")

    def on_mount(self) -> None:
        """Write it."""
        self._write()

    def fold(self, is_folded: bool) -> None:
        """Fold or unfold quotes and signature."""
        self._is_folded = is_folded
        self._write()

    def seek(self, text: str) -> bool:
        """Mark ``text`` wherever it stands, also in what is folded; whether it stands here."""
        if text and hides(self.entry.body, text):
            self._is_folded = False
        self._found = text
        self._write()
        return bool(text) and text.casefold() in self.entry.body.casefold()

    def _write(self) -> None:
        self.update(
            entry_content(
                self.entry,
                self._zone,
                self._now,
                is_folded=self._is_folded,
                fold_key=FOLD_KEY,
                found=self._found,
            )
        )
