"""The search language: what a person types becomes a tree, half-typed or not.

::

    printer "paper jam" fact*          words, a phrase, a beginning; side by side means and
    -scanner  not:scanner  -tag:vip    without
    is:open  status:new,open           several values mean or
    topic:"Human resources"            a value with spaces
    priority:>=high  created:<7d  number:10..20
    (a or b) c                         or, and parentheses
    #42                                the ticket with that number
    42  T-42                           that ticket, and those with the word
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.query_dates import resolve
from sysmo_tui.domain.query_tree import (
    ALL_FIELDS,
    ALL_FLAGS,
    CUSTOMER_FIELDS,
    CUSTOMER_FLAGS,
    Ago,
    And,
    Bound,
    Dates,
    DaysAgo,
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
    Period,
    Thing,
    Words,
)
from sysmo_tui.domain.query_values import as_number, as_words, understood

__all__ = [
    "ALL_FIELDS",
    "ALL_FLAGS",
    "CUSTOMER_FIELDS",
    "CUSTOMER_FLAGS",
    "Ago",
    "And",
    "Bound",
    "Dates",
    "DaysAgo",
    "Field",
    "FieldName",
    "Flag",
    "Has",
    "Is",
    "Node",
    "Not",
    "Numbers",
    "Op",
    "Or",
    "Period",
    "Problem",
    "Query",
    "Thing",
    "Words",
    "parse",
    "resolve",
    "spans",
]

MAX_LENGTH = 4_000
MAX_DEPTH = 50
MAX_TERMS = 200

_NEGATION = re.compile(r"(?:-|not:)+", re.IGNORECASE)
_PREFIX = re.compile(r"([A-Za-z]+):(>=|<=|[=<>])?")
_BARE_VALUE = re.compile(r'[^\s"(),]+')
_WORD = re.compile(r'[^\s"()]+')


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a search that could not be understood and was left out; ``start`` and ``end`` are offsets."""

    text: str
    start: int
    end: int
    message: Message


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood; ``tree`` is None when nothing is asked for."""

    tree: Node | None
    problems: tuple[Problem, ...] = ()


def parse(
    text: str,
    fields: frozenset[FieldName] = ALL_FIELDS,
    flags: frozenset[Flag] = ALL_FLAGS,
    *,
    is_typing: bool = False,
) -> Query:
    """Read a search; whatever is incomplete is left out, whatever is unknown is a :class:`Problem`.

    A name before a colon that is not in ``fields`` is named, and searched as ordinary text.
    While it is typed, a word with nothing behind it is the beginning of one.
    """
    parser = _Parser(text[:MAX_LENGTH], fields, flags, is_typing)
    if len(text) > MAX_LENGTH:
        parser.problem(
            MAX_LENGTH,
            MAX_LENGTH,
            Message(
                N_("A search has at most {limit} characters; the rest was left out."), {"limit": MAX_LENGTH}
            ),
        )
    return Query(parser.alternatives(0), tuple(parser.problems))


def spans(text: str, fields: frozenset[FieldName] = ALL_FIELDS) -> Iterator[tuple[int, int]]:
    """Where the terms of a search stand that are in no parentheses, each as it was written, ``or`` too."""
    parser = _Parser(text[:MAX_LENGTH], fields, ALL_FLAGS)
    while parser.skip_space():
        start = parser.at
        if text[start] == ")":
            parser.at += 1
        elif not parser.takes_or():
            parser.negatable(0)
        # What is negated and not there ends before the space, and a dash alone is a term of its own.
        yield start, max(parser.at, start + 1)


@dataclass(slots=True)
class _Parser:
    """Reads once from left to right; nesting is the only recursion, and it is bounded."""

    text: str
    fields: frozenset[FieldName]
    flags: frozenset[Flag]
    is_typing: bool = False
    problems: list[Problem] = field(default_factory=list)
    at: int = 0
    terms: int = 0

    def problem(self, start: int, end: int, message: Message) -> None:
        """Note what could not be understood."""
        self.problems.append(Problem(self.text[start:end], start, end, message))

    def alternatives(self, depth: int) -> Node | None:
        """Read up to the closing parenthesis of this depth, or the end."""
        chosen: list[Node] = []
        together: list[Node] = []
        too_deep = 0
        while self.skip_space():
            character = self.text[self.at]
            if character == ")":
                self.at += 1
                if too_deep:
                    too_deep -= 1
                elif depth:
                    break
            elif character == "(" and depth >= MAX_DEPTH:
                if not too_deep:
                    self.problem(self.at, self.at + 1, Message(N_("There are too many parentheses.")))
                too_deep += 1
                self.at += 1
            elif self.takes_or():
                chosen += _joined(And, together)
                together = []
            elif node := self.negatable(depth):
                together.append(node)
        chosen += _joined(And, together)
        return next(iter(_joined(Or, chosen)), None)

    def skip_space(self) -> bool:
        """Move to the next term; False at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def takes_or(self) -> bool:
        """Move past the word ``or``."""
        found = _WORD.match(self.text, self.at)
        if not found or found.group().lower() != "or" or self.text.startswith('"', found.end()):
            return False
        self.at = found.end()
        return True

    def negatable(self, depth: int) -> Node | None:
        """Read a term with the negations before it."""
        negation = _NEGATION.match(self.text, self.at)
        is_negated = False
        if negation:
            self.at = negation.end()
            is_negated = negation.group().lower().replace("not:", "-").count("-") % 2 == 1
        if self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
            return None
        if self.text[self.at] == "(" and depth < MAX_DEPTH:
            self.at += 1
            node = self.alternatives(depth + 1)
        else:
            node = self.term(is_negated=is_negated)
        if node is None or not is_negated:
            return node
        return node.part if isinstance(node, Not) else Not(node)

    def term(self, *, is_negated: bool) -> Node | None:
        """Read a phrase, a field or a word."""
        start = self.at
        if self.text[start] == '"':
            phrase = self.quoted()
            is_prefix = self.text.startswith("*", self.at)
            self.at += is_prefix
            return self.counted(start, as_words(phrase, is_quoted=True, is_prefix=is_prefix))
        prefix = _PREFIX.match(self.text, start)
        if prefix and prefix[1].lower() in self.fields:
            self.at = prefix.end()
            return self.asked(FieldName(prefix[1].lower()), Op(prefix[2] or "="), start)
        found = _WORD.match(self.text, start)
        if not found:  # a parenthesis too deep, behind a dash
            return None
        self.at = found.end()
        word = found.group()
        if prefix and _is_field(word, prefix[1]):
            message = N_("There is no field “{field}:”; it is searched as a word.")
            self.problem(start, self.at, Message(message, {"field": prefix[1]}))
        number = as_number(word) if FieldName.NUMBER in self.fields else None
        if number is not None and word.startswith("#"):
            return self.counted(start, number)
        is_begun = self.is_typing and not is_negated and self.at == len(self.text)
        looked_for = as_words(word, is_quoted=False, is_prefix=is_begun or word.endswith("*"))
        return self.counted(start, Or((looked_for, number)) if looked_for and number else looked_for)

    def quoted(self) -> str:
        """Read up to the closing quotation mark, or the end."""
        end = self.text.find('"', self.at + 1)
        end = len(self.text) if end < 0 else end
        value = self.text[self.at + 1 : end]
        self.at = min(end + 1, len(self.text))
        return value

    def counted(self, start: int, node: Node | None) -> Node | None:
        """Let a term pass while there are not too many; afterwards skip everything."""
        self.terms += node is not None
        if self.terms <= MAX_TERMS:
            return node
        message = N_("A search has at most {limit} terms; the rest was left out.")
        self.problem(start, self.at, Message(message, {"limit": MAX_TERMS}))
        self.at = len(self.text)
        return None

    def asked(self, name: FieldName, op: Op, start: int) -> Node | None:
        """Read the values of a field; None while there are none."""
        nodes: list[Node] = []
        for value in self.values():
            node = understood(name, op, value, self.flags)
            if isinstance(node, Message):
                self.problem(start, self.at, node)
            elif self.counted(start, node):
                nodes.append(node)
        return _either(nodes)

    def values(self) -> Iterator[str]:
        """Read values with commas between them, leaving out empty ones."""
        while True:
            if self.text.startswith('"', self.at):
                value = self.quoted().strip()
            else:
                found = _BARE_VALUE.match(self.text, self.at)
                value = found.group() if found else ""
                self.at += len(value)
            if value:
                yield value
            if not self.text.startswith(",", self.at):
                return
            self.at += 1


def _is_field(word: str, name: str) -> bool:
    """Whether a word looks like a field and its value, and not like an address, a path or a label."""
    value = word[len(name) + 1 :]
    return len(name) > 1 and value[:1].isalnum() and ":" not in value


def _joined(kind: type[And | Or], parts: list[Node]) -> list[Node]:
    """Make one node of several, none of it nested in its own kind; an empty list stays empty."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, And | Or) and isinstance(part, kind) else (part,)
    return [kind(tuple(flat))] if len(flat) > 1 else flat


def _either(nodes: list[Node]) -> Node | None:
    """Make one node of the values of one field."""
    values = [value for node in nodes if isinstance(node, Field) for value in node.values]
    ranges = [span for node in nodes if isinstance(node, Numbers) for span in node.ranges]
    match nodes:
        case [Field(name, op, _), *_]:
            return Field(name, op, tuple(values))
        case [Numbers(_), *_]:
            return Numbers(tuple(ranges))
    return next(iter(_joined(Or, nodes)), None)
