"""Mail: what waits and what failed, deciding about it, sending it, trying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui.cli import fetching, kept_mail, receiving, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.nouns import Entry
from sysmo_tui.cli.options import After, DryRun, Limit
from sysmo_tui.cli.output import Column
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import Standing
from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _, ngettext, render
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.mail.transport import Transport
    from sysmo_tui.services.mail_queue import QueuedMail

app = Noun(help=_("Mail that leaves and mail that comes in."))
app.include(receiving.app, fetching.app, kept_mail.app)
app.nest("mailbox", Entry("mailboxes", N_("The mailboxes that mail comes from.")))
app.nest("template", Entry("mail_templates", N_("The words of the desk's mail, for each kind and language.")))
app.nest("quarantine", Entry("mail_quarantine", N_("Mail that waits for a person's decision.")))
app.nest("sender", Entry("mail_senders", N_("Senders of mail that are blocked or allowed.")))
app.nest("route", Entry("mail_routes", N_("Where new requests by mail go: the first route that matches.")))

Which = Annotated[
    int | None, typer.Argument(metavar=_("ID"), help=_("The mail, as “mail queue” numbers it."))
]


@app.verb("queue", help=_("The mail that has not left."), example="sysmo mail queue --failed")
def _queue(
    context: typer.Context,
    *,
    failed: Annotated[bool, typer.Option("--failed", help=_("Only what was refused for good."))] = False,
    held: Annotated[bool, typer.Option("--held", help=_("Only what is held after a restore."))] = False,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import mail_queue

    if failed and held:
        raise Invalid(N_("Choose either --failed or --held."), field="failed")
    standing = Standing.FAILED if failed else Standing.HELD if held else None
    page = run.read(mail_queue.queue, standing=standing, after=after, limit=limit)
    columns: list[Column[QueuedMail]] = [
        Column(_("ID"), lambda m: str(m.id), is_number=True),
        Column(_("To"), lambda m: m.address),
        Column(_("About"), lambda m: f"#{m.ticket_number}" if m.ticket_number else m.template.value),
        Column(_("State"), lambda m: said(m.standing)),
        Column(_("Tries"), lambda m: str(m.attempts), is_number=True),
        Column(_("Next try"), lambda m: _next_try(run, m)),
        Column(_("Last answer"), lambda m: m.error, grows=True),
    ]
    empty = _("No mail waits.")
    run.out.rows(page.items, columns, _shape, names=sheets.MAILS, empty=empty, following=page.next)


@app.verb(
    "retry", help=_("Try failed mail again: one, or all of it with --all."), example="sysmo mail retry 17"
)
def _retry(
    context: typer.Context,
    mail: Which = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("All mail that failed."))] = False,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import mail_queue

    one = _one_or_all(mail, everything)
    if one is None:
        count = run.rehearse(mail_queue.retry_all) if dry_run else run.write(mail_queue.retry_all)
        would = ngettext("{count} mail would be tried again.", "{count} mails would be tried again.", count)
        will = ngettext("{count} mail will be tried again.", "{count} mails will be tried again.", count)
        more = {"dry_run": True} if dry_run else {}
        run.out.done({"retried": count} | more, would if dry_run else will)
        return
    if dry_run:
        run.rehearse(mail_queue.retry, one)
        run.out.done({"id": one, "dry_run": True}, _("Mail {id} would be tried again.", id=one))
        return
    run.write(mail_queue.retry, one)
    run.out.done({"id": one}, _("Mail {id} will be tried again.", id=one))


@app.verb(
    "release", help=_("Let held mail go: one, or all of it with --all."), example="sysmo mail release --all"
)
def _release(
    context: typer.Context,
    mail: Which = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("All mail that is held."))] = False,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import mail_queue

    if dry_run:
        count = run.rehearse(mail_queue.release, _one_or_all(mail, everything))
        said = ngettext("{count} mail would be sent.", "{count} mails would be sent.", count)
        run.out.done({"released": count, "dry_run": True}, said)
        return
    count = run.write(mail_queue.release, _one_or_all(mail, everything))
    said = ngettext("{count} mail will be sent.", "{count} mails will be sent.", count)
    run.out.done({"released": count}, said)


@app.verb(
    "discard",
    help=_("Forget unsent mail: one, or all that is held with --all."),
    example="sysmo mail discard 17",
)
def _discard(
    context: typer.Context,
    mail: Which = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("All mail that is held."))] = False,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import mail_queue

    if dry_run:
        count = run.rehearse(mail_queue.discard, _one_or_all(mail, everything))
        said = ngettext("{count} mail would be forgotten.", "{count} mails would be forgotten.", count)
        run.out.done({"discarded": count, "dry_run": True}, said)
        return
    count = run.write(mail_queue.discard, _one_or_all(mail, everything))
    said = ngettext("{count} mail was forgotten.", "{count} mails were forgotten.", count)
    run.out.done({"discarded": count}, said)


@app.verb(
    "send",
    help=_("Send all mail that is due, once. For those who hold the database."),
    example="sysmo mail send",
)
def _send(context: typer.Context, *, dry_run: DryRun = False) -> None:
    run = here(context)
    from sysmo_tui.mail import weekly
    from sysmo_tui.mail.digesting import gather_due
    from sysmo_tui.mail.sending import send_due
    from sysmo_tui.services import mail_queue, outbox
    from sysmo_tui.worker import new_holder

    transport = _ready_transport(run)
    if dry_run:
        run.out.say(render(transport.explanation))
        count = run.itself.read(outbox.due)
        said = ngettext("{count} mail would be sent.", "{count} mails would be sent.", count)
        run.out.done({"due": count, "dry_run": True}, said)
        return
    gather_due(run.desk)
    weekly.owe_due(run.desk)
    sent = send_due(run.desk, transport, new_holder())
    if sent.later and not (sent.accepted or sent.failed):
        reason = run.itself.read(mail_queue.waiting_summary).reason
        raise Unavailable(N_("No mail could be sent: {answer}"), answer=reason)
    shape = {"sent": sent.accepted, "failed": sent.failed, "waiting": sent.later}
    said = _(
        "Sent: {sent}. Refused for good: {failed}. To be tried again: {waiting}.",
        sent=sent.accepted,
        failed=sent.failed,
        waiting=sent.later,
    )
    run.out.say(render(transport.explanation))
    run.out.done(shape, said)


@app.verb(
    "test",
    help=_("Send a trial mail and say what the server answered."),
    example="sysmo mail test me@example.com",
)
def _test(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar=_("ADDRESS"), help=_("Where the mail goes."))],
    *,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.desk import command_for
    from sysmo_tui.mail.sending import Outcome, send_batch
    from sysmo_tui.services import mail_queue

    transport = _ready_transport(run)
    if dry_run:
        run.rehearse(mail_queue.try_out, address)
        run.out.say(render(transport.explanation))
        said = _("A mail to {address} would be sent.", address=address)
        run.out.done({"address": address, "dry_run": True}, said)
        return
    command = command_for(mail_queue.try_out)
    run.door.write_once(command, mail_queue.try_out, address)
    outcome = send_batch(run.desk, transport, command.id, seconds=15.0)
    if outcome in (Outcome.WAITING, Outcome.REFUSED):
        newest = run.read(mail_queue.newest_trial)
        raise Unavailable(N_("The mail was not accepted: {answer}"), answer=newest.error if newest else "")
    run.out.say(render(transport.explanation))
    if outcome is Outcome.LEFT_TO_WORKER:
        said = _("A worker runs and will send the mail to {address}.", address=address)
    else:
        said = _("The mail to {address} was accepted.", address=address)
    run.out.done({"address": address, "outcome": outcome.value}, said)


def _ready_transport(run: Here) -> Transport:
    """How this process sends; Unavailable when it cannot."""
    from sysmo_tui.assembly import choose_transport

    transport = choose_transport(run.desk, run.settings.mail_url, run.settings.mail_password)
    if not transport.is_ready:
        raise Unavailable(N_("Mail cannot be sent from here: {reason}"), reason=transport.explanation)
    return transport


def _one_or_all(mail: int | None, everything: bool) -> int | None:
    if (mail is None) is not everything:
        raise Invalid(N_("Name one mail, or say --all."), field="everything")
    return mail


def _next_try(run: Here, mail: QueuedMail) -> str:
    return run.out.when(mail.next_attempt_at) if mail.standing in (Standing.WAITING, Standing.DIGEST) else ""


def _shape(mail: QueuedMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "address": mail.address,
        "template": mail.template.value,
        "ticket": mail.ticket_number,
        "state": mail.standing.value,
        "attempts": mail.attempts,
        "created_at": mail.created_at,
        "next_attempt_at": mail.next_attempt_at,
        "error": mail.error,
    }
