"""A letter in an administrator's own words: what people wrote, codes and the footer stay as they are."""

from __future__ import annotations

from dataclasses import replace

from sysmo_tui.domain import mail_places
from sysmo_tui.domain.enums import Template
from sysmo_tui.i18n import _
from sysmo_tui.mail.account_letters import RESET_MINUTES, change_of_address, key_of, or_answer
from sysmo_tui.mail.customer_letters import contact_of, how_to_answer, how_to_rate, how_to_reopen
from sysmo_tui.mail.facts import MailFacts, TicketFacts
from sysmo_tui.mail.layout import Block, Code, Drawn, Facts, Letter, Paragraph, Quote
from sysmo_tui.mail.letter_parts import named
from sysmo_tui.mail.weekly_letter import week_of
from sysmo_tui.services.mail_texts import Wording

_QUOTES = f"{{{mail_places.QUOTES}}}"


def reword(letter: Letter, facts: MailFacts, wording: Wording) -> Letter:
    """``letter`` with the desk's words replaced; LookupError for a place that this mail does not have."""
    offered = set(mail_places.places(facts.mail.template))
    values = {name: value for name, value in values_of_places(facts).items() if name in offered}
    quotes = [block for block in letter.blocks if is_kept(facts, block)]
    blocks: list[Block] = []
    for paragraph in mail_places.paragraphs(wording.body):
        if paragraph.strip() == _QUOTES:
            blocks += quotes
            quotes = []
        else:
            blocks += _paragraph(mail_places.fill(paragraph, values), is_code=paragraph.startswith("    "))
    subject = mail_places.fill(wording.subject, values) if wording.subject else letter.subject
    return replace(letter, subject=subject, blocks=(*blocks, *quotes))


def is_kept(facts: MailFacts, block: Block) -> bool:
    """Whether a part is not the desk's own words: what people wrote, charts, and the requests of a digest."""
    return isinstance(block, Quote | Drawn) or (
        facts.mail.template is Template.DIGEST and isinstance(block, Facts)
    )


def _paragraph(text: str, *, is_code: bool) -> list[Block]:
    """One paragraph; none when nothing came into its places."""
    if not text.strip():
        return []
    return [Code(text.strip())] if is_code else [Paragraph(text.strip())]


def values_of_places(facts: MailFacts) -> dict[str, str]:
    """What comes into each place."""
    values = {
        "name": str(facts.recipient),
        "desk": facts.desk.name,
        "desk_address": facts.desk.reply_address,
        "address": facts.mail.address,
        "code": str(facts.mail.payload.get("code", "")),
        "minutes": str(RESET_MINUTES),
        "days": week_of(facts.mail.payload),
        "count": str(len(facts.digest) + facts.more),
        "how_to_answer": or_answer(facts),
        "what_changed": change_of_address(facts),
        "key": key_of(facts),
        "fingerprint": str(facts.mail.payload.get("key", "")),
    }
    return values | (_values_of(facts, facts.ticket) if facts.ticket else {})


def _values_of(facts: MailFacts, ticket: TicketFacts) -> dict[str, str]:
    return {
        "number": str(ticket.number),
        "subject": ticket.subject,
        "topic": ticket.topic,
        "state": named(ticket.label),
        "status": named(ticket.status),
        "priority": named(ticket.priority),
        "customer": ticket.requester,
        "assignee": ticket.assignee or _("nobody"),
        "contact": contact_of(facts),
        "how_to_answer": how_to_answer(facts, ticket),
        "how_to_reopen": how_to_reopen(facts, ticket),
        "how_to_rate": how_to_rate(facts),
    }
