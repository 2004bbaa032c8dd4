"""``sysmo token``: registrations that wait for their code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import here
from sysmo_tui.cli.options import After, Key, Limit
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.message import Advice
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.registration import PendingLine

app = Noun(help=_("Codes that people wait for."))


@app.verb("list", help=_("List who has not used a code yet."), example="sysmo token list")
def _list(context: typer.Context, *, limit: Limit = 50, after: After = None) -> None:
    run = here(context)
    from sysmo_tui.services import registration

    columns: list[Column[PendingLine]] = [
        Column(_("E-mail"), lambda line: line.email),
        Column(_("Name"), lambda line: line.name, grows=True),
        Column(_("Company"), lambda line: line.company),
        Column(_("Role"), lambda line: said(line.role)),
        Column(_("Until"), lambda line: run.out.when(line.expires_at)),
    ]
    page = run.read(registration.pending, after=after, limit=limit)
    run.out.rows(
        page.items,
        columns,
        _shape,
        names=sheets.CODES,
        empty=_("Nobody waits for a code."),
        total=page.total,
        following=page.next,
    )


@app.verb(
    "reissue",
    help=_("Make a new code for a registration; the old one dies."),
    example="sysmo token reissue eva@acme.com",
)
def _reissue(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar=_("EMAIL"), help=_("The address that registered."))],
    *,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import registration

    command = run.command(key, registration.issue_again, email)
    issued = registration.reissue(run.door, email, command=command)
    run.out.done(
        {"email": issued.email, "code": issued.code, "expires_at": issued.expires_at},
        _(
            "The code for {email} is {code}, until {when}. With it: {command}",
            email=issued.email,
            code=issued.code or "…",
            when=run.out.when(issued.expires_at),
            command=Advice(f"sysmo verify {_('CODE')}"),
        ),
    )


def _shape(line: PendingLine) -> Shape:
    return {
        "email": line.email,
        "name": line.name,
        "company": line.company,
        "role": line.role,
        "purpose": line.purpose,
        "created_at": line.created_at,
        "expires_at": line.expires_at,
    }
