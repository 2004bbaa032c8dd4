from __future__ import annotations

from dataclasses import dataclass

import pytest

from sysmo_tui.domain.closed_sets import BY_STAFF, CHANNELS, LEVELS, REASONS
from sysmo_tui.domain.enums import Channel, CloseReason, Level
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.services import named


@dataclass(frozen=True)
class Thing:
    slug: str
    name: str


THINGS = (Thing("on-hold", "On hold"), Thing("break", "En pausa"), Thing("open", "In progress"))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("on-hold", "on-hold"),
        ("ON  HOLD", "on-hold"),
        ("En proceso", "open"),
        ("en pausa", "break"),
        ("waiting", None),
        ("", None),
    ],
)
def test_its_own_name_goes_before_the_same_name_in_another_language(text: str, slug: str | None):
    found = named.among(THINGS, text)
    assert (found and found.slug) == slug


def test_members_of_closed_sets_are_known_by_value_and_word():
    assert named.member(LEVELS, " Alta ", "urgency") is Level.HIGH
    assert named.member(CHANNELS, "teléfono", "channel") is Channel.PHONE
    assert named.member(REASONS, "no-reply", "reason") is CloseReason.NO_REPLY
    assert named.member(REASONS, "no hubo respuesta", "reason") is CloseReason.NO_REPLY
    with pytest.raises(Invalid) as refused:
        named.member({each: CHANNELS[each] for each in BY_STAFF}, "terminal", "channel")
    assert refused.value.field == "channel"
    assert refused.value.message.params["choices"] == "phone, visit, chat, email"
