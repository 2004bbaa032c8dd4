"""``sysmo db init-roles``: the roles of a PostgreSQL server, for whoever runs it to apply."""

from __future__ import annotations

from typing import Annotated

import typer

from sysmo_tui.cli.context import here
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _

OWNER, APPLICATION, REPORT = "sysmo_owner", "sysmo_app", "sysmo_report"

app = Noun()


@app.verb(
    "init-roles",
    help=_("Print SQL for a PostgreSQL server: an owner, the program's role, one for reports."),
    example="sysmo db init-roles --print | psql -v ON_ERROR_STOP=1 helpdesk",
)
def _init_roles(
    context: typer.Context,
    *,
    print_: Annotated[
        bool, typer.Option("--print", help=_("Print it: whoever runs the server applies it."))
    ] = False,
    owner: Annotated[str, typer.Option(help=_("The role that owns the tables and upgrades."))] = OWNER,
    application: Annotated[
        str, typer.Option(help=_("The role that works: it cannot rewrite the history."))
    ] = APPLICATION,
    report: Annotated[
        str, typer.Option(help=_("The role that counts: it reads views without texts and addresses."))
    ] = REPORT,
) -> None:
    run = here(context)
    from sysmo_tui.storage import roles

    if not print_:
        raise Invalid(
            N_("A superuser of the server has to apply it. To see it: {option}"),
            field="print_",
            option="--print",
        )
    script = roles.script(roles.Roles(owner, application, report))
    run.out.one({"sql": script}, script.rstrip())
