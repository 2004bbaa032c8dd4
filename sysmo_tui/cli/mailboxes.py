"""``sysmo mail mailbox``: where mail is fetched, and what a pipe delivers for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.options import DryRun, Key
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.mail_servers import read_imap
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.i18n import _
from sysmo_tui.widgets.mail_words import trial_words

if TYPE_CHECKING:
    from sysmo_tui.services.mailboxes import MailboxEdits, MailboxLine

_TURNS_ON = "sysmo config edit mail_comes_in on"

app = Noun(help=_("The mailboxes that mail comes from."))

Which = Annotated[
    str, typer.Argument(metavar=_("MAILBOX"), help=_("Its name."), autocompletion=completing.mailboxes)
]
Address = Annotated[
    str | None, typer.Option(metavar=_("ADDRESS"), help=_("The address that people write to."))
]
Url = Annotated[
    str | None,
    typer.Option(
        metavar=_("URL"), help=_("Where mail is fetched: imaps://user@host; empty: a pipe delivers it.")
    ),
]
Folder = Annotated[
    str | None, typer.Option(metavar=_("FOLDER"), help=_("The folder that is fetched from: INBOX if none."))
]
MovesTo = Annotated[
    str | None,
    typer.Option(
        metavar=_("FOLDER"), help=_("The folder that fetched mail is moved to; empty: it is deleted.")
    ),
]
Topic = Annotated[
    str | None,
    typer.Option(metavar=_("TOPIC"), help=_("The topic of its new requests; empty: the desk's first.")),
]


@app.verb("list", help=_("List mailboxes, and how fetching goes."), example="sysmo mail mailbox list")
def _list(
    context: typer.Context,
    *,
    archived: Annotated[bool, typer.Option("--archived", help=_("Archived ones, too."))] = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import mailboxes

    columns: list[Column[MailboxLine]] = [
        Column(_("Name"), lambda line: line.name),
        Column(_("Address"), lambda line: line.address),
        Column(_("Fetched from"), lambda line: line.url or _("a pipe")),
        Column(_("State"), lambda line: _state(run, line), grows=True),
    ]
    found = run.read(mailboxes.lines, archived=archived)
    run.out.rows(found, columns, _shape, names=sheets.MAILBOXES, empty=_("There is no mailbox yet."))


@app.verb("show", help=_("Show a mailbox."), example="sysmo mail mailbox show support")
def _show(context: typer.Context, mailbox: Which) -> None:
    run = here(context)
    from sysmo_tui.services import mailboxes

    _tell(run, run.read(mailboxes.show, mailbox))


@app.verb(
    "new",
    help=_("Make a mailbox; its password stays out of the address."),
    example="sysmo mail mailbox new support --url imaps://support@mail.example.com",
)
def _new(
    context: typer.Context,
    mailbox: Annotated[
        str, typer.Argument(metavar=_("NAME"), help=_("Its name, for good: small letters, digits, dashes."))
    ],
    *,
    address: Address = None,
    url: Url = None,
    folder: Folder = None,
    moves_to: MovesTo = None,
    topic: Topic = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import mailboxes

    edits = mailboxes.MailboxEdits(address, url, folder, moves_to, topic)
    line = run.create(key, mailboxes.new, mailbox, edits)
    _tell(run, line)
    _advise(run, line)


@app.verb(
    "edit", help=_("Change a mailbox."), example="sysmo mail mailbox edit support --moves-to Archive/Desk"
)
def _edit(
    context: typer.Context,
    mailbox: Which,
    *,
    address: Address = None,
    url: Url = None,
    folder: Folder = None,
    moves_to: MovesTo = None,
    topic: Topic = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import mailboxes

    edits: MailboxEdits = mailboxes.MailboxEdits(address, url, folder, moves_to, topic)
    if edits == mailboxes.MailboxEdits():
        raise Invalid(N_("Say what to change, like --url. See: sysmo mail mailbox edit --help"))
    line = run.write(mailboxes.edit, mailbox, edits)
    _tell(run, line)
    if url or address:
        _advise(run, line)


@app.verb(
    "archive",
    help=_("Fetch from a mailbox no longer; what came stays."),
    example="sysmo mail mailbox archive support",
)
def _archive(context: typer.Context, mailbox: Which, *, dry_run: DryRun = False) -> None:
    run = here(context)
    from sysmo_tui.services import mailboxes

    if dry_run:
        line = run.rehearse(mailboxes.archive, mailbox)
        said = _("Mailbox {name} would be archived.", name=line.name)
        run.out.done({"name": line.name, "dry_run": True}, said)
        return
    _tell(run, run.write(mailboxes.archive, mailbox))


@app.verb("unarchive", help=_("Fetch from a mailbox again."), example="sysmo mail mailbox unarchive support")
def _unarchive(context: typer.Context, mailbox: Which) -> None:
    run = here(context)
    from sysmo_tui.services import mailboxes

    _tell(run, run.write(mailboxes.archive, mailbox, archived=False))


@app.verb(
    "test",
    help=_("Open a mailbox with the secrets of this machine; nothing is fetched."),
    example="sysmo mail mailbox test support",
)
def _test(context: typer.Context, mailbox: Which) -> None:
    run = here(context)
    from sysmo_tui.mail.trying import try_out

    trial = try_out(run.door, mailbox, run.settings.mailboxes)
    result: Shape = {"name": trial.name, "waiting": trial.waiting, "tells": trial.tells}
    run.out.done(result, trial_words(trial))


def _advise(run: Here, line: MailboxLine) -> None:
    """Say what is missing before answers by mail are read."""
    from sysmo_tui.services import mailboxes

    if line.url:
        named = mailboxes.variable(line.name, len(run.itself.read(mailboxes.to_fetch)))
        run.out.say(_("Put its password where the worker runs, in {variable}.", variable=named))
    if (line.url or line.address) and not run.desk_settings.mail_comes_in:
        said = _("When answers by mail shall be read, say so: {command}", command=Advice(_TURNS_ON))
        run.out.say(said)


def _state(run: Here, line: MailboxLine) -> str:
    if line.is_archived:
        return _("archived")
    if line.failing_since is not None:
        when = run.out.when(line.failing_since)
        return _("fails since {when}: {error}", when=when, error=line.error)
    if not line.url:
        return ""
    if line.checked_at is None:
        return _("never fetched")
    return _("fetched {when}", when=run.out.when(line.checked_at))


def _tell(run: Here, line: MailboxLine) -> None:
    is_left = bool(line.url) and read_imap(line.url).keeps
    kept = _("left, marked as read") if is_left else line.moves_to or _("deleted")
    run.out.facts(
        _shape(line),
        [
            (_("Name"), line.name),
            (_("Address"), line.address),
            (_("Fetched from"), line.url or _("a pipe")),
            (_("Folder"), line.folder if line.url else ""),
            (_("Fetched mail"), kept if line.url else ""),
            (_("Topic"), _(line.topic_name) if line.topic_name else _("the desk's first")),
            (_("State"), _state(run, line)),
            (_("Fetched by"), line.fetcher or ""),
        ],
    )


def _shape(line: MailboxLine) -> Shape:
    return {
        "name": line.name,
        "address": line.address,
        "url": line.url,
        "folder": line.folder,
        "moves_to": line.moves_to,
        "topic": line.topic,
        "checked_at": line.checked_at,
        "failing_since": line.failing_since,
        "error": line.error,
        "fetcher": line.fetcher,
        "is_archived": line.is_archived,
    }
