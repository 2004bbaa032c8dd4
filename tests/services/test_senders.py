"""Who may write: blocked and allowed senders."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.enums import AuditKind, SenderStanding
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.services import audit, senders
from tests.cast import Cast

BLOCKED, ALLOWED = SenderStanding.BLOCKED, SenderStanding.ALLOWED


def test_the_most_precise_decision_counts(cast: Cast) -> None:
    manager = cast.manager()
    for pattern, wanted in (
        ("@.acme.example", BLOCKED),
        ("@mx.acme.example", ALLOWED),
        ("Spam@mx.acme.example", BLOCKED),
    ):
        manager.write(senders.decide, pattern, wanted)
    said = {
        address: cast.itself.read(senders.standing, address)
        for address in ("a@acme.example", "a@mx.acme.example", "SPAM@MX.acme.example", "a@other.example", "")
    }
    assert said == {
        "a@acme.example": BLOCKED,
        "a@mx.acme.example": ALLOWED,
        "SPAM@MX.acme.example": BLOCKED,
        "a@other.example": None,
        "": None,
    }


def test_a_sender_is_listed_once_and_forgotten_as_it_is_written(cast: Cast) -> None:
    manager = cast.manager()
    manager.write(senders.decide, "@acme.example", BLOCKED, "too much of it")
    line = manager.write(senders.decide, "@ACME.example", ALLOWED)
    assert (line.pattern, line.standing, line.note, line.by) == ("@acme.example", ALLOWED, "", "Mara")
    manager.write(senders.decide, "b@x.example", BLOCKED)
    first = manager.read(senders.page, limit=1)
    rest = manager.read(senders.page, after=first.next, limit=1)
    assert [each.pattern for each in (*first.items, *rest.items)] == ["@acme.example", "b@x.example"]
    assert rest.next is None
    blocked = manager.read(senders.page, standing=BLOCKED)
    assert [each.pattern for each in blocked.items] == ["b@x.example"]
    manager.write(senders.forget, "@acme.example")
    with pytest.raises(NotFound):
        manager.write(senders.forget, "@acme.example")
    decisions = [
        (line.detail["decision"], line.detail["sender"])
        for line in cast.admin().read(audit.page, kind=AuditKind.MAIL_DECIDED).items
    ]
    assert decisions == [
        ("forget", "@acme.example"),
        ("blocked", "b@x.example"),
        ("allowed", "@acme.example"),
        ("blocked", "@acme.example"),
    ]


def test_operators_block_an_address_but_no_domain_and_nobody_that_is_allowed(cast: Cast) -> None:
    operator, manager = cast.operator(), cast.manager()
    for refused in (
        lambda: operator.read(senders.page),
        lambda: operator.write(senders.decide, "a@x.example", BLOCKED),
        lambda: operator.write(senders.forget, "a@x.example"),
        lambda: cast.customer().write(senders.block_address, "a@x.example"),
    ):
        with pytest.raises(Forbidden):
            refused()
    operator.write(senders.block_address, "A@x.example")
    assert cast.itself.read(senders.standing, "a@x.example") is BLOCKED
    manager.write(senders.decide, "vip@x.example", ALLOWED)
    with pytest.raises(Conflict):
        operator.write(senders.block_address, "vip@x.example")
    manager.write(senders.block_address, "vip@x.example")
    with pytest.raises(Invalid):
        operator.write(senders.block_address, "")


def test_a_note_that_is_too_long_changes_nothing(cast: Cast) -> None:
    manager = cast.manager()
    with pytest.raises(Invalid) as refusal:
        manager.write(senders.decide, "a@x.example", BLOCKED, "x" * 201)
    assert refusal.value.field == "note"
    assert manager.read(senders.page).items == ()
