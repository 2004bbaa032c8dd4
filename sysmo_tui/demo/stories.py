"""What people write to the demo desk, and what it answers: read from the files in ``stories/``."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sysmo_tui.domain.enums import Level

LANGUAGES: Final = ("es", "en", "pt", "de", "fr")

_MODELS = ("TM-T20", "Zyntra 400", "Kretzer Report NX", "QL-810", "Orbis 7120", "Balanz-30")
_CODES = ("0x8007", "E-16", "539", "10016", "P-204")


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of request and how it goes. Texts have slots in braces; an empty one is left out.

    ``ask`` and ``tell`` are the desk's question and its answer, ``solve`` the desk's last reply,
    ``note`` what staff tell each other; the ``file`` names go with request, ``tell`` and ``solve``.
    """

    topic: str
    type: str
    subject: str
    request: str
    solve: str
    weight: int = 1
    ask: str = ""
    tell: str = ""
    note: str = ""
    file: str = ""
    tell_file: str = ""
    answer_file: str = ""
    tags: tuple[str, ...] = ()
    urgency: Level = Level.NORMAL
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """The stories of one language, with the phrases that fit them all."""

    stories: tuple[Story, ...]
    phrases: Mapping[str, tuple[str, ...]]
    slots: Mapping[str, tuple[str, ...]]


@cache
def book(language: str) -> Book:
    """The stories in ``language``."""
    content = files("sysmo_tui.demo").joinpath("stories", f"{language}.toml").read_text("utf-8")
    read = tomllib.loads(content)
    return Book(
        stories=tuple(_story(each) for each in read["story"]),
        phrases={name: tuple(texts) for name, texts in read["phrases"].items()},
        slots={name: tuple(texts) for name, texts in read["slots"].items()},
    )


def filled_slots(book_of: Book, chance: random.Random) -> dict[str, str]:
    """A value for every slot that a story may have."""
    values = {name: chance.choice(texts) for name, texts in book_of.slots.items()}
    return values | {
        "model": chance.choice(_MODELS),
        "code": chance.choice(_CODES),
        "invoice": f"{chance.randint(1, 40):04d}-{chance.randint(1000, 99999):08d}",
        "order": f"PED-{chance.randint(10200, 18900)}",
        "amount": f"{chance.randint(38, 960)}.{chance.randint(100, 999)},00",
        "day": str(chance.randint(2, 28)),
    }


def _story(given: dict[str, Any]) -> Story:
    texts: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in given.items()
    }
    texts["tags"] = tuple(given.get("tags", ()))
    texts["urgency"] = Level(given.get("urgency", "normal"))
    return Story(**texts)
