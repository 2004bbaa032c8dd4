"""``sysmo mail route``: which topic, priority and tags a new request by mail gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import confirm, opened
from sysmo_tui.cli.local_options import LocalFile
from sysmo_tui.cli.options import Key, Yes
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.widgets.mail_words import condition_words, result_words, tried_words

if TYPE_CHECKING:
    from sysmo_tui.services.route_upkeep import RouteEdits
    from sysmo_tui.services.routing import RouteLine, Tried

app = Noun(help=_("Where new requests by mail go: the first route that matches."))

Which = Annotated[
    str, typer.Argument(metavar=_("NAME"), help=_("Its name."), autocompletion=completing.routes)
]
NewName = Annotated[str, typer.Argument(metavar=_("NAME"), help=_("What it is called."))]
Mailbox = Annotated[
    str | None,
    typer.Option("--mailbox", help=_("Only mail of this mailbox."), autocompletion=completing.mailboxes),
]
Recipient = Annotated[
    str | None, typer.Option("--recipient", help=_("Only mail to this address of the desk."))
]
Domain = Annotated[
    str | None,
    typer.Option("--sender-domain", help=_("Only from example.com; .example.com has all below it, too.")),
]
Subject = Annotated[
    str | None,
    typer.Option("--subject", help=_("Only with these words in the subject; * stands for anything.")),
]
Topic = Annotated[
    str | None, typer.Option("--topic", help=_("The topic that it gives."), autocompletion=completing.topics)
]
Priority = Annotated[
    str | None,
    typer.Option("--priority", help=_("The priority that it gives."), autocompletion=completing.priorities),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help=_("A tag that it gives; may be repeated, '' for none."))
]


@app.verb("list", help=_("The routes in the order in which they are tried."), example="sysmo mail route list")
def _list(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import routing

    columns: list[Column[RouteLine]] = [
        Column("", lambda line: str(line.position), is_number=True),
        Column(_("Name"), lambda line: line.name),
        Column(_("For"), condition_words, grows=True),
        Column(_("Gives"), result_words, grows=True),
        Column(_("Archived"), lambda line: "✓" if line.is_broken else ""),
    ]
    empty = _("There are no routes. Mail goes to its mailbox's topic, or to the first public one.")
    run.out.rows(run.read(routing.lines), columns, _shape, names=sheets.ROUTES, empty=empty)


@app.verb("show", help=_("Show a route."), example="sysmo mail route show Orders")
def _show(context: typer.Context, name: Which) -> None:
    run = here(context)
    from sysmo_tui.services import route_upkeep

    _tell(run, run.read(route_upkeep.show, name))


@app.verb(
    "new",
    help=_("Make a route; it is tried after all others."),
    example="sysmo mail route new Orders --subject 'order*' --topic sales",
)
def _new(
    context: typer.Context,
    name: NewName,
    *,
    mailbox: Mailbox = None,
    recipient: Recipient = None,
    sender_domain: Domain = None,
    subject: Subject = None,
    topic: Topic = None,
    priority: Priority = None,
    tag: Tags = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import route_upkeep

    edits = route_upkeep.RouteEdits(
        mailbox=mailbox,
        recipient=recipient,
        sender_domain=sender_domain,
        subject=subject,
        topic=topic,
        priority=priority,
        tags=_tags(tag),
    )
    _tell(run, run.create(key, route_upkeep.new, name, edits))


@app.verb(
    "edit",
    help=_("Change a route; '' takes a condition away."),
    example="sysmo mail route edit Orders --topic sales",
)
def _edit(
    context: typer.Context,
    name: Which,
    *,
    new_name: Annotated[str | None, typer.Option("--name", help=_("What it is called."))] = None,
    mailbox: Mailbox = None,
    recipient: Recipient = None,
    sender_domain: Domain = None,
    subject: Subject = None,
    topic: Topic = None,
    priority: Priority = None,
    tag: Tags = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import route_upkeep

    edits = route_upkeep.RouteEdits(
        name=new_name,
        mailbox=mailbox,
        recipient=recipient,
        sender_domain=sender_domain,
        subject=subject,
        topic=topic,
        priority=priority,
        tags=_tags(tag),
    )
    _tell(run, run.write(route_upkeep.edit, name, _some(edits)))


@app.verb("move", help=_("Let a route be tried earlier or later."), example="sysmo mail route move Orders 1")
def _move(
    context: typer.Context,
    name: Which,
    position: Annotated[int, typer.Argument(metavar=_("PLACE"), help=_("Its new place; 1 is tried first."))],
) -> None:
    run = here(context)
    from sysmo_tui.services import route_upkeep

    _tell(run, run.write(route_upkeep.move, name, position))


@app.verb("delete", help=_("Delete a route."), example="sysmo mail route delete Orders --yes")
def _delete(context: typer.Context, name: Which, *, yes: Yes = False) -> None:
    run = here(context)
    from sysmo_tui.services import route_upkeep

    line = run.read(route_upkeep.show, name)
    confirm(run, _("Delete the route “{name}”?", name=line.name), yes)
    run.write(route_upkeep.delete, name)
    run.out.done({"name": line.name}, _("The route “{name}” is deleted.", name=line.name))


@app.verb(
    "test",
    help=_("Say which route a mail in a file would take, and why not the others; nothing is filed."),
    example="sysmo mail route test message.eml --mailbox sales",
)
def _test(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar=LocalFile(_("FILE")), help=_("A mail; - is standard input."))
    ],
    *,
    mailbox: Annotated[str, typer.Option("--mailbox", help=_("The mailbox that it would come to."))] = "",
) -> None:
    run = here(context)
    from sysmo_tui.mail.parsing import parse
    from sysmo_tui.services import routing

    run.require_actor()
    limit = run.desk_settings.mail_limit
    with opened(run, file, "file") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Invalid(N_("This mail is larger than the desk takes."), field="file")
    tried = run.read(routing.try_out, mailbox, parse(content))
    columns: list[Column[Tried]] = [
        Column("", lambda each: "✓" if each.is_hit else "–"),
        Column(_("Name"), lambda each: each.route.name),
        Column(_("Says"), tried_words),
        Column(_("For"), lambda each: condition_words(each.route), grows=True),
        Column(_("Gives"), lambda each: result_words(each.route), grows=True),
    ]
    hit = next((each.route.name for each in tried if each.is_hit), None)
    run.out.rows(
        tried,
        columns,
        lambda each: _shape(each.route) | {"is_hit": each.is_hit, "condition": each.condition},
        names=sheets.TRIED_ROUTES,
        empty=_("There are no routes. Mail goes to its mailbox's topic, or to the first public one."),
        more={"route": hit},
    )
    if tried and hit is None and not run.out.is_for_scripts:
        run.out.say(_("No route matches. It goes to its mailbox's topic, or to the first public one."))


def _tags(given: list[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(given)


def _some(edits: RouteEdits) -> RouteEdits:
    if edits == type(edits)():
        raise Invalid(N_("Say what to change, like --topic. See: sysmo mail route edit --help"))
    return edits


def _tell(run: Here, line: RouteLine) -> None:
    run.out.facts(
        _shape(line),
        [
            (_("Name"), line.name),
            (_("Place"), str(line.position)),
            (_("Mailbox"), line.mailbox),
            (_("Recipient"), line.recipient),
            (_("Sender's domain"), line.sender_domain),
            (_("Subject"), line.subject),
            (_("Topic"), _(line.topic_name) + (f" ({_('archived')})" if line.is_broken else "")),
            (_("Priority"), _(line.priority_name)),
            (_("Tags"), " ".join(line.tags)),
        ],
    )


def _shape(line: RouteLine) -> Shape:
    return {
        "position": line.position,
        "name": line.name,
        "mailbox": line.mailbox,
        "recipient": line.recipient,
        "sender_domain": line.sender_domain,
        "subject": line.subject,
        "topic": line.topic or None,
        "priority": line.priority or None,
        "tags": list(line.tags),
        "is_broken": line.is_broken,
    }
