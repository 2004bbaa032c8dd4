"""What can stand behind a field of a search: the values of this desk that go on like what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.closed_sets import CHANNELS, RATINGS
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.query_completing import DATES, FLAGS, THINGS
from sysmo_tui.domain.query_tree import CUSTOMER_FIELDS, CUSTOMER_FLAGS, FieldName
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.i18n import _
from sysmo_tui.models import Ticket, TicketTag, table
from sysmo_tui.services import arms, choices, companies, inboxes
from sysmo_tui.services.choices import Choice, Choices

MOST = 8
MOST_TAGS = 30
"""Tags among the filters."""
TAGS_LOOKED_AT = 2_000
"""The newest tags that begin like what was typed, of which the most frequent are offered."""

_TAG, _TICKET = table(TicketTag), table(Ticket)
_ME_OR_NONE = (Choice("me", SafeText(N_("you"))), Choice("none", SafeText(N_("nobody"))))


def offered(work: Work, field: str, begun: str, *, limit: int = MOST) -> tuple[Choice, ...]:
    """Values of a field that go on like ``begun``, at most ``limit``; a ``value`` is what is written.

    Nothing for a field that the actor has not, or of which there is no list.
    """
    if field not in set(FieldName) or (not work.actor.is_staff and field not in CUSTOMER_FIELDS):
        return ()
    name = FieldName(field)
    match name:
        case FieldName.FROM | FieldName.COMPANY if not work.actor.is_staff:
            return ()
        case FieldName.FROM:
            return choices.people(work, begun, limit)
        case FieldName.COMPANY:
            found = companies.page(work, begun, limit=limit).items
            return tuple(Choice(line.name, line.name, clean_line(line.tax_id or "")) for line in found)
        case FieldName.TAG:
            return _tags(work, begun, limit)
        case _:
            return _beginning(_listed(work, name), begun)[:limit]


def narrowing(work: Work) -> tuple[Choices, tuple[Choice, ...]]:
    """What can be chosen on this desk, and the tags that are used most."""
    return choices.read(work), offered(work, "tag", "", limit=MOST_TAGS)


def _listed(work: Work, name: FieldName) -> Iterable[Choice]:
    match name:
        case FieldName.IS:
            known = FLAGS if work.actor.is_staff else {f: FLAGS[f] for f in FLAGS if f in CUSTOMER_FLAGS}
            return _worded(known)
        case FieldName.HAS:
            return _worded(THINGS)
        case FieldName.CHANNEL:
            return _worded(CHANNELS)
        case FieldName.RATING:
            return _worded({str(rating): word for rating, word in RATINGS.items()})
        case FieldName.CREATED | FieldName.UPDATED | FieldName.CLOSED:
            return _worded(DATES)
        case _:
            return _of_desk(work, name)


def _of_desk(work: Work, name: FieldName) -> Iterable[Choice]:
    known = choices.read(work)
    match name:
        case FieldName.STATUS:
            return known.statuses
        case FieldName.PRIORITY:
            return known.priorities
        case FieldName.TYPE:
            return known.types
        case FieldName.TOPIC:
            return known.topics
        case FieldName.ASSIGNEE | FieldName.OWNER if work.actor.is_staff:
            return (*_ME_OR_NONE, *known.staff)
        case _:
            return ()


def _worded(words: Mapping[Any, str]) -> Sequence[Choice]:
    return [Choice(str(value), SafeText(word)) for value, word in words.items()]


def _beginning(known: Iterable[Choice], begun: str) -> tuple[Choice, ...]:
    """Those whose value, or a word of whose name, begins like what was typed, in any language spoken here."""
    wanted = same_name(begun)
    return tuple(
        each
        for each in known
        if same_name(each.value).startswith(wanted)
        or any(f" {same_name(name)}".find(f" {wanted}") >= 0 for name in (each.name, _(each.name), each.note))
    )


def _tags(work: Work, begun: str, limit: int) -> tuple[Choice, ...]:
    """The most frequent tags of the newest tickets that the actor sees."""
    shape = replace(inboxes.understood(work, Inbox.ALL, "", None).shape, is_open_only=False)
    newest = (
        sa.select(_TAG.c.tag)
        .join(_TICKET, _TICKET.c.number == _TAG.c.ticket_number)
        .where(_TAG.c.tag.startswith(begun.casefold(), autoescape=True), arms.allowed(shape))
        .order_by(_TAG.c.ticket_number.desc())
        .limit(TAGS_LOOKED_AT)
        .subquery()
    )
    often = sa.func.count()
    asked = (
        sa.select(newest.c.tag, often)
        .group_by(newest.c.tag)
        .order_by(often.desc(), newest.c.tag)
        .limit(limit)
    )
    rows = work.session.execute(asked, arms.values(work.actor, sorted(work.actor.topics)))
    return tuple(Choice(tag, clean_line(tag), SafeText(str(count))) for tag, count in rows)
