"""``sysmo profile email``: the addresses of one's own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import answer, secret_values
from sysmo_tui.cli.options import PasswordStdin
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.message import Advice
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.widgets.words import address_state

if TYPE_CHECKING:
    from sysmo_tui.services.own_addresses import Held, OwnAddress

app = Noun(help=_("The e-mail addresses of your account."))

Address = Annotated[str, typer.Argument(metavar=_("EMAIL"), help=_("One of your addresses."))]


@app.verb("list", help=_("List your addresses, the main one first."), example="sysmo profile email list")
def _list(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import own_addresses

    columns: list[Column[OwnAddress]] = [
        Column(_("E-mail"), lambda each: each.email, grows=True),
        Column(_("State"), address_state),
    ]
    run.out.rows(run.read(own_addresses.mine), columns, shape, names=sheets.ADDRESSES, empty="")


@app.verb(
    "add",
    help=_(
        "Get a code mailed to another address, which then is yours, too.\n\n"
        "Your password is asked for once more; --password-stdin reads it."
    ),
    example="sysmo profile email add ada@home.example",
)
def _add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar=_("EMAIL"), help=_("The other address."))],
    *,
    password_stdin: PasswordStdin = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import own_addresses

    run.read(own_addresses.mine)
    (password,) = secret_values(run, password_stdin, [_("Password")])
    sent = own_addresses.add(run.door, email, password)
    run.out.done(
        {"email": sent.email, "expires_at": sent.expires_at},
        _(
            "A code is on its way to {email}. Then: {command}",
            email=sent.email,
            command=Advice("sysmo profile email verify"),
        ),
    )


@app.verb(
    "verify",
    help=_("Use the code that came to another address: it is yours from then on."),
    example="sysmo profile email verify 4G7K-…",
)
def _verify(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar=_("CODE"), help=_("The code; asked for if left out."))
    ] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import own_addresses

    held = run.write(own_addresses.verify, answer(run, code, _("CODE"), _("Code")))
    said = _("The address is yours.")
    if held.tickets:
        more = ngettext("{count} ticket came with it.", "{count} tickets came with it.", held.tickets)
        said = f"{said} {more}"
    tell(run, held, said)


@app.verb(
    "primary",
    help=_("Let mail about your account go to another of your addresses."),
    example="sysmo profile email primary ada@home.example",
)
def _primary(context: typer.Context, email: Address) -> None:
    run = here(context)
    from sysmo_tui.services import own_addresses

    held = run.write(own_addresses.make_primary, email)
    tell(run, held, _("{email} is your main address.", email=held.addresses[0].email))


@app.verb(
    "remove",
    help=_("Give an address up; tickets that it was the contact of get the main one."),
    example="sysmo profile email remove ada@home.example",
)
def _remove(context: typer.Context, email: Address) -> None:
    run = here(context)
    from sysmo_tui.services import own_addresses

    tell(run, run.write(own_addresses.remove, email), _("The address is not yours any more."))


def tell(run: Here, held: Held, said: str) -> None:
    """What an account's addresses are after a change."""
    run.out.done({"emails": shapes(held.addresses), "tickets": held.tickets}, said)


def shapes(found: Iterable[OwnAddress]) -> list[Shape]:
    """Addresses as scripts read them."""
    return [shape(each) for each in found]


def shape(each: OwnAddress) -> Shape:
    """An address as scripts read it."""
    return {
        "email": each.email,
        "is_primary": each.is_primary,
        "is_verified": each.is_verified,
        "is_undeliverable": each.is_undeliverable,
    }
