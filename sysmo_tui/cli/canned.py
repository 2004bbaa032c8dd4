"""``sysmo canned``: texts that are written often, and filled in from the ticket that they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import can_ask, edited, text
from sysmo_tui.cli.options import Body, BodyFile, DryRun, Key, Number, among
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.domain.response_places import PLACES
from sysmo_tui.i18n import LANGUAGES, _
from sysmo_tui.widgets.response_words import language_of, topic_of

if TYPE_CHECKING:
    from sysmo_tui.services.response_upkeep import ResponseEdits
    from sysmo_tui.services.responses import Ready, ResponseLine

app = Noun(help=_("Canned responses: texts to answer with, filled in from the ticket."))

Which = Annotated[
    str,
    typer.Argument(metavar=_("NAME"), help=_("Its slug or name."), autocompletion=completing.responses),
]
Slug = Annotated[str | None, typer.Option(help=_("Its short name; else made of its name."))]
Language = Annotated[
    str | None,
    typer.Option(
        "--lang", help=_("For customers of this language; '' for all."), autocompletion=among(LANGUAGES)
    ),
]
Topic = Annotated[
    str | None,
    typer.Option(help=_("For tickets of this topic; '' for all."), autocompletion=completing.topics),
]
Position = Annotated[int | None, typer.Option(help=_("Its place in lists."))]


@app.verb("list", help=_("List the canned responses."), example="sysmo canned list")
def _list(
    context: typer.Context,
    *,
    archived: Annotated[bool, typer.Option("--archived", help=_("Archived ones too."))] = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import responses

    columns: list[Column[ResponseLine]] = [
        Column(_("Slug"), lambda line: line.slug),
        Column(_("Name"), lambda line: line.name, grows=True),
        Column(_("Topic"), topic_of),
        Column(_("Language"), language_of),
        Column(_("Archived"), lambda line: "✓" if line.is_archived else ""),
    ]
    run.out.rows(
        run.read(responses.lines, archived=archived),
        columns,
        _shape,
        names=sheets.RESPONSES,
        empty=_("There are none."),
    )


@app.verb("show", help=_("Show a response as it was written."), example="sysmo canned show greeting")
def _show(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import responses

    _tell(run, run.read(responses.show, which))


@app.verb(
    "new",
    help=_("Make a response, with places in braces."),
    example="sysmo canned new 'We are on it' --body 'Hello {customer.first_name}, we are on it.' --lang en",
)
def _new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar=_("NAME"), help=_("What it is called."))],
    *,
    body: Body = None,
    body_file: BodyFile = None,
    topic: Topic = None,
    lang: Language = None,
    slug: Slug = None,
    position: Position = None,
    dry_run: DryRun = False,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import response_upkeep

    run.require_actor()
    words = text(run, body, body_file, _purpose())
    edits = _edits(slug=slug, topic=topic, locale=lang, position=position)
    if dry_run:
        _tell(run, run.rehearse(response_upkeep.new, name, words, edits))
    else:
        _tell(run, run.create(key, response_upkeep.new, name, words, edits))


@app.verb("edit", help=_("Change a response."), example="sysmo canned edit greeting --body-file greeting.txt")
def _edit(
    context: typer.Context,
    which: Which,
    *,
    name: Annotated[str | None, typer.Option(help=_("What it is called."))] = None,
    body: Body = None,
    body_file: BodyFile = None,
    topic: Topic = None,
    lang: Language = None,
    slug: Slug = None,
    position: Position = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import response_upkeep, responses

    edits = _edits(name=name, slug=slug, topic=topic, locale=lang, position=position)
    words = None
    if body is not None or body_file is not None:
        words = text(run, body, body_file, "")
    elif edits == _edits():
        if not can_ask(run):
            raise Invalid(N_("Say what to change, like --name."))
        words = edited(run, _purpose(), run.read(responses.show, which).body)
    do = run.rehearse if dry_run else run.write
    _tell(run, do(response_upkeep.edit, which, _with_body(edits, words)))


@app.verb("archive", help=_("Take a response out of use."), example="sysmo canned archive greeting")
def _archive(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import response_upkeep

    _tell(run, run.write(response_upkeep.archive, which))


@app.verb("unarchive", help=_("Take a response into use again."), example="sysmo canned unarchive greeting")
def _unarchive(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import response_upkeep

    _tell(run, run.write(response_upkeep.archive, which, archived=False))


@app.verb(
    "preview",
    help=_("Show what a response says to a ticket; without a name, those that fit it."),
    example="sysmo canned preview 42 greeting",
)
def _preview(
    context: typer.Context,
    number: Number,
    which: Annotated[
        str | None,
        typer.Argument(metavar=_("NAME"), help=_("Its slug or name."), autocompletion=completing.responses),
    ] = None,
) -> None:
    run, ticket = here(context), parse_number(number)
    from sysmo_tui.services import responses

    if which is not None:
        ready = run.read(responses.use, ticket, which)
        run.out.one(_ready_shape(ready), ready.body)
        return
    columns: list[Column[Ready]] = [
        Column(_("Slug"), lambda each: each.slug),
        Column(_("Name"), lambda each: each.name),
        Column(_("Text"), lambda each: " ".join(each.body.split()), grows=True),
    ]
    run.out.rows(
        run.read(responses.fitting, ticket),
        columns,
        _ready_shape,
        names=sheets.READY_RESPONSES,
        empty=_("There are none."),
    )


def _purpose() -> str:
    places = ", ".join(f"{{{each}}}" for each in PLACES)
    return _("the words of the response; places: {places}", places=places)


def _edits(**given: Any) -> ResponseEdits:
    from sysmo_tui.services.response_upkeep import ResponseEdits

    return ResponseEdits(**given)


def _with_body(edits: ResponseEdits, body: str | None) -> ResponseEdits:
    from dataclasses import replace

    return replace(edits, body=body)


def _tell(run: Here, line: ResponseLine) -> None:
    run.out.facts(
        _shape(line),
        [
            (_("Name"), line.name),
            (_("Slug"), line.slug),
            (_("Topic"), topic_of(line)),
            (_("Language"), language_of(line)),
            (_("Archived"), _("yes") if line.is_archived else _("no")),
            (_("Text"), f"\n\n{line.body}"),
        ],
    )


def _shape(line: ResponseLine) -> Shape:
    return {
        "slug": line.slug,
        "name": line.name,
        "topic": line.topic or None,
        "language": line.locale or None,
        "body": line.body,
        "position": line.position,
        "is_archived": line.is_archived,
    }


def _ready_shape(ready: Ready) -> Shape:
    return {
        "slug": ready.slug,
        "name": ready.name,
        "language": ready.locale or None,
        "is_foreign": ready.is_foreign,
        "body": ready.body,
    }
