"""One entry of a thread, as staff and customers read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from textual.content import Content, Span
from textual.style import Style
from textual.widgets import Static

from sysmo_tui.domain.enums import Visibility
from sysmo_tui.domain.sought import Sought, composed
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import CustomerEntry, Entry, File
from sysmo_tui.i18n import _
from sysmo_tui.spoken import file_size, moment, words_of
from sysmo_tui.widgets.passages import Line, beginning, lines_of

MOST_LINES, MOST_CHARACTERS = 200, 20_000
"""What is laid out of an entry at first; a terminal is busy for minutes with what machines write."""
MOST_MARKED = 500
"""Places of what was found that are marked in one entry."""
FOUND, HERE = "underline", "bold reverse"
"""How such places are marked, and the one that was gone to."""
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
    sought: Sought | None = None,
    here: int | None = None,
    width: int = 0,
) -> Content:
    """The head line, the text with its quotes folded, and the files; at most ``most`` lines of text.

    ``fold_key`` is what unfolds, where something does. Where what is ``sought`` stands is marked, and
    most of all its place number ``here``. With ``width`` in cells, the head is broken after the name.
    """
    room = 1 if is_folded else UNFOLDED
    begun, goes_on = beginning(
        lines_of(composed(entry.body) if sought else entry.body, is_folded=is_folded),
        most_lines=MOST_LINES * room,
        most_characters=MOST_CHARACTERS * room,
    )
    rest = _going_on(fold_key if is_folded else "") if goes_on else None
    if most and len(begun) + goes_on > most:
        begun, rest = begun[: most - 1], _quiet(f"… {_('more in the ticket')}")
    blocks = _blocks(begun, fold_key)
    names = [Content(file.filename) for file in entry.files]
    texts = [block for block, _hidden in blocks]
    if entry.is_withdrawn:
        texts, rest = [_quiet(_("Taken back before anybody got it."))], None
    elif sought:
        marking = _Marking(sought, here)
        texts = [marking.marked(block, hidden) for block, hidden in blocks]
        names = [marking.marked(name) for name in names]
    texts += [rest] if rest else []
    files = [_file(name, file) for name, file in zip(names, entry.files, strict=True)]
    return Content("\n").join([head(entry, zone, now, width), *texts, *files])


def head(entry: EntryFacts, zone: ZoneInfo, now: datetime, width: int = 0) -> Content:
    """Who wrote it, on which side of the desk, and when; internal notes say so first.

    What has no room in ``width`` cells stands below the name; without one, it stands beside it.
    """
    author = entry.author or _("The desk")
    if entry.is_internal:
        side = _("staff only")
        who = Content.assemble((f"{_('INTERNAL')}  ", "bold $internal"), (author, "bold"))
    else:
        side = _("desk") if entry.is_by_staff else _("customer")
        who = Content.styled(author, "bold $public" if entry.is_by_staff else "bold")
    told = Content.styled(f"{side} · {moment(entry.at, zone, now)}", "$quiet")
    is_below = 0 < width < who.cell_length + 2 + told.cell_length
    return Content.assemble(who, "\n" if is_below else "  ", told)


def _going_on(key: str) -> Content:
    """What stands for the rest of a text that is too long to be laid out."""
    if key:
        return _quiet(f"┄ {_('it goes on')} · {key}").stylize(Style.from_meta({"@click": "screen.fold"}))
    return _quiet(f"┄ {_('it goes on; the command line shows all of it')}")


def _quiet(text: str) -> Content:
    return Content.styled(text, "$quiet")


def _file(name: Content, file: File) -> Content:
    return Content.assemble(("▪ ", "$accent"), name, (f"  {file_size(file.size)}", "$quiet"))


def _shown(line: Line, key: str) -> Content:
    if not line.hides:
        return _quiet(line.text) if line.is_quiet else Content(line.text)
    if not key:
        return _quiet(line.text)
    return _quiet(f"{line.text} · {key}").stylize(Style.from_meta({"@click": "screen.fold"}))


def _blocks(lines: Iterable[Line], key: str) -> list[tuple[Content, str]]:
    """Lines that follow each other as one text, and each that hides others by itself, with what it hides."""
    blocks: list[tuple[Content, str]] = []
    for hidden, group in groupby(lines, key=lambda line: line.hides):
        blocks.append((Content("\n").join(_shown(line, key) for line in group), hidden))
    return blocks


class _Marking:
    """Marks where something stands in one text after the other, and most of all its place number ``here``."""

    def __init__(self, sought: Sought, here: int | None) -> None:
        self._sought, self._here = sought, here
        self._count = 0

    def marked(self, text: Content, hidden: str = "") -> Content:
        """The same with its places marked; of what stands for a ``hidden`` text, that one's are counted."""
        if hidden:
            self._count += self._sought.count(hidden)
            return text
        plain, marks = composed(text.plain), []
        for place in self._sought.places(plain):
            if self._count < MOST_MARKED or self._count == self._here:
                marks.append(Span(*place, HERE if self._count == self._here else FOUND))
            self._count += 1
        return Content(plain, [*text.spans, *marks]) if marks else text


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

    def __init__(
        self,
        entry: EntryFacts,
        zone: ZoneInfo,
        now: datetime,
        fold_key: str,
        *,
        is_folded: bool = True,
        sought: Sought | None = None,
    ) -> None:
        """``fold_key`` unfolds quotes and signatures."""
        super().__init__()
        self.entry = entry
        self._zone, self._now, self._fold_key = zone, now, fold_key
        self._is_folded, self._sought = is_folded, sought
        self._here: int | None = None
        self._content = Content("")
        self.set_class(entry.is_internal, "-internal", update=False)
        self.set_class(entry.is_by_staff and not entry.is_internal, "-desk", update=False)
        # Before it is laid out, which is done once then.
        self._write()

    def fold(self, is_folded: bool) -> bool:
        """Fold or unfold quotes and signature; whether there are any."""
        before, self._is_folded = self._content.plain, is_folded
        self._write()
        return self._content.plain != before

    def mark(self, sought: Sought | None) -> None:
        """Mark where something stands here, or nothing any more."""
        self._sought, self._here = sought, None
        self._write()

    def go_to(self, place: int | None) -> None:
        """Mark one place of what is sought most of all, and unfold what hides it; None puts both back."""
        self._here = place
        self._write()

    def least_height(self, width: int) -> int:
        """The lines that it takes at least where the terminal has ``width`` cells."""
        return 1 + sum(1 + len(line) // width for line in self._content.plain.split("\n"))

    def line_of_place(self) -> int:
        """The line in which the place stands that was gone to; the last where it is too far down."""
        content, width = self._content, max(self.content_size.width, 1)
        start = next((span.start for span in content.spans if span.style == HERE), len(content.plain))
        word = content.plain[start:].split(maxsplit=1)[:1]
        end = start + min(len("".join(word)), width // 2)
        return content[:end].get_height({}, width) - 1

    def _write(self) -> None:
        self._content = self._written(is_folded=self._is_folded)
        if self._here is not None and not any(span.style == HERE for span in self._content.spans):
            self._content = self._written(is_folded=False)
        self.update(self._content)

    def _written(self, *, is_folded: bool) -> Content:
        return entry_content(
            self.entry,
            self._zone,
            self._now,
            is_folded=is_folded,
            fold_key=self._fold_key,
            sought=self._sought,
            here=self._here,
        )
