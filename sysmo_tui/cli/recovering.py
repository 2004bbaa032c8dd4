"""``sysmo recover``."""

from __future__ import annotations

from typing import Annotated

import typer

from sysmo_tui.cli.context import here
from sysmo_tui.cli.input import answer
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.message import Advice
from sysmo_tui.i18n import _

app = Noun()


@app.verb(
    "recover",
    help=_("Let a locked-out administrator back in, by whoever holds the database."),
    example="sysmo recover --email ada@example.com",
)
def _recover(
    context: typer.Context,
    *,
    email: Annotated[str | None, typer.Option(help=_("The administrator's e-mail address."))] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import passwords

    issued = passwords.recover(run.itself, answer(run, email, "--email", _("E-mail address")))
    run.out.done(
        {"email": issued.email, "code": issued.code, "expires_at": issued.expires_at},
        _(
            "The code for {email} is {code}, until {when}. With it: {command}",
            email=issued.email,
            code=issued.code,
            when=run.out.when(issued.expires_at),
            command=Advice(f"sysmo password reset --email {issued.email}"),
        ),
    )
