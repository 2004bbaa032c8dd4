"""What can be chosen on this desk, for lists that people pick from: one read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AccountState, Category, Role
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, AccountEmail, table
from sysmo_tui.services import account_list, kinds, states, topics
from sysmo_tui.services.topics import TopicChoice

_ACCOUNT, _EMAIL = table(Account), table(AccountEmail)
_STAFF = (
    sa.select(_ACCOUNT.c.id, _ACCOUNT.c.name, _EMAIL.c.address)
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .where(_ACCOUNT.c.role != Role.CUSTOMER, _ACCOUNT.c.state == AccountState.ACTIVE)
    .order_by(_ACCOUNT.c.id)
)

_NOTHING = SafeText("")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``value`` is what a use case takes, ``note`` tells it apart from the others."""

    value: str
    name: SafeText
    note: SafeText = _NOTHING
    category: Category | None = None
    level: int = 0
    serves: frozenset[SafeText] = frozenset()
    """The names of the topics that a colleague serves."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that the actor may choose; for customers only their topics."""

    topics: tuple[Choice, ...]
    statuses: tuple[Choice, ...] = ()
    priorities: tuple[Choice, ...] = ()
    types: tuple[Choice, ...] = ()
    staff: tuple[Choice, ...] = ()


def people(work: Work, text: str, limit: int = 5) -> tuple[Choice, ...]:
    """Whom the desk knows by a part of a name, an address or a company's name, customers first; for staff."""
    if not text.strip():
        return ()
    found = account_list.page(work, text, is_staff=False, limit=limit).items
    if len(found) < limit:
        found += account_list.page(work, text, is_staff=True, limit=limit - len(found)).items
    return tuple(
        Choice(line.email, line.name, clean_line(" · ".join(filter(None, (line.company, line.email)))))
        for line in found
        if line.state is not AccountState.DISABLED
    )


def read(work: Work) -> Choices:
    """The active topics, and for staff statuses, priorities, types and colleagues, each in its order."""
    is_staff = work.actor.is_staff
    served = topics.choices(work)
    offered = tuple(Choice(topic.slug, topic.name, clean_line(topic.description)) for topic in served)
    if not is_staff:
        return Choices(offered)
    serving = _serving(work, served)
    return Choices(
        offered,
        statuses=tuple(
            Choice(state.slug, clean_line(state.name), category=state.category)
            for state in states.all_states(work).values()
            if not state.is_archived
        ),
        priorities=tuple(
            Choice(priority.slug, clean_line(priority.name), level=priority.level)
            for priority in reversed(kinds.priorities(work))
            if not priority.is_archived
        ),
        types=tuple(
            Choice(kind.slug, clean_line(kind.name)) for kind in kinds.types(work) if not kind.is_archived
        ),
        staff=tuple(
            Choice(
                row.address,
                clean_line(row.name),
                clean_line(row.address),
                serves=frozenset(serving.get(row.id, ())),
            )
            for row in sorted(work.session.execute(_STAFF), key=lambda row: same_name(row.name))
        ),
    )


def _serving(work: Work, offered: Iterable[TopicChoice]) -> dict[int, list[SafeText]]:
    """The names of the topics that each account serves, by its id."""
    found, operators = defaultdict[int, list[SafeText]](list), topics.operators(work)
    for topic in offered:
        for person in operators.get(topic.id, ()):
            found[person.account_id].append(topic.name)
    return found
