from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.services import drafts
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_a_draft_comes_back_as_it_was_left(customer: Door, operator: Door, clock: Clock):
    number = ask.file(customer)
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "Dear"}, "k1")
    saved_at = clock.advance(minutes=1)
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "Dear Carla", "close": "yes"}, "k2")
    saved = operator.read(drafts.load, number, DraftKind.REPLY)
    assert saved == drafts.Saved({"body": "Dear Carla", "close": "yes"}, "k2", saved_at)
    assert operator.read(drafts.load, number, DraftKind.NOTE) is None


def test_an_emptied_draft_is_forgotten(operator: Door):
    operator.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, {"subject": "A"})
    operator.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, {"subject": " "})
    assert operator.read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET) is None


def test_drafts_are_private_and_only_for_tickets_that_one_sees(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "x"})
    assert cast.operator("rita").read(drafts.load, number, DraftKind.REPLY) is None
    with pytest.raises(NotFound):
        cast.customer("otto").touch(drafts.save, number, DraftKind.REPLY, {"body": "x"})
