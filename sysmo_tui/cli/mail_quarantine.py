"""``sysmo mail quarantine``: mail that waits for a person's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.kept_mail import One, aligned, columns, explained, facts, hung, rules, shape
from sysmo_tui.cli.options import After, DryRun, Limit
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.message import Advice
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.mail_words import goes_words
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.quarantined import Look

app = Noun(help=_("Mail that waits for a person's decision."))

Mails = Annotated[
    list[int], typer.Argument(metavar=_("ID…"), help=_("The mails, as “quarantine list” numbers them."))
]


@app.verb("list", help=_("The mail that waits, oldest first."), example="sysmo mail quarantine list")
def _list(context: typer.Context, *, limit: Limit = 50, after: After = None) -> None:
    run = here(context)
    from sysmo_tui.services import quarantine

    page = run.read(quarantine.page, after=after, limit=limit)
    run.out.rows(
        page.items,
        [
            *columns(run),
            Column(_("Why"), lambda m: said(m.reason) if m.reason else "", grows=True),
            Column(_("Goes to"), goes_words),
        ],
        shape,
        names=sheets.KEPT_MAILS,
        empty=_("No mail waits for a decision."),
        total=run.read(quarantine.count) if run.wants_json else None,
        following=page.next,
    )


@app.verb(
    "show",
    help=_("Show a mail that waits: who, what, why, and its text."),
    example="sysmo mail quarantine show 17",
)
def _show(
    context: typer.Context,
    mail: One,
    *,
    full: Annotated[
        bool, typer.Option("--full", help=_("With quotes and signatures, which a terminal shows folded."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui import quarantined
    from sysmo_tui.widgets.passages import lines_of

    look = quarantined.look(run.door, mail)
    is_folded = run.out.is_terminal and not full and not run.out.is_for_scripts
    lines = list(lines_of(look.text, is_folded=is_folded))
    run.out.one(_shape(look), _text(run, look, [line.text for line in lines]))
    if any(line.hides for line in lines):
        run.out.say(
            _(
                "Quotes and signatures are folded. The whole text: {command}",
                command=Advice(f"sysmo mail quarantine show {mail} --full"),
            )
        )


@app.verb(
    "accept",
    help=_("File a mail in the ticket that it belongs to, or as a new one."),
    example="sysmo mail quarantine accept 17 --join",
)
def _accept(
    context: typer.Context,
    mail: One,
    *,
    as_new: Annotated[bool, typer.Option("--as-new", help=_("Make a new ticket of it."))] = False,
    joins: Annotated[
        bool, typer.Option("--join", help=_("Let its sender take part in the ticket from now on."))
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui import quarantined

    done = quarantined.accept(run.door, mail, as_new=as_new, joins=joins)
    result: Shape = {"id": done.id, "verdict": done.verdict, "ticket": done.ticket_number}
    run.out.done(result, _("Mail {id} is in #{number}.", id=done.id, number=done.ticket_number))


@app.verb(
    "reject",
    help=_("Turn mails away: nobody is told, and they stay kept."),
    example="sysmo mail quarantine reject 17 --block",
    aliases=("drop",),
)
def _reject(
    context: typer.Context,
    mails: Mails,
    *,
    block: Annotated[bool, typer.Option("--block", help=_("Block their senders' addresses, too."))] = False,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import quarantine

    if dry_run:
        count = len(run.rehearse(quarantine.reject_all, mails, blocks=block))
        text = ngettext("{count} mail would be rejected.", "{count} mails would be rejected.", count)
        run.out.done({"rejected": mails, "dry_run": True}, text)
        return
    count = len(run.write(quarantine.reject_all, mails, blocks=block))
    text = ngettext("{count} mail is rejected.", "{count} mails are rejected.", count)
    run.out.done({"rejected": mails}, text)


def _shape(look: Look) -> Shape:
    return explained(look.record) | {
        "recipients": look.recipients,
        "text": look.text,
        "is_longer": look.is_longer,
        "files": [{"name": f.name, "media_type": f.media_type, "size": f.size} for f in look.files],
        "remarks": look.remarks,
    }


def _text(run: Here, look: Look, lines: list[str]) -> str:
    told = facts(run, look.record, to=", ".join(look.recipients))
    told += [(_("Files"), ", ".join(f"{file.name} ({file_size(file.size)})" for file in look.files))]
    words = "\n".join([*(hung(run, "", line) for line in lines), *(["…"] if look.is_longer else [])])
    parts = [aligned(run, told), rules(run, look.record), words]
    return "\n\n".join(part for part in parts if part)
