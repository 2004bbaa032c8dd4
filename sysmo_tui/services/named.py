"""Finding what a command names: by slug, by name, and by the name in every language that is spoken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol, TypeVar

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import LANGUAGES, translator


class Named(Protocol):
    """Something of the catalogue."""

    @property
    def slug(self) -> str:
        """Its name for scripts."""
        ...

    @property
    def name(self) -> str:
        """Its name for people, in English where the desk brought it."""
        ...


N = TypeVar("N", bound=Named)
E = TypeVar("E", bound=StrEnum)


def is_named(text: str, *names: str) -> bool:
    """Whether ``text`` is one of ``names`` in any language, case and accents ignored."""
    return same_name(text) in _written(names) | _spoken(names)


def among(known: Iterable[N], text: str) -> N | None:
    """The one that ``text`` names; what it is called itself goes before what it is called elsewhere."""
    wanted, choices = same_name(text), tuple(known)
    for forms in (_written, _spoken):
        for each in choices:
            if wanted in forms((each.slug, each.name)):
                return each
    return None


def member(words: Mapping[E, str], text: str, field: str) -> E:
    """The member of a closed set by its value or its word, in any language; Invalid names the choices."""
    for each, word in words.items():
        # With a capital, a level is called as the priority of that name is.
        if is_named(text, each.value, each.value.replace("_", "-"), each.value.capitalize(), word):
            return each
    raise Invalid(N_("Choose one of: {choices}."), field=field, choices=", ".join(words))


def _written(names: Iterable[str]) -> set[str]:
    return {same_name(name) for name in names}


def _spoken(names: Iterable[str]) -> set[str]:
    known = tuple(names)
    return {same_name(translator(language)._(name)) for language in LANGUAGES for name in known}
