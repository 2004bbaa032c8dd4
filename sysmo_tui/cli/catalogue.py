"""``sysmo status``, ``sysmo priority`` and ``sysmo type``: the words that tickets are sorted with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import Key
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import PriorityLine, StatusLine, TypeLine
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.catalogue import CatalogueEdits

statuses = Noun(help=_("The statuses of tickets."))
priorities = Noun(help=_("The priorities of tickets."))
types = Noun(help=_("The types of tickets."))

Line = StatusLine | PriorityLine | TypeLine

Which = Annotated[str, typer.Argument(metavar=_("NAME"), help=_("Its slug or name."))]
NewName = Annotated[str, typer.Argument(metavar=_("NAME"), help=_("What it is called."))]
Name = Annotated[str | None, typer.Option(help=_("What it is called."))]
Slug = Annotated[str | None, typer.Option(help=_("Its short name."))]
Label = Annotated[str | None, typer.Option("--label", help=_("What customers read."))]
Position = Annotated[int | None, typer.Option(help=_("Its place in lists."))]
Default = Annotated[bool | None, typer.Option("--default", help=_("Make it the usual one."))]
Archived = Annotated[bool, typer.Option("--archived", help=_("Archived ones too."))]


@statuses.verb("list", help=_("List the statuses."), example="sysmo status list")
def _list_statuses(context: typer.Context, *, archived: Archived = False) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _print(run, run.read(catalogue.statuses, archived=archived), sheets.STATUSES)


@statuses.verb("show", help=_("Show a status."), example="sysmo status show waiting")
def _show_status(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.read(catalogue.show_status, which))


@statuses.verb(
    "new",
    help=_("Make a status."),
    example="sysmo status new 'At the supplier' --category hold --label 'In progress'",
)
def _new_status(
    context: typer.Context,
    name: NewName,
    *,
    category: Annotated[Category, typer.Option(help=_("What it means; it never changes."))],
    slug: Slug = None,
    label: Label = None,
    position: Position = None,
    default: Default = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    edits = _edits(slug=slug, customer_label=label, position=position, is_default=default)
    _tell(run, run.create(key, catalogue.new_status, name, category, edits))


@statuses.verb(
    "edit", help=_("Change a status."), example="sysmo status edit waiting --label 'Waiting for you'"
)
def _edit_status(
    context: typer.Context,
    which: Which,
    *,
    name: Name = None,
    slug: Slug = None,
    label: Label = None,
    position: Position = None,
    default: Default = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    edits = _edits(name=name, slug=slug, customer_label=label, position=position, is_default=default)
    _tell(run, run.write(catalogue.edit_status, which, _some(edits)))


@statuses.verb("archive", help=_("Take a status out of use."), example="sysmo status archive at-the-supplier")
def _archive_status(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.write(catalogue.archive_status, which))


@statuses.verb(
    "unarchive", help=_("Take a status into use again."), example="sysmo status unarchive at-the-supplier"
)
def _unarchive_status(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.write(catalogue.archive_status, which, archived=False))


@priorities.verb("list", help=_("List the priorities."), example="sysmo priority list")
def _list_priorities(context: typer.Context, *, archived: Archived = False) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _print(run, run.read(catalogue.priorities, archived=archived), sheets.PRIORITIES)


@priorities.verb("show", help=_("Show a priority."), example="sysmo priority show high")
def _show_priority(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.read(catalogue.show_priority, which))


@priorities.verb("new", help=_("Make a priority."), example="sysmo priority new Critical --level 5")
def _new_priority(
    context: typer.Context,
    name: NewName,
    *,
    level: Annotated[int, typer.Option(help=_("How urgent, from 1 (low) to 9; it never changes."))],
    slug: Slug = None,
    default: Default = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.create(key, catalogue.new_priority, name, level, _edits(slug=slug, is_default=default)))


@priorities.verb("edit", help=_("Change a priority."), example="sysmo priority edit urgent --name Critical")
def _edit_priority(
    context: typer.Context, which: Which, *, name: Name = None, slug: Slug = None, default: Default = None
) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(
        run,
        run.write(catalogue.edit_priority, which, _some(_edits(name=name, slug=slug, is_default=default))),
    )


@priorities.verb("archive", help=_("Take a priority out of use."), example="sysmo priority archive low")
def _archive_priority(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.write(catalogue.archive_priority, which))


@priorities.verb(
    "unarchive", help=_("Take a priority into use again."), example="sysmo priority unarchive low"
)
def _unarchive_priority(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.write(catalogue.archive_priority, which, archived=False))


@types.verb("list", help=_("List the types."), example="sysmo type list")
def _list_types(context: typer.Context, *, archived: Archived = False) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _print(run, run.read(catalogue.types, archived=archived), sheets.TYPES)


@types.verb("show", help=_("Show a type."), example="sysmo type show request")
def _show_type(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.read(catalogue.show_type, which))


@types.verb("new", help=_("Make a type."), example="sysmo type new Complaint")
def _new_type(
    context: typer.Context,
    name: NewName,
    *,
    slug: Slug = None,
    position: Position = None,
    default: Default = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    edits = _edits(slug=slug, position=position, is_default=default)
    _tell(run, run.create(key, catalogue.new_type, name, edits))


@types.verb("edit", help=_("Change a type."), example="sysmo type edit claim --name Complaint")
def _edit_type(
    context: typer.Context,
    which: Which,
    *,
    name: Name = None,
    slug: Slug = None,
    position: Position = None,
    default: Default = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    edits = _edits(name=name, slug=slug, position=position, is_default=default)
    _tell(run, run.write(catalogue.edit_type, which, _some(edits)))


@types.verb("archive", help=_("Take a type out of use."), example="sysmo type archive claim")
def _archive_type(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.write(catalogue.archive_type, which))


@types.verb("unarchive", help=_("Take a type into use again."), example="sysmo type unarchive claim")
def _unarchive_type(context: typer.Context, which: Which) -> None:
    run = here(context)
    from sysmo_tui.services import catalogue

    _tell(run, run.write(catalogue.archive_type, which, archived=False))


def _edits(**given: Any) -> CatalogueEdits:
    from sysmo_tui.services.catalogue import CatalogueEdits

    return CatalogueEdits(**given)


def _some(edits: CatalogueEdits) -> CatalogueEdits:
    """The edits; refused when there are none."""
    if edits == _edits():
        raise Invalid(N_("Say what to change, like --name."))
    return edits


def _print(run: Here, lines: Sequence[Line], names: sheets.Names) -> None:
    columns: list[Column[Line]] = [
        Column(_("Slug"), lambda line: line.slug),
        Column(_("Name"), lambda line: _(line.name), grows=True),
        *(Column(title, text) for title, text in _own_columns(lines)),
        Column(_("Usual"), lambda line: "✓" if line.is_default else ""),
        Column(_("Archived"), lambda line: "✓" if line.is_archived else ""),
    ]
    run.out.rows(lines, columns, _shape, names=names, empty=_("There are none."))


def _own_columns(lines: Sequence[Line]) -> list[tuple[str, Callable[[Line], str]]]:
    if any(isinstance(line, StatusLine) for line in lines):
        return [
            (_("Means"), lambda line: said(line.category) if isinstance(line, StatusLine) else ""),
            (
                _("Customers read"),
                lambda line: _(line.customer_label) if isinstance(line, StatusLine) else "",
            ),
        ]
    if any(isinstance(line, PriorityLine) for line in lines):
        return [(_("Level"), lambda line: str(line.level) if isinstance(line, PriorityLine) else "")]
    return []


def _tell(run: Here, line: Line) -> None:
    run.out.facts(
        _shape(line),
        [
            (_("Name"), _(line.name)),
            (_("Slug"), line.slug),
            *((title, text(line)) for title, text in _own_columns([line])),
            (_("Usual"), _("yes") if line.is_default else _("no")),
            (_("Archived"), _("yes") if line.is_archived else _("no")),
        ],
    )


def _shape(line: Line) -> Shape:
    shape: Shape = {"slug": line.slug, "name": line.name}
    if isinstance(line, StatusLine):
        shape |= {"category": line.category, "customer_label": line.customer_label}
    elif isinstance(line, PriorityLine):
        shape |= {"level": line.level}
    return shape | {"is_default": line.is_default, "is_archived": line.is_archived}
