"""The letters about tickets for the customer's side: public entries and the public label alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.mail.facts import MailFacts, TicketFacts
from sysmo_tui.mail.layout import Block, Facts, Letter, Paragraph, typed
from sysmo_tui.mail.letter_parts import greeting, how_often, named, quotes, subject_of


def acknowledged(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """The request arrived. It quotes nothing that somebody else may have written."""
    return _for_customer(
        facts,
        ticket,
        Paragraph(_("We received your request #{number}.", number=ticket.number)),
        _state(ticket),
        Paragraph(_("You will get a mail as soon as there is an answer.")),
        Paragraph(how_to_answer(facts, ticket)),
        answers=True,
    )


def replied(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """A public reply, in its author's own words."""
    main = ticket.main or ticket.last_answer()
    return _for_customer(
        facts,
        ticket,
        *quotes(facts, ticket, main),
        _state(ticket),
        Paragraph(how_to_answer(facts, ticket)),
        is_human=main is not None and main.is_by_staff,
    )


def label_changed(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """The state that the customer sees is another one."""
    said = _("Your request #{number} is now: {state}", number=ticket.number, state=named(ticket.label))
    attended = []
    if ticket.assignee is not None:
        attended = [Paragraph(_("{name} attends to it.", name=ticket.assignee))]
    return _for_customer(
        facts,
        ticket,
        Paragraph(said),
        *attended,
        *quotes(facts, ticket, ticket.last_answer(), earlier=0),
        Paragraph(how_to_answer(facts, ticket)),
    )


def contact_changed(facts: MailFacts, ticket: TicketFacts) -> Letter:
    """Mail about the request goes elsewhere: told once, where it went until now."""
    address = contact_of(facts)
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
    """The end, with the last public answer, the way back, and how to rate."""
    said = how_to_rate(facts)
    rating = (Paragraph(said),) if said else ()
    return _for_customer(
        facts,
        ticket,
        Paragraph(_("Your request #{number} is closed.", number=ticket.number)),
        *quotes(facts, ticket, ticket.last_answer(), earlier=0),
        Paragraph(how_to_reopen(facts, ticket)),
        *rating,
        is_human=ticket.main is not None and ticket.main.is_by_staff,
    )


CUSTOMER_LETTERS: Mapping[Template, Callable[[MailFacts, TicketFacts], Letter]] = {
    Template.ACKNOWLEDGED: acknowledged,
    Template.REPLIED: replied,
    Template.LABEL_CHANGED: label_changed,
    Template.CONTACT_CHANGED: contact_changed,
    Template.CLOSED: closed,
}


def contact_of(facts: MailFacts) -> str:
    """The address to which mail about the request goes from now on, "" when the mail is not about that."""
    return clean_line(str(facts.mail.payload.get("contact", "")), 254)


def how_to_answer(facts: MailFacts, ticket: TicketFacts) -> str:
    """Says how the customer's side answers: by mail where that arrives, and on the desk."""
    if not facts.desk.mail_comes_in:
        reply = typed(_("To answer or to add files:"), f"sysmo ticket reply {ticket.number}")
        return f"{reply}\n{typed(_('Or open the desk:'), 'sysmo')}"
    by_mail = _("To answer or to add files, just answer this mail.")
    if not facts.can_sign_in:
        return by_mail
    return f"{by_mail}\n{typed(_('On the desk:'), f'sysmo ticket reply {ticket.number}')}"


def how_to_reopen(facts: MailFacts, ticket: TicketFacts) -> str:
    """Says what to do when a closed request is not solved."""
    if not facts.desk.mail_comes_in:
        reopen = typed(_("If it is not solved, reopen it:"), f"sysmo ticket reopen {ticket.number}")
        return f"{reopen}\n{typed(_('Or open the desk:'), 'sysmo')}"
    return _("If it is not solved, just answer this mail and say what is missing.")


def how_to_rate(facts: MailFacts) -> str:
    """Says how to rate what was done, where answers by mail arrive; else nothing."""
    if not facts.desk.mail_comes_in:
        return ""
    return _("How satisfied are you? Answer this mail with one digit, from 1 (not at all) to 5 (completely).")


def _for_customer(
    facts: MailFacts, ticket: TicketFacts, *blocks: Block, is_human: bool = False, answers: bool = False
) -> Letter:
    return Letter(
        subject=subject_of(ticket),
        blocks=(greeting(facts), *blocks),
        why=how_often(
            facts, _("You get this because you take part in the request #{number}.", number=ticket.number)
        ),
        is_human=is_human,
        answers=answers,
    )


def _state(ticket: TicketFacts) -> Block:
    return Facts(((_("Topic"), ticket.topic), (_("Status"), named(ticket.label))))
