"""Doing something to the ticket under the cursor or to all that is marked, and doing it again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, Generic

from textual.content import Content
from textual.screen import ScreenResultType

from sysmo_tui.desk import Door, command_for
from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.views import Changed
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.screens.asking import LOADING_SECONDS, Writing
from sysmo_tui.screens.undoing import Undoing
from sysmo_tui.services import bulk
from sysmo_tui.services.bulk import BulkResult
from sysmo_tui.widgets.ticket_text import Row


@dataclass(frozen=True, slots=True)
class Act:
    """A use case with what was chosen for it, and how it is told of one number or of a count.

    What ``ends`` a ticket lets the cursor go on to the next one. To several it is done by ``each``.
    """

    use_case: Callable[..., Changed]
    tell: Callable[[int], str]
    tell_all: Callable[[int], str]
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    ends: bool = False
    each: Callable[..., BulkResult] = bulk.counted


Again = Callable[["Performing[Any]"], object]
"""Does on another screen, or another ticket, what was done last."""


class Performing(Undoing[ScreenResultType], Generic[ScreenResultType]):
    """A screen on which one ticket, or several that are marked, are those that keys act on.

    Every act is bound to the numbers that were there when its key was pressed: the list behind
    a picker may be read again and its cursor come to stand on another ticket.
    """

    def row(self) -> Row | None:
        """The ticket under the cursor."""
        raise NotImplementedError

    def marked(self) -> Sequence[int]:
        """The tickets that are marked, in the order of the list."""
        return ()

    def rows(self) -> Sequence[Row]:
        """What keys act on: all that is marked, else the ticket under the cursor."""
        row = self.row()
        return (row,) if row is not None else ()

    def targets(self) -> tuple[int, ...]:
        """The numbers of :meth:`rows`."""
        return tuple(row.number for row in self.rows())

    def subject(self) -> str:
        """What keys act on."""
        numbers = self.targets()
        return named(numbers) if numbers else ""

    def going_on(self, number: int) -> None:
        """Ticket ``number`` is about to be done with."""

    def gone_on(self, number: int) -> None:
        """Ticket ``number`` is done with."""
        self.acted(number)

    @property
    def goes_on(self) -> bool:
        """Whether one wants to be on the next ticket once one is closed or answered."""
        return bool(self.app.preferred("after_closing") == "next")

    def perform(
        self,
        numbers: Sequence[int],
        act: Act,
        *,
        seen: Mapping[str, Any] | None = None,
        refused: Callable[[DeskError], object] | None = None,
        again: Again | None = None,
    ) -> None:
        """Do ``act`` to one ticket, or to several as one command, and remember how to do it ``again``.

        ``seen`` is what the author of an act on one ticket saw of it.
        """
        self.app.last_act = again or partial(_perform_again, act)
        if len(numbers) > 1:
            self._perform_on_all(numbers, act)
        elif numbers:
            self._perform_on_one(numbers[0], act, seen or {}, refused or self.act_refused)

    def _perform_on_one(
        self, number: int, act: Act, seen: Mapping[str, Any], refused: Callable[[DeskError], object]
    ) -> None:
        goes_on = act.ends and self.goes_on

        def show(changed: Changed) -> None:
            if changed.is_changed:
                self.done(act.tell(number), can_undo=True)
            else:
                self.unchanged(_("Nothing to change in #{number}.", number=number))
            if number in self.marked():
                self.acted_on_all(BulkResult((changed,)))
            elif goes_on:
                self.gone_on(number)
            else:
                self.acted(number)

        if goes_on:
            self.going_on(number)
        self.write(act.use_case, number, *act.args, **act.kwargs, **seen).then(show, refused=refused)

    def _perform_on_all(self, numbers: Sequence[int], act: Act) -> None:
        command, loop, begun = command_for(act.use_case), asyncio.get_running_loop(), monotonic()

        def progress(count: int) -> None:
            if monotonic() - begun > LOADING_SECONDS:
                loop.call_soon_threadsafe(self._say_progress, count, len(numbers))

        def task(door: Door) -> BulkResult:
            return door.write_once(
                command, act.each, numbers, progress, act.use_case, *act.args, **act.kwargs
            )

        Writing(self, task, is_one=True).then(partial(self._show_all, act), refused=self.act_refused)

    def _say_progress(self, count: int, total: int) -> None:
        if self.is_attached:
            self.settle(Content(_("Changing {count} of {total}…", count=count, total=total)))

    def _show_all(self, act: Act, result: BulkResult) -> None:
        changed = sum(each.is_changed for each in result.done)
        self.settle(self.resting())
        if changed:
            self.done(" ".join(filter(None, (act.tell_all(changed), _as_before(result)))), can_undo=True)
        elif not result.refused:
            self.unchanged(_("There is nothing to change."))
        self.acted_on_all(result)
        if result.refused:
            from sysmo_tui.screens.refusals import RefusalsScreen

            self.app.push_screen(RefusalsScreen(act.tell_all(changed) if changed else "", result.refused))

    def action_repeat(self) -> None:
        """Do what was done last, to what keys act on now."""
        again = self.app.last_act
        if again is not None and self.targets():
            again(self)

    def act_refused(self, error: DeskError) -> None:
        """Tell why nothing was done, and show what the ticket is instead."""
        self.refuse(error)
        self.desk_changed(EVERYTHING)


def _as_before(result: BulkResult) -> str:
    """How many needed no change, where others did."""
    same = sum(not each.is_changed for each in result.done)
    if not same:
        return ""
    return ngettext("{count} was so already.", "{count} were so already.", same)


def named(numbers: Sequence[int]) -> str:
    """One ticket by its number, several by how many they are."""
    if len(numbers) == 1:
        return f"#{numbers[0]}"
    return ngettext("{count} ticket", "{count} tickets", len(numbers))


def _perform_again(act: Act, screen: Performing[Any]) -> None:
    screen.perform(screen.targets(), act)
