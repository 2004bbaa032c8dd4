"""The letter that gathers what happened: the requests with news, and the newest words of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.mail.facts import DigestItem, MailFacts
from sysmo_tui.mail.layout import Block, Facts, Letter, Paragraph, typed
from sysmo_tui.mail.letter_parts import excerpt, greeting, how_often, named

_HAPPENED: Mapping[Template, str] = {
    Template.ACKNOWLEDGED: N_("received"),
    Template.LABEL_CHANGED: N_("new status"),
    Template.REPLIED: N_("new answer"),
    Template.CLOSED: N_("closed"),
    Template.REOPENED: N_("reopened"),
    Template.NEW_IN_TOPIC: N_("new request"),
    Template.MOVED_IN: N_("moved here"),
    Template.NOTED: N_("internal note"),
    Template.FOLLOW_UP: N_("follow-up date reached"),
    Template.CUSTOMER_REPLIED: N_("the customer wrote"),
    Template.WATCHED_NEWS: N_("answered or closed"),
}
_NEWS = N_("news")


def digest(facts: MailFacts) -> Letter:
    """What happened since the last one; answered on the desk, for it is about several requests."""
    count = len(facts.digest) + facts.more
    subject = ngettext(
        "{desk}: news in {count} request", "{desk}: news in {count} requests", count, desk=facts.desk.name
    )
    blocks = [block for item in facts.digest for block in _of_ticket(facts, item)]
    if facts.more:
        more = ngettext(
            "And {count} more request: see it on the desk.",
            "And {count} more requests: see them on the desk.",
            facts.more,
        )
        blocks.append(Paragraph(more))
    see = typed(_("To see a request:"), f"sysmo ticket show {_('NUMBER')}")
    close = Paragraph(f"{see}\n{_('Please answer on the desk, and not this mail.')}")
    why = _("You get this because you chose to be told once a day.")
    return Letter(subject, (greeting(facts), *blocks, close), how_often(facts, why))


def _of_ticket(facts: MailFacts, item: DigestItem) -> Iterator[Block]:
    ticket = item.ticket
    happened = ", ".join(_(_HAPPENED.get(template, _NEWS)) for template in item.happened)
    yield Facts(
        (
            (f"#{ticket.number}", ticket.subject),
            (_("Status"), named(ticket.status if item.is_for_staff else ticket.label)),
            (_("What happened"), happened),
        )
    )
    if ticket.main is not None:
        yield excerpt(facts, ticket.main)
