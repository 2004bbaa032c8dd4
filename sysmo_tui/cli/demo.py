"""``sysmo demo``: a fictitious company's desk in a file of its own, to try everything out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli.context import Here, here, where, who_if_anyone
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.demo import DemoAccount, DemoDesk

TICKETS = 300
FEWEST, MOST = 50, 20_000

app = Noun()


@app.verb("demo", help=_("Try a desk with realistic data, in its own file."), example="sysmo demo --fresh")
def _demo(
    context: typer.Context,
    *,
    tickets: Annotated[
        int | None,
        typer.Option(min=FEWEST, max=MOST, help=_("How many tickets a new demo desk gets: 300.")),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help=_("Make it anew; what was done there goes."))
    ] = False,
    no_tui: Annotated[bool, typer.Option("--no-tui", help=_("Do not open the screens."))] = False,
) -> None:
    run = here(context)
    if run.options.database:
        raise Invalid(N_("The demo desk has a file of its own. Leave out --database."), field="database")
    run.options.demo = True
    desk = _made(run, tickets, fresh=fresh)
    who = _sign_in(run, desk)
    _tell(run, desk, who)
    if no_tui or run.out.is_for_scripts:
        return
    from sysmo_tui.cli.tui import has_terminal, open_screens

    if has_terminal():
        open_screens(run)
    else:
        run.out.say(_("The screens need a terminal. For scripts, see: sysmo --help"))


def _made(run: Here, tickets: int | None, *, fresh: bool) -> DemoDesk:
    """The demo desk, made when it is not there yet or shall be new."""
    from sysmo_tui import demo

    url, now = run.database_url, run.clock()
    if not fresh and demo.exists(url):
        if tickets is not None:
            run.out.say(_("The demo desk is there already. For a new one: sysmo demo --fresh"))
        elif not demo.is_fresh(url, now):
            run.out.say(_("Nothing new came in for a day. For a demo desk of today: sysmo demo --fresh"))
        return demo.described(url)
    run.out.say(_("Making the demo desk…"))
    return demo.renew(url, tickets=tickets or TICKETS, now=now, language=run.language)


def _sign_in(run: Here, desk: DemoDesk) -> str:
    """Be whoever is signed in there already, else its operator; returns the address."""
    from sysmo_tui.domain.enums import Channel
    from sysmo_tui.services import people, sessions

    signed_in = run.door.read(who_if_anyone)
    if signed_in is not None:
        return signed_in.email
    account_id = run.itself.read(people.named, desk.operator.email).id
    run.session_file.save(run.itself.touch(sessions.open_session, account_id, Channel.CLI, where()))
    return desk.operator.email


def _tell(run: Here, desk: DemoDesk, who: str) -> None:
    """Say who one can be there, and how."""
    shape = {
        "database": run.desk.store.shown_url,
        "password": desk.password,
        "signed_in": who,
        "accounts": [_shape(account) for account in desk.accounts],
    }
    lines = [
        _(
            "This is a demo desk: everything in it is invented. Everybody's password: {password}",
            password=desk.password,
        ),
        "",
        *(_line(account, who) for account in _introduced(desk)),
        "",
        _("Be somebody else: {command}", command=Advice("sysmo login --email …")),
        _("Every command works there: {command}", command=Advice("sysmo ticket list")),
    ]
    run.out.one(shape, "\n".join(lines))


def _introduced(desk: DemoDesk) -> tuple[DemoAccount, ...]:
    """The staff, and a few of the customers."""
    staff = tuple(account for account in desk.accounts if account.role.is_staff)
    customers = [account for account in desk.accounts if not account.role.is_staff]
    return (*staff, *customers[:3], *customers[-6:-5])


def _line(account: DemoAccount, who: str) -> str:
    mark = "●" if account.email == who else " "
    role = said(account.role)
    return f"{mark} {role:<14} {account.email:<34} {', '.join(account.topics)}".rstrip()


def _shape(account: DemoAccount) -> dict[str, object]:
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "topics": list(account.topics),
    }
