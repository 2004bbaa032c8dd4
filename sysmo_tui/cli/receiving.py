"""``sysmo mail receive``: one message from a mail server's pipe."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from sysmo_tui.cli import failures
from sysmo_tui.cli.context import here
from sysmo_tui.cli.pipe_codes import standard_input
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.text import clean_line
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
    from sysmo_tui.mail import keeping

    raw = keeping.read(run.desk, standard_input())
    kept = keeping.keep(run.desk, mailbox, raw)
    # From here on the message is safe, whatever happens: the worker decides what is left over.
    run.is_mail_kept = True
    from sysmo_tui.mail import receiving

    # A mail server keeps what is printed: what goes wrong belongs into the log, or nowhere.
    logging.getLogger("sysmo_tui").addHandler(logging.NullHandler())
    with failures.keeping_log(run):
        receiving.settle_kept(run.desk, kept, raw)
        receiving.settle_pending(run.desk, receiving.OTHERS_AT_ONCE)
    if mailbox and not receiving.knows_mailbox(run.desk, mailbox):
        run.out.say(
            _("There is no mailbox “{name}”. The message is kept all the same.", name=clean_line(mailbox))
        )
    if run.wants_json:
        run.out.done({"id": kept.id, "is_new": kept.is_new}, "")
