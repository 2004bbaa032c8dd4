"""``sysmo door install``: the accounts, files and lines of sshd_config through which everybody else comes."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui import settings
from sysmo_tui.cli.context import Here, here, require_no_secret
from sysmo_tui.cli.output import Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render

if TYPE_CHECKING:
    from sysmo_tui.door.checking import Fault
    from sysmo_tui.door.installing import Door, Entry, Plan, Step

app = Noun()


@app.verb(
    "install",
    help=_("Let customers and operators in by SSH: make the account, its files and sshd's part. For root."),
    example="sysmo door install --print",
)
def _install(
    context: typer.Context,
    *,
    print_only: Annotated[
        bool, typer.Option("--print", help=_("Show all that would be made, and change nothing."))
    ] = False,
    user: Annotated[str, typer.Option(help=_("The account by which people come."))] = "sysmo",
    keyless: Annotated[
        str | None, typer.Option(help=_("The account for people without a key; else the same, with -new."))
    ] = None,
    no_keyless: Annotated[
        bool, typer.Option("--no-keyless", help=_("Let nobody in who has no key."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui.door import checking, installing, programs

    if no_keyless and keyless is not None:
        raise Invalid(N_("Choose either --keyless or --no-keyless."), field="keyless")
    if not print_only and os.geteuid() != 0:
        raise Forbidden(N_("Only root can install the door. To see what it needs, add --print."))
    door = installing.door_named(user, None if no_keyless else keyless or f"{user}-new")
    python, server = programs.interpreter(), checking.sshd()
    plan = installing.planned(
        door,
        python=python,
        database_url=_database(run),
        ends_unused=checking.ends_unused(server),
    )
    if print_only:
        _show(run, plan)
        return
    _require_same_database(run, door)
    programs.require_safe(python, plan)

    faults: list[Fault] = []

    def verify() -> None:
        programs.require_usable(door, python)
        faults.extend(checking.require_told(door, server))

    steps = installing.apply(plan, verify)
    tell(run, door, steps, faults)


def _database(run: Here) -> str:
    """The database that was named, checked; "" for a file in the door's own folder."""
    if run.options.demo:
        raise Invalid(N_("The demo desk stays on this machine. Name a database with --database."))
    if run.options.database:
        from sysmo_tui.storage.engine import parse

        require_no_secret(run.options.database)
        parse(run.options.database)
    return run.options.database


def _require_same_database(run: Here, door: Door) -> None:
    """Refuse a database that would not count, since settings that are there stay as they are."""
    if not run.options.database or not door.config.exists():
        return
    there = settings.load({"SYSMO_CONFIG": str(door.config)}).database_url
    if there != run.options.database:
        raise Conflict(
            N_(
                "{path} is there already, and names another database. Change it there, or leave out {option}."
            ),
            path=str(door.config),
            option="--database",
        )


def _show(run: Here, plan: Plan) -> None:
    shape: Shape = {
        "accounts": [{"name": each.name, "command": shlex.join(each.command())} for each in plan.accounts],
        "entries": [
            {
                "path": str(each.path),
                "owner": each.owner,
                "group": each.group,
                "mode": f"{each.mode:04o}",
                "content": each.content,
            }
            for each in plan.entries
        ],
    }
    commands = [shlex.join(each.command()) for each in plan.accounts]
    run.out.one(shape, "\n".join([*commands, *(_shown(each) for each in plan.entries)]))


def _shown(entry: Entry) -> str:
    title = f"{entry.path}  {entry.owner}:{entry.group}  {entry.mode:04o}"
    if entry.content is None:
        return f"\n===== {title}  {_('(folder)')}"
    kept = f"  {_('(if there is none)')}" if entry.is_kept else ""
    return f"\n===== {title}{kept}\n{entry.content.rstrip()}"


def tell(run: Here, door: Door, steps: list[Step], faults: list[Fault]) -> None:
    """Say what was made, what was there, and what is left to do, which begins with ``faults``, none grave."""
    said_of = (
        " ".join(render(part, clean=clean_line) for part in (each.text, each.advice)) for each in faults
    )
    left = [*said_of, *_left(run, door)]
    said = [
        _("Made: {what}", what=each.what) if each.is_new else _("As it was: {what}", what=each.what)
        for each in steps
    ]
    shape: Shape = {
        "done": [{"what": each.what, "is_new": each.is_new} for each in steps],
        "left": left,
    }
    run.out.one(shape, "\n".join(said))
    run.out.say(_("sshd takes it. What is left to do:"))
    for number, each in enumerate(left, 1):
        run.out.say(f"{number}. {each}")


def _left(run: Here, door: Door) -> list[str]:
    """What only the machine's administrator can do."""
    from sysmo_tui.door import programs
    from sysmo_tui.door.installing import STANDARD_CONFIG

    beside = Path(programs.interpreter()).with_name("sysmo")
    program = [str(beside)] if beside.exists() else [programs.interpreter(), "-m", "sysmo_tui"]
    settings = [] if door.config == STANDARD_CONFIG else ["env", f"SYSMO_CONFIG={door.config}"]
    as_door = shlex.join(["runuser", "-u", door.user, "--", *settings, *program])
    unit = f"{door.user}-worker"
    makes_unit = f"{as_door} worker --print-unit > /etc/systemd/system/{unit}.service"
    steps = [_("Have sshd read it: {command}", command="systemctl reload ssh")]
    if run.options.database or not (door.data / "desk.db").exists():
        steps.append(_("Make the desk, if there is none: {command}", command=f"{as_door} init"))
    steps += [
        _("Let a worker send its mail: {command}", command=f"{makes_unit} && systemctl enable --now {unit}"),
        _(
            "Let people reach the port of sshd, and give them its fingerprints: {command}",
            command=_FINGERPRINTS,
        ),
        _("They come with any key: {command}", command=f"ssh {door.user}@HOST"),
    ]
    if door.keyless:
        steps.append(_("Those without a key: {command}", command=f"ssh {door.keyless}@HOST"))
    return steps


_FINGERPRINTS = "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
