"""From what someone asks for to conditions on tickets, for the side that asks.

Staff's words look at every entry; those who asked match public entries only, and the
fields that are for staff are plain words to them. What is not understood is named, and
never fails. All words of a group are found within one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import query as language
from sysmo_tui.domain.enums import Category, Visibility
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.query import (
    And,
    Dates,
    Field,
    FieldName,
    Flag,
    Has,
    Is,
    Node,
    Not,
    Numbers,
    Or,
    Problem,
    Words,
)
from sysmo_tui.domain.text import clean_line
from sysmo_tui.models import Attachment, Entry, ReadMark, Ticket, table
from sysmo_tui.services import desk_settings, search_fields, search_words
from sysmo_tui.services.search_words import Group
from sysmo_tui.storage.fulltext import Term

_TICKET, _ENTRY, _FILE, _MARK = table(Ticket), table(Entry), table(Attachment), table(ReadMark)
_NARROW = {FieldName.FROM, FieldName.COMPANY, FieldName.ASSIGNEE, FieldName.OWNER, FieldName.TAG}
_IS_PUBLIC = _ENTRY.c.visibility == Visibility.PUBLIC

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as conditions. ``names_state`` says that it chose itself between open and closed.

    ``candidates`` are all tickets that it can find, when its words tell. ``groups`` are the
    words of which every ticket that it finds has some; ``rest`` is what is left to ask of a
    ticket that has them. ``names_people`` says that it is about someone's tickets.
    """

    conditions: tuple[Condition, ...] = ()
    problems: tuple[Problem, ...] = ()
    names_state: bool = False
    names_people: bool = False
    candidates: frozenset[int] | None = None
    groups: tuple[Group, ...] = ()
    rest: tuple[Condition, ...] = ()


