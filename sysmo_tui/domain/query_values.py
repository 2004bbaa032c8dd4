"""What the single terms of a search mean: words, numbers, and the value of each field."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.fold import is_unspaced, words
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.query_dates import parse_dates
from sysmo_tui.domain.query_tree import (
    COMPARED_FIELDS,
    DATE_FIELDS,
    Dates,
    Field,
    FieldName,
    Flag,
    Has,
    Is,
    Node,
    Numbers,
    Op,
    Thing,
    Words,
)

E = TypeVar("E", bound=StrEnum)

LARGEST_NUMBER = 2**31 - 1

_NUMBER = re.compile(r"#?([0-9]{1,10})")
_TICKET = re.compile(r"(?:#|[Tt]-?)?([0-9]{1,10})")
_RANGE = re.compile(r"#?([0-9]{0,10})\.\.#?([0-9]{0,10})")
_PEOPLE = frozenset({FieldName.ASSIGNEE, FieldName.OWNER, FieldName.FROM})


def as_words(text: str, *, is_quoted: bool, is_prefix: bool) -> Words | None:
    """Fold words to look for; None when there is nothing to look for.

    One character of a script without spaces is looked for as a beginning, because documents hold pairs.
    """
    tokens = tuple(words(text))
    if not tokens:
        return None
    is_lone = len(tokens) == len(tokens[0]) == 1 and is_unspaced(tokens[0])
    return Words(text, tokens, is_phrase=is_quoted or len(tokens) > 1, is_prefix=is_prefix or is_lone)


def as_number(word: str) -> Numbers | None:
    """Read ``42``, ``T-42`` or ``#42``; None when the word is anything else."""
    found = _TICKET.fullmatch(word)
    return Numbers((_span(int(found[1]), int(found[1])),)) if found else None


def understood(name: FieldName, op: Op, value: str, flags: Collection[Flag]) -> Node | Message:
    """Read one value of a field, or say what is wrong with it."""
    if op is not Op.EQ and name not in COMPARED_FIELDS:
        message = N_("“{field}:” cannot be compared with “{op}”. Write {field}:{value}.")
        return Message(message, {"field": name.value, "op": op.value, "value": value})
    if name in DATE_FIELDS:
        return _dates(name, op, value)
    if name is FieldName.NUMBER:
        return _numbers(op, value)
    if name is FieldName.RATING:
        return _ratings(op, value)
    node: Node | None = None
    choices: Collection[StrEnum] = flags
    if name is FieldName.IS:
        flag = _chosen(Flag, value)
        node = Is(flag) if flag and flag in flags else None
    elif name is FieldName.HAS:
        choices = tuple(Thing)
        node = Has(thing) if (thing := _chosen(Thing, value)) else None
    elif name is FieldName.CHANNEL:
        choices = tuple(Channel)
        node = Field(name, op, (channel.value,)) if (channel := _chosen(Channel, value)) else None
    else:
        is_keyword = name in _PEOPLE and value.lower() in {"me", "none"}
        node = Field(name, op, (value.lower() if is_keyword else value,))
    return node or _unknown(name, value, choices)


def _dates(name: FieldName, op: Op, value: str) -> Node | Message:
    """Read an age, a date or a range of dates."""
    found = parse_dates(value, op)
    if found:
        return Dates(name, found.earliest, found.latest)
    message = N_(
        "“{field}:” does not understand “{value}”. Write <7d, >2w, 2026-01-31, 2026-01 or 2026-01..2026-03."
    )
    return Message(message, {"field": name.value, "value": value})


def _numbers(op: Op, value: str) -> Node | Message:
    """Read a number, a comparison or a range with either side open."""
    if found := _NUMBER.fullmatch(value):
        number = int(found[1])
        low = {Op.LT: 1, Op.LE: 1, Op.GT: number + 1}.get(op, number)
        high = {Op.GT: LARGEST_NUMBER, Op.GE: LARGEST_NUMBER, Op.LT: number - 1}.get(op, number)
        return Numbers((_span(low, high),))
    found = _RANGE.fullmatch(value) if op is Op.EQ else None
    if found and (found[1] or found[2]):
        return Numbers((_span(int(found[1] or 1), int(found[2] or LARGEST_NUMBER)),))
    message = N_("“{field}:” does not understand “{value}”. Write 42, 10..20 or >=100.")
    return Message(message, {"field": FieldName.NUMBER.value, "value": value})


def _ratings(op: Op, value: str) -> Node | Message:
    """Read a rating, a comparison or a range as all the ratings that it holds."""
    found = _numbers(op, value)
    if isinstance(found, Numbers):
        ((low, high),) = found.ranges
        asked = range(max(low, WORST_RATING), min(high, BEST_RATING) + 1)
        if asked:
            return Field(FieldName.RATING, Op.EQ, tuple(map(str, asked)))
    message = N_("“{field}:” does not understand “{value}”. Write 5, 1..2 or <3: ratings are from 1 to 5.")
    return Message(message, {"field": FieldName.RATING.value, "value": value})


def _span(low: int, high: int) -> tuple[int, int]:
    """Keep a range of numbers within what a ticket's number can be."""
    return min(low, LARGEST_NUMBER), min(high, LARGEST_NUMBER)


def _chosen(choices: type[E], value: str) -> E | None:
    """Find a member by its value, case ignored."""
    return next((choice for choice in choices if choice.value == value.lower()), None)


def _unknown(name: FieldName, value: str, choices: Collection[StrEnum]) -> Message:
    """Say which values there are."""
    message = N_("“{field}:” does not know “{value}”. Choose from: {choices}.")
    known = ", ".join(sorted(choice.value for choice in choices))
    return Message(message, {"field": name.value, "value": value, "choices": known})
