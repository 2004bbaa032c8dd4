"""Choosing a file of this machine: by typing its path, which is completed, or from the list of its folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sysmo_tui import local_files
from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.text import SafeText, cell_width, clean_line, fit
from sysmo_tui.i18n import _
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.attaching import here, typed
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.scrolling import ListMoving
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.forms import Complaint, text_input
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.options import Options

MOST_READ = 5_000
"""Entries of a folder that are looked at."""
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Something in a folder; ``size`` in bytes, None for a folder."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a typed path leads to: its folder, what in there goes on like it, and whether it is a file."""

    typed: str
    folder: str
    places: tuple[Place, ...]
    is_file: bool


class FilePrompt(ListMoving, Prompt):
    """A path, with what is in its folder beneath; its result is the path of an ordinary file.

    Folders are looked at beside the keys, one after the other: one of another machine may never answer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move_down", show=False),
        Binding("up", "move_up", show=False),
    ]

    def __init__(self, title: str, folder: str = "") -> None:
        super().__init__(title)
        self._base = folder or here()
        self._listing: Listing | None = None
        self._is_looking = False
        self._waiting: Callable[[Listing], object] | None = None
        """What is done as soon as the folder of what is typed is listed."""

    def compose(self) -> ComposeResult:
        """The path, its folder, and the keys."""
        with Vertical(classes="dialog picker files") as box:
            box.border_title = Content(f" {self._title} ")
            yield text_input(placeholder=_("a path, or a part of a name"))
            yield Static(Content(""), classes="folder")
            yield Options(compact=True, markup=False)
            yield Complaint()
            yield Hints("prompt.done", "app.back", "prompt.complete")

    def on_mount(self) -> None:
        """Show where one is, once there is room for it."""
        self.call_after_refresh(self._look)

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value

    @property
    def listed(self) -> Options:
        """What is in the folder."""
        return self.query_one(Options)

    def hint_words(self) -> Mapping[str, str]:
        """What is typed chooses a file."""
        return {**super().hint_words(), "prompt.done": _("Choose")}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A name is completed from the list."""
        return action == "complete" or super().check_action(action, parameters)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what goes on like it."""
        event.stop()
        self.query_one(Complaint).say("")
        self._waiting = None
        self._look()

    def action_complete(self) -> None:
        """Write the name under the cursor, or the only one there is."""
        self._once_listed(self._complete)

    def _complete(self, listing: Listing) -> None:
        at = 0 if len(listing.places) == 1 else self.listed.highlighted
        if at is not None and listing.places:
            self._write(os.path.split(listing.typed)[0], listing.places[at])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the file that is typed, else what is under the cursor."""
        event.stop()
        event.prevent_default()
        self._once_listed(self._submit)

    def _submit(self, listing: Listing) -> None:
        at = self.listed.highlighted
        if not listing.typed.strip() and at is None:
            self.query_one(Complaint).say(_("Type the name of a file, or choose one below."))
        elif at is None or listing.is_file:
            self._choose(listing.typed)
        else:
            self._take(listing, at)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it by mouse."""
        event.stop()
        if self._listing is not None:
            self._take(self._listing, event.option_index)

    def _take(self, listing: Listing, at: int) -> None:
        """Go into a folder that is listed; have a file."""
        folder, place = os.path.split(listing.typed)[0], listing.places[at]
        if place.size is None:
            self._write(folder, place)
            self.query_one(Input).focus()
            return
        self._choose(_beneath(folder, place.name))

    def _choose(self, path: str) -> None:
        self.job(readable, self._base, path).then(self.dismiss, refused=self.refuse)

    def refuse(self, error: DeskError) -> None:
        """Say beneath the list what is wrong with it."""
        self.query_one(Complaint).say(shown(error))

    def _write(self, folder: str, place: Place) -> None:
        line = self.query_one(Input)
        line.value = _beneath(folder, place.name) + ("/" if place.size is None else "")
        line.cursor_position = len(line.value)

    def _once_listed(self, act: Callable[[Listing], object]) -> None:
        """Do something with the list of what is typed, which may not be there yet."""
        if self._listing is not None and self._listing.typed == self._typed:
            act(self._listing)
        else:
            self._waiting = act

    def _look(self) -> None:
        """List what goes on like what is typed, unless a folder is being looked at already."""
        if not self._is_looking:
            self._is_looking = True
            self.job(looked_into, self._base, self._typed).then(self._show)

    def _show(self, listing: Listing) -> None:
        """Show what is in the folder; the first that goes on like what is typed is chosen."""
        self._is_looking = False
        if listing.typed != self._typed:
            self._look()
            return
        self._listing = listing
        self.query_one(".folder", Static).update(
            Content.styled(clean_line(listing.folder.rstrip("/") or "/"), "$quiet")
        )
        found = self.listed
        found.clear_options()
        room = max(found.size.width, 36)
        found.add_options([Option(_line(each, room)) for each in listing.places])
        start = os.path.split(listing.typed)[1]
        if not listing.places:
            found.say_empty(_("nothing has these words") if start else _("no file to attach is here"))
        found.highlighted = 0 if listing.places and start else None
        if self._waiting is not None:
            act, self._waiting = self._waiting, None
            act(listing)


def looked_into(_door: Door, base: str, path: str) -> Listing:
    """What is in the folder of a ``path`` that was typed beneath the folder ``base``, and goes on like it."""
    folder, start = os.path.split(path)
    place, whole = (os.path.join(base, typed(each)) for each in (folder, path))
    return Listing(path, place, tuple(entries(place, start)), bool(path.strip()) and os.path.isfile(whole))


def readable(_door: Door, base: str, path: str) -> str:
    """Where the ordinary file is that was typed beneath a folder; Invalid where there is none."""
    place = os.path.join(base, typed(path))
    with local_files.opened(place, "attach"):
        return place


def entries(folder: str, start: str) -> Iterable[Place]:
    """What is in a folder and has ``start`` in its name, what begins with it first; nothing unreadable."""
    try:
        with os.scandir(folder or ".") as found:
            known = [place for entry in islice(found, MOST_READ) if (place := _place(entry)) is not None]
    except (OSError, ValueError):
        return []
    wanted = same_name(start)
    fitting = [
        each
        for each in known
        if wanted in same_name(each.name) and (start.startswith(".") or not each.name.startswith("."))
    ]
    fitting.sort(
        key=lambda each: (
            not same_name(each.name).startswith(wanted),
            each.size is not None,
            same_name(each.name),
        )
    )
    return fitting[:MOST_SHOWN]


def _place(entry: os.DirEntry[str]) -> Place | None:
    """A folder or an ordinary file; nothing else can be attached."""
    try:
        found = entry.stat()
    except OSError:
        return None
    if stat.S_ISDIR(found.st_mode):
        return Place(entry.name, None)
    return Place(entry.name, found.st_size) if stat.S_ISREG(found.st_mode) else None


def _beneath(folder: str, name: str) -> str:
    """The path of what is in a folder; no name in it is that of somebody's home."""
    return os.path.join(folder or ("." if name.startswith("~") else ""), name)


def _line(place: Place, room: int) -> Content:
    if place.size is None:
        return Content.assemble(("▸ ", "$accent"), fit(clean_line(f"{place.name}/"), room - 4))
    size = file_size(place.size)
    name = fit(clean_line(place.name), max(room - len(size) - 7, 8))
    gap = " " * max(room - cell_width(name) - len(size) - 6, 1)
    return Content.assemble("  ", SafeText(name), gap, (size, "dim"))
