"""From what someone asks for to conditions on tickets, for the side that asks.

Staff's words look at every entry; those who asked match public entries only, and the
fields that are for staff are plain words to them. What is not understood is named and left
out, and the rest is searched. All words of a group are found within one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
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
    Op,
    Or,
    Problem,
    Words,
)
from sysmo_tui.domain.text import clean_line, storable
from sysmo_tui.models import Attachment, Entry, ReadMark, Ticket, table
from sysmo_tui.services import desk_settings, search_words
from sysmo_tui.services.search_words import Group, Pile
from sysmo_tui.storage.fulltext import Term

_TICKET, _ENTRY, _FILE, _MARK = table(Ticket), table(Entry), table(Attachment), table(ReadMark)
_LISTED = {FieldName.FROM, FieldName.COMPANY, FieldName.ASSIGNEE, FieldName.OWNER, FieldName.TAG}
_OPEN_FLAGS = {Flag.OPEN, Flag.NEW, Flag.WAITING, Flag.HOLD, Flag.OVERDUE}
LISTED = 2_000
"""Up to so many tickets of someone, or with a tag, are listed to search among them."""
_IS_PUBLIC = _ENTRY.c.visibility == Visibility.PUBLIC

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of a query asks of a ticket.

    ``condition`` is None while it has words so common that only reading can tell.
    ``candidates`` are all tickets that fulfil it, and maybe more; None when nothing tells.
    ``groups`` are words of which each ticket that fulfils it has some, and ``rest`` what is
    left to ask of those that do; None when only reading can tell.
    """

    condition: Condition | None
    candidates: frozenset[int] | None = None
    groups: tuple[Group, ...] = ()
    rest: Condition | None = None


_EVERYTHING = Part(sa.true(), rest=sa.true())


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query, understood. ``names_state`` says that it chose itself between open and closed.

    ``is_open_only`` says that nothing closed can fulfil it.
    """

    whole: Part = _EVERYTHING
    problems: tuple[Problem, ...] = ()
    names_state: bool = False
    is_open_only: bool = False
    _tree: Node | None = None
    _compiler: _Compiler | None = None

    @property
    def numbers(self) -> frozenset[int]:
        """The tickets that a lone number or word like ``42`` names, whatever else has the word."""
        match self._tree:
            case Or((Words(), Numbers(ranges))):
                return frozenset(first for first, _last in ranges)
        return frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked for, so that nothing is left out."""
        return self._tree is None

    @property
    def prior(self) -> tuple[Condition, ...]:
        """What can be asked before anything is read; all of the query when it has no common words."""
        if self._tree is None:
            return ()
        known = self.whole.rest if self.whole.condition is None else self.whole.condition
        return () if known is None else (known,)

    def within(self, numbers: Iterable[int]) -> Condition:
        """The query as a condition that holds for these few tickets only, whose entries it reads."""
        if self._tree is None or self._compiler is None:
            return sa.true()
        condition = self._compiler.reading(numbers).of(self._tree).condition
        assert condition is not None, "what was read is known"
        return condition


def compiled(
    work: Work, text: str, *, is_public: bool, reads_all: bool = False, is_typing: bool = False
) -> Compiled:
    """The conditions of a query for staff, or for the person who asked (``is_public``).

    With ``reads_all`` words are not looked up: only reading tickets tells who has them.
    """
    text = storable(text)
    fields = language.CUSTOMER_FIELDS if is_public else language.ALL_FIELDS
    flags = language.CUSTOMER_FLAGS if is_public else language.ALL_FLAGS
    parsed = language.parse(text, fields, flags, is_typing=is_typing)
    if parsed.tree is None:
        return Compiled(problems=parsed.problems)
    compiler = _Compiler(work, text, is_public, reads_all)
    tree = compiler.known_to_the_desk(parsed.tree)
    problems = (*parsed.problems, *compiler.problems)
    if tree is None:
        return Compiled(problems=problems)
    wanted = Compiled(
        compiler.of(tree), problems, _names_state(tree), compiler.is_open_only(tree), tree, compiler
    )
    return replace(wanted, names_state=True) if wanted.numbers else wanted


