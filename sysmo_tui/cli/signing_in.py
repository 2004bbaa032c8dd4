"""``login``, ``logout`` and ``whoami``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import answer, secret_values
from sysmo_tui.cli.options import PasswordStdin
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.signing_in import SignedIn

app = Noun()


@app.verb("login", help=_("Sign in."), example="sysmo login --email ada@example.com")
def _login(
    context: typer.Context,
    email: Annotated[str | None, typer.Option(help=_("Your e-mail address."))] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    run = here(context)
    if run.visit is not None and run.visit.key is None:
        from sysmo_tui.desk import not_signed_in

        raise not_signed_in()
    if run.visit is not None:
        raise Invalid(
            N_("Here your SSH key signs you in. Bind it to your account: {command}"),
            command=Advice("sysmo key new"),
        )
    door = run.door
    address = answer(run, email, "--email", _("E-mail address"))
    [password] = secret_values(run, password_stdin, [_("Password")])
    from sysmo_tui.services import signing_in

    signed_in = signing_in.sign_in(door, address, password)
    keep_session(run, signed_in)
    run.out.done(
        {
            "email": signed_in.email,
            "name": signed_in.name,
            "role": signed_in.role,
            "expires_at": signed_in.expires_at,
            "must_change_password": signed_in.must_change_password,
        },
        _("You are signed in as {name} ({role}).", name=signed_in.name, role=said(signed_in.role)),
    )
    if signed_in.must_change_password:
        run.out.say(_("Choose a new password first: {command}", command=Advice("sysmo password change")))


@app.verb("logout", help=_("Sign out."), example="sysmo logout --everywhere")
def _logout(
    context: typer.Context,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help=_("End all your sessions; SSH keys stay."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import sessions

    if run.visit is not None and not everywhere:
        raise Invalid(
            N_("Here your SSH key signs you in. To stop that: {command}"), command=Advice("sysmo key revoke")
        )
    ended = run.door.write(sessions.sign_out, everywhere=everywhere)
    run.session_file.forget()
    run.out.done({"sessions": ended.sessions}, _("You are signed out."))


@app.verb("whoami", help=_("Who is signed in here, and to which desk."), example="sysmo whoami --json")
def _whoami(context: typer.Context) -> None:
    run = here(context)
    actor, desk = run.actor, run.desk_settings
    name, place = clean_line(actor.name), clean_line(desk.name)
    # Where the desk is kept concerns nobody who comes through a door.
    database = run.desk.store.shown_url if run.visit is None else None
    shape = {
        "email": clean_line(actor.email),
        "name": name,
        "role": actor.role,
        "desk": place,
        "database": database,
        "is_demo": desk.is_demo,
    }
    run.out.facts(
        shape,
        [
            (_("Name"), name),
            (_("E-mail"), actor.email),
            (_("Role"), said(actor.role)),
            (_("Desk"), f"{place} · DEMO" if desk.is_demo else place),
            (_("Database"), database or ""),
        ],
    )


def way_in(run: Here, email: str) -> Advice:
    """The command that lets an account in: with its password, by the key of a visit, or on the screens."""
    if run.visit is None:
        return Advice(f"sysmo login --email {email}")
    return Advice("sysmo" if run.visit.key is None else f"sysmo key new --email {email}")


@contextmanager
def code_from(command: str) -> Iterator[None]:
    """Within the block, the refusal of a code names the command that has another one sent."""
    try:
        yield
    except Invalid as refusal:
        if refusal.field != "code":
            raise
        raise Invalid(
            N_("This code is not valid, or not any more. For a new one: {command}"),
            field="code",
            command=Advice(command),
        ) from refusal


def keep_session(run: Here, signed_in: SignedIn) -> None:
    """Keep the secret of a new session for the next command; a visit, which has a key, ends it at once."""
    if signed_in.secret is None:
        return
    if run.visit is None:
        run.session_file.save(signed_in.secret)
        return
    from sysmo_tui.desk import Door
    from sysmo_tui.services import sessions

    Door(run.desk, run.caller(Channel.CLI).with_secret(signed_in.secret)).write(sessions.sign_out)
