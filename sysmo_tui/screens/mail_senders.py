"""Senders of mail that are blocked or allowed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.enums import SenderStanding
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.mail_patterns import sender
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.confirm import Confirm, Prompt
from sysmo_tui.screens.picker import Item
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import senders
from sysmo_tui.services.senders import SenderLine
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.words import said

_STYLES = {SenderStanding.BLOCKED: "$error", SenderStanding.ALLOWED: ""}


class SendersScreen(TableScreen[SenderLine]):
    """The list in alphabetical order, and changing it."""

    CONTEXT = Context.SENDERS
    HINTS = ("senders.block", "senders.allow", "senders.forget", "list.filter", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.SENDERS)
    NEEDS_ROW = frozenset({"forget"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Senders of mail")

    def columns(self) -> Sequence[Column[SenderLine]]:
        """Who, what was decided, by whom, since when."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(_("Sender"), 0, lambda line: line.pattern),
            Column(_("Is"), 10, lambda line: said(line.standing), style=lambda line: _STYLES[line.standing]),
            Column(_("By"), 18, lambda line: line.by or _("The desk")),
            Column(_("Since"), 16, lambda line: moment(line.added_at, zone, now)),
        )

    def key(self, row: SenderLine) -> str:
        """Which sender."""
        return row.pattern

    def empty(self) -> str:
        """Nobody is listed."""
        block, allow = self.app.key_for("senders.block"), self.app.key_for("senders.allow")
        return _(
            "No sender is blocked or allowed. {block} blocks one, {allow} allows one.",
            block=block,
            allow=allow,
        )

    def detail(self, row: SenderLine) -> Content:
        """Whom it covers, and why."""
        return facts((_("Covers"), _covers(row.pattern)), (_("Note"), row.note))

    def filters(self) -> Sequence[Item]:
        """Everyone, or those of one standing."""
        return (Item("", _("everyone listed")), *(Item(each.value, said(each)) for each in SenderStanding))

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[SenderLine]]:
        """The list."""
        return self.read(senders.page, standing=SenderStanding(chosen) if chosen else None, after=after)

    def action_block(self) -> None:
        """Block an address or a domain."""
        self._ask(_("Block a sender"), SenderStanding.BLOCKED)

    def action_allow(self) -> None:
        """Allow an address or a domain."""
        self._ask(_("Allow a sender"), SenderStanding.ALLOWED)

    def action_forget(self) -> None:
        """Take it off the list, after asking."""
        line = self.row
        if line is not None:
            question = Confirm(_("Take {sender} off the list?", sender=line.pattern), yes=_("Forget"))
            self.app.push_screen(question, lambda is_sure: self._forget(line.pattern) if is_sure else None)

    def _ask(self, title: str, standing: SenderStanding) -> None:
        prompt = Prompt(
            title,
            explains=_("name@example.com, @example.com, or @.example.com with all domains below it"),
            check=_wrong,
        )
        self.app.push_screen(prompt, partial(self._decide, standing))

    def _decide(self, standing: SenderStanding, pattern: str | None) -> None:
        if pattern:
            self.write(senders.decide, pattern, standing).then(self._decided)

    def _decided(self, line: SenderLine) -> None:
        self.changed(f"{line.pattern}: {said(line.standing)}", goes_to=line.pattern)

    def _forget(self, pattern: str) -> None:
        forgotten = self.write(senders.forget, pattern)
        forgotten.then(lambda _none: self.changed(_("{sender} is forgotten.", sender=pattern)))


def _covers(pattern: str) -> str:
    if pattern.startswith("@."):
        return _("{domain} and all domains below it", domain=pattern[2:])
    return _("everyone at {domain}", domain=pattern[1:]) if pattern.startswith("@") else _("this address")


def _wrong(text: str) -> str:
    """Why a text names no sender; nothing when it does."""
    try:
        sender(text)
    except Invalid as refusal:
        return shown(refusal)
    return ""