@dataclass
class _Compiler:
    work: Work
    text: str
    is_public: bool
    reads_all: bool = False
    problems: list[Problem] = field(default_factory=list)
    known: dict[Node, Part] = field(default_factory=dict)
    values: dict[tuple[FieldName, Op, str], Condition] = field(default_factory=dict)
    pile: Pile | None = None

    def reading(self, numbers: Iterable[int]) -> _Compiler:
        """The same for a few tickets, whose entries are read."""
        pile = search_words.pile(self.work, numbers, is_public=self.is_public)
        return _Compiler(
            self.work,
            self.text,
            self.is_public,
            self.reads_all,
            known=self.known,
            values=self.values,
            pile=pile,
        )

    def known_to_the_desk(self, node: Node) -> Node | None:
        """The node without the values that the desk does not know; None when nothing is left of it."""
        match node:
            case And(parts) | Or(parts):
                kept = [left for part in parts if (left := self.known_to_the_desk(part)) is not None]
                return type(node)(tuple(kept)) if len(kept) > 1 else next(iter(kept), None)
            case Not(part):
                left = self.known_to_the_desk(part)
                return None if left is None else Not(left)
            case Field(name, op, values):
                known = tuple(value for value in values if self._is_known(node, value))
                return Field(name, op, known) if known else None
            case _:
                return node

    def _is_known(self, node: Field, value: str) -> bool:
        from sysmo_tui.services import search_fields

        found = search_fields.condition(self.work, node.field, node.op, value, is_public=self.is_public)
        if found is None:
            self._name_problem(node.field, value)
            return False
        self.values[node.field, node.op, value] = found
        return True

    def of(self, node: Node) -> Part:
        """A node as a condition on the ticket."""
        match node:
            case And(parts):
                return self._all(parts)
            case Or((Words() as word, Numbers())):
                return self._named(word, [self.of(part) for part in node.parts])
            case Or(parts):
                return _either([self.of(part) for part in parts])
            case Words():
                return self._found([node])
            case Not(part):
                condition = self.of(part).condition
                return Part(None if condition is None else sa.not_(condition))
            case _:
                if node not in self.known:
                    self.known[node] = self._plain(node)
                return self.known[node]

    def is_open_only(self, node: Node) -> bool:
        """Whether no closed ticket can fulfil a node."""
        match node:
            case And(parts):
                return any(self.is_open_only(part) for part in parts)
            case Or(parts):
                return all(self.is_open_only(part) for part in parts)
            case Is(flag):
                return flag in _OPEN_FLAGS
            case Not(Is(flag)):
                return flag is Flag.CLOSED
            case Field(FieldName.STATUS, _, values):
                from sysmo_tui.services import search_fields

                return all(search_fields.is_open_status(self.work, value, self.is_public) for value in values)
            case _:
                return False

    def _plain(self, node: Is | Field | Dates | Has | Numbers) -> Part:
        match node:
            case Is(flag):
                return self._flag(flag)
            case Field():
                return self._field(node)
            case Dates():
                return Part(self._dates(node))
            case Has():
                return self._has_file()
            case Numbers(ranges):
                return Part(sa.or_(*(_TICKET.c.number.between(first, last) for first, last in ranges)))

    def _all(self, parts: Sequence[Node]) -> Part:
        """Parts that all hold; the words among them are found within one entry."""
        words = [part for part in parts if isinstance(part, Words)]
        others = [self.of(part) for part in parts if not isinstance(part, Words)]
        own = [self._found(words)] if words else []
        known = [part.candidates for part in (*others, *own) if part.candidates is not None]
        everything = _together(*others, *own)
        return Part(
            everything,
            frozenset.intersection(*known) if known else None,
            next((part.groups for part in (*own, *others) if part.groups), ()),
            _together(*others) if own else everything,
        )

    def _found(self, words: Iterable[Words]) -> Part:
        terms = [Term(w.tokens, w.is_phrase, w.is_prefix) for w in words]
        if self.pile is not None:
            return Part(search_words.among(_TICKET.c.number, self.pile.having(terms)))
        if self.reads_all:
            return Part(None, rest=sa.true())
        group = search_words.look(self.work, terms, is_public=self.is_public)
        if group.is_rare:
            return Part(
                search_words.among(_TICKET.c.number, group.tickets), group.tickets, (group,), sa.true()
            )
        return Part(None, None, (group,), sa.true())

    def _named(self, word: Words, parts: Sequence[Part]) -> Part:
        """A word that may be a number: a common one is followed as if it were only the word."""
        either = _either(parts)
        return replace(either, groups=self.of(word).groups) if either.condition is None else either

    def _listed(self, condition: Condition, numbers: sa.Select[Any] | None = None) -> Part:
        """A condition for which an index gives all tickets, if these are not too many."""
        wanted = sa.select(_TICKET.c.number).where(condition) if numbers is None else numbers
        found = self.work.session.execute(wanted.limit(LISTED + 1)).scalars().all()
        return Part(condition, frozenset(found) if len(found) <= LISTED else None)

    def _flag(self, flag: Flag) -> Part:
        match flag:
            case Flag.OPEN:
                return Part(_TICKET.c.closed_at.is_(None))
            case Flag.CLOSED:
                return Part(_TICKET.c.closed_at.is_not(None))
            case Flag.NEW | Flag.WAITING | Flag.HOLD:
                return Part(_TICKET.c.category == Category(flag.value))
            case Flag.UNASSIGNED:
                return Part(_TICKET.c.assignee_id.is_(None))
            case Flag.OVERDUE:
                is_late = _TICKET.c.next_due_at < self.work.now
                return self._listed(sa.and_(is_late, _TICKET.c.closed_at.is_(None)))
            case Flag.UNREAD:
                return Part(self._is_unread())
            case Flag.UNDELIVERABLE:
                return self._listed(_TICKET.c.undeliverable_at.is_not(None))

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

    def _has_file(self) -> Part:
        mine = sa.select(_ENTRY.c.id).join(_FILE, _FILE.c.entry_id == _ENTRY.c.id)
        mine = mine.where(_ENTRY.c.ticket_number == _TICKET.c.number).correlate(_TICKET)
        if self.is_public:
            return Part(sa.exists(mine.where(_IS_PUBLIC)))
        with_file = sa.select(_ENTRY.c.ticket_number).where(
            _ENTRY.c.id.in_(sa.select(_FILE.c.entry_id).distinct().limit(LISTED + 1))
        )
        return self._listed(sa.exists(mine), with_file)

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

    def _field(self, node: Field) -> Part:
        condition = sa.or_(*(self.values[node.field, node.op, value] for value in node.values))
        is_listed = node.field in _LISTED and "none" not in node.values
        return self._listed(condition) if is_listed else Part(condition)

    def _name_problem(self, name: FieldName, value: str) -> None:
        start = _place_of(self.text, name, value)
        message = Message(
            N_("{field}: there is no “{value}”"), {"field": name.value, "value": clean_line(value, 40)}
        )
        self.problems.append(Problem(value, start, start + len(value), message))


