"""``sysmo topic``: what tickets are about, and who serves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, shapes, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import DryRun, Key, among
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.closed_sets import REOPENINGS
from sysmo_tui.domain.enums import Reopening
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, ngettext, pgettext

if TYPE_CHECKING:
    from sysmo_tui.domain.views import Person, PriorityLine, TopicLine, TypeLine
    from sysmo_tui.services.topics import TopicView

app = Noun(help=_("What tickets are about, and who serves it."))

Which = Annotated[
    str, typer.Argument(metavar=_("TOPIC"), help=_("Its slug or name."), autocompletion=completing.topics)
]
Description = Annotated[str | None, typer.Option(help=_("For whom and what it is."))]
Public = Annotated[
    bool | None, typer.Option("--public/--private", help=_("Whether customers may file under it."))
]
Priority = Annotated[str | None, typer.Option(help=_("The priority of its tickets; '' for the desk's."))]
Type = Annotated[str | None, typer.Option("--type", help=_("The type of its tickets; '' for the desk's."))]
Waiting = Annotated[
    bool | None,
    typer.Option(
        "--offers-waiting/--no-offers-waiting", help=_("Offer to wait for the customer after a reply.")
    ),
]
EndsHold = Annotated[
    bool | None,
    typer.Option("--reply-ends-hold/--no-reply-ends-hold", help=_("A customer's reply ends being on hold.")),
]
Reopens = Annotated[
    str | None,
    typer.Option(
        metavar=_("POLICY"),
        help=_("What a customer's answer to a closed ticket does: reopen, within (some days) or never."),
        autocompletion=among(Reopening),
    ),
]
ReopeningDays = Annotated[
    int | None, typer.Option(metavar=_("DAYS"), help=_("With within: for how many days it reopens."))
]
MailAddress = Annotated[
    str | None,
    typer.Option(metavar=_("EMAIL"), help=_("Where its mail comes from and is answered; '' for the desk's.")),
]
Signature = Annotated[
    str | None, typer.Option(help=_("Stands below answers of who has none of their own; '' for none."))
]


@app.verb("list", help=_("List the topics."), example="sysmo topic list")
def _list(
    context: typer.Context,
    *,
    archived: Annotated[bool, typer.Option("--archived", help=_("Staff: archived ones too."))] = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import topics

    columns: list[Column[TopicLine]] = [
        Column(_("Slug"), lambda line: line.slug),
        Column(_("Name"), lambda line: _(line.name), grows=True),
        Column(pgettext("tickets", "Open"), lambda line: str(line.open_tickets), is_number=True),
        Column(_("Operators"), lambda line: ", ".join(each.name for each in line.operators)),
        Column(_("Kind"), _kind),
    ]
    is_staff = run.actor.is_staff
    run.out.rows(
        run.read(topics.lines, archived=archived),
        columns if is_staff else columns[:2],
        _shape if is_staff else _customer_shape,
        names=sheets.TOPICS if is_staff else sheets.CUSTOMER_TOPICS,
        empty=_("There are no topics."),
    )


@app.verb("show", help=_("Show a topic."), example="sysmo topic show general")
def _show(context: typer.Context, topic: Which) -> None:
    run = here(context)
    from sysmo_tui.services import topics

    _tell(run, run.read(topics.show, topic))


@app.verb(
    "new", help=_("Make a topic."), example="sysmo topic new 'Sales and billing' --operator luis@example.com"
)
def _new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar=_("NAME"), help=_("What it is called."))],
    *,
    slug: Annotated[str | None, typer.Option(help=_("Its short name; else made of its name."))] = None,
    description: Description = None,
    public: Public = None,
    priority: Priority = None,
    type_: Type = None,
    offers_waiting: Waiting = None,
    reply_ends_hold: EndsHold = None,
    reopening: Reopens = None,
    reopening_days: ReopeningDays = None,
    mail_address: MailAddress = None,
    signature: Signature = None,
    operator: Annotated[
        list[str] | None, typer.Option(metavar=_("EMAIL"), help=_("Who serves it; may be repeated."))
    ] = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import topic_upkeep

    edits = topic_upkeep.TopicEdits(
        slug=slug,
        description=description,
        is_public=public,
        default_priority=priority,
        default_type=type_,
        offers_waiting=offers_waiting,
        reply_ends_hold=reply_ends_hold,
        reopening=reopening,
        reopening_days=reopening_days,
        mail_address=mail_address,
        signature=signature,
    )
    _tell(run, run.create(key, topic_upkeep.new, name, edits, tuple(operator or ())))


@app.verb("edit", help=_("Change a topic."), example="sysmo topic edit general --private")
def _edit(
    context: typer.Context,
    topic: Which,
    *,
    name: Annotated[str | None, typer.Option(help=_("What it is called."))] = None,
    slug: Annotated[str | None, typer.Option(help=_("Its short name."))] = None,
    description: Description = None,
    public: Public = None,
    priority: Priority = None,
    type_: Type = None,
    offers_waiting: Waiting = None,
    reply_ends_hold: EndsHold = None,
    reopening: Reopens = None,
    reopening_days: ReopeningDays = None,
    mail_address: MailAddress = None,
    signature: Signature = None,
    position: Annotated[int | None, typer.Option(help=_("Its place among the topics."))] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import topic_upkeep

    edits = topic_upkeep.TopicEdits(
        name=name,
        slug=slug,
        description=description,
        is_public=public,
        default_priority=priority,
        default_type=type_,
        offers_waiting=offers_waiting,
        reply_ends_hold=reply_ends_hold,
        reopening=reopening,
        reopening_days=reopening_days,
        mail_address=mail_address,
        signature=signature,
        position=position,
    )
    if edits == topic_upkeep.TopicEdits():
        raise Invalid(N_("Say what to change, like --name. See: sysmo topic edit --help"))
    _tell(run, run.write(topic_upkeep.edit, topic, edits))


@app.verb(
    "operators",
    help=_("Show who serves a topic, or change it."),
    example="sysmo topic operators general --add luis@example.com",
)
def _operators(
    context: typer.Context,
    topic: Which,
    *,
    add: Annotated[list[str] | None, typer.Option(metavar=_("EMAIL"), help=_("Let them serve it."))] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar=_("EMAIL"), help=_("Let them no longer serve it."))
    ] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import topic_upkeep, topics

    if add:
        run.write(topic_upkeep.add_operators, topic, add)
    if remove:
        run.write(topic_upkeep.remove_operators, topic, remove)
    serving = run.read(topics.served_by, topic)
    columns: list[Column[Person]] = [
        Column(_("Name"), lambda each: each.name, grows=True),
        Column(_("E-mail"), lambda each: each.email),
    ]
    empty = _("Nobody serves this topic.")
    run.out.rows(serving, columns, shapes.person, names=sheets.PEOPLE, empty=empty)


@app.verb(
    "archive", help=_("Close a topic to new tickets."), example="sysmo topic archive old --move-to general"
)
def _archive(
    context: typer.Context,
    topic: Which,
    *,
    move_to: Annotated[
        str | None, typer.Option(metavar=_("TOPIC"), help=_("Where its open tickets go."))
    ] = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import topic_upkeep, topics

    if dry_run:
        planned = run.rehearse(topic_upkeep.archive, topic, move_to=move_to).line
        moving = run.read(topics.show, topic).line.open_tickets
        said = _(
            "{topic} would be archived. Open tickets that would move: {tickets}.",
            topic=_(planned.name),
            tickets=moving,
        )
        run.out.done({"slug": planned.slug, "tickets": moving, "dry_run": True}, said)
        return
    _tell(run, run.write(topic_upkeep.archive, topic, move_to=move_to))


@app.verb("unarchive", help=_("Open an archived topic again."), example="sysmo topic unarchive old")
def _unarchive(context: typer.Context, topic: Which) -> None:
    run = here(context)
    from sysmo_tui.services import topic_upkeep

    _tell(run, run.write(topic_upkeep.unarchive, topic))


def _tell(run: Here, view: TopicView) -> None:
    line = view.line
    if not run.actor.is_staff:
        run.out.facts(
            _customer_shape(line),
            [(_("Name"), _(line.name)), (_("Slug"), line.slug), (_("Description"), line.description)],
        )
        return
    from sysmo_tui.services import catalogue

    shape = _shape(line) | {
        "default_priority": view.default_priority,
        "default_type": view.default_type,
        "offers_waiting": view.offers_waiting,
        "reply_ends_hold": view.reply_ends_hold,
        "position": view.position,
        "reopening": view.reopening.value,
        "reopening_days": view.reopening_days,
        "mail_address": view.mail_address,
        "signature": view.signature,
    }
    run.out.facts(
        shape,
        [
            (_("Name"), _(line.name)),
            (_("Slug"), line.slug),
            (_("Description"), line.description),
            (_("Kind"), _kind(line)),
            (_("Operators"), ", ".join(each.name for each in line.operators) or _("nobody")),
            (_("Open tickets"), str(line.open_tickets)),
            (_("Priority"), _named(run.read(catalogue.priorities), view.default_priority)),
            (_("Type"), _named(run.read(catalogue.types), view.default_type)),
            (_("Answers reopen"), _reopens(view)),
            (_("Mail"), view.mail_address or _("the desk's")),
            (_("Signature"), clean_line(view.signature)),
        ],
    )


def _named(lines: Sequence[PriorityLine] | Sequence[TypeLine], slug: str | None) -> str:
    """What people call the entry of the catalogue with this slug; nothing for the desk's default."""
    return next((_(line.name) for line in lines if line.slug == slug), "")


def _reopens(view: TopicView) -> str:
    """What a customer's answer to a closed ticket does."""
    if view.reopening is not Reopening.WITHIN:
        return _(REOPENINGS[view.reopening])
    return ngettext("within {count} day", "within {count} days", view.reopening_days)


def _kind(line: TopicLine) -> str:
    if line.is_archived:
        return _("archived")
    return _("public") if line.is_public else _("private")


def _customer_shape(line: TopicLine) -> Shape:
    return {"slug": line.slug, "name": line.name, "description": line.description}


def _shape(line: TopicLine) -> Shape:
    return {
        "slug": line.slug,
        "name": line.name,
        "description": line.description,
        "is_public": line.is_public,
        "is_archived": line.is_archived,
        "operators": [shapes.person(each) for each in line.operators],
        "open_tickets": line.open_tickets,
    }
