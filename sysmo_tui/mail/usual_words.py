"""The desk's usual words for a mail, with places in braces, from which an administrator begins to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sysmo_tui.desk import Work
from sysmo_tui.domain import mail_places
from sysmo_tui.domain.text import SafeText
from sysmo_tui.i18n import speaking
from sysmo_tui.mail.compose import write
from sysmo_tui.mail.facts import MailFacts, TicketFacts
from sysmo_tui.mail.layout import INDENT, Block, Code, Drawn, Facts, Paragraph, Quote
from sysmo_tui.mail.previewing import made_up
from sysmo_tui.mail.wording import is_kept, values_of_places
from sysmo_tui.services import desk_settings, mail_texts
from sysmo_tui.services.mail_texts import Wording

_NUMBER = 987_654
"""A number that stands in no mail by chance."""
_BY_MAIL = frozenset({"how_to_answer", "how_to_rate"})


def in_use(work: Work, template: str, locale: str) -> Wording:
    """What a mail says now in one language: its own words, else the usual ones; their subject is "" then."""
    line = mail_texts.show(work, template, locale)
    if line.is_own:
        return Wording(line.subject, line.body)
    language = desk_settings.read("language", locale)
    with speaking(language):
        facts = _of_places(made_up(work, line.template, language))
        letter = write(facts)
        values = values_of_places(facts)
        kept = [block for block in letter.blocks if is_kept(facts, block)]
        said = "\n\n".join(_paragraphs(letter.blocks, kept))
    # What holds others comes first; the usual words count nothing.
    for name in sorted({*line.places} - {"count", mail_places.QUOTES}, key=lambda each: -len(values[each])):
        said = said.replace(values[name], f"{{{name}}}") if values[name] else said
    return Wording("", said)


def _of_places(facts: MailFacts) -> MailFacts:
    """Made-up facts that say where they would stand."""
    mail, places = facts.mail, mail_places.places(facts.mail.template)
    told = {"code": "{code}", "contact": "{contact}", "key": "{fingerprint}"}
    return replace(
        facts,
        mail=replace(mail, address="{address}", payload={**mail.payload, **told}),
        desk=replace(
            facts.desk,
            name="{desk}",
            reply_address="{desk_address}",
            # Where none comes in, nothing comes into the places that tell how to answer by mail.
            mail_comes_in=facts.desk.mail_comes_in or not _BY_MAIL.isdisjoint(places),
        ),
        recipient=SafeText("{name}"),
        ticket=_ticket_of_places(facts.ticket) if facts.ticket else None,
    )


def _ticket_of_places(ticket: TicketFacts) -> TicketFacts:
    return replace(
        ticket,
        number=_NUMBER,
        subject=SafeText("{subject}"),
        label=SafeText("{state}"),
        status=SafeText("{status}"),
        topic=SafeText("{topic}"),
        priority=SafeText("{priority}"),
        requester=SafeText("{customer}"),
        assignee=SafeText("{assignee}"),
    )


def _paragraphs(blocks: Sequence[Block], kept: Sequence[Block]) -> Iterator[str]:
    """The blocks of a letter as they are written; what people wrote stands in one place."""
    for block in blocks:
        match block:
            case _ if block in kept:
                if block is kept[0]:
                    yield f"{{{mail_places.QUOTES}}}"
            case Paragraph(text):
                yield text
            case Facts(pairs):
                yield "\n".join(f"{name}: {value}" for name, value in pairs)
            case Code(text):
                yield f"{INDENT}{text}"
            case Quote() | Drawn():
                raise AssertionError("Quotes and charts are kept.")
