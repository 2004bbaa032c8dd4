"""The values of a search's fields, looked up among what the desk has.

Names are compared without case and accents; the default catalogue is known by its
names in every language.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import Category, Channel, Role
from sysmo_tui.domain.fold import words
from sysmo_tui.domain.query import FieldName, Op
from sysmo_tui.models import Account, AccountEmail, Company, Cycle, Ticket, TicketTag, Topic, table
from sysmo_tui.services import kinds, search_words, states
from sysmo_tui.services.named import is_named

_TICKET, _TAG, _TOPIC = table(Ticket), table(TicketTag), table(Topic)
_ACCOUNT, _EMAIL, _COMPANY = table(Account), table(AccountEmail), table(Company)
_CYCLE = table(Cycle)
_COMPARE: dict[Op, Callable[[Any, int], Any]] = {
    Op.EQ: operator.eq,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}

LONGEST_NAME = 200
"""Characters of a name that are looked for: SQLite refuses conditions of very many words."""

Condition = sa.ColumnElement[bool]


def condition(work: Work, name: FieldName, op: Op, value: str, *, is_public: bool) -> Condition | None:
    """One field's value as a condition on the ticket; None when the desk knows no such value."""
    match name:
        case FieldName.STATUS:
            return _status(work, value, is_public)
        case FieldName.PRIORITY:
            return _priority(work, op, value)
        case FieldName.TYPE:
            found = [kind.id for kind in kinds.types(work) if is_named(value, kind.slug, kind.name)]
            return _among(_TICKET.c.type_id, found)
        case FieldName.TOPIC:
            return _topic(work, value)
        case FieldName.FROM:
            return _people(work, _TICKET.c.requester_id, value, is_staff=False)
        case FieldName.ASSIGNEE:
            return _people(work, _TICKET.c.assignee_id, value, is_staff=True)
        case FieldName.OWNER:
            return _people(work, _TICKET.c.owner_id, value, is_staff=True)
        case FieldName.COMPANY:
            return _company(work, value)
        case FieldName.TAG:
            tagged = sa.select(_TAG.c.ticket_number).where(_TAG.c.tag == value.casefold())
            return _TICKET.c.number.in_(tagged)
        case FieldName.CHANNEL:
            return _TICKET.c.channel == Channel(value)
        case FieldName.RATING:
            return _rated(int(value), is_public)
        case _:
            return None


def is_open_status(work: Work, value: str, is_public: bool) -> bool:
    """Whether no status that ``value`` names is a closed one."""
    return all(state.category is not Category.CLOSED for state in _states(work, value, is_public))


def _states(work: Work, value: str, is_public: bool) -> list[states.State]:
    return [
        state
        for state in states.all_states(work).values()
        if (is_named(value, state.customer_label) if is_public else is_named(value, state.slug, state.name))
    ]


def _status(work: Work, value: str, is_public: bool) -> Condition | None:
    return _among(_TICKET.c.status_id, [state.id for state in _states(work, value, is_public)])


def _priority(work: Work, op: Op, value: str) -> Condition | None:
    found = [priority for priority in kinds.priorities(work) if is_named(value, priority.slug, priority.name)]
    if not found:
        return None
    return sa.or_(*(_COMPARE[op](_TICKET.c.priority_level, priority.level) for priority in found))


def _topic(work: Work, value: str) -> Condition | None:
    rows = work.session.execute(sa.select(_TOPIC.c.id, _TOPIC.c.slug, _TOPIC.c.name, _TOPIC.c.is_public))
    sees_private = work.actor.is_staff
    found = [
        row.id for row in rows if (row.is_public or sees_private) and is_named(value, row.slug, row.name)
    ]
    return _among(_TICKET.c.topic_id, found)


def _people(work: Work, column: sa.Column[Any], value: str, *, is_staff: bool) -> Condition | None:
    if value == "none":
        return column.is_(None)
    if value == "me":
        return column == work.actor.account_id
    found = _by_address(work, value) if "@" in value else _by_name(work, value, is_staff)
    if not work.actor.is_staff:
        # A name that nobody has must look like one that the desk knows.
        return search_words.among(column, found)
    return _among(column, found)


def _by_address(work: Work, value: str) -> list[int]:
    wanted = sa.select(_EMAIL.c.account_id).where(_EMAIL.c.folded == addresses.folded(value))
    return list(work.session.execute(wanted).scalars())


def _by_name(work: Work, value: str, is_staff: bool) -> list[int]:
    people = sa.select(_ACCOUNT.c.id).where(_has_words(_ACCOUNT.c.words, value))
    if is_staff:
        people = people.where(_ACCOUNT.c.role != Role.CUSTOMER)
    return list(work.session.execute(people).scalars())


def _rated(rating: int, is_public: bool) -> Condition:
    rated = sa.select(_CYCLE.c.ticket_number).where(_CYCLE.c.rating == rating)
    if is_public:
        # What staff call spam is found like the rest: its customer is not told.
        return rated.where(_CYCLE.c.ticket_number == _TICKET.c.number).correlate(_TICKET).exists()
    return _TICKET.c.number.in_(rated.where(sa.not_(_CYCLE.c.is_voided)))


def _company(work: Work, value: str) -> Condition | None:
    compact = "".join(c for c in value if c.isalnum()).upper()
    wanted = sa.or_(_COMPANY.c.tax_id == compact, _has_words(_COMPANY.c.words, value))
    found = work.session.execute(sa.select(_COMPANY.c.id).where(wanted)).scalars()
    return _among(_TICKET.c.company_id, found)


def _among(column: sa.Column[Any], found: Iterable[int]) -> Condition | None:
    wanted = list(found)
    return search_words.among(column, wanted) if wanted else None


def _has_words(column: sa.Column[str], value: str) -> Condition:
    """Whether every word of ``value`` begins a word of a name."""
    wanted = dict.fromkeys(words(value[:LONGEST_NAME]))
    if not wanted:
        return sa.false()
    spaced = sa.literal(" ").concat(column)
    return sa.and_(*(spaced.contains(f" {word}", autoescape=True) for word in wanted))
