"""The keys of a screen, and what its marks and colours mean."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from sysmo_tui import keys
from sysmo_tui.i18n import _
from sysmo_tui.keys import CONTEXT_NAMES, GROUP_NAMES, Context, Group, Key
from sysmo_tui.screens.text_dialog import TextDialog
from sysmo_tui.widgets.hanging import Hanging, Hung, alone
from sysmo_tui.widgets.present_words import READING, WRITING
from sysmo_tui.widgets.ticket_text import DRAFT

KEYS_WIDTH, NARROW_KEYS_WIDTH = 16, 8
NARROW = 60
"""Columns of the terminal below which the keys have less room."""


class HelpScreen(TextDialog[None]):
    """Everything that can be done here, by heading. Any way back leads to where one was."""

    def __init__(self, context: Context, *, about: Iterable[Content] = ()) -> None:
        """``about`` is what stands before the keys."""
        super().__init__()
        self._about = context
        self._first = tuple(about)

    def heading(self) -> str:
        """Of which place the keys are."""
        return _(CONTEXT_NAMES[self._about])

    def on_resize(self) -> None:
        """Show them, with the room that there is for the keys."""
        self.put(Hanging(self._lines(NARROW_KEYS_WIDTH if self.app.size.width < NARROW else KEYS_WIDTH)))

    def _lines(self, width: int) -> Iterable[Hung]:
        is_customer = self.app.arrival is not None and not self.app.actor.is_staff
        here = [
            key
            for key in keys.of_context(self._about, Context.EVERYWHERE)
            if not (key.for_staff and is_customer) and not (key.of_machine and self.app.is_kiosk)
        ]
        yield from (alone(line) for line in self._first)
        for group in Group:
            of_group = [key for key in here if key.group is group]
            if of_group:
                yield alone(Content.styled(_(GROUP_NAMES[group]), "bold $accent"))
                yield from (self._line(key, width) for key in of_group)
                yield alone(Content(""))
        yield alone(Content.styled(_("Marks"), "bold $accent"))
        yield from legend(width, for_customer=is_customer)

    def _line(self, key: Key, width: int) -> Hung:
        names = keys.shown(key, self.app.keymap)
        name = "  ".join(keys.beside_text(names) if self._about in keys.TYPING else names)
        return _told(Content.styled(name, "bold"), _(key.help), width)

    def action_help(self) -> None:
        """The help key also closes the help."""
        self.dismiss()


def legend(width: int, *, for_customer: bool = False) -> Iterable[Hung]:
    """What the marks mean; none depends on its colour."""
    marks = [
        ("●", "$unread", _("something in it is new to you")),
        (DRAFT, "$accent", _("your own draft waits there")),
        ("┃", "$public", _("from the desk, public")),
    ]
    if not for_customer:
        marks += [
            ("▲", "$overdue", _("its date has passed")),
            (f"{WRITING} {READING}", "$warning", _("a colleague writes or reads there")),
            ("!!", "$urgent", _("urgent")),
            ("!", "$urgent", _("high priority")),
            (f"┃ {_('INTERNAL')}", "$internal", _("staff only: the customer never sees it")),
        ]
    for mark, style, meaning in marks:
        yield _told(Content.styled(mark, style), meaning, width)


def _told(sign: Content, meaning: str, width: int) -> Hung:
    """A key or a mark, and what it does or means."""
    head = Content.assemble("  ", sign).pad_right(max(width - sign.cell_length, 1))
    return Hung(head, Content(meaning))
