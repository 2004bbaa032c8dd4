"""Verbs that say something on a ticket: new, reply, note, attach, clone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, shapes, writing_to_many
from sysmo_tui.cli.composing import composed, staged
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import answer, can_ask
from sysmo_tui.cli.local_options import STREAM, LocalFile
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
from sysmo_tui.cli.ticket_changing import only, parsed
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.cli.writing_to_many import Given
from sysmo_tui.domain.closed_sets import BY_STAFF, CHANNELS, LEVELS
from sysmo_tui.domain.enums import Channel, DraftKind, Level
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.i18n import _
from sysmo_tui.spoken import continued

if TYPE_CHECKING:
    from sysmo_tui.domain.views import Filed

app = Noun()

DAY = 24 * 60 * 60
"""Seconds that a reply may wait at most."""


@app.verb(
    "new",
    help=_("File a ticket."),
    example="sysmo ticket new --topic general --subject 'No sound' --body 'Since today.' --attach photo.png",
)
def _new(
    context: typer.Context,
    *,
    topic: Annotated[
        str | None, typer.Option(help=_("Its slug or name."), autocompletion=completing.topics)
    ] = None,
    subject: Annotated[str | None, typer.Option(help=_("What it is about, in a line."))] = None,
    body: Body = None,
    body_file: BodyFile = None,
    attach: Attach = None,
    name: StreamName = None,
    urgency: Annotated[
        str | None,
        typer.Option(
            metavar="low|normal|high", help=_("How urgent it is for you."), autocompletion=among(Level)
        ),
    ] = None,
    requester: Annotated[
        str | None, typer.Option("--for", metavar=_("EMAIL"), help=_("Staff: the customer who asked."))
    ] = None,
    requester_name: Annotated[
        str | None, typer.Option("--for-name", help=_("Staff: the name of a customer who is new."))
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            metavar="phone|visit|chat|email",
            help=_("Staff: how it came in."),
            autocompletion=among(BY_STAFF),
        ),
    ] = None,
    type_: Annotated[
        str | None, typer.Option("--type", help=_("Staff: its type."), autocompletion=completing.types)
    ] = None,
    priority: Annotated[
        str | None, typer.Option(help=_("Staff: its priority."), autocompletion=completing.priorities)
    ] = None,
    impact: Annotated[
        str | None,
        typer.Option(
            metavar="low|normal|high", help=_("Staff: how much it affects."), autocompletion=among(Level)
        ),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help=_("Staff: a tag; may be repeated."))] = None,
    assign_to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar=_("EMAIL"),
            help=_("Staff: who takes care of it, or me."),
            autocompletion=completing.staff,
        ),
    ] = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import drafts, filing

    run.require_actor()
    came_by = _channel(channel)
    urgent, affects = _level(urgency, "urgency"), _level(impact, "impact")
    chosen = _topic(run, topic)
    line = answer(run, subject, "--subject", _("Subject"))
    with (
        composed(run, drafts.NEW_TICKET, DraftKind.TICKET, body, body_file, _("your request")) as written,
        staged(run, attach, name=name) as uploads,
    ):
        wanted = filing.Filing(
            topic=chosen,
            subject=line,
            body=written.body,
            files=(*written.files, *uploads),
            urgency=urgent or Level.NORMAL,
            draft=written.draft,
            requester=requester,
            requester_name=requester_name,
            channel=came_by,
            type=type_,
            priority=priority,
            impact=affects,
            tags=tuple(tag or ()),
            assign_to=assign_to,
        )
        result = run.create(key, filing.file, wanted)
    run.out.done(shapes.filed(result), _("#{number} is filed.", number=result.number))


@app.verb(
    "reply",
    help=_("Answer in tickets; the customer sees it."),
    example="sysmo ticket reply 42 --body 'Done.' --close",
)
def _reply(
    context: typer.Context,
    numbers: Numbers,
    *,
    body: Body = None,
    body_file: BodyFile = None,
    canned: Annotated[
        str | None,
        typer.Option(
            metavar=_("RESPONSE"),
            help=_("Staff: answer with a canned response."),
            autocompletion=completing.responses,
        ),
    ] = None,
    attach: Attach = None,
    name: StreamName = None,
    close: Annotated[bool, typer.Option("--close", help=_("Close the ticket with this reply."))] = False,
    status: Annotated[
        str | None,
        typer.Option(help=_("Staff: put the ticket into this status."), autocompletion=completing.statuses),
    ] = None,
    delay: Annotated[
        int,
        typer.Option(
            min=0,
            max=DAY,
            metavar=_("SECONDS"),
            help=_("Let its mail wait so long; until then “unsend” takes the reply back."),
        ),
    ] = 0,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
    key: Key = "",
) -> None:
    run, tickets = here(context), parsed(numbers)
    version = only(numbers, if_version)
    if canned is not None:
        _require_no_text(body, body_file)
    if len(tickets) > 1:
        writing_to_many.reply(
            run,
            numbers,
            Given(body, body_file, attach, name),
            canned=canned,
            status=status,
            closes=close,
            delay=timedelta(seconds=delay),
            dry_run=dry_run,
            key=key,
        )
        return
    from sysmo_tui.services import thread

    (ticket,) = tickets
    if canned is not None:
        body = _filled(run, ticket, canned)
    seen = _newest(run, ticket) if can_ask(run) and body is None and body_file is None else None
    purpose = _("your reply to #{number}, which the customer sees", number=ticket)
    with (
        composed(run, ticket, DraftKind.REPLY, body, body_file, purpose) as written,
        staged(run, attach, ticket, name=name) as uploads,
    ):
        message = thread.Outgoing(
            written.body,
            files=(*written.files, *uploads),
            seen=seen,
            status=status,
            closes=close,
            delay=timedelta(seconds=delay),
            draft=written.draft,
        )
        if dry_run:
            rehearsal = Rehearsal(run)
            result = rehearsal(thread.reply, ticket, message, version=version)
        else:
            rehearsal = None
            result = run.create(key, thread.reply, ticket, message, version=version)
    if result.continues is None:
        told = _("Your reply to #{number} is sent.", number=ticket)
    else:
        told = continued(result)
    _tell(run, result, told, rehearsal)


@app.verb(
    "unsend",
    help=_("Take back your last reply, as long as its mail has not left; its text is a draft again."),
    example="sysmo ticket unsend 42",
)
def _unsend(context: typer.Context, number: Number, *, dry_run: DryRun = False) -> None:
    run, ticket = here(context), parse_number(number)
    from sysmo_tui.services import withdrawing

    if dry_run:
        planned = run.rehearse(withdrawing.withdraw, ticket)
        told = _("Your last reply to #{number} would be taken back.", number=ticket)
        run.out.done(shapes.withdrawn(planned) | {"dry_run": True}, told)
        return
    result = run.write(withdrawing.withdraw, ticket)
    told = _("Your reply to #{number} is taken back; its text is a draft.", number=ticket)
    run.out.done(shapes.withdrawn(result), f"{told} {_('Status: {status}', status=_(result.status))}")


@app.verb(
    "note",
    help=_("Write an internal note in tickets; no customer sees it. @name tells a colleague."),
    example="sysmo ticket note 42 --body 'Called.'",
)
def _note(
    context: typer.Context,
    numbers: Numbers,
    *,
    body: Body = None,
    body_file: BodyFile = None,
    attach: Attach = None,
    name: StreamName = None,
    if_version: IfVersion = None,
    key: Key = "",
) -> None:
    run, tickets = here(context), parsed(numbers)
    version = only(numbers, if_version)
    if len(tickets) > 1:
        writing_to_many.note(run, numbers, Given(body, body_file, attach, name), key=key)
        return
    from sysmo_tui.services import thread

    (ticket,) = tickets
    purpose = _("your internal note on #{number}", number=ticket)
    with (
        composed(run, ticket, DraftKind.NOTE, body, body_file, purpose) as written,
        staged(run, attach, ticket, name=name) as uploads,
    ):
        message = thread.Outgoing(written.body, (*written.files, *uploads), draft=written.draft)
        result = run.create(key, thread.note, ticket, message, version=version)
    _tell(run, result, _("Your note on #{number} is saved.", number=ticket), is_internal=True)


@app.verb(
    "comment", help=_("Ask which of the two is meant."), example="sysmo ticket reply 42", is_hidden=True
)
def _comment(context: typer.Context, words: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    here(context)
    raise Invalid(N_("reply (the customer sees it) or note (internal)?"))


@app.verb("attach", help=_("Add files without a text."), example="sysmo ticket attach 42 screen.png")
def _attach(
    context: typer.Context,
    number: Number,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar=LocalFile(_("FILE…")), help=_("The files; - is standard input.")),
    ] = None,
    *,
    name: StreamName = None,
    internal: Annotated[bool, typer.Option("--internal", help=_("Staff: not for the customer."))] = False,
    key: Key = "",
) -> None:
    run, ticket = here(context), parse_number(number)
    from sysmo_tui.services import thread

    wanted = files or ([STREAM] if name is not None else [])
    if not wanted:
        raise Invalid(N_("Name the files, or with --name the one on standard input."), field="files")
    with staged(run, wanted, ticket, name=name, field="files") as uploads:
        result = run.create(key, thread.attach, ticket, uploads, is_internal=internal)
    _tell(run, result, _("#{number} has the files.", number=ticket), is_internal=internal)


@app.verb("clone", help=_("File the same request again, as a new ticket."), example="sysmo ticket clone 42")
def _clone(
    context: typer.Context,
    number: Number,
    *,
    topic: Annotated[
        str | None, typer.Option(help=_("Another topic than that of the first, by slug or name."))
    ] = None,
    key: Key = "",
) -> None:
    run, ticket = here(context), parse_number(number)
    from sysmo_tui.services import filing

    result = run.create(key, filing.clone, ticket, topic=topic)
    _tell(run, result, _("#{number} is a copy of #{original}.", number=result.number, original=ticket))


def _tell(
    run: Here,
    result: Filed,
    sentence: str,
    rehearsal: Rehearsal | None = None,
    *,
    is_internal: bool = False,
) -> None:
    said = f"{sentence} {_('Status: {status}', status=_(result.status))}"
    shape = shapes.filed(result)
    if result.is_undeliverable and not is_internal:
        run.out.say(_("No mail arrives at the contact address: the customer reads this on the desk alone."))
    if rehearsal is not None:
        shape, said = shape | rehearsal.shape, rehearsal.said(said)
    run.out.done(shape, said)


def _channel(given: str | None) -> Channel | None:
    if given is None:
        return None
    from sysmo_tui.services import named

    return named.member({channel: CHANNELS[channel] for channel in BY_STAFF}, given, "channel")


def _level(given: str | None, field: str) -> Level | None:
    if given is None:
        return None
    from sysmo_tui.services import named

    return named.member(LEVELS, given, field)


def _topic(run: Here, given: str | None) -> str:
    """The topic, chosen from a list by those who can be asked."""
    if given is None and can_ask(run):
        from sysmo_tui.services import topics

        for choice in run.read(topics.choices):
            run.out.say(f"  {choice.slug:20} {choice.name}")
    return answer(run, given, "--topic", _("Topic"))


def _require_no_text(body: str | None, file: str | None) -> None:
    if body is not None or file is not None:
        raise Invalid(N_("Give either --canned or a text of your own."), field="canned")


def _filled(run: Here, number: int, canned: str) -> str:
    """A canned response's words for a ticket."""
    from sysmo_tui.services import responses

    return run.read(responses.use, number, canned).body


def _newest(run: Here, number: int) -> str | None:
    """The key of the newest public entry, which the author of a reply has before them."""
    from sysmo_tui.services import reading

    entries = run.read(reading.show, number).entries
    keys = [each.key for each in entries if shapes.entry(each)["visibility"] == "public"]
    return keys[-1] if keys else None
