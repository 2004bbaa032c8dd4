"""``sysmo audit``: who signed in, who changed what on the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import After, Limit
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.moments import day_bounds, parse_date
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.audit import AuditLine

_ROOM_FOR_PLACES = 120
"""Cells of a line from which on it also tells how and where; scripts always read it."""

app = Noun(help=_("Who signed in, who changed what on the desk."))


@app.verb("list", help=_("List the audit log, newest first."), example="sysmo audit list --since -7d")
def _list(
    context: typer.Context,
    *,
    actor: Annotated[
        str | None, typer.Option(metavar=_("EMAIL"), help=_("Who did it, or whom it concerned."))
    ] = None,
    since: Annotated[str | None, typer.Option(metavar=_("DATE"), help=_("From this day on."))] = None,
    kind: Annotated[AuditKind | None, typer.Option(metavar=_("KIND"), help=_("Only this kind."))] = None,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import audit

    page = run.read(audit.page, actor=actor, since=_moment(run, since), kind=kind, after=after, limit=limit)
    places: list[Column[AuditLine]] = [
        Column(_("How"), lambda line: said(line.channel)),
        Column(_("Where"), lambda line: line.source),
    ]
    is_narrow = run.out.is_terminal and run.out.width < _ROOM_FOR_PLACES
    columns: list[Column[AuditLine]] = [
        Column(_("When"), lambda line: run.out.when(line.at), is_whole=True),
        Column(_("Kind"), lambda line: said(line.kind), is_whole=True),
        Column(_("By"), lambda line: line.actor or "—"),
        Column(_("About"), lambda line: line.account or "—"),
        *([] if is_narrow else places),
        Column(_("Detail"), lambda line: " ".join(f"{k}={v}" for k, v in line.detail.items()), grows=True),
    ]
    run.out.rows(
        page.items,
        columns,
        _shape,
        names=sheets.AUDIT,
        empty=_("Nothing is recorded."),
        total=page.total,
        following=page.next,
    )


def _moment(run: Here, text: str | None) -> datetime | None:
    if text is None:
        return None
    return day_bounds(parse_date(text, run.out.today(run.clock())), run.zone)[0]


def _shape(line: AuditLine) -> Shape:
    return {
        "id": line.id,
        "at": line.at,
        "kind": line.kind,
        "actor": line.actor,
        "account": line.account,
        "channel": line.channel,
        "source": line.source,
        "detail": dict(line.detail),
    }
