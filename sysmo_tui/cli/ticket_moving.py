"""Verbs that change what a ticket is: who has it, its status, its fields, its tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

import typer

from sysmo_tui.cli import completing, shapes, sheets
from sysmo_tui.cli.composing import staged
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import text
from sysmo_tui.cli.options import (
    Attach,
    Body,
    BodyFile,
    DryRun,
    IfVersion,
    Key,
    Number,
    Numbers,
    StreamName,
    among,
)
from sysmo_tui.cli.rehearsing import Rehearsal
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain import closed_sets
from sysmo_tui.domain.closed_sets import NO_ANSWER
from sysmo_tui.domain.enums import CloseReason, Level
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Changed
from sysmo_tui.i18n import _, render

app = Noun()


Tags = Annotated[list[str], typer.Argument(metavar=_("TAG…"), help=_("One or more tags."))]


@app.verb("take", help=_("Take tickets: you answer them."), example="sysmo ticket take 42 43")
def _take(
    context: typer.Context,
    numbers: Numbers,
    *,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import tickets

    _each(
        run,
        numbers,
        lambda do, n: do(tickets.take, n, version=_only(numbers, if_version)),
        N_("#{n} is yours."),
        dry_run=dry_run,
    )


@app.verb("release", help=_("Put tickets back among the unassigned."), example="sysmo ticket release 42")
def _release(
    context: typer.Context,
    numbers: Numbers,
    *,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import tickets

    _each(
        run,
        numbers,
        lambda do, n: do(tickets.release, n, version=_only(numbers, if_version)),
        N_("#{n} is free for others."),
        dry_run=dry_run,
    )


@app.verb(
    "assign", help=_("Give tickets to a colleague."), example="sysmo ticket assign 42 --to luis@example.com"
)
def _assign(
    context: typer.Context,
    numbers: Numbers,
    *,
    to: Annotated[
        str,
        typer.Option(
            metavar=_("EMAIL"), help=_("Who gets them; me is you."), autocompletion=completing.staff
        ),
    ],
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import tickets

    _each(
        run,
        numbers,
        lambda do, n: do(tickets.assign, n, to, version=_only(numbers, if_version)),
        N_("#{n} is with {who}."),
        dry_run=dry_run,
    )


@app.verb(
    "close",
    help=_("Close tickets, with a last reply or a reason for none."),
    example="sysmo ticket close 42 --body 'It works again.'",
)
def _close(
    context: typer.Context,
    numbers: Numbers,
    *,
    body: Body = None,
    body_file: BodyFile = None,
    attach: Attach = None,
    name: StreamName = None,
    no_answer: Annotated[
        str | None,
        typer.Option(
            "--no-answer",
            metavar=_("REASON"),
            help=_("Staff: why no answer is needed: {choices}.", choices=", ".join(NO_ANSWER)),
            autocompletion=among(NO_ANSWER),
        ),
    ] = None,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import closing
    from sysmo_tui.services.thread import Outgoing

    reason = _reason(no_answer)
    has_text = body is not None or body_file is not None
    if attach and not has_text:
        raise Invalid(N_("Files go with a last reply: give its text with --body."), field="attach")
    written, tickets = text(run, body, body_file, "") if has_text else None, _parsed(numbers)
    with staged(run, attach, tickets[0] if len(tickets) == 1 else None, name=name) as uploads:
        message = None if written is None else Outgoing(written, files=uploads)

        def close_one(do: Do, number: int) -> Changed:
            version = _only(numbers, if_version)
            return do(closing.close, number, message=message, reason=reason, version=version)

        _each(run, numbers, close_one, N_("#{n} is closed."), dry_run=dry_run, key=key)


@app.verb("reopen", help=_("Open closed tickets again."), example="sysmo ticket reopen 42")
def _reopen(
    context: typer.Context,
    numbers: Numbers,
    *,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import closing

    _each(
        run,
        numbers,
        lambda do, n: do(closing.reopen, n, version=_only(numbers, if_version)),
        N_("#{n} is open again."),
        dry_run=dry_run,
    )


@app.verb(
    "rate",
    help=_("Say how satisfied you are with a closed ticket of yours, from 1 to 5."),
    example="sysmo ticket rate 42 5",
)
def _rate(
    context: typer.Context,
    number: Number,
    rating: Annotated[
        int,
        typer.Argument(
            metavar="1..5",
            help=_("1 is very dissatisfied, 5 very satisfied; again replaces it."),
            autocompletion=among([str(each) for each in closed_sets.RATINGS]),
        ),
    ],
    *,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import ratings

    _each(run, [number], lambda do, n: do(ratings.rate, n, rating), N_("#{n} is rated."), dry_run=dry_run)


@app.verb("spam", help=_("Close tickets as spam: nobody is told."), example="sysmo ticket spam 42")
def _spam(
    context: typer.Context,
    numbers: Numbers,
    *,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import closing

    _each(
        run,
        numbers,
        lambda do, n: do(closing.spam, n, version=_only(numbers, if_version)),
        N_("#{n} is spam."),
        dry_run=dry_run,
    )


@app.verb(
    "edit",
    help=_("Change the fields of tickets."),
    example="sysmo ticket edit 42 --priority high --follow-up +3d",
)
def _edit(
    context: typer.Context,
    numbers: Numbers,
    *,
    subject: Annotated[str | None, typer.Option(help=_("What it is about."))] = None,
    status: Annotated[
        str | None, typer.Option(help=_("Its status, by slug or name."), autocompletion=completing.statuses)
    ] = None,
    priority: Annotated[
        str | None, typer.Option(help=_("Its priority."), autocompletion=completing.priorities)
    ] = None,
    type_: Annotated[
        str | None, typer.Option("--type", help=_("Its type."), autocompletion=completing.types)
    ] = None,
    topic: Annotated[str | None, typer.Option(help=_("Its topic."), autocompletion=completing.topics)] = None,
    owner: Annotated[
        str | None,
        typer.Option(metavar=_("EMAIL"), help=_("Who answers for it."), autocompletion=completing.staff),
    ] = None,
    impact: Annotated[
        str | None,
        typer.Option(metavar="low|normal|high", help=_("How much it affects."), autocompletion=among(Level)),
    ] = None,
    urgency: Annotated[
        str | None,
        typer.Option(metavar="low|normal|high", help=_("How urgent it is."), autocompletion=among(Level)),
    ] = None,
    follow_up: Annotated[
        str | None, typer.Option(metavar=_("DATE"), help=_("When to look at it again; '' for never."))
    ] = None,
    action_due: Annotated[
        str | None, typer.Option(metavar=_("DATE"), help=_("When it must be done; '' for never."))
    ] = None,
    contact_email: Annotated[
        str | None, typer.Option(metavar=_("EMAIL"), help=_("Where answers are sent."))
    ] = None,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import editing
    from sysmo_tui.services.editing import TicketField

    given = {
        TicketField.SUBJECT: subject,
        TicketField.STATUS: status,
        TicketField.PRIORITY: priority,
        TicketField.TYPE: type_,
        TicketField.TOPIC: topic,
        TicketField.OWNER: owner,
        TicketField.IMPACT: impact,
        TicketField.URGENCY: urgency,
        TicketField.FOLLOW_UP: follow_up,
        TicketField.ACTION_DUE: action_due,
        TicketField.CONTACT_EMAIL: contact_email,
    }
    edits = {name: value for name, value in given.items() if value is not None}
    if not edits:
        raise Invalid(N_("Say what to change, like --priority high. See: sysmo ticket edit --help"))
    _each(
        run,
        numbers,
        lambda do, n: do(editing.edit, n, edits, version=_only(numbers, if_version)),
        N_("#{n} is changed."),
        dry_run=dry_run,
    )


@app.verb("tag", help=_("Hang tags on a ticket."), example="sysmo ticket tag 42 printer vip")
def _tag(context: typer.Context, number: Number, tags: Tags) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    _each(run, [number], lambda do, n: do(tagging.tag, n, tuple(tags)), N_("#{n} is tagged."))


@app.verb("untag", help=_("Take tags from a ticket."), example="sysmo ticket untag 42 vip")
def _untag(context: typer.Context, number: Number, tags: Tags) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    _each(run, [number], lambda do, n: do(tagging.untag, n, tuple(tags)), N_("#{n} is untagged."))


@app.verb("watch", help=_("Follow tickets: be told what happens."), example="sysmo ticket watch 42")
def _watch(context: typer.Context, numbers: Numbers) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    _each(run, numbers, lambda do, n: do(tagging.watch, n), N_("You follow #{n}."))


@app.verb("unwatch", help=_("Stop following tickets."), example="sysmo ticket unwatch 42")
def _unwatch(context: typer.Context, numbers: Numbers) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    _each(run, numbers, lambda do, n: do(tagging.unwatch, n), N_("You no longer follow #{n}."))


Do = Callable[..., Changed]
"""Runs a use case: for good, or only to see what it would do."""


def _each(
    run: Here,
    numbers: Sequence[str],
    change: Callable[[Do, int], Changed],
    sentence: str,
    *,
    dry_run: bool = False,
    key: str = "",
) -> None:
    """Change every ticket, each for itself; one that refuses does not stop the others."""
    parsed = _parsed(numbers)
    rehearsal = Rehearsal(run) if dry_run else None

    def changed(number: int) -> Changed:
        # Each ticket is a command of its own, so each needs a key of its own.
        own = key if len(parsed) == 1 or not key else f"{key}#{number}"
        return change(rehearsal or partial(run.create, own), number)

    if len(parsed) == 1:
        result = changed(parsed[0])
        said = _said(sentence, result)
        shape = shapes.changed(result) | (rehearsal.shape if rehearsal else {})
        run.out.done(shape, rehearsal.said(said) if rehearsal else said, _sheet(result, dry_run))
        return
    done: list[Changed] = []
    refused: list[tuple[int, DeskError]] = []
    for number in parsed:
        try:
            done.append(changed(number))
        except DeskError as error:
            refused.append((number, error))
    _tell_all(run, done, refused, sentence, rehearsal)
    if refused:
        raise typer.Exit(refused[0][1].exit_code)


def _tell_all(
    run: Here,
    done: list[Changed],
    refused: list[tuple[int, DeskError]],
    sentence: str,
    rehearsal: Rehearsal | None,
) -> None:
    reasons = [(number, e.code, render(e.message, clean=clean_line)) for number, e in refused]
    for number, _code, reason in reasons:
        run.out.say(f"sysmo: #{number}: {reason}")
    items = [shapes.changed(result) for result in done]
    errors = [{"number": number, "code": code, "message": reason} for number, code, reason in reasons]
    people = "\n".join(_said(sentence, result) for result in done)
    document: shapes.Shape = {"items": items, "errors": errors}
    if rehearsal is not None:
        document |= rehearsal.shape
        people = people and rehearsal.said(people)
    if run.out.is_for_scripts or people:
        run.out.many(document, items, sheets.CHANGED, people)


def _sheet(result: Changed, dry_run: bool) -> sheets.Names:
    names = sheets.CHANGED if result.version is not None else sheets.CHANGED_FOR_CUSTOMERS
    return (*names, "dry_run") if dry_run else names


def _said(sentence: str, result: Changed) -> str:
    if not result.is_changed:
        return _("Nothing to change in #{number}.", number=result.number)
    return _(sentence, n=result.number, who=result.assignee or "")


def _parsed(numbers: Sequence[str]) -> list[int]:
    """The tickets, each once however it was written."""
    return list(dict.fromkeys(parse_number(number) for number in numbers))


def _only(numbers: Sequence[str], version: int | None) -> int | None:
    """The version to insist on, which only one ticket can have."""
    if version is not None and len(_parsed(numbers)) > 1:
        raise Invalid(N_("--if-version goes with one ticket."), field="if_version")
    return version


def _reason(given: str | None) -> CloseReason | None:
    if given is None:
        return None
    from sysmo_tui.services import named

    return named.member({reason: closed_sets.REASONS[reason] for reason in NO_ANSWER}, given, "no_answer")
