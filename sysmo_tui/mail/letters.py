"""The letters about tickets: one small function a template, in the reader's language.

They are called inside :func:`sysmo_tui.i18n.speaking`. What the customer's side gets
is made of public entries and the public label alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.message import Message
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render
from sysmo_tui.mail.facts import EntryFacts, MailFacts, TicketFacts
from sysmo_tui.mail.layout import Block, Facts, Letter, Paragraph, Quote
from sysmo_tui.spoken import long_moment, words_of

SUBJECT_LIMIT = 110
"""Characters of a mail's subject."""

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


def acknowledged(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """The request arrived. It quotes nothing that somebody else may have written."""
    return _for_customer(
        facts,
        ticket,
        Paragraph(_("We received your request #{number}.", number=ticket.number)),
        _state(ticket),
        Paragraph(_("You will get a mail as soon as there is an answer.")),
        *_how_to_answer(ticket),
        answers=True,
    )


def replied(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A public reply, in its author's own words."""
    main = ticket.main or ticket.last_answer()
    return _for_customer(
        facts,
        ticket,
        *_quotes(facts, ticket, main),
        _state(ticket),
        *_how_to_answer(ticket),
        is_human=main is not None and main.is_by_staff,
    )


def label_changed(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """The state that the customer sees is another one."""
    said = _("Your request #{number} is now: {state}", number=ticket.number, state=_named(ticket.label))
    attended = []
    if ticket.assignee is not None:
        attended = [Paragraph(_("{name} attends to it.", name=ticket.assignee))]
    return _for_customer(
        facts,
        ticket,
        Paragraph(said),
        *attended,
        *_quotes(facts, ticket, ticket.last_answer(), earlier=0),
        *_how_to_answer(ticket),
    )


def contact_changed(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """Mail about the request goes elsewhere: told once, where it went until now."""
    address = clean_line(str(facts.mail.payload["contact"]), 254)
    said = _(
        "Mail about your request #{number} goes to {address} from now on.",
        number=ticket.number,
        address=address,
    )
    return _for_customer(
        facts,
        ticket,
        Paragraph(said),
        Paragraph(
            _("If you did not expect this, write to {address} at once.", address=facts.desk.reply_address)
        ),
    )


def closed(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """The end, with the last public answer and the way back."""
    return _for_customer(
        facts,
        ticket,
        Paragraph(_("Your request #{number} is closed.", number=ticket.number)),
        *_quotes(facts, ticket, ticket.last_answer(), earlier=0),
        Paragraph(
            _(
                "If it is not solved, reopen it with “sysmo ticket reopen {number}”, or from the desk: sysmo",
                number=ticket.number,
            )
        ),
        is_human=ticket.main is not None and ticket.main.is_by_staff,
    )


def new_in_topic(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """Work for the operators of a topic."""
    return _for_staff(
        facts,
        ticket,
        _("There is a new request in {topic}.", topic=ticket.topic),
        ticket.entries[-1] if ticket.entries else None,
        _("You get this because you serve the topic {topic}.", topic=ticket.topic),
    )


def moved_in(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """Work that came from another topic."""
    return _for_staff(
        facts,
        ticket,
        _("#{number} was moved to {topic}.", number=ticket.number, topic=ticket.topic),
        ticket.entries[-1] if ticket.entries else None,
        _("You get this because you serve the topic {topic}.", topic=ticket.topic),
    )


def unattended_topic(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A request that nobody would see."""
    return _for_staff(
        facts,
        ticket,
        _("There is a request in {topic}, which has no operators.", topic=ticket.topic),
        ticket.entries[-1] if ticket.entries else None,
        _("You get this because you manage this desk."),
    )


def assigned(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A ticket that somebody gave to the reader."""
    return _for_staff(
        facts,
        ticket,
        _("#{number} was assigned to you.", number=ticket.number),
        ticket.entries[0] if ticket.entries else None,
        _("You get this because the request was assigned to you."),
    )


def customer_replied(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """The customer's side wrote."""
    said = _("There is a new message from the customer in #{number}.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _takes_part())


def reopened(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A closed ticket is open again."""
    said = _("#{number} was reopened.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _takes_part())


def noted(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """An internal note, for staff alone."""
    said = _("There is an internal note in #{number}. The customer does not see it.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _takes_part())


def follow_up(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A ticket that was put off until today."""
    said = _("The follow-up date of #{number} was reached: it is in progress again.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _takes_part())


def mentioned(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """An internal note that names its reader."""
    said = _(
        "An internal note in #{number} mentions you. The customer does not see it.", number=ticket.number
    )
    why = _("You get this because you are named in it. You follow the request from now on.")
    return _for_staff(facts, ticket, said, ticket.main, why)


def watched_news(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """Something was answered or closed in a ticket that the reader follows."""
    said = _("There is news in #{number}.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _takes_part())


TicketLetter = Callable[[MailFacts, TicketFacts], Letter]

TICKET_LETTERS: Mapping[Template, TicketLetter] = {
    Template.ACKNOWLEDGED: acknowledged,
    Template.REPLIED: replied,
    Template.LABEL_CHANGED: label_changed,
    Template.CONTACT_CHANGED: contact_changed,
    Template.CLOSED: closed,
    Template.NEW_IN_TOPIC: new_in_topic,
    Template.MOVED_IN: moved_in,
    Template.UNATTENDED_TOPIC: unattended_topic,
    Template.ASSIGNED: assigned,
    Template.CUSTOMER_REPLIED: customer_replied,
    Template.REOPENED: reopened,
    Template.NOTED: noted,
    Template.FOLLOW_UP: follow_up,
    Template.MENTIONED: mentioned,
    Template.WATCHED_NEWS: watched_news,
}


def _for_customer(
    facts: MailFacts, ticket: TicketFacts, *blocks: Block, is_human: bool = False, answers: bool = False
) -> Letter:
    return Letter(
        subject=subject_of(ticket),
        blocks=(_greeting(facts), *blocks),
        why=_("You get this because you take part in the request #{number}.", number=ticket.number),
        is_human=is_human,
        answers=answers,
    )


def _for_staff(facts: MailFacts, ticket: TicketFacts, said: str, main: EntryFacts | None, why: str) -> Letter:
    summary = Facts(
        (
            (_("Subject"), ticket.subject),
            (_("Customer"), ticket.requester),
            (_("Topic"), ticket.topic),
            (_("Status"), _named(ticket.status)),
            (_("Priority"), _named(ticket.priority)),
            (_("Assignee"), ticket.assignee or _("nobody")),
        )
    )
    open_it = Paragraph(
        _(
            "To see it: sysmo ticket show {number}. To answer: sysmo ticket reply {number}",
            number=ticket.number,
        )
    )
    quotes = _quotes(facts, ticket, main, earlier=0)
    return Letter(subject_of(ticket), (Paragraph(said), summary, *quotes, open_it), why)


def _greeting(facts: MailFacts) -> Block:
    return Paragraph(_("Hello {name},", name=facts.recipient) if facts.recipient else _("Hello,"))


def _state(ticket: TicketFacts) -> Block:
    return Facts(((_("Topic"), ticket.topic), (_("Status"), _named(ticket.label))))


def _how_to_answer(ticket: TicketFacts) -> tuple[Block, ...]:
    return (
        Paragraph(
            _(
                "To answer or to add files: sysmo ticket reply {number}, or open the desk: sysmo",
                number=ticket.number,
            )
        ),
    )


def _takes_part() -> str:
    return _("You get this because you take part in this request.")


def _quotes(
    facts: MailFacts, ticket: TicketFacts, main: EntryFacts | None, earlier: int = EARLIER
) -> list[Block]:
    """The entry that a mail is about, then what was said before it."""
    if main is None:
        return []
    before = ticket.before(main)[:earlier]
    return [_quote(facts, main), *(_quote(facts, entry, is_earlier=True) for entry in before)]


def _quote(facts: MailFacts, entry: EntryFacts, *, is_earlier: bool = False) -> Block:
    when = long_moment(entry.at, facts.desk.zone)
    side = _("desk") if entry.is_by_staff else _("customer")
    heading = _(
        "{name} ({side}) wrote on {when}:", name=entry.author or facts.desk.name, side=side, when=when
    )
    remarks = [_("Attached: {name}", name=name) for name in entry.files]
    if entry.is_cut:
        remarks.insert(0, _("… The rest is on the desk."))
    return Quote(heading, words_of(entry.kind, entry.body), tuple(remarks), is_earlier)


def _named(name: str) -> str:
    """A status or priority in the reader's language when it is one of the desk's own."""
    return render(Message(name))
