"""How a verb changes one ticket or several, and tells what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from sysmo_tui.cli import shapes, sheets
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.rehearsing import Rehearsal
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Changed
from sysmo_tui.i18n import _, render

if TYPE_CHECKING:
    from sysmo_tui.services.bulk import BulkResult


def each(
    run: Here,
    numbers: Sequence[str],
    sentence: str,
    use_case: Callable[..., Changed],
    *args: Any,
    dry_run: bool = False,
    key: str = "",
    **kwargs: Any,
) -> None:
    """Change every ticket, and say ``sentence`` of each; one that refuses does not stop the others.

    Several are one batch, which is done once for a ``key`` and undone as one. The exit code is that of the
    first refusal.
    """
    from sysmo_tui.services import bulk

    tickets = parsed(numbers)
    rehearsal = Rehearsal(run) if dry_run else None
    if len(tickets) == 1:
        if rehearsal is not None:
            changed = rehearsal(use_case, tickets[0], *args, **kwargs)
        else:
            changed = run.create(key, use_case, tickets[0], *args, **kwargs)
        _tell_one(run, changed, sentence, rehearsal)
        return
    if rehearsal is not None:
        result = rehearsal(bulk.each, tickets, use_case, *args, **kwargs)
    else:
        result = run.create_each(key, tickets, use_case, *args, **kwargs)
    _tell_all(run, result, sentence, rehearsal)
    if result.refused:
        raise typer.Exit(result.refused[0].exit_code)


def parsed(numbers: Sequence[str]) -> list[int]:
    """The tickets, each once however it was written."""
    return list(dict.fromkeys(parse_number(number) for number in numbers))


def only(numbers: Sequence[str], version: int | None) -> int | None:
    """The version to insist on, which only one ticket can have."""
    if version is not None and len(parsed(numbers)) > 1:
        raise Invalid(N_("--if-version goes with one ticket."), field="if_version")
    return version


def _tell_one(run: Here, result: Changed, sentence: str, rehearsal: Rehearsal | None) -> None:
    said, names = _said(sentence, result), sheets.CHANGED
    if result.version is None:
        names = sheets.CHANGED_FOR_CUSTOMERS
    if rehearsal is None:
        run.out.done(shapes.changed(result), said, names)
    else:
        shape = shapes.changed(result) | rehearsal.shape
        run.out.done(shape, rehearsal.said(said), (*names, "dry_run"))


def _tell_all(run: Here, result: BulkResult, sentence: str, rehearsal: Rehearsal | None) -> None:
    reasons = [(each.number, each.code, render(each.message, clean=clean_line)) for each in result.refused]
    for number, _code, reason in reasons:
        run.out.say(f"sysmo: #{number}: {reason}")
    items = [shapes.changed(each) for each in result.done]
    errors = [{"number": number, "code": code, "message": reason} for number, code, reason in reasons]
    people = "\n".join(_said(sentence, each) for each in result.done)
    document: shapes.Shape = {"items": items, "errors": errors}
    if rehearsal is not None:
        document |= rehearsal.shape
        people = people and rehearsal.said(people)
    if run.out.is_for_scripts or people:
        run.out.many(document, items, sheets.CHANGED, people)


def _said(sentence: str, result: Changed) -> str:
    if not result.is_changed:
        return _("Nothing to change in #{number}.", number=result.number)
    return _(sentence, n=result.number, who=result.assignee or "")
