"""Places in a text for what is known when it is used.

``{subject}`` is replaced by the subject, ``{{`` and ``}}`` are braces. Nothing else is read into the text:
what is put into a place is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
_PLACE = re.compile(r"\{([^{}]*)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its places filled by plain substitution; LookupError for a place without a value."""

    def filled(found: re.Match[str]) -> str:
        if found["name"] is not None:
            return values[found["name"]]
        return found.group()[0]

    return _TOKEN.sub(filled, text)


def fill_some(text: str, values: Mapping[str, str]) -> str:
    """``text`` with just the places of ``values`` filled; every other brace stays as it is."""

    def filled(found: re.Match[str]) -> str:
        return values.get(found[1], found[0])

    return _PLACE.sub(filled, text)


def left(text: str) -> str:
    """``text`` with its places left as they are written, and otherwise as it is once they are filled."""
    return fill(text, {name: f"{{{name}}}" for name in names(text)})


def spans(text: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where a place stands that :func:`fill_some` fills with a value for each that is ``wanted``."""
    return (found.span() for found in _PLACE.finditer(text) if found[1] in wanted)


def used(text: str, wanted: Collection[str]) -> tuple[str, ...]:
    """The names that stand at these :func:`spans`, each once."""
    return tuple(dict.fromkeys(text[start + 1 : end - 1] for start, end in spans(text, wanted)))


def names(text: str) -> Iterator[str]:
    """The names that stand in braces, each as often as it does."""
    return (found["name"] for found in _TOKEN.finditer(text) if found["name"] is not None)


def require_known(text: str, offered: Collection[str], field: str, unknown: str) -> None:
    """Refuse with Invalid a single brace, and with ``unknown`` a place that is not ``offered``."""
    for found in _TOKEN.finditer(text):
        if found.group() in ("{", "}"):
            raise Invalid(N_("Write a brace that is only a brace twice."), field=field)
        if found["name"] is not None and found["name"] not in offered:
            raise Invalid(
                unknown, field=field, name=clean_line(found["name"], 40), choices=", ".join(offered)
            )
