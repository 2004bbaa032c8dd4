"""``sysmo session``: where one is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import here
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.sessions import SessionLine

app = Noun(help=_("See where you are signed in, and end it."))

Email = Annotated[str | None, typer.Option(help=_("Administrators: of this account."))]


@app.verb("list", help=_("List open sessions."), example="sysmo session list")
def _list(context: typer.Context, *, email: Email = None) -> None:
    run = here(context)
    from sysmo_tui.services import sessions

    found = run.read(sessions.mine) if email is None else run.read(sessions.of_account, email)
    columns: list[Column[SessionLine]] = [
        Column(_("Id"), lambda line: f"{line.id}{'*' if line.is_current else ''}"),
        Column(_("How"), lambda line: said(line.channel)),
        Column(_("Where"), lambda line: line.source, grows=True),
        Column(_("Since"), lambda line: run.out.when(line.created_at)),
        Column(_("Last used"), lambda line: run.out.when(line.last_seen_at)),
    ]
    run.out.rows(found, columns, _shape, names=sheets.SESSIONS, empty=_("No open sessions."))


@app.verb(
    "revoke",
    help=_("End a session, or all of them; SSH keys stay."),
    example="sysmo session revoke 3f9a0c12de47",
)
def _revoke(
    context: typer.Context,
    session: Annotated[str | None, typer.Argument(metavar=_("ID"), help=_("Which; see the list."))] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("All of them."))] = False,
    email: Email = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import sessions

    if (session is None) == (not everything):
        raise Invalid(N_("Name one session, or --all."), field="session")
    if session is not None:
        ended = run.write(sessions.revoke, session)
    else:
        ended = run.write(sessions.revoke_all, email or run.actor.email)
    run.out.done({"sessions": ended.sessions}, _("{count} sessions ended.", count=ended.sessions))


def _shape(line: SessionLine) -> Shape:
    return {
        "id": line.id,
        "channel": line.channel,
        "source": line.source,
        "created_at": line.created_at,
        "last_seen_at": line.last_seen_at,
        "expires_at": line.expires_at,
        "is_current": line.is_current,
    }
