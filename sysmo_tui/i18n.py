"""Saying things in the reader's language; English is the source, the others are catalogues."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from sysmo_tui.domain.message import N_, Advice, Message

__all__ = [
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "N_",
    "Translator",
    "_",
    "advise_for",
    "choose",
    "current",
    "language_of",
    "ngettext",
    "pgettext",
    "render",
    "speaking",
    "translator",
    "use",
]

LANGUAGES: Final = ("en", "es")
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"en": "English", "es": "Español"}
DOMAIN: Final = "sysmo"
CATALOGUES: Final = Path(__file__).parent / "locale"

Clean = Callable[[str], str]

_process_language = LANGUAGES[0]
_desk_option = ""
_spoken: ContextVar[str | None] = ContextVar("spoken_language", default=None)


class Translator:
    """One language: translates sentences and fills their ``{named}`` places."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, CATALOGUES, [language], fallback=True)

    def _(self, text: str, /, **params: object) -> str:
        """``text`` in this language, with ``params`` in their places."""
        if not text:  # gettext answers an empty text with the catalogue's own header
            return text
        return _fill(self._catalogue.gettext(text), text, params)

    def ngettext(self, singular: str, plural: str, count: int, /, **params: object) -> str:
        """The form that fits ``count``, which fills the place ``{count}`` unless ``params`` has one."""
        said = self._catalogue.ngettext(singular, plural, count)
        if said in (singular, plural):
            # Both forms may be known as two sentences of their own.
            said = self._catalogue.gettext(singular if count == 1 else plural)
        source = singular if count == 1 else plural
        return _fill(said, source, {"count": count, **params})

    def pgettext(self, context: str, text: str, /, **params: object) -> str:
        """``text`` in this language, where ``context`` tells apart what one English word may mean."""
        return _fill(self._catalogue.pgettext(context, text), text, params)

    def render(self, message: Message, clean: Clean | None = None) -> str:
        """``message`` in this language; ``clean`` makes what others wrote in its places safe to show."""
        params = {name: self._param(value, clean) for name, value in message.params.items()}
        if message.plural is not None:
            return self.ngettext(message.text, message.plural, message.count, **params)
        return self._(message.text, **{"count": message.count, **params})

    def _param(self, value: object, clean: Clean | None) -> object:
        if isinstance(value, Message):
            return self.render(value, clean)
        if isinstance(value, Advice):
            return value
        if clean is None or isinstance(value, int | float):
            return value
        return clean(str(value))


def _fill(said: str, source: str, params: Mapping[str, object]) -> str:
    """``said`` with its places filled; a translation that cannot be filled gives way to ``source``."""
    if "{" not in said and "}" not in said:
        return said
    shown = {name: _typed(value) if isinstance(value, Advice) else value for name, value in params.items()}
    for text in (said, source):
        try:
            return text.format_map(shown)
        except (LookupError, ValueError, TypeError, AttributeError):
            continue
    return source


def _typed(advice: Advice) -> str:
    return f"{advice} {_desk_option}".rstrip()


@cache
def _load(language: str) -> Translator:
    return Translator(language)


def translator(language: str | None) -> Translator:
    """The translator for ``language``, which may look like a locale; English when we do not have it."""
    return _load(choose(language))


def choose(*wishes: str | None) -> str:
    """The first of ``wishes`` (``es``, ``es_AR.UTF-8``, ``C``, None) that we speak, else English."""
    for wish in wishes:
        language = _language_in(wish)
        if language:
            return language
    return LANGUAGES[0]


def _language_in(wish: str | None) -> str | None:
    """The supported language that a locale name asks for, if any."""
    if not wish:
        return None
    name = wish.strip().lower().replace("-", "_")
    for separator in (".", "@", "_"):
        name = name.partition(separator)[0]
    return name if name in LANGUAGES else None


def language_of(environ: Mapping[str, str]) -> str:
    """The language that a process is asked to speak: ``SYSMO_LANG``, then the locale as POSIX orders it."""
    ours = _language_in(environ.get("SYSMO_LANG"))
    if ours:
        return ours
    # POSIX: the first of these that is set decides, even when it asks for no language at all.
    return choose(environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG"))


def current() -> str:
    """The language in force here: that of the enclosing ``speaking``, else the process's."""
    return _spoken.get() or _process_language


def use(language: str | None) -> None:
    """Speak ``language`` from now on, in every thread and task; inside ``speaking``, only until it ends."""
    global _process_language  # noqa: PLW0603 - a thread starts with an empty context, so the default is shared
    if _spoken.get() is None:
        _process_language = choose(language)
    else:
        _spoken.set(choose(language))


def advise_for(desk_option: str) -> None:
    """Name commands with ``desk_option`` from now on, such as ``--demo``: they are for the desk at hand."""
    global _desk_option  # noqa: PLW0603 - a process works on one desk, whichever thread speaks of it
    _desk_option = desk_option


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak ``language`` within the block, in this thread or task alone."""
    token = _spoken.set(choose(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def _(text: str, /, **params: object) -> str:
    """``text`` in the current language, with ``params`` in their places."""
    return _load(current())._(text, **params)


def ngettext(singular: str, plural: str, count: int, /, **params: object) -> str:
    """The form for ``count`` in the current language; ``{count}`` is filled in."""
    return _load(current()).ngettext(singular, plural, count, **params)


def pgettext(context: str, text: str, /, **params: object) -> str:
    """``text`` in the current language, in the meaning that ``context`` names."""
    return _load(current()).pgettext(context, text, **params)


def render(message: Message, language: str | None = None, *, clean: Clean | None = None) -> str:
    """``message`` in ``language`` or the current one; ``clean`` is applied to the text put into it."""
    return (translator(language) if language else _load(current())).render(message, clean)
