"""``sysmo config``: the desk's settings, one by one or as a document."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here, holds_secret
from sysmo_tui.cli.input import opened
from sysmo_tui.cli.local_options import LocalFile
from sysmo_tui.cli.options import DryRun
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sysmo_tui.services.configuration import Difference
    from sysmo_tui.services.desk_settings import Listed

app = Noun(help=_("The desk's settings."))

LONGEST_DOCUMENT = 10_000_000
"""Bytes of a configuration."""


@app.verb("show", help=_("Show the settings."), example="sysmo config show")
def _show(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import desk_settings

    _tell(run, run.read(desk_settings.listed))


@app.verb(
    "edit",
    help=_("Change a setting; - reads the value from standard input."),
    example="sysmo config edit reply_address help@example.com",
)
def _edit(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar=_("NAME"), help=_("Which; see: sysmo config show"), autocompletion=completing.settings
        ),
    ],
    value: Annotated[str, typer.Argument(metavar=_("VALUE"), help=_("What it shall be."))],
) -> None:
    run = here(context)
    from sysmo_tui.services import desk_settings

    if name in desk_settings.SECRET and holds_secret(value):
        raise Invalid(
            N_(
                "Others on this machine see what stands in a command. Give a password by standard input, "
                "with - as the value, or in SYSMO_MAIL_PASSWORD."
            ),
            field="value",
        )
    wanted = sys.stdin.readline().rstrip("\r\n") if value == "-" else value
    run.write(desk_settings.change, name, wanted)
    _tell(run, run.read(desk_settings.listed))


@app.verb(
    "export",
    help=_("Print the settings, the catalogue and the topics as a JSON document, without secrets."),
    example="sysmo config export > desk.json",
)
def _export(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import audit, configuration

    document = run.read(configuration.export)
    run.write(audit.exported, "configuration")
    print(json.dumps(document, indent=2))


@app.verb(
    "apply",
    help=_("Make the desk as a document says; what it does not name stays."),
    example="sysmo config apply desk.json --dry-run",
)
def _apply(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar=LocalFile(_("FILE")), help=_("The document; - is standard input."))
    ],
    *,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import configuration

    document = _document(run, file)
    do = run.rehearse if dry_run else run.write
    found = do(configuration.apply, document)
    columns: list[Column[Difference]] = [
        Column(_("Where"), lambda each: each.section),
        Column(_("Name"), lambda each: each.name),
        Column(_("What"), lambda each: each.field),
        Column(_("Old"), lambda each: each.old),
        Column(_("New"), lambda each: each.new, grows=True),
    ]
    empty = _("The desk is like that already.")
    run.out.rows(found, columns, _difference, names=sheets.DIFFERENCES, empty=empty)


def _tell(run: Here, settings: Sequence[Listed]) -> None:
    shape = {each.name: _plain(each) for each in settings}
    facts = [
        (name, clean_line(", ".join(value) if isinstance(value, list) else _value(value)))
        for name, value in shape.items()
    ]
    run.out.facts(shape, [(name, value or "—") for name, value in facts])


def _plain(each: Listed) -> Any:
    if each.is_secret:
        return secret(bool(each.value))
    return list(each.value) if isinstance(each.value, tuple) else each.value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _document(run: Here, path: str) -> dict[str, Any]:
    with opened(run, path, "file") as file:
        content = file.read(LONGEST_DOCUMENT + 1)
    try:
        document = json.loads(content.decode("utf-8")) if len(content) <= LONGEST_DOCUMENT else None
    except (ValueError, RecursionError) as error:
        raise Invalid(N_("“{path}” is not a JSON document."), field="file", path=path) from error
    if not isinstance(document, dict):
        raise Invalid(N_("“{path}” is not a configuration."), field="file", path=path)
    return document


def _difference(each: Difference) -> Shape:
    return {"section": each.section, "name": each.name, "field": each.field, "old": each.old, "new": each.new}
