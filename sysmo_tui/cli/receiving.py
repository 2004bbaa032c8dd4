"""``sysmo mail receive``: one message from a mail server's pipe."""

from __future__ import annotations

from typing import Annotated

import typer

from sysmo_tui.cli.context import here
from sysmo_tui.cli.taking_in import take_in
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.i18n import _

app = Noun()


@app.verb(
    "receive",
    help=_("Take in one message from standard input, for a mail server. For those who hold the database."),
    example="sysmo mail receive --mailbox sales < message.eml",
)
def _receive(
    context: typer.Context,
    *,
    mailbox: Annotated[
        str, typer.Option(metavar=_("NAME"), help=_("The mailbox that it was delivered to."))
    ] = "",
) -> None:
    run = here(context)
    kept = take_in(run, mailbox)
    if run.wants_json:
        run.out.done({"id": kept.id, "is_new": kept.is_new}, "")
