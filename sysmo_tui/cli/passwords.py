"""``sysmo password``."""

from __future__ import annotations

from typing import Annotated

import typer

from sysmo_tui.cli.context import here
from sysmo_tui.cli.input import answer, secret_values
from sysmo_tui.cli.options import PasswordStdin
from sysmo_tui.cli.signing_in import code_from, keep_session, way_in
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.message import Advice
from sysmo_tui.i18n import _

app = Noun(help=_("Change your password, or choose a new one with a code."))

Email = Annotated[str | None, typer.Option(help=_("The account's e-mail address."))]


@app.verb(
    "change",
    help=_(
        "Change your password; every other session ends.\n\n"
        "--password-stdin reads the old one, then the new one."
    ),
    example="sysmo password change",
)
def _change(context: typer.Context, *, password_stdin: PasswordStdin = False) -> None:
    run = here(context)
    from sysmo_tui.services import passwords

    run.read(passwords.whoever_is_here)
    questions = [_("Old password"), _("New password")]
    old, new = secret_values(run, password_stdin, questions, is_new=True)
    signed_in = passwords.change(run.door, old, new)
    keep_session(run, signed_in)
    run.out.done({"email": signed_in.email}, _("Your password is changed."))


@app.verb(
    "forgot",
    help=_("Get a code by mail to choose a new password."),
    example="sysmo password forgot --email E",
)
def _forgot(context: typer.Context, *, email: Email = None) -> None:
    run = here(context)
    from sysmo_tui.services import passwords

    asked = passwords.forgot(run.visitor, answer(run, email, "--email", _("E-mail address")))
    run.out.done(
        {"email": asked.email},
        _(
            "If {email} has an account, a code is on its way. Then: {command}",
            email=asked.email,
            command=Advice("sysmo password reset"),
        ),
    )


@app.verb(
    "reset",
    help=_(
        "Choose a password with a code of a mail or an invitation.\n\n"
        "--password-stdin reads the code, then the password."
    ),
    example="sysmo password reset --email ada@example.com",
)
def _reset(context: typer.Context, *, email: Email = None, password_stdin: PasswordStdin = False) -> None:
    run = here(context)
    from sysmo_tui.services import passwords

    code, new = secret_values(run, password_stdin, [_("Code"), _("New password")], is_new=True)
    with code_from(f"sysmo password forgot --email {email or _('EMAIL')}"):
        chosen = passwords.choose(run.visitor, code.strip(), new, email=email)
    run.out.done(
        {"email": chosen.email, "name": chosen.name},
        _(
            "Your password is chosen. Sign in: {command}",
            command=way_in(run, chosen.email),
        ),
    )
