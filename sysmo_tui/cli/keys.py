"""``sysmo key``: the SSH keys that open the desk's door for an account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here, who_if_anyone
from sysmo_tui.cli.input import answer, can_ask, confirm, secret_values
from sysmo_tui.cli.options import PasswordStdin, Yes
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.domain.ssh_keys import PublicKey
    from sysmo_tui.services.ssh_keys import KeyLine

app = Noun(help=_("The SSH keys that open the desk for you, without a password."))


@app.verb(
    "new",
    help=_(
        "Let the key that you connect with open the desk for you.\n\n"
        "Through the SSH door it is the key of this connection; your password is asked for once. "
        "Administrators add somebody's key with --for, which reads its public half from standard input."
    ),
    example="sysmo key new --email ada@example.com --label laptop",
)
def _new(
    context: typer.Context,
    *,
    email: Annotated[str | None, typer.Option("--email", help=_("Your e-mail address."))] = None,
    label: Annotated[str, typer.Option("--label", help=_("What you call the key, like: laptop."))] = "",
    whose: Annotated[
        str | None,
        typer.Option("--for", metavar=_("EMAIL"), help=_("Administrators: whose key it is.")),
    ] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    run = here(context)
    if whose is not None and (email is not None or password_stdin):
        raise Invalid(N_("Choose either --for or your own --email and password."), field="whose")
    line = _bind(run, email, label, password_stdin) if whose is None else _bind_for(run, whose, label)
    said = (
        _("The key {key} opens the desk for you from now on.", key=line.fingerprint)
        if whose is None
        else _("The key {key} opens the desk for {email} from now on.", key=line.fingerprint, email=whose)
    )
    run.out.done(_shape(line), said)


@app.verb("list", help=_("List the keys, and when and from where each was used."), example="sysmo key list")
def _list(
    context: typer.Context,
    *,
    email: Annotated[str | None, typer.Option("--email", help=_("Administrators: of this account."))] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import ssh_keys

    found = run.read(ssh_keys.mine) if email is None else run.read(ssh_keys.of_account, email)
    columns: list[Column[KeyLine]] = [
        Column(_("Key"), lambda line: line.fingerprint, grows=True),
        Column(_("Label"), lambda line: line.label),
        Column(_("Since"), lambda line: run.out.when(line.created_at)),
        Column(_("Last used"), lambda line: run.out.when(line.last_used_at)),
        Column(_("From"), lambda line: line.last_source),
        Column("", lambda line: _("this one") if line.is_current else ""),
    ]
    run.out.rows(found, columns, _shape, names=sheets.KEYS, empty=_("No keys."))


@app.verb(
    "revoke",
    help=_(
        "Take a key away: it opens nothing any more, also where it is connected now.\n\n"
        "Sessions that were opened with the password go on."
    ),
    example="sysmo key revoke SHA256:Tk0vQ1p4 --yes",
)
def _revoke(
    context: typer.Context,
    key: Annotated[
        str,
        typer.Argument(
            metavar=_("KEY"),
            help=_("Its fingerprint, or the beginning of it; see the list."),
            autocompletion=completing.keys,
        ),
    ],
    *,
    yes: Yes = False,
) -> None:
    run = here(context)
    run.require_actor()
    from sysmo_tui.services import ssh_keys

    confirm(run, _("Revoke the key {key}?", key=key), yes)
    revoked = run.write(ssh_keys.revoke, key)
    run.out.done({"keys": revoked.keys}, _("The key is revoked."))


def _bind(run: Here, email: str | None, label: str, is_password_on_stdin: bool) -> KeyLine:
    """Bind the key of this connection: for who is signed in here, else for who has the password."""
    from sysmo_tui.services import ssh_keys

    key = _of_connection(run)
    if email is None and run.door.read(who_if_anyone) is not None:
        return run.write(ssh_keys.bind, key, label)
    address = answer(run, email, "--email", _("E-mail address"))
    [password] = secret_values(run, is_password_on_stdin, [_("Password")])
    return ssh_keys.bind_after_password(run.door, address, password, key, label)


def _bind_for(run: Here, email: str, label: str) -> KeyLine:
    from sysmo_tui.domain.ssh_keys import LONGEST_LINE, read_public_key
    from sysmo_tui.services import ssh_keys

    run.read(ssh_keys.of_account, email)
    if can_ask(run):
        line = answer(run, None, "", _("Public key, the line of the file that ends in .pub"))
    else:
        line = sys.stdin.read(LONGEST_LINE + 1)
    return run.write(ssh_keys.bind_for, email, read_public_key(line), label)


def _of_connection(run: Here) -> PublicKey:
    """The key that sshd authenticated; Invalid, saying what to do, where there is none."""
    if run.visit is None:
        raise Invalid(
            N_("A key is bound by connecting with it: {command}, or {other}"),
            field="key",
            command=Advice(f"sysmo connect ssh://{_('DESK')}"),
            other=f"ssh sysmo@{_('DESK')} key new",
        )
    if run.visit.key is None:
        raise Invalid(
            N_("This connection has no key. Make one with {command}, and connect with it."),
            field="key",
            command="ssh-keygen -t ed25519",
        )
    return run.visit.key


def _shape(line: KeyLine) -> Shape:
    return {
        "fingerprint": line.fingerprint,
        "algorithm": line.algorithm,
        "label": line.label,
        "created_at": line.created_at,
        "last_used_at": line.last_used_at,
        "last_source": line.last_source,
        "is_current": line.is_current,
    }