def compiled(work: Work, text: str, *, is_public: bool) -> Compiled:
    """The conditions of a query for staff, or for the person who asked (``is_public``)."""
    fields = language.CUSTOMER_FIELDS if is_public else language.ALL_FIELDS
    flags = language.CUSTOMER_FLAGS if is_public else language.ALL_FLAGS
    parsed = language.parse(text, fields, flags)
    if parsed.tree is None:
        return Compiled(problems=parsed.problems)
    compiler = _Compiler(work, text, is_public)
    found = compiler.of(parsed.tree)
    return Compiled(
        conditions=(found.condition,),
        problems=(*parsed.problems, *compiler.problems),
        names_state=_names_state(parsed.tree),
        names_people=_names_people(parsed.tree),
        candidates=found.candidates,
        groups=found.groups,
        rest=found.rest,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A node as a condition, and what its words tell about the tickets that fulfil it."""

    condition: Condition
    candidates: frozenset[int] | None = None
    groups: tuple[Group, ...] = ()
    rest: tuple[Condition, ...] = ()


@dataclass
class _Compiler:
    work: Work
    text: str
    is_public: bool
    problems: list[Problem] = field(default_factory=list)

    def of(self, node: Node) -> _Part:
        """A node as a condition on the ticket."""
        match node:
            case And(parts):
                return self._all(parts)
            case Or(parts):
                return _either([self.of(part) for part in parts])
            case Words():
                return self._found([node])
            case Not(part):
                return _Part(sa.not_(self.of(part).condition))
            case _:
                return _Part(self._plain(node))

    def _plain(self, node: Is | Field | Dates | Has | Numbers) -> Condition:
        match node:
            case Is(flag):
                return self._flag(flag)
            case Field():
                return self._field(node)
            case Dates():
                return self._dates(node)
            case Has():
                return self._has_file()
            case Numbers(ranges):
                return sa.or_(*(_TICKET.c.number.between(first, last) for first, last in ranges))

    def _all(self, parts: Sequence[Node]) -> _Part:
        """Parts that all hold; the words among them are found within one entry."""
        words = [part for part in parts if isinstance(part, Words)]
        others = [self.of(part) for part in parts if not isinstance(part, Words)]
        own = [self._found(words)] if words else []
        everything = sa.and_(*(part.condition for part in (*own, *others)))
        known = [part.candidates for part in (*own, *others) if part.candidates is not None]
        groups = next((part.groups for part in (*own, *others) if part.groups), ())
        rest = tuple(part.condition for part in others) if own else (everything,)
        return _Part(everything, frozenset.intersection(*known) if known else None, groups, rest)

    def _found(self, words: Iterable[Words]) -> _Part:
        terms = [Term(w.tokens, w.is_phrase, w.is_prefix) for w in words]
        group = search_words.look(self.work, terms, is_public=self.is_public)
        return _Part(group.condition(), group.tickets if group.is_rare else None, (group,))

    def _flag(self, flag: Flag) -> Condition:
        match flag:
            case Flag.OPEN:
                return _TICKET.c.closed_at.is_(None)
            case Flag.CLOSED:
                return _TICKET.c.closed_at.is_not(None)
            case Flag.NEW | Flag.WAITING | Flag.HOLD:
                return _TICKET.c.category == Category(flag.value)
            case Flag.UNASSIGNED:
                return _TICKET.c.assignee_id.is_(None)
            case Flag.OVERDUE:
                return sa.and_(_TICKET.c.next_due_at < self.work.now, _TICKET.c.closed_at.is_(None))
            case Flag.UNREAD:
                return self._is_unread()

    def _is_unread(self) -> Condition:
        seen = (
            sa.select(_MARK.c.entry_id)
            .where(
                _MARK.c.ticket_number == _TICKET.c.number, _MARK.c.account_id == self.work.actor.account_id
            )
            .scalar_subquery()
        )
        latest = _TICKET.c.last_public_entry_id if self.is_public else _TICKET.c.last_entry_id
        return latest > sa.func.coalesce(seen, 0)

    def _has_file(self) -> Condition:
        files = sa.select(_ENTRY.c.ticket_number).join(_FILE, _FILE.c.entry_id == _ENTRY.c.id)
        mine = files.where(_ENTRY.c.ticket_number == _TICKET.c.number)
        return sa.exists((mine.where(_IS_PUBLIC) if self.is_public else mine).correlate(_TICKET))

    def _dates(self, node: Dates) -> Condition:
        zone = desk_settings.load(self.work).zone
        column = self._moment(node.field)
        conditions = []
        if node.earliest is not None:
            conditions.append(column >= language.resolve(node.earliest, self.work.now, zone)[0])
        if node.latest is not None:
            conditions.append(column < language.resolve(node.latest, self.work.now, zone)[1])
        return sa.and_(sa.true(), *conditions)

    def _moment(self, name: FieldName) -> sa.Column[Any]:
        if name is FieldName.UPDATED:
            return _TICKET.c.public_updated_at if self.is_public else _TICKET.c.updated_at
        return _TICKET.c.created_at if name is FieldName.CREATED else _TICKET.c.closed_at

    def _field(self, node: Field) -> Condition:
        conditions = []
        for value in node.values:
            found = search_fields.condition(self.work, node.field, node.op, value, is_public=self.is_public)
            if found is None:
                self._name_problem(node.field, value)
            else:
                conditions.append(found)
        return sa.or_(sa.false(), *conditions)

    def _name_problem(self, name: FieldName, value: str) -> None:
        start = max(0, self.text.casefold().find(value.casefold()))
        message = Message(
            N_("{field}: there is no “{value}”"), {"field": name.value, "value": clean_line(value, 40)}
        )
        self.problems.append(Problem(value, start, start + len(value), message))


def _either(parts: Sequence[_Part]) -> _Part:
    """Parts of which one is enough: their words tell something when all of them have some."""
    condition = sa.or_(*(part.condition for part in parts))
    known = [part.candidates for part in parts if part.candidates is not None]
    candidates = frozenset.union(*known) if len(known) == len(parts) else None
    groups = tuple(group for part in parts for group in part.groups)
    return _Part(condition, candidates, groups if all(p.groups for p in parts) else (), (condition,))


def _names_people(node: Node) -> bool:
    """Whether all that a query finds belongs to someone, or carries a tag."""
    match node:
        case And(parts):
            return any(_names_people(part) for part in parts)
        case Field(name, _, _):
            return name in _NARROW
        case _:
            return False


def _names_state(node: Node) -> bool:
    match node:
        case And(parts) | Or(parts):
            return any(_names_state(part) for part in parts)
        case Not(part):
            return _names_state(part)
        case Is(flag):
            return flag not in (Flag.UNREAD, Flag.UNASSIGNED)
        case Field(name, _, _) | Dates(name, _, _):
            return name in (FieldName.STATUS, FieldName.CLOSED)
        case Numbers():
            return True
        case _:
            return False
