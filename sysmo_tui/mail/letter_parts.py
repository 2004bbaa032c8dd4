"""What letters are made of: how they begin, what was said in a ticket, and how to be told less often."""

from __future__ import annotations

from dataclasses import replace

from sysmo_tui.domain.enums import EntryKind, Template
from sysmo_tui.domain.message import Message
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import File
from sysmo_tui.i18n import _, render
from sysmo_tui.mail.facts import ENCLOSING, EntryFacts, MailFacts, TicketFacts
from sysmo_tui.mail.layout import Block, Paragraph, Quote, typed
from sysmo_tui.spoken import file_size, long_moment, words_of

SUBJECT_LIMIT = 110
"""Characters of a mail's subject."""

_HOW_OFTEN = "sysmo profile edit --mail digest|off|immediate"

EXCERPT = 1_000
"""Characters of an entry that a digest shows."""

EARLIER = 2
"""Earlier entries shown beside the one that a mail is about."""


def literal(text: str) -> str:
    """Text for a header, with nothing in it that would be decoded as an encoded word (RFC 2047, 2)."""
    return text.replace("=?", "= ?")


def subject_of(ticket: TicketFacts) -> str:
    """``Re: <subject> [#42]``: the same for every mail about a ticket, so that mailers thread it."""
    end = f" [#{ticket.number}]"
    room = SUBJECT_LIMIT - len(end) - len("Re: ")
    subject = literal(ticket.subject)
    if len(subject) > room:
        subject = subject[: room - 1] + "…"
    return f"Re: {subject}{end}"


def greeting(facts: MailFacts) -> Block:
    """How a letter begins, by the reader's name where it is known."""
    return Paragraph(_("Hello {name},", name=facts.recipient) if facts.recipient else _("Hello,"))


def how_often(facts: MailFacts, why: str) -> str:
    """Why somebody gets a mail, and how they change that, where they can."""
    if not facts.can_sign_in or facts.mail.template is Template.CONTACT_CHANGED:
        return why
    return f"{why}\n{typed(_('To change how often:'), _HOW_OFTEN)}"


def quotes(
    facts: MailFacts, ticket: TicketFacts, main: EntryFacts | None, earlier: int = EARLIER
) -> list[Block]:
    """The entry that a mail is about, then what was said before it."""
    if main is None:
        return []
    before = ticket.before(main)[:earlier]
    return [
        _quote(facts, main, _remarks(facts, ticket, main), _signature(facts, ticket, main)),
        *(_quote(facts, entry, _names(entry), is_earlier=True) for entry in before),
    ]


def _quote(
    facts: MailFacts,
    entry: EntryFacts,
    remarks: list[str],
    signature: str = "",
    *,
    is_earlier: bool = False,
) -> Block:
    when = long_moment(entry.at, facts.desk.zone)
    side = _("desk") if entry.is_by_staff else _("customer")
    heading = _(
        "{name} ({side}) wrote on {when}:", name=entry.author or facts.desk.name, side=side, when=when
    )
    if entry.is_cut:
        remarks = [_("… The rest is on the desk."), *remarks]
    words = words_of(entry.kind, entry.body)
    return Quote(heading, f"{words}{signature}", tuple(remarks), is_earlier)


def excerpt(facts: MailFacts, entry: EntryFacts) -> Block:
    """The beginning of an entry."""
    is_cut = entry.is_cut or len(entry.body) > EXCERPT
    short = replace(entry, body=SafeText(entry.body[:EXCERPT]), is_cut=is_cut)
    return _quote(facts, short, _names(entry))


def _remarks(facts: MailFacts, ticket: TicketFacts, main: EntryFacts) -> list[str]:
    """What is said of the files of the entry that a mail is about: those that went along, and the others."""
    if facts.mail.template not in ENCLOSING:
        return _names(main)
    return [
        _("Attached: {name}", name=file.filename)
        if file in facts.enclosed
        else _left_out(facts, ticket, file)
        for file in main.files
    ]


def _left_out(facts: MailFacts, ticket: TicketFacts, file: File) -> str:
    said = _("Too large for this mail: {name} ({size}).", name=file.filename, size=file_size(file.size))
    first = "" if facts.can_sign_in else "sysmo register, "
    return f"{said} {_('To get it: {commands}', commands=f'{first}sysmo ticket download {ticket.number}')}"


def _names(entry: EntryFacts) -> list[str]:
    return [_("Attached: {name}", name=file.filename) for file in entry.files]


def _signature(facts: MailFacts, ticket: TicketFacts, main: EntryFacts) -> str:
    """What stands below a person's own answer to a customer: the author's signature, else the topic's.

    It is part of what is quoted, so that nobody can write the desk's words with it.
    """
    if facts.mail.template not in ENCLOSING or not main.is_by_staff or main.kind is not EntryKind.REPLY:
        return ""
    signature = main.signature or ticket.signature
    return f"\n\n-- \n{signature}" if signature else ""


def named(name: str) -> str:
    """A status or priority in the reader's language when it is one of the desk's own."""
    return render(Message(name))
