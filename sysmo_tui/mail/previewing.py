"""A mail as its reader would get it, about people and a request that do not exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sysmo_tui.desk import Work
from sysmo_tui.domain import mail_places
from sysmo_tui.domain.enums import EntryKind, Template
from sysmo_tui.domain.measures import Scope
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.i18n import _, speaking
from sysmo_tui.mail import layout
from sysmo_tui.mail.compose import write
from sysmo_tui.mail.facts import DigestItem, EntryFacts, MailFacts, TicketFacts
from sysmo_tui.mail.letters import TICKET_LETTERS
from sysmo_tui.services import desk_settings, mail_texts
from sysmo_tui.services.mail_texts import Preview, Wording
from sysmo_tui.services.outbox import OwedMail


def preview(work: Work, template: str, locale: str, body: str | None = None, subject: str = "") -> Preview:
    """One kind of mail in one language: with ``body`` as given, else as it is said now; nothing is stored.

    Invalid as when the words are saved.
    """
    require_right(work.actor, Right.CONFIGURE)
    which, language = mail_texts.kind(template), desk_settings.read("language", locale)
    if body is None:
        words = mail_texts.wording(work, which, language)
    else:
        mail_places.check(which, subject, body)
        words = Wording(subject, body)
    with speaking(language):
        facts = replace(made_up(work, which, language), wording=words)
        letter = write(facts)
        desk = str(clean_line(facts.desk.name))
        return Preview(clean_line(letter.subject), clean(layout.as_text(letter, desk)))


def made_up(work: Work, template: Template, language: str) -> MailFacts:
    """What a mail would tell of people and a request that do not exist."""
    mail = OwedMail(
        id=0,
        template=template,
        address="ana@example.com",
        locale=language,
        account_id=None,
        ticket_number=42 if template in TICKET_LETTERS else None,
        entry_id=None,
        payload={
            "code": "ABCD-EFGH-JKLM",
            "contact": "new@example.com",
            "address": "new@example.com",
            "key": "SHA256:Tk0vQ1p4aFh3c2VhcGFxdWl0cmVzbGxhdmVzYWJyZW4",
            "label": "ana@laptop",
            **(_week(work) if template is Template.WEEKLY_REPORT else {}),
        },
        message_id="",
        created_at=work.now,
        attempts=0,
        claimed_until=work.now,
    )
    ticket = _ticket(work)
    return MailFacts(
        mail=mail,
        desk=desk_settings.load(work),
        recipient=SafeText("Ana Example"),
        ticket=ticket if template in TICKET_LETTERS else None,
        references=(),
        can_sign_in=True,
        digest=(DigestItem(ticket, (Template.REPLIED,), is_for_staff=False),),
    )


def _week(work: Work) -> dict[str, Any]:
    """The figures of a week that was not."""
    last = work.now.date() - timedelta(days=work.now.weekday() + 1)
    days = [last - timedelta(days=back) for back in reversed(range(7))]
    counts = ((9, 6), (7, 8), (8, 7), (5, 6), (6, 9), (1, 0), (0, 0))
    return {
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "time_zone": desk_settings.load(work).zone.key,
        "scope": Scope.DESK.value,
        "changes": [["received", 36, 30], ["closed", 36, 32], ["resolution_median", 15_000, 18_600]],
        "days": [[day.isoformat(), *both] for day, both in zip(days, counts, strict=True)],
        "people": [["Luis Example", 21], ["Ana Example", 15]],
        "topics": [[_("General"), 36]],
        "ages": [["0-1", 4], ["1-3", 2], ["3-7", 1], ["7-30", 0], [">30", 0]],
    }


def _ticket(work: Work) -> TicketFacts:
    answer = _entry(work, 2, "Luis Example", _("Try the other cable, please."), is_by_staff=True)
    request = _entry(work, 1, "Ana Example", _("The printer does not print."), is_by_staff=False)
    return TicketFacts(
        number=42,
        subject=clean_line(_("The printer does not print.")),
        label=SafeText("In progress"),
        status=SafeText("In progress"),
        topic=clean_line(_("General")),
        mail_address="",
        signature=SafeText(""),
        priority=SafeText("Normal"),
        requester=SafeText("Ana Example"),
        assignee=SafeText("Luis Example"),
        entries=(answer, request),
        main=answer,
    )


def _entry(work: Work, entry_id: int, author: str, words: str, **more: Any) -> EntryFacts:
    return EntryFacts(
        id=entry_id,
        kind=EntryKind.REPLY,
        author=clean_line(author),
        at=work.now,
        body=clean(words),
        is_cut=False,
        files=(),
        is_public=True,
        signature=SafeText(""),
        **more,
    )
