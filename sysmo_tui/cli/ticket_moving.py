"""Verbs that change what a ticket is: who has it, its status, its fields, its tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from sysmo_tui.cli import completing
from sysmo_tui.cli.composing import staged
from sysmo_tui.cli.context import here
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
from sysmo_tui.cli.ticket_changing import each, only, parsed
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain import closed_sets
from sysmo_tui.domain.closed_sets import NO_ANSWER
from sysmo_tui.domain.enums import CloseReason, Level, TicketField
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import Changed
from sysmo_tui.i18n import _

app = Noun()


Joined = Annotated[
    str,
    typer.Argument(metavar=_("N,…"), help=_("The tickets, with commas between them: 42 or 42,43,44.")),
]
Tags = Annotated[list[str], typer.Argument(metavar=_("TAG…"), help=_("One or more tags."))]


Change = Callable[..., Changed]
"""A use case that changes one ticket."""


def _changes(
    name: str, sentence: str, *, help: str, example: str
) -> Callable[[Callable[[], Change]], Callable[[], Change]]:
    """A verb that does to tickets what the function below it imports, and says ``sentence`` of each."""

    def made(use_case: Callable[[], Change]) -> Callable[[], Change]:
        @app.verb(name, help=help, example=example)
        def _verb(
            context: typer.Context, numbers: Numbers, *, if_version: IfVersion = None, dry_run: DryRun = False
        ) -> None:
            version = only(numbers, if_version)
            each(here(context), numbers, sentence, use_case(), version=version, dry_run=dry_run)

        return use_case

    return made


@_changes(
    "take", N_("#{n} is yours."), help=_("Take tickets: you answer them."), example="sysmo ticket take 42 43"
)
def _take() -> Change:
    from sysmo_tui.services import tickets

    return tickets.take


@_changes(
    "release",
    N_("#{n} is free for others."),
    help=_("Put tickets back among the unassigned."),
    example="sysmo ticket release 42",
)
def _release() -> Change:
    from sysmo_tui.services import tickets

    return tickets.release


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

    each(
        run,
        numbers,
        N_("#{n} is with {who}."),
        tickets.assign,
        to,
        version=only(numbers, if_version),
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
    written, tickets = text(run, body, body_file, "") if has_text else None, parsed(numbers)
    with staged(run, attach, tickets[0] if len(tickets) == 1 else None, name=name) as uploads:
        message = None if written is None else Outgoing(written, files=uploads)

        each(
            run,
            numbers,
            N_("#{n} is closed."),
            closing.close,
            message=message,
            reason=reason,
            version=only(numbers, if_version),
            dry_run=dry_run,
            key=key,
        )


@_changes(
    "reopen",
    N_("#{n} is open again."),
    help=_("Open closed tickets again."),
    example="sysmo ticket reopen 42",
)
def _reopen() -> Change:
    from sysmo_tui.services import closing

    return closing.reopen


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
            autocompletion=among([str(rating) for rating in closed_sets.RATINGS]),
        ),
    ],
    *,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import ratings

    each(run, [number], N_("#{n} is rated."), ratings.rate, rating, dry_run=dry_run)


@_changes(
    "spam",
    N_("#{n} is spam."),
    help=_("Close tickets as spam: nobody is told."),
    example="sysmo ticket spam 42",
)
def _spam() -> Change:
    from sysmo_tui.services import closing

    return closing.spam


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
    each(
        run,
        numbers,
        N_("#{n} is changed."),
        editing.edit,
        edits,
        version=only(numbers, if_version),
        dry_run=dry_run,
    )


@app.verb(
    "snooze",
    help=_("Put tickets off until a day: they come back by themselves."),
    example="sysmo ticket snooze 42 --until +3d",
)
def _snooze(
    context: typer.Context,
    numbers: Numbers,
    *,
    until: Annotated[
        str, typer.Option(metavar=_("DATE"), help=_("The day on which they come back, like tomorrow or +1w."))
    ],
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import snoozing

    each(
        run,
        numbers,
        N_("#{n} is put off."),
        snoozing.snooze,
        until,
        version=only(numbers, if_version),
        dry_run=dry_run,
    )


@_changes(
    "wake",
    N_("#{n} is in progress again."),
    help=_("Put tickets that were put off back in progress now."),
    example="sysmo ticket wake 42",
)
def _wake() -> Change:
    from sysmo_tui.services import snoozing

    return snoozing.wake


@app.verb("tag", help=_("Hang tags on tickets."), example="sysmo ticket tag 42,43 printer vip")
def _tag(context: typer.Context, numbers: Joined, tags: Tags) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    each(run, numbers.split(","), N_("#{n} is tagged."), tagging.tag, tuple(tags))


@app.verb("untag", help=_("Take tags from tickets."), example="sysmo ticket untag 42,43 vip")
def _untag(context: typer.Context, numbers: Joined, tags: Tags) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    each(run, numbers.split(","), N_("#{n} is untagged."), tagging.untag, tuple(tags))


@app.verb("watch", help=_("Follow tickets: be told what happens."), example="sysmo ticket watch 42")
def _watch(context: typer.Context, numbers: Numbers) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    each(run, numbers, N_("You follow #{n}."), tagging.watch)


@app.verb("unwatch", help=_("Stop following tickets."), example="sysmo ticket unwatch 42")
def _unwatch(context: typer.Context, numbers: Numbers) -> None:
    run = here(context)
    from sysmo_tui.services import tagging

    each(run, numbers, N_("You no longer follow #{n}."), tagging.unwatch)


def _reason(given: str | None) -> CloseReason | None:
    if given is None:
        return None
    from sysmo_tui.services import named

    return named.member({reason: closed_sets.REASONS[reason] for reason in NO_ANSWER}, given, "no_answer")
