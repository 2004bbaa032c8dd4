"""``sysmo door``: what sshd runs for those who come through the SSH door."""

from __future__ import annotations

import typer

from sysmo_tui.cli import door_install
from sysmo_tui.cli.context import here
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.i18n import _

app = Noun(
    help=_(
        "The SSH door: how customers and operators reach the desk without holding its database.\n\n"
        "Alone, it serves one visit, as sshd starts it."
    ),
    is_usable_alone=True,
)
app.include(door_install.app)


@app.callback()
def _door(context: typer.Context) -> None:
    here(context)
    if context.invoked_subcommand is None:
        from sysmo_tui.cli import visiting

        raise typer.Exit(visiting.receive())
