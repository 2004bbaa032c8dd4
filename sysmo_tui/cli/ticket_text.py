"""Tickets as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sysmo_tui.cli.context import Here
from sysmo_tui.domain.enums import Visibility
from sysmo_tui.domain.text import SafeText, cell_width
from sysmo_tui.domain.views import (
    CustomerEntry,
    CustomerEventLine,
    CustomerTicket,
    Entry,
    EventLine,
    MailLine,
    TicketView,
)
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.spoken import file_size, words_of
from sysmo_tui.widgets.changes import cause_text, change_text, undone_text
from sysmo_tui.widgets.present_words import present_words
from sysmo_tui.widgets.words import rating_text, said

if TYPE_CHECKING:
    from sysmo_tui.services.presence import Present

_INDENT = "   "
"""Before every line that somebody wrote: what begins at the margin is the desk's own."""


def whole(
    run: Here,
    ticket: TicketView | CustomerTicket,
    *,
    with_events: bool,
    undelivered: Iterable[MailLine] = (),
    present: Sequence[Present] = (),
    is_folded: bool = False,
) -> str:
    """A ticket: its facts, then its thread, then its history if that is wanted.

    ``present`` is who has it open now; ``is_folded`` shows quotes and signatures as one line each.
    """
    parts = ["\n".join(_facts(run, ticket, undelivered, present))]
    parts += [_entry(run, entry, is_folded=is_folded) for entry in ticket.entries]
    if with_events:
        parts.append("\n".join([_("History"), *(_event(run, line) for line in ticket.events)]))
    text = "\n\n".join(parts)
    return _folded(text, run.out.width) if run.out.is_terminal else text


def what_happened(line: EventLine) -> str:
    """An event with what it changed."""
    changes = [change_text(change) for change in line.changes]
    undone = undone_text(line.cause)
    if undone:
        told = _("undid: {what}", what=undone)
    else:
        told = said(line.kind) + (f" ({cause_text(line.cause)})" if line.cause else "")
    told += f" ({_('undone since')})" if line.is_undone else ""
    return told + (f" · {', '.join(changes)}" if changes else "")


def _facts(
    run: Here,
    ticket: TicketView | CustomerTicket,
    undelivered: Iterable[MailLine],
    present: Sequence[Present],
) -> Iterator[str]:
    row = ticket.row
    yield f"#{row.number}  {row.subject}"
    facts = [
        (_("Status"), _(row.status)),
        (_("Priority"), _(row.priority)),
        (_("Topic"), _(row.topic)),
        (_("Channel"), said(row.channel)),
        (_("Filed"), run.out.when(row.created_at)),
        (_("Updated"), run.out.when(row.updated_at)),
        (pgettext("ticket", "Closed"), run.out.when(row.closed_at)),
    ]
    facts += _staff_facts(run, ticket) if isinstance(ticket, TicketView) else _customer_facts(ticket)
    if ticket.rating is not None:
        facts.append((_("Rating"), rating_text(ticket.rating)))
    facts += [
        (_("Goes on with"), f"#{ticket.continues}" if ticket.continues else ""),
        (_("Goes on in"), f"#{ticket.continued_by}" if ticket.continued_by else ""),
    ]
    facts += [(_("Not delivered"), f"{mail.address}: {mail.error}") for mail in undelivered]
    facts.append((_("Here now"), present_words(present)))
    shown = [(name, value) for name, value in facts if value]
    width = max(len(name) for name, _value in shown)
    is_spoken = run.options.spoken
    yield from (f"{name}: {value}" if is_spoken else f"{name:{width}}  {value}" for name, value in shown)


def _no_mail(run: Here, ticket: TicketView) -> str:
    """Where nothing arrives, since when and why; empty when all is well."""
    if ticket.undeliverable_since is None:
        return ""
    since = _("since {when}", when=run.out.when(ticket.undeliverable_since))
    return ", ".join(part for part in (ticket.row.contact_email, since, ticket.undeliverable_reason) if part)


def _staff_facts(run: Here, ticket: TicketView) -> list[tuple[str, str]]:
    row = ticket.row
    company = f" · {row.requester.company}" if row.requester.company else ""
    return [
        (_("Type"), _(row.type)),
        (_("Requester"), f"{row.requester.name} <{row.requester.email}>{company}"),
        (_("Phone"), ticket.requester_phone or ""),
        (_("No mail arrives"), _no_mail(run, ticket)),
        (_("Assignee"), row.assignee.name if row.assignee else _("nobody")),
        (_("Owner"), row.owner.name if row.owner else ""),
        (_("Follow up"), str(row.follow_up_at or "")),
        (_("Action due"), str(row.action_due_at or "")),
        (_("Tags"), " ".join(ticket.tags)),
        (_("Watchers"), ", ".join(watcher.name for watcher in ticket.watchers)),
        (_("Version"), str(row.version)),
    ]


def _customer_facts(ticket: CustomerTicket) -> list[tuple[str, str]]:
    return [(_("Operator"), ticket.row.operator or "")]


def folds(ticket: TicketView | CustomerTicket) -> bool:
    """Whether anything in a ticket's thread is folded."""
    from sysmo_tui.widgets.passages import lines_of

    return any(line.hides for entry in ticket.entries for line in lines_of(entry.body, is_folded=True))


def _entry(run: Here, entry: Entry | CustomerEntry, *, is_folded: bool) -> str:
    from sysmo_tui.widgets.passages import lines_of

    rule = "" if run.options.spoken else "── "
    head = f"{rule}{entry.author or _('the desk')} · {_side(entry)} · {run.out.when(entry.at)}"
    words = words_of(entry.kind, entry.body)
    if isinstance(entry, Entry) and entry.withdrawn_at is not None:
        words = SafeText(_("Taken back before anybody got it."))
    lines = [line.text for line in lines_of(words, is_folded=True)] if is_folded else words.split("\n")
    body = [f"{_INDENT}{line}" if line else "" for line in lines] if words else []
    files = [f"[{file.filename} · {file_size(file.size)} · {file.key}]" for file in entry.files]
    return "\n".join([head, *body, *files])


def _side(entry: Entry | CustomerEntry) -> str:
    if isinstance(entry, Entry) and entry.visibility is Visibility.INTERNAL:
        return _("INTERNAL")
    return _("desk") if entry.is_by_staff else _("customer")


def _folded(text: str, width: int) -> str:
    """Fold lines where the terminal would, so that what goes on in the next row is indented too."""
    from rich.console import Console
    from rich.text import Text

    room = max(width - len(_INDENT), 1)
    console = Console(width=width)
    rows = []
    for line in text.expandtabs(4).split("\n"):
        first, *others = Text(line).wrap(console, room) if cell_width(line) > width else [line]
        rows += [str(first), *(f"{_INDENT}{other}" for other in others)]
    return "\n".join(rows)


def _event(run: Here, line: EventLine | CustomerEventLine) -> str:
    if isinstance(line, EventLine):
        return f"  {run.out.when(line.at)}  {line.actor or _('the desk')}  {what_happened(line)}"
    more = [_(line.status) if line.status else "", rating_text(line.rating) if line.rating else ""]
    happened = " · ".join(part for part in (said(line.kind), *more) if part)
    return f"  {run.out.when(line.at)}  {line.who or _('the desk')}  {happened}"