def _place_of(text: str, name: FieldName, value: str) -> int:
    """Where a value of a field stands in a search."""
    folded = text.casefold()
    field = folded.find(f"{name.value}:")
    while field >= 0:
        found = folded.find(value.casefold(), field)
        if found >= 0 and not folded[field:found].partition('"')[0].count(" "):
            return found
        field = folded.find(f"{name.value}:", field + 1)
    return max(0, folded.find(value.casefold()))


def _together(*parts: Part) -> Condition | None:
    known = [part.condition for part in parts if part.condition is not None]
    return sa.and_(sa.true(), *known) if len(known) == len(parts) else None


def _either(parts: Sequence[Part]) -> Part:
    """Parts of which one is enough: their words tell something when all of them have some."""
    conditions = [part.condition for part in parts if part.condition is not None]
    condition = sa.or_(*conditions) if len(conditions) == len(parts) else None
    known = [part.candidates for part in parts if part.candidates is not None]
    candidates = frozenset[int]().union(*known) if len(known) == len(parts) else None
    groups = tuple(group for part in parts for group in part.groups)
    return Part(condition, candidates, groups if all(part.groups for part in parts) else (), condition)


def _names_state(node: Node) -> bool:
    match node:
        case Or((Words(), Numbers())):
            return False
        case And(parts) | Or(parts):
            return any(_names_state(part) for part in parts)
        case Not(part):
            return _names_state(part)
        case Is(flag):
            return flag not in (Flag.UNREAD, Flag.UNASSIGNED)
        case Field(name, _, _) | Dates(name, _, _):
            return name in (FieldName.STATUS, FieldName.CLOSED, FieldName.RATING)
        case Numbers():
            return True
        case _:
            return False
