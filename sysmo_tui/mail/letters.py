"""The letters about tickets: one small function a template, in the reader's language.

They are called inside :func:`sysmo_tui.i18n.speaking`. Those here are for staff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sysmo_tui.domain.enums import Template
from sysmo_tui.i18n import _
from sysmo_tui.mail.customer_letters import CUSTOMER_LETTERS
from sysmo_tui.mail.facts import EntryFacts, MailFacts, TicketFacts
from sysmo_tui.mail.layout import Facts, Letter, Paragraph, typed
from sysmo_tui.mail.letter_parts import how_often, named, quotes, subject_of


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
    return _for_staff(facts, ticket, said, ticket.main, _is_concerned(ticket))


def reopened(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A closed ticket is open again."""
    said = _("#{number} was reopened.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _is_concerned(ticket))


def noted(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """An internal note, for staff alone."""
    said = _("There is an internal note in #{number}. The customer does not see it.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _takes_part())


def follow_up(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A ticket that was put off until today."""
    said = _("The follow-up date of #{number} was reached: it is in progress again.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _is_concerned(ticket))


def undelivered(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A mail about the ticket came back, or was refused."""
    said = _("Mail about #{number} did not arrive.", number=ticket.number)
    return _for_staff(facts, ticket, said, ticket.main, _is_concerned(ticket))


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
    **CUSTOMER_LETTERS,
    Template.NEW_IN_TOPIC: new_in_topic,
    Template.MOVED_IN: moved_in,
    Template.UNATTENDED_TOPIC: unattended_topic,
    Template.ASSIGNED: assigned,
    Template.CUSTOMER_REPLIED: customer_replied,
    Template.REOPENED: reopened,
    Template.NOTED: noted,
    Template.FOLLOW_UP: follow_up,
    Template.UNDELIVERED: undelivered,
    Template.MENTIONED: mentioned,
    Template.WATCHED_NEWS: watched_news,
}


def _for_staff(facts: MailFacts, ticket: TicketFacts, said: str, main: EntryFacts | None, why: str) -> Letter:
    summary = Facts(
        (
            (_("Subject"), ticket.subject),
            (_("Customer"), ticket.requester),
            (_("Topic"), ticket.topic),
            (_("Status"), named(ticket.status)),
            (_("Priority"), named(ticket.priority)),
            (_("Assignee"), ticket.assignee or _("nobody")),
        )
    )
    see = typed(_("To see it:"), f"sysmo ticket show {ticket.number}")
    answer = typed(_("To answer:"), f"sysmo ticket reply {ticket.number}")
    open_it = [Paragraph(f"{see}\n{answer}")]
    if facts.desk.mail_comes_in:
        open_it.append(Paragraph(_("An answer to this mail is not filed: staff do not act by mail.")))
    quoted = quotes(facts, ticket, main, earlier=0)
    return Letter(subject_of(ticket), (Paragraph(said), summary, *quoted, *open_it), how_often(facts, why))


def _takes_part() -> str:
    return _("You get this because you take part in this request.")


def _is_concerned(ticket: TicketFacts) -> str:
    """Why staff get what goes to who takes part, and to the topic's operators while nobody is assigned."""
    if ticket.assignee is not None:
        return _takes_part()
    return _("You get this because you take part in this request, or serve its topic.")
