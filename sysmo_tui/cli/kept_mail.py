"""``sysmo mail list``, ``explain`` and ``raw``: what came in, and why it went where it did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui import local_files
from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.local_options import STREAM, LocalTarget
from sysmo_tui.cli.options import After, Limit
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.domain.text import cell_width, clean_line
from sysmo_tui.i18n import _
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.mail_words import goes_words, outcome_words, sender_words, step_words
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.kept_mail import MailLine, MailRecord

app = Noun()

_TICKET = re.compile(r"(?:#|[Tt]-?)[0-9]+")

_LEAST_TEXT = 20
"""Cells that a text behind its head has at least, where its lines are broken."""

One = Annotated[int, typer.Argument(metavar=_("ID"), help=_("The mail, as “mail list” numbers it."))]


@app.verb("list", help=_("The mail that came in, and what became of it."), example="sysmo mail list")
def _list(
    context: typer.Context,
    *,
    verdict: Annotated[
        Verdict | None, typer.Option("--verdict", help=_("Only what became this; everything if none."))
    ] = None,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import kept_mail

    page = run.read(kept_mail.page, verdict=verdict, after=after, limit=limit)
    counts = run.read(kept_mail.tally)
    run.out.rows(
        page.items,
        [*columns(run), Column(_("Became"), outcome_words), Column(_("Ticket"), goes_words)],
        shape,
        names=sheets.KEPT_MAILS,
        empty=_("No mail came in."),
        following=page.next,
        more={"counts": {each.value: number for each, number in counts.items()}},
    )
    if not run.out.is_for_scripts:
        parts = [f"{said(each)} {number}" for each, number in counts.items() if number]
        run.out.say(
            _("Came in: {count}", count=sum(counts.values())) + f" ({', '.join(parts)})" * bool(parts)
        )


@app.verb(
    "explain",
    help=_("Say which rule decided about a mail, and why the others did not."),
    example="sysmo mail explain '<CAF4x@mail.example.com>'",
)
def _explain(
    context: typer.Context,
    mail: Annotated[
        str, typer.Argument(metavar=_("MAIL"), help=_("Its Message-ID, its id, or a ticket like '#42'."))
    ],
) -> None:
    run = here(context)
    from sysmo_tui.services import kept_mail

    if _TICKET.fullmatch(mail):
        number = parse_number(mail)
        records = run.read(kept_mail.of_ticket, number)
        if not records:
            run.out.say(_("No mail came in for #{number}.", number=number))
    else:
        records = run.read(kept_mail.find, mail)
    shapes = [explained(record) for record in records]
    text = "\n\n".join(explanation(run, record) for record in records)
    if text or run.out.is_for_scripts:
        run.out.many({"items": shapes}, shapes, sheets.KEPT_MAILS, text)


@app.verb("raw", help=_("A mail as it came, byte for byte."), example="sysmo mail raw 17 -o mail.eml")
def _raw(
    context: typer.Context,
    mail: One,
    *,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar=LocalTarget(_("FILE")), help=_("A new file; - is standard output.")
        ),
    ] = "-",
) -> None:
    run = here(context)
    from sysmo_tui.services import kept_mail

    record = run.read(kept_mail.show, mail)
    chunks = kept_mail.raw(run.door, mail)
    if output == STREAM:
        run.out.file(chunks)
        return
    path = local_files.save_bytes(output, chunks)
    if record.line.is_cut:
        run.out.say(_("Only its beginning was kept: it was {size}.", size=file_size(record.line.size)))
    run.out.done({"id": mail, "path": str(path)}, str(path))


def columns(run: Here) -> list[Column[MailLine]]:
    """What every list of mails shows first."""
    return [
        Column(_("ID"), lambda m: str(m.id), is_number=True),
        Column(_("Came"), lambda m: run.out.when(m.received_at)),
        Column(_("From"), lambda m: m.sender or _("nobody")),
        Column(_("Subject"), lambda m: m.subject, grows=True),
    ]


def shape(line: MailLine) -> Shape:
    """A mail for scripts."""
    return {
        "id": line.id,
        "received_at": line.received_at,
        "mailbox": line.mailbox,
        "message_id": line.message_id,
        "sender": line.sender,
        "sender_name": line.sender_name,
        "subject": line.subject,
        "class": line.mail_class,
        "verdict": line.verdict,
        "reason": line.reason,
        "ticket": line.ticket_number,
        "topic": line.topic,
        "size": line.size,
        "is_cut": line.is_cut,
    }


def explained(record: MailRecord) -> Shape:
    """How a mail was decided, for scripts."""
    return shape(record.line) | {
        "decided_at": record.decided_at,
        "decided_by": record.decided_by,
        "entry": record.entry_key,
        "error": record.error,
        "rules": [{"rule": s.rule, "hit": s.is_hit, "detail": s.detail} for s in record.steps],
    }


def facts(run: Here, record: MailRecord, to: str = "") -> list[tuple[str, str]]:
    """What is known of a mail without reading it, for people; ``to`` is whom reading it tells."""
    line = record.line
    by = _("by {who}", who=record.decided_by) if record.decided_by else ""
    return [
        (_("Mail"), str(line.id)),
        (_("Came"), run.out.when(line.received_at)),
        (_("Mailbox"), line.mailbox),
        (_("From"), sender_words(line)),
        (_("To"), to),
        (_("Subject"), line.subject),
        (_("Class"), said(line.mail_class) if line.mail_class else ""),
        (_("Became"), " · ".join(part for part in (outcome_words(line), by) if part)),
        (_("Ticket") if line.ticket_number is not None else _("Topic"), goes_words(line)),
        (_("Size"), file_size(line.size)),
        (_("Trouble"), record.error),
    ]


def aligned(run: Here, rows: list[tuple[str, str]]) -> str:
    """Names and values in two columns; those without a value are left out."""
    given = [(name, value) for name, value in rows if value]
    width = max(cell_width(name) for name, _value in given)
    return "\n".join(
        hung(run, name + " " * (width - cell_width(name) + 2), clean_line(value)) for name, value in given
    )


def explanation(run: Here, record: MailRecord) -> str:
    """A mail and the rules that were looked at."""
    return "\n".join(part for part in (aligned(run, facts(run, record)), rules(run, record)) if part)


def rules(run: Here, record: MailRecord) -> str:
    """The rules that were looked at, in their order; ✓ marks what hit."""
    return "\n".join(
        hung(run, f"  {'✓' if step.is_hit else '–'} ", clean_line(step_words(step))) for step in record.steps
    )


def hung(run: Here, head: str, text: str) -> str:
    """A text behind its head; on a terminal its further lines stand beneath its first."""
    room = run.out.width - cell_width(head)
    if not run.out.is_terminal or cell_width(text) <= room or room < _LEAST_TEXT:
        return head + text
    from rich.console import Console
    from rich.text import Text

    lines = Text(text).wrap(Console(width=room), room)
    return head + ("\n" + " " * cell_width(head)).join(str(line).rstrip() for line in lines)
