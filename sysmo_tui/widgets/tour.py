"""The welcome of the first start: five lines below the list, until they were seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from sysmo_tui.i18n import _
from sysmo_tui.keys import BY_ID, shown


class Tour(Vertical):
    """What one needs for the first hour; a click, or the key for going back, takes it away for good."""

    class Seen(Message):
        """Somebody has seen it."""

    DEFAULT_CSS = """
    Tour {
        height: auto;
        background: $surface;
        border: round $primary;
        border-title-color: $accent;
        border-title-style: bold;
        border-subtitle-color: $quiet;
        padding: 0 1;
    }
    Tour:ansi { background: ansi_default; }
    Tour Horizontal { height: auto; }
    Tour .keys { width: 11; color: $accent; text-style: bold; }
    Tour .said { width: 1fr; height: auto; }
    """

    def __init__(self, keymap: Mapping[str, str], *, for_staff: bool) -> None:
        super().__init__()
        self._keymap, self._for_staff = keymap, for_staff

    def compose(self) -> ComposeResult:
        """Five lines."""
        self.border_title = Content(_("Welcome"))
        self.border_subtitle = Content(_("{key} hides this", key=_first(self._keymap, "app.back")))
        for keys, text in (staff_lines if self._for_staff else customer_lines)(self._keymap):
            with Horizontal():
                yield Static(Content(keys), classes="keys")
                yield Static(Content(text), classes="said")

    def on_click(self, event: Click) -> None:
        """Take it away."""
        event.stop()
        self.post_message(self.Seen())


def staff_lines(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What an operator does all day: the keys, and what they do."""
    yield _opening(keymap)
    yield (
        _first(keymap, "ticket.reply", "ticket.note"),
        _("reply: the customer sees it; note: only colleagues do"),
    )
    yield (
        _first(keymap, "ticket.take", "ticket.assign", "ticket.close"),
        _("take it, assign it, close it; {undo} takes back what you did", undo=_first(keymap, "ticket.undo")),
    )
    yield _first(keymap, "inbox.find", "inbox.new"), _("search; file a ticket for someone")
    yield (
        _first(keymap, "app.help", "app.palette"),
        _("every key of a screen; every action, ticket and person by name"),
    )


def _opening(keymap: Mapping[str, str]) -> tuple[str, str]:
    back = _first(keymap, "app.back")
    return f"↑ ↓ {_first(keymap, 'inbox.open')}", _(
        "choose a ticket and open it; {back} goes back", back=back
    )


def customer_lines(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a customer does: the keys, and what they do."""
    yield _first(keymap, "inbox.new"), _("ask for something: a new ticket")
    yield _opening(keymap)
    yield _first(keymap, "ticket.reply"), _("write an answer; files can be attached")
    yield _first(keymap, "inbox.find"), _("search in your tickets")
    yield (
        _first(keymap, "app.help", "app.quit"),
        _("every key of a screen; leave, and what you wrote is kept"),
    )


def _first(keymap: Mapping[str, str], *names: str) -> str:
    """The first key of each binding."""
    return " ".join(shown(BY_ID[name], keymap, is_short=True)[0] for name in names)
