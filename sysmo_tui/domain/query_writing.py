"""Writing the search language: putting the values of a field into a search, and taking them out again.

Only terms that stand by themselves are touched: what is negated, in parentheses or beside an ``or`` stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sysmo_tui.domain.query import spans

_TERM = re.compile(r"([A-Za-z]+):(.+)", re.DOTALL)
_VALUE = re.compile(r'"([^"]*)"?|([^\s"(),]+)')
_PLAIN = re.compile(r'[^\s"(),]+')
_COMPARED = ("<", ">", "=")


@dataclass(frozen=True, slots=True)
class Term:
    """A field with values, such as ``status:new,open``, and where it stands. ``<7d`` is one value."""

    start: int
    end: int
    field: str
    values: tuple[str, ...]


def terms(text: str) -> Iterator[Term]:
    """The fields of a search that hold for all of it."""
    whole = list(spans(text))
    if _has_or(text, whole):
        return
    for start, end in whole:
        found = _TERM.fullmatch(text[start:end])
        if found:
            yield Term(start, end, found[1].lower(), _split(found[2]))


def values(text: str, field: str, among: Collection[str] | None = None) -> tuple[str, ...]:
    """What a search asks of a field; with ``among`` only terms all of whose values are of those."""
    return tuple(value for term in terms(text) if _is_of(term, field, among) for value in term.values)


def with_values(text: str, field: str, wanted: Iterable[str], among: Collection[str] | None = None) -> str:
    """The search with exactly these values of a field, where they stood or at the end."""
    chosen = list(dict.fromkeys(wanted))
    compared = [value for value in chosen if value.startswith(_COMPARED)]
    term = f"{field}:{','.join(map(quoted, compared[-1:] or chosen))}" if chosen else ""
    before = [found for found in terms(text) if _is_of(found, field, among)]
    if not before:
        return f"{grouped(text)} {term}".strip() if term else text.strip()
    parts, at = [], 0
    for place, found in enumerate(before):
        parts += [text[at : found.start].strip(), "" if place else term]
        at = found.end
    return " ".join(part for part in (*parts, text[at:].strip()) if part)


def toggled(text: str, field: str, value: str, among: Collection[str] | None = None) -> str:
    """The search with a value of a field added to the others, or taken out where it was."""
    now = values(text, field, among)
    folded = [each.casefold() for each in now]
    if value.casefold() in folded:
        wanted = [each for each in now if each.casefold() != value.casefold()]
    else:
        wanted = [*(each for each in now if not each.startswith(_COMPARED)), value]
    return with_values(text, field, wanted, among)


def both(one: str, other: str) -> str:
    """What fulfils two searches."""
    return " ".join(grouped(each) for each in (one, other) if each.strip())


def grouped(text: str) -> str:
    """A search as one term beside others: complete, and in parentheses where an ``or`` would reach out."""
    whole = _completed(text.strip())
    return f"({whole})" if _has_or(whole, list(spans(whole))) else whole


def quoted(value: str) -> str:
    """A value as it is written behind a colon."""
    plain = value.replace('"', " ").strip()
    return plain if _PLAIN.fullmatch(plain) else f'"{plain}"'


def _completed(text: str) -> str:
    """A search with the quotation mark and the parentheses that it lacks, and without those too many."""
    kept: list[str] = []
    depth, is_quoted = 0, False
    for each in text:
        character = each
        is_quoted ^= character == '"'
        if not is_quoted and character in "()":
            depth += 1 if character == "(" else -1
            if depth < 0:
                depth, character = 0, " "
        kept.append(character)
    return "".join(kept) + '"' * is_quoted + ")" * depth


def _has_or(text: str, whole: Iterable[tuple[int, int]]) -> bool:
    return any(text[start:end].lower() == "or" for start, end in whole)


def _is_of(term: Term, field: str, among: Collection[str] | None) -> bool:
    return term.field == field and (among is None or all(value.lower() in among for value in term.values))


def _split(written: str) -> tuple[str, ...]:
    if written.startswith(_COMPARED):
        return (written,)
    found = ((match[1] or match[2] or "").strip() for match in _VALUE.finditer(written))
    return tuple(value for value in found if value)
