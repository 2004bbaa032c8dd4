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
from sysmo_tui.services import desk_settings, search_fields
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect
from sysmo_tui.storage.fulltext import Term

_TICKET, _ENTRY, _FILE, _MARK = table(Ticket), table(Entry), table(Attachment), table(ReadMark)
_IS_PUBLIC = _ENTRY.c.visibility == Visibility.PUBLIC

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as conditions. ``names_state`` says that it chose itself between open and closed."""

    conditions: tuple[Condition, ...] = ()
    problems: tuple[Problem, ...] = ()
    names_state: bool = False


def compiled(work: Work, text: str, *, is_public: bool) -> Compiled:
    """The conditions of a query for staff, or for the person who asked (``is_public``)."""
    fields = language.CUSTOMER_FIELDS if is_public else language.ALL_FIELDS
    flags = language.CUSTOMER_FLAGS if is_public else language.ALL_FLAGS
    parsed = language.parse(text, fields, flags)
    if parsed.tree is None:
        return Compiled(problems=parsed.problems)
    compiler = _Compiler(work, text, is_public)
    condition = compiler.of(parsed.tree)
    return Compiled((condition,), (*parsed.problems, *compiler.problems), _names_state(parsed.tree))


@dataclass
class _Compiler:
    work: Work
    text: str
    is_public: bool
    problems: list[Problem] = field(default_factory=list)

    def of(self, node: Node) -> Condition:
        """A node as a condition on the ticket."""
        match node:
            case And(parts):
                return self._all(parts)
            case Or(parts):
                return sa.or_(*(self.of(part) for part in parts))
            case Not(part):
                return sa.not_(self.of(part))
            case Words():
                return self._found([node])
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

    def _all(self, parts: Sequence[Node]) -> Condition:
        words = [part for part in parts if isinstance(part, Words)]
        others = [self.of(part) for part in parts if not isinstance(part, Words)]
        return sa.and_(*others, *([self._found(words)] if words else []))

    def _found(self, words: Iterable[Words]) -> Condition:
        terms = [Term(w.tokens, len(w.tokens) > 1, w.is_prefix) for w in words]
        dialect = Dialect(self.work.session.get_bind().dialect.name)
        hits = sa.select(_ENTRY.c.ticket_number).where(_ENTRY.c.id.in_(fulltext.hits(dialect, terms)))
        return _TICKET.c.number.in_(hits.where(_IS_PUBLIC) if self.is_public else hits)

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
