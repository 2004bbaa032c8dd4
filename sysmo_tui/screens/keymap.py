"""One's own keys: what each does, and another one for it by pressing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key as Pressed
from textual.widgets import Static

from sysmo_tui import keys
from sysmo_tui.desk import Work
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, pgettext, render
from sysmo_tui.keymap import clashing, long
from sysmo_tui.keys import CONTEXT_NAMES, KEYS, Context, Key
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, list_bindings
from sysmo_tui.services import profile
from sysmo_tui.services.profile import Profile
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.forms import Complaint


@dataclass(frozen=True, slots=True)
class OwnKey:
    """What a key does, and the keys that do it for who is here."""

    key: Key
    keys: tuple[str, ...]
    is_own: bool


class KeymapScreen(TableScreen[OwnKey]):
    """Every key that can be another one; enter asks for it, and says at once when it is taken."""

    CONTEXT = Context.KEYMAP
    HINTS = (
        "keymap.edit",
        "keymap.add",
        "keymap.reset",
        "keymap.reset_all",
        "list.find",
        "list.filter",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.KEYMAP)
    SEARCHES = True
    NEEDS_ROW = frozenset({"edit", "add", "reset"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Your keys")

    def columns(self) -> Sequence[Column[OwnKey]]:
        """The keys, what they do, and where."""
        return (
            Column(pgettext("keyboard", "Keys"), 14, lambda row: "  ".join(row.keys), style=_style),
            Column(_("What"), 0, lambda row: _(row.key.help)),
            Column(_("Where"), 16, lambda row: _(CONTEXT_NAMES[row.key.contexts[0]]), from_width=60),
        )

    def key(self, row: OwnKey) -> str:
        """Which key."""
        return row.key.id

    def title_of(self, row: OwnKey) -> str:
        """What it does."""
        return _(row.key.help)

    def detail(self, row: OwnKey) -> Content:
        """Its name, where it works, and what it was."""
        where = ", ".join(_(CONTEXT_NAMES[context]) for context in row.key.contexts)
        usual = _("usually {keys}", keys="  ".join(keys.spelled(row.key.keys))) if row.is_own else ""
        return Content.styled(" · ".join(filter(None, (row.key.id, usual, where))), "$quiet")

    def filters(self) -> Sequence[Item]:
        """The places where keys work."""
        places = dict.fromkeys(context for key in KEYS if key.bound for context in key.contexts)
        return (
            Item("", _("everywhere")),
            Item("own", _("only those that you changed")),
            *(Item(str(place), _(CONTEXT_NAMES[place])) for place in places),
        )

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[OwnKey]]:
        """Those that fit; all at once."""
        return self.read(_listed, self.app.keymap, query, chosen, self.app.actor.is_staff)

    def action_open(self) -> None:
        """Ask for another key."""
        self.action_edit()

    def action_edit(self) -> None:
        """Ask for the key that does it from now on."""
        if self.row is not None:
            self._press(self.row, "")

    def action_add(self) -> None:
        """Ask for one more key that does it."""
        if self.row is not None:
            self._press(self.row, ",".join(long(name) for name in self.row.keys) + ",")

    def action_reset(self) -> None:
        """Give back the usual key."""
        row = self.row
        if row is None:
            return
        taken = clashing(row.key.id, row.key.keys, {**self.app.keymap, row.key.id: row.key.keys})
        if taken:
            self.say_error(_said_of(row.key.keys, taken[0]))
            return
        self._keep({name: value for name, value in self._own.items() if name != row.key.id})

    def action_reset_all(self) -> None:
        """Give back all usual keys."""
        self._keep({})

    @property
    def _own(self) -> Mapping[str, str]:
        own: Mapping[str, str] = self.app.preferred("keymap")
        return own

    def _press(self, row: OwnKey, before: str) -> None:
        def pressed(key: str | None) -> None:
            if key is not None:
                self._keep({**self._own, row.key.id: before + key})

        self.app.push_screen(PressScreen(row.key, self.app.keymap), pressed)

    def _keep(self, keymap: Mapping[str, str]) -> None:
        self.write(profile.prefer, {"keymap": dict(keymap) or None}).then(self._kept)

    def _kept(self, mine: Profile) -> None:
        own = mine.preferences.get("keymap", {})
        self.app.remember("keymap", own)
        self.app.take_keymap(own)
        self.changed(_("Your keys are kept."))


class PressScreen(DeskDialog[str | None]):
    """Waits for one key, and says at once when something else has it."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, key: Key, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._key, self._keymap = key, keymap

    def compose(self) -> ComposeResult:
        """What the key is for, and what is wrong with the one that was pressed."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f" {_('Press the new key')} ")
            yield Static(Content(_(self._key.help)), classes="question")
            yield Complaint()
            yield Static(Content(_("esc leaves it as it is")), classes="explains")

    def on_key(self, event: Pressed) -> None:
        """Take the key, unless it is another's already."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
            return
        others = {name: value for name, value in self._keymap.items() if name != self._key.id}
        taken = clashing(self._key.id, event.key, others)
        problem = keys.problem_of(self._key.id, event.key, others)
        if taken:
            self.query_one(Complaint).say(_said_of(event.key, taken[0]))
        elif problem is not None:
            self.query_one(Complaint).say(render(problem))
        else:
            self.dismiss(event.key)


def _said_of(pressed: str, taken: Key) -> str:
    return _(
        "{keys} is already for: {what} ({where}). Press another.",
        keys=", ".join(keys.spelled(pressed)),
        what=_(taken.help),
        where=_(CONTEXT_NAMES[taken.contexts[0]]),
    )


def _listed(_work: Work, keymap: Mapping[str, str], query: str, chosen: str, is_staff: bool) -> Page[OwnKey]:
    wanted = same_name(query).split()
    rows = []
    for key in KEYS:
        if not key.bound or (key.for_staff and not is_staff):
            continue
        row = OwnKey(key, keys.shown(key, keymap), key.id in keymap and keymap[key.id] != long(key.keys))
        if chosen == "own" and not row.is_own:
            continue
        if chosen not in ("", "own") and chosen not in key.contexts:
            continue
        names = same_name(" ".join((_(key.help), key.id, *row.keys)))
        if all(word in names for word in wanted):
            rows.append(row)
    return Page(tuple(rows), None, None)


def _style(row: OwnKey) -> str:
    return "bold $accent" if row.is_own else "bold"
