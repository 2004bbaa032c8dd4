"""``sysmo doctor``: what is wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from sysmo_tui.cli import failures, sheets
from sysmo_tui.cli.context import Here, here, who_if_anyone
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import DeskError, Invalid
from sysmo_tui.domain.message import Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, ngettext, render

if TYPE_CHECKING:
    from sysmo_tui.services.mail_queue import Waiting

app = Noun()

UNWELL = 2
"""The exit code when something is wrong."""

LEAST_SPACE = 500_000_000
"""Bytes that should be free beside an embedded database."""

LONGEST_WAIT = timedelta(minutes=15)
"""How long mail may wait before that is worth a word."""


class Health(StrEnum):
    """How one thing is."""

    GOOD = "good"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``advice`` says what to do."""

    name: str
    health: Health
    text: str
    advice: str = ""


@app.verb(
    "doctor", help=_("Say what is wrong, and what to do; fails when something is."), example="sysmo doctor"
)
def _doctor(context: typer.Context) -> None:
    run = here(context)
    found = list(_examined(run))
    columns: list[Column[Finding]] = [
        Column(
            _("Well"), lambda each: {Health.GOOD: "✓", Health.WARNING: "!", Health.WRONG: "✗"}[each.health]
        ),
        Column(_("What"), lambda each: each.name),
        Column(_("How it is"), lambda each: f"{each.text} {each.advice}".strip(), grows=True),
    ]
    if run.out.is_terminal and not run.out.is_for_scripts:
        for each in found:
            sign, name, text = (column.text(each) for column in columns)
            run.out.print(f"{sign} {name}: {text}")
    else:
        run.out.rows(found, columns, _shape, names=sheets.FINDINGS, empty="")
    if any(each.health is Health.WRONG for each in found):
        raise typer.Exit(UNWELL)


def _examined(run: Here) -> Iterator[Finding]:
    """Every finding; what cannot be reached ends the examination."""
    for name, look in (
        (_("Settings"), _settings),
        (_("Door"), _door),
        (_("Desk"), _desk),
        (_("Soundness"), _soundness),
        (_("File"), _file),
        (_("Server"), _server),
        (_("Standby"), _standby),
        (_("Backups"), _backups),
        (_("Mail"), _mail),
        (_("Mail in"), _mail_in),
        (_("Mailboxes"), _mailboxes),
        (_("Worker"), _worker),
        (_("Topics"), _topics),
        (_("Session"), _session),
        (_("Terminal"), _terminal),
    ):
        try:
            if look is _desk and run.far_desk is not None:
                # All else is the business of whoever looks after that machine.
                yield from _far_desk(run, name)
                yield from _terminal(run, _("Terminal"))
                return
            yield from look(run, name)
        except DeskError as error:
            yield Finding(name, Health.WRONG, failures.said(error))
            if look in (_settings, _desk):
                return


def _settings(run: Here, name: str) -> Iterator[Finding]:
    yield Finding(name, Health.GOOD, str(run.settings.state_dir))


