"""``sysmo mail fetch``: fetching mail once, for cron and for trying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import DryRun
from sysmo_tui.cli.output import Column
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import NotFound, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.mail.watching import Visit

app = Noun()


@app.verb(
    "fetch",
    help=_("Fetch mail from the mailboxes, once. For those who hold the database."),
    example="sysmo mail fetch",
)
def _fetch(
    context: typer.Context,
    *,
    mailbox: Annotated[
        str | None, typer.Option(metavar=_("MAILBOX"), help=_("Only from this mailbox."))
    ] = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.mail.watching import Watching
    from sysmo_tui.services import mailboxes
    from sysmo_tui.worker import new_holder

    fetched = run.itself.read(mailboxes.to_fetch)
    if mailbox is not None and mailbox not in {each.name for each in fetched}:
        raise NotFound(N_("No mail is fetched from mailbox {name}."), field="mailbox", name=mailbox)
    watching = Watching(run.desk, run.settings.mailboxes, new_holder(), "fetch")
    visits = watching.look_once(mailbox) if dry_run else watching.once(mailbox)
    columns: list[Column[Visit]] = [
        Column(_("Mailbox"), lambda visit: visit.mailbox),
        Column(_("What came"), lambda visit: _what(run, visit, len(fetched)), grows=True),
    ]
    run.out.rows(
        visits,
        columns,
        lambda visit: _shape(run, visit),
        names=sheets.VISITS,
        empty=_("There is no mailbox to fetch from."),
        more={"dry_run": True} if dry_run else None,
    )
    if visits and not any(visit.is_served for visit in visits):
        raise Unavailable(N_("No mail could be fetched."))


def _verdicts(run: Here, visit: Visit) -> dict[str, int]:
    from sysmo_tui.services import mailboxes

    if visit.haul is None or not visit.haul.new:
        return {}
    return {
        said(verdict): many for verdict, many in run.itself.read(mailboxes.verdicts, visit.haul.new).items()
    }


def _what(run: Here, visit: Visit, mailboxes_in_all: int) -> str:
    from sysmo_tui.services import mailboxes

    if visit.is_watched:
        return _("somebody else fetches from it")
    if visit.waiting is not None:
        return _("waiting: {count}", count=visit.waiting)
    if visit.haul is None:
        return _(
            "its secret is not here: set {variable}",
            variable=mailboxes.variable(visit.mailbox, mailboxes_in_all),
        )
    parts = [f"{word}: {many}" for word, many in _verdicts(run, visit).items()]
    if visit.haul.known:
        parts.append(_("known already: {count}", count=visit.haul.known))
    return " · ".join([*parts, *filter(None, [visit.haul.error])]) or _("nothing new")


def _shape(run: Here, visit: Visit) -> dict[str, Any]:
    from sysmo_tui.services import mailboxes

    haul = visit.haul
    found = run.itself.read(mailboxes.verdicts, haul.new) if haul is not None and haul.new else {}
    return {
        "mailbox": visit.mailbox,
        "is_reached": visit.waiting is not None or (haul is not None and haul.is_reached),
        "is_watched": visit.is_watched,
        "waiting": visit.waiting,
        "verdicts": {verdict.value: many for verdict, many in found.items()},
        "known": haul.known if haul else 0,
        "skipped": haul.skipped if haul else 0,
        "error": haul.error if haul else "",
    }
