"""``sysmo connect``: from the address of a desk on another machine to being signed in there."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui.cli import own_config
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import agreed, answer, can_ask, chosen
from sysmo_tui.cli.options import PasswordStdin
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.settings import user_file

if TYPE_CHECKING:
    from sysmo_tui.domain.desk_address import DeskAddress

app = Noun()

_KEY = Path(".ssh", "id_ed25519")
"""Where OpenSSH looks for a key, within the home of its owner."""


@app.verb(
    "connect",
    help=_(
        "Use a desk on another machine, by SSH.\n\n"
        "Tries the connection, remembers the address, and has your SSH key open the desk for you. "
        "From then on every command, and the screens, work over there."
    ),
    example="sysmo connect ssh://sysmo@desk.example.com",
)
def _connect(
    context: typer.Context,
    address: Annotated[
        str | None,
        typer.Argument(metavar=_("ADDRESS"), help=_("Like ssh://sysmo@desk.example.com:2222.")),
    ] = None,
    *,
    email: Annotated[str | None, typer.Option(help=_("Your e-mail address."))] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    run = here(context)
    from sysmo_tui.cli import far
    from sysmo_tui.domain.desk_address import read_address

    if run.options.demo or run.options.database:
        raise Invalid(N_("A desk that is elsewhere has no database here."), field="address")
    question = _("Address of the desk, like ssh://sysmo@desk.example.com")
    known = "" if run.far_desk is None else str(run.far_desk)
    desk = read_address(answer(run, address, _("ADDRESS"), question, known, check=read_address))
    there = _over_there(run, desk)
    if can_ask(run) and not _has_key(there, desk):
        _make_key(run)
    # A shared connection may be older than the key.
    who = far.who(there, shares=False)
    file = user_file(run.environ)
    own_config.remember_desk(file, str(desk))
    run.out.say(_("The desk at {address} is reached; its address is in {path}.", address=desk, path=file))
    if who is None and (email is not None or can_ask(run)):
        who = _introduce(there, desk, email, password_stdin)
    _tell(run, desk, file, who)


def _tell(run: Here, desk: DeskAddress, file: Path, who: dict[str, Any] | None) -> None:
    email = None if who is None else clean_line(str(who.get("email", "")))
    shape = {"address": str(desk), "config": str(file), "email": email}
    if email is None:
        told = _("Nobody is signed in there. Next: {command}", command=Advice("sysmo connect"))
    else:
        told = _(
            "You are {email} there: every command works, and {command} alone opens the screens.",
            email=email,
            command=Advice("sysmo"),
        )
    run.out.done(shape, told)
    if run.environ.get("SYSMO_DATABASE_URL") and not run.environ.get("SYSMO_DESK"):
        run.out.say(_("{variable} is set here, and comes first: unset it.", variable="SYSMO_DATABASE_URL"))


def _over_there(run: Here, desk: DeskAddress) -> Here:
    """A run that means this desk, whatever the settings say."""
    there = Here({**run.environ, "SYSMO_DESK": str(desk)}, run.words)
    there.options = run.options
    return there


def _introduce(
    there: Here, desk: DeskAddress, email: str | None, is_password_on_stdin: bool
) -> dict[str, Any] | None:
    """Sign in or register over there, and bind the key of this machine to the account."""
    from sysmo_tui.cli import far

    way = "1"
    if email is None:
        for line in (
            _("1  I have an account there"),
            _("2  I am new: register"),
            _("3  I was given a code, for an account or a new password"),
        ):
            there.out.say(line)
        way = chosen(("1", "2", "3"))
    address = answer(there, email, "--email", _("E-mail address"))
    if way == "2":
        _do(there, desk, ["register", "--email", address])
        _do(there, desk, ["verify"])
    elif way == "3":
        _do(there, desk, ["password", "reset", "--email", address])
    secret = ["--password-stdin"] if is_password_on_stdin else []
    _do(there, desk, ["key", "new", "--email", address, *secret], reads_stdin=is_password_on_stdin)
    return far.who(there, shares=False)


def _do(there: Here, desk: DeskAddress, words: list[str], *, reads_stdin: bool = False) -> None:
    """A step over there; Exit with its code when it fails."""
    from sysmo_tui.cli import far, far_line, far_ssh

    call = far.call_for(there, far_line.line(there, words), reads_stdin)
    code = far_ssh.relay(there, desk, replace(call, shares=False), is_talk=True)
    if code:
        raise typer.Exit(code)


def _has_key(there: Here, desk: DeskAddress) -> bool:
    """Whether OpenSSH has a key to show: in its agent, or in a file where it looks for one."""
    from sysmo_tui.cli import far_ssh

    environ = dict(there.environ)
    agent = shutil.which("ssh-add", path=environ.get("PATH"))
    if agent and not subprocess.run([agent, "-l"], capture_output=True, env=environ, check=False).returncode:
        return True
    return any(Path(name).expanduser().exists() for name in far_ssh.identities(there, desk))


def _make_key(run: Here) -> None:
    """Offer to make a key, which opens the desk without a password; ssh-keygen asks what else it must."""
    keygen = shutil.which("ssh-keygen", path=run.environ.get("PATH"))
    place = Path.home() / _KEY
    if keygen is None or place.exists():
        return
    if not agreed(_("There is no SSH key here. Make one in {path} now?", path=place)):
        return
    place.parent.mkdir(mode=0o700, exist_ok=True)
    made = subprocess.run([keygen, "-t", "ed25519", "-f", str(place)], env=dict(run.environ), check=False)
    if made.returncode:
        raise Invalid(N_("No key was made."), field="key")