def _door(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.door import checking, programs

    for door in checking.installed():
        faults = list(checking.examined(door, programs.interpreter()))
        for fault in faults:
            health = Health.WRONG if fault.is_grave else Health.WARNING
            yield Finding(
                name, health, *(render(each, clean=clean_line) for each in (fault.text, fault.advice))
            )
        if not faults:
            where = ", ".join(door.accounts)
            yield Finding(name, Health.GOOD, _("The SSH door is as it was installed: {where}.", where=where))


def _desk(run: Here, name: str) -> Iterator[Finding]:
    yield Finding(name, Health.GOOD, clean_line(f"{run.desk_settings.name} · {run.desk.store.shown_url}"))


def _far_desk(run: Here, name: str) -> Iterator[Finding]:
    """Whether the door of a desk on another machine opens, for whom, and how fast."""
    from time import monotonic

    from sysmo_tui.cli import far

    before, address = monotonic(), far.address_of(run)
    try:
        who = far.who(run)
    except far.Refused:
        yield Finding(name, Health.WRONG, _("The desk at {address} refuses to answer.", address=address))
        return
    seconds = f"{monotonic() - before:.1f}"
    yield Finding(
        name,
        Health.GOOD,
        _("The desk at {address} answered within {seconds} s.", address=address, seconds=seconds),
    )
    if who is None:
        yield Finding(
            _("Session"),
            Health.WARNING,
            _("Nobody is signed in there."),
            _("Bind your key: {command}", command=Advice(f"sysmo connect {address}")),
        )
    else:
        email = clean_line(str(who.get("email", "")))
        yield Finding(_("Session"), Health.GOOD, _("{email} is signed in there.", email=email))


def _soundness(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.storage import integrity

    problems = [render(message, clean=clean_line) for message in integrity.check(run.desk.store)]
    for problem in problems:
        yield Finding(
            name,
            Health.WRONG,
            problem,
            _("Restore a backup: {command}", command=Advice("sysmo db restore FILE")),
        )
    if not problems:
        yield Finding(name, Health.GOOD, _("The database is sound."))


def _file(run: Here, name: str) -> Iterator[Finding]:
    path = run.desk.store.path
    if path is None:
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o007:
        yield Finding(
            name,
            Health.WRONG,
            _("Everybody on this machine can open {path}, and so is an administrator.", path=path),
            f"chmod o-rwx {path}",
        )
    free = shutil.disk_usage(path.parent).free
    if free < LEAST_SPACE:
        yield Finding(
            name, Health.WRONG, _("Less than 500 MB are free beside {path}.", path=path), _("Make room.")
        )
    else:
        yield Finding(name, Health.GOOD, _("There is room beside {path}.", path=path))


def _server(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.cli import doctor_server

    return doctor_server.server(run, name)


def _standby(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.cli import doctor_server

    return doctor_server.standby(run, name)


def _backups(run: Here, name: str) -> Iterator[Finding]:
    if run.desk.store.path is None:
        from sysmo_tui.storage import pg_tools

        try:
            pg_tools.require(run.desk.store)
        except Invalid as missing:
            yield Finding(name, Health.WARNING, failures.said(missing))
            return
        yield Finding(name, Health.GOOD, _("pg_dump is as new as the server, or newer."))


def _mail(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.assembly import choose_transport
    from sysmo_tui.services import mail_queue

    transport = choose_transport(run.desk, run.settings.mail_url, run.settings.mail_password)
    health = Health.GOOD if transport.is_ready else Health.WRONG
    yield Finding(name, health, render(transport.explanation, clean=clean_line))
    waiting: Waiting = run.itself.read(mail_queue.waiting_summary)
    if waiting.failed:
        yield Finding(
            name,
            Health.WARNING,
            ngettext("{count} mail failed.", "{count} mails failed.", waiting.failed),
            _("See: {command}", command=Advice("sysmo mail queue --failed")),
        )
    if waiting.held:
        yield Finding(
            name,
            Health.WARNING,
            ngettext("{count} mail is held.", "{count} mails are held.", waiting.held),
            _("See: {command}", command=Advice("sysmo mail queue")),
        )
    if waiting.struggling:
        yield Finding(
            name,
            Health.WRONG,
            ngettext(
                "{count} mail was tried and did not leave: {reason}",
                "{count} mails were tried and did not leave: {reason}",
                waiting.struggling,
                reason=waiting.reason,
            ),
            _("See: {command}", command=Advice("sysmo mail queue")),
        )
    if waiting.oldest is not None and run.clock() - waiting.oldest > LONGEST_WAIT:
        yield Finding(
            name,
            Health.WRONG,
            _("Mail waits since {when}.", when=run.out.when(waiting.oldest)),
            _("Start: {command}", command=Advice("sysmo worker")),
        )


def _mail_in(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.services import inbound

    found = run.itself.read(inbound.summary)
    if found.struggling:
        yield Finding(
            name,
            Health.WRONG,
            ngettext(
                "{count} mail that came in could not be read or decided so far.",
                "{count} mails that came in could not be read or decided so far.",
                found.struggling,
            ),
            _("It is tried again, and then waits in quarantine."),
        )
    if found.oldest is not None and run.clock() - found.oldest > LONGEST_WAIT:
        yield Finding(
            name,
            Health.WRONG,
            _("Mail that came in waits since {when}.", when=run.out.when(found.oldest)),
            _("Start: {command}", command=Advice("sysmo worker")),
        )
    if found.quarantined:
        yield Finding(
            name,
            Health.WARNING,
            ngettext(
                "{count} mail waits in quarantine.", "{count} mails wait in quarantine.", found.quarantined
            ),
            _("See: {command}", command=Advice("sysmo mail quarantine")),
        )
    says_so = run.desk_settings.mail_comes_in
    if says_so and found.newest is None:
        yield Finding(
            name,
            Health.WARNING,
            _("The desk's mails say that one can just answer, but no mail has come in yet."),
            _("See: {command}", command=Advice("sysmo mail mailbox list")),
        )
    if not says_so and found.newest is not None:
        yield Finding(
            name,
            Health.WARNING,
            _("Mail comes in, but the desk's mails do not say that one can just answer."),
            _("Set: {command}", command=Advice("sysmo config edit mail_comes_in on")),
        )
    if not (found.pending or found.quarantined):
        yield Finding(name, Health.GOOD, _("All mail that came in is decided."))


def _mailboxes(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.mail.fetching import access_for
    from sysmo_tui.services import mailboxes

    fetched = run.itself.read(mailboxes.to_fetch)
    wanted = {each.name for each in fetched}
    for line in run.itself.read(mailboxes.lines):
        if line.name not in wanted:
            continue
        has_secret = access_for(line.name, fetched, run.settings.mailboxes) is not None
        if line.failing_since is not None:
            when = run.out.when(line.failing_since)
            text = _("{name} fails since {when}: {error}", name=line.name, when=when, error=line.error)
            advice = _("See: {command}", command=Advice(f"sysmo mail mailbox test {line.name}"))
            yield Finding(name, Health.WRONG, text, advice)
        elif line.fetcher is not None:
            text = _("{name} is fetched by {fetcher}.", name=line.name, fetcher=line.fetcher)
            yield Finding(name, Health.GOOD, text)
        elif not has_secret:
            variable = mailboxes.variable(line.name, len(fetched))
            text = _("Nobody fetches from {name}, and its secret is not here.", name=line.name)
            yield Finding(name, Health.WRONG, text, _("Set {variable}.", variable=variable))
        elif line.checked_at is None or run.clock() - line.checked_at > LONGEST_WAIT:
            text = _("Nobody fetches from {name}.", name=line.name)
            yield Finding(name, Health.WRONG, text, _("Start: {command}", command=Advice("sysmo worker")))
        else:
            when = run.out.when(line.checked_at)
            yield Finding(name, Health.GOOD, _("{name} was fetched {when}.", name=line.name, when=when))


def _worker(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.services import leases
    from sysmo_tui.services.leases import Duty

    if run.itself.read(leases.is_alive, Duty.MAIL_OUT):
        yield Finding(name, Health.GOOD, _("Somebody does the background duties."))
    else:
        yield Finding(
            name,
            Health.WARNING,
            _("Nobody does the background duties: mail leaves when commands and screens run."),
            _("Start: {command}", command=Advice("sysmo worker")),
        )


def _topics(run: Here, name: str) -> Iterator[Finding]:
    from sysmo_tui.services import topics

    names: tuple[str, ...] = run.itself.read(topics.without_operators)
    for topic in names:
        yield Finding(
            name,
            Health.WARNING,
            _("Nobody serves the topic {topic}.", topic=_(topic)),
            _("See: {command}", command=Advice("sysmo topic operators")),
        )
    if not names:
        yield Finding(name, Health.GOOD, _("Every topic has operators."))


def _session(run: Here, name: str) -> Iterator[Finding]:
    keeper = run.desk.store.path
    if os.geteuid() == 0 and keeper is not None and keeper.stat().st_uid != 0:
        # They are those of the account that runs the desk, and not root's to use.
        yield Finding(
            name, Health.GOOD, _("Another account of this machine runs the desk, and has its sessions.")
        )
        return
    signed_in = run.door.read(who_if_anyone)
    if signed_in is None:
        yield Finding(name, Health.GOOD, _("Nobody is signed in here."))
    else:
        yield Finding(name, Health.GOOD, _("{email} is signed in here.", email=clean_line(signed_in.email)))


def _terminal(run: Here, name: str) -> Iterator[Finding]:
    if not run.out.speaks_unicode:
        yield Finding(
            name,
            Health.WARNING,
            _(
                "Output is not UTF-8 ({encoding}), so not every letter can be shown.",
                encoding=sys.stdout.encoding,
            ),
            "LANG=C.UTF-8",
        )
    else:
        yield Finding(name, Health.GOOD, "UTF-8")


def _shape(each: Finding) -> Shape:
    return {"name": each.name, "health": each.health, "text": each.text, "advice": each.advice}
