"""Deciding about mail that has not left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import AuditKind, Standing, Template
from sysmo_tui.domain.errors import Conflict, Forbidden, NotFound
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import audit, leases, mail_queue, notices, outbox
from sysmo_tui.services.leases import Duty
from sysmo_tui.services.outbox import OwedMail
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock, hold_all_mail


@pytest.fixture
def cast(store: Store, clock: Clock) -> Cast:
    """People on a desk that owes mail."""
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people


@pytest.fixture
def manager(cast: Cast) -> Door:
    return cast.manager()


def owe(cast: Cast, *owed: tuple[str, Template], **more: Any) -> None:
    def owe_them(work: Any) -> None:
        for address, template in owed:
            outbox.owe(work, template=template, address=address, locale="en", subject_key="x", **more)

    cast.itself.write(owe_them)


def claim(cast: Cast, limit: int = 10, holder: str = "me") -> tuple[OwedMail, ...]:
    return cast.desk.touch(cast.itself.caller, outbox.claim, holder, limit)


def fail(cast: Cast, mail: OwedMail, *, is_permanent: bool = True) -> None:
    cast.desk.touch(
        cast.itself.caller, outbox.mark_failed, mail, "me", "550 no such user", is_permanent=is_permanent
    )


def test_one_command_owes_a_person_one_mail_and_the_strongest_wins(cast: Cast) -> None:
    owe(
        cast,
        ("a@x.example", Template.REPLIED),
        ("A@x.example", Template.CLOSED),
        ("a@x.example", Template.NOTED),
    )
    (mail,) = claim(cast)
    assert mail.template is Template.CLOSED


def test_managers_see_what_waits_and_what_failed_and_operators_do_not(cast: Cast, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.TEST), ("b@x.example", Template.TEST))
    fail(cast, claim(cast, 1)[0])
    waiting = manager.read(mail_queue.queue, standing=Standing.WAITING).items
    failed = manager.read(mail_queue.queue, standing=Standing.FAILED).items
    assert [line.address for line in waiting] == ["b@x.example"]
    assert [(line.address, line.error) for line in failed] == [("a@x.example", "550 no such user")]
    summary = manager.read(mail_queue.waiting_summary)
    assert (summary.waiting, summary.failed, summary.held) == (1, 1, 0)
    assert summary.oldest is not None
    with pytest.raises(Forbidden):
        cast.operator().read(mail_queue.queue)


def test_the_queue_is_read_page_by_page(cast: Cast, manager: Door) -> None:
    owe(cast, *((f"p{n}@x.example", Template.TEST) for n in range(5)))
    seen, after = [], None
    while True:
        page = manager.read(mail_queue.queue, after=after, limit=2)
        seen += [line.address for line in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [f"p{n}@x.example" for n in range(5)]


def test_a_failed_mail_is_tried_again_when_a_manager_says_so(cast: Cast, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.TEST))
    (mail,) = claim(cast)
    fail(cast, mail)
    assert claim(cast) == ()
    manager.write(mail_queue.retry, mail.id)
    (again,) = claim(cast)
    assert (again.id, again.attempts, again.message_id) == (mail.id, 0, mail.message_id)
    decided = cast.admin().read(audit.page, kind=AuditKind.MAIL_DECIDED).items
    assert decided[0].detail["decision"] == "retry"


def test_a_failed_mail_whose_code_is_gone_cannot_be_tried_again(cast: Cast, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.RESET), payload={"code": "S3CR3T"})
    (mail,) = claim(cast)
    fail(cast, mail)
    with pytest.raises(Conflict):
        manager.write(mail_queue.retry, mail.id)


def test_after_a_restore_mail_is_held_until_people_decide(cast: Cast, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.TEST), ("b@x.example", Template.TEST))
    hold_all_mail(cast)
    assert claim(cast) == ()
    first, second = manager.read(mail_queue.queue, standing=Standing.HELD).items
    assert manager.write(mail_queue.release, first.id) == 1
    assert [mail.id for mail in claim(cast)] == [first.id]
    assert manager.write(mail_queue.discard, second.id) == 1
    assert manager.read(mail_queue.queue, standing=Standing.HELD).items == ()
    with pytest.raises(NotFound):
        manager.write(mail_queue.discard, second.id)
    with pytest.raises(Conflict):
        manager.write(mail_queue.release, first.id)


def test_held_mail_is_released_not_tried_again(cast: Cast, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.TEST))
    with cast.desk.store.writing() as session:
        session.execute(sa.update(table(Outbox)).values(held_at=cast.desk.clock()))
    (held,) = manager.read(mail_queue.queue).items
    with pytest.raises(Conflict, match=f"Mail {held.id} is held"):
        manager.write(mail_queue.retry, held.id)
    assert manager.read(mail_queue.queue).items == (held,)
    assert cast.admin().read(audit.page, kind=AuditKind.MAIL_DECIDED).items == ()


def test_mail_that_is_being_sent_is_not_discarded(cast: Cast, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.TEST))
    (mail,) = claim(cast)
    with pytest.raises(Conflict):
        manager.write(mail_queue.discard, mail.id)


def test_a_trial_mail_is_owed_to_the_address_given(cast: Cast, manager: Door) -> None:
    manager.write(mail_queue.try_out, "someone@else.example")
    (mail,) = claim(cast)
    assert (mail.template, mail.address) == (Template.TEST, "someone@else.example")


def test_a_claim_that_is_not_kept_expires(cast: Cast, clock: Clock) -> None:
    owe(cast, ("a@x.example", Template.TEST))
    assert len(claim(cast, holder="one")) == 1
    assert claim(cast, holder="two") == ()
    clock.advance(minutes=10)
    assert len(claim(cast, holder="two")) == 1


def test_who_lost_the_claim_marks_nothing(cast: Cast, clock: Clock, manager: Door) -> None:
    owe(cast, ("a@x.example", Template.TEST))
    (mail,) = claim(cast)
    clock.advance(minutes=11)
    claim(cast, holder="two")
    fail(cast, mail)
    assert manager.read(mail_queue.queue).items[0].standing is Standing.WAITING


def test_sent_mail_is_forgotten_after_ninety_days(cast: Cast, clock: Clock) -> None:
    owe(cast, ("a@x.example", Template.TEST))
    (mail,) = claim(cast)
    cast.desk.touch(cast.itself.caller, outbox.mark_sent, mail.id, "me")
    assert cast.itself.read(outbox.expired) == ()
    clock.advance(days=90, minutes=1)
    assert cast.itself.read(outbox.expired) == (mail.id,)
    cast.desk.touch(cast.itself.caller, outbox.cleanup, (mail.id,))
    assert cast.itself.read(outbox.expired) == ()


def test_a_mail_may_wait_before_it_leaves(cast: Cast, clock: Clock) -> None:
    owe(cast, ("a@x.example", Template.TEST), delay=timedelta(seconds=10))
    assert not cast.itself.read(outbox.is_due)
    clock.advance(seconds=10)
    assert cast.itself.read(outbox.is_due)


def test_staff_know_when_mail_waits_and_nobody_sends(cast: Cast, clock: Clock) -> None:
    luis, carla = cast.operator("luis"), cast.customer("carla")
    assert not luis.read(outbox.is_stuck)
    owe(cast, ("a@x.example", Template.TEST))
    assert not luis.read(outbox.is_stuck), "it may be about to leave"
    clock.advance(minutes=2)
    assert luis.read(outbox.is_stuck)
    assert not carla.read(outbox.is_stuck)
    cast.desk.touch(cast.itself.caller, leases.take, Duty.MAIL_OUT, "worker", 30)
    assert not luis.read(outbox.is_stuck)
    clock.advance(minutes=1)
    assert luis.read(outbox.is_stuck), "the worker died"
