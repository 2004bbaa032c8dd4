"""What stands in the way of an undo, who may, and what the customer and the figures are told of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Command, Door
from sysmo_tui.domain.enums import (
    Category,
    Channel,
    CloseReason,
    CustomerEventKind,
    DraftKind,
    Inbox,
    Template,
    TicketField,
)
from sysmo_tui.domain.errors import Conflict, Forbidden, NotFound
from sysmo_tui.models import Batch, Event, table
from sysmo_tui.services import (
    accounts,
    bulk,
    closing,
    drafts,
    editing,
    inboxes,
    outbox,
    ratings,
    reading,
    tagging,
    thread,
    tickets,
    topic_upkeep,
    undoing,
)
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock, mails
from tests.keys_of_people import bound, connected
from tests.services import requests as ask
from tests.services.test_undoing import is_sound, said, send_all, stored, waiting

_BATCH, _EVENT = table(Batch), table(Event)
CARLA = "carla@customer.example"


@pytest.fixture
def luis(cast: Cast, operator: Door) -> Door:
    """The operator at the terminal interface, whose mail waits."""
    return cast.sign_in("luis", Channel.TUI)


@pytest.fixture
def rita(cast: Cast) -> Door:
    """A colleague of the same topic."""
    return cast.operator("rita")


@pytest.fixture
def number(customer: Door, cast: Cast, luis: Door, rita: Door) -> int:
    """A request of which everybody has been told."""
    number = ask.file(customer)
    send_all(cast)
    return number


def priority(door: Door, number: int, name: str) -> None:
    door.write(editing.edit, number, {TicketField.PRIORITY: name})


def batch_of(cast: Cast, command: str) -> str:
    with cast.desk.store.reading() as session:
        named = sa.select(_BATCH.c.id).where(_BATCH.c.command == command).order_by(_BATCH.c.at.desc())
        return str(session.execute(named).scalars().first())


def test_a_field_that_a_colleague_touched_since_is_not_overwritten_even_back_again(
    cast: Cast, luis: Door, rita: Door, number: int
):
    priority(luis, number, "high")
    priority(rita, number, "low")
    with pytest.raises(Conflict, match=rf"Rita changed #{number} since: priority") as refused:
        luis.write(undoing.undo)
    assert refused.value.field == "priority"
    priority(rita, number, "high")
    before = stored(cast, number)
    with pytest.raises(Conflict, match="Rita changed"):
        luis.write(undoing.undo)
    assert stored(cast, number) == before
    for _ in range(2):
        rita.write(undoing.undo)
    assert said(luis.write(undoing.undo).what) == [f"the priority of #{number}"]
    assert is_sound(cast)


def test_a_colleagues_edit_of_another_field_stays(cast: Cast, luis: Door, rita: Door, number: int):
    priority(luis, number, "high")
    rita.write(editing.edit, number, {TicketField.TYPE: "incident"})
    rita.write(tagging.tag, number, ("rita",))
    luis.write(undoing.undo)
    view = ask.as_staff(luis, number)
    assert (view.row.priority, view.row.type, view.tags) == ("Normal", "Incident", ("rita",))


def test_tags_are_undone_one_by_one(cast: Cast, luis: Door, rita: Door, number: int):
    luis.write(tagging.tag, number, ("fire", "roof"))
    rita.write(tagging.tag, number, ("water",))
    luis.write(tagging.untag, number, ("water",))
    luis.write(undoing.undo)
    assert ask.as_staff(luis, number).tags == ("fire", "roof", "water")
    rita.write(tagging.untag, number, ("roof",))
    with pytest.raises(Conflict, match="Rita changed #1 since: tag"):
        luis.write(undoing.undo)
    assert ask.as_staff(luis, number).tags == ("fire", "water")


def test_who_was_answered_meanwhile_keeps_the_status(
    customer: Door, luis: Door, rita: Door, number: int, cast: Cast
):
    luis.write(tickets.take, number)
    luis.write(tagging.tag, number, ("fire",))
    ask.reply(customer, number, "Still burning.")
    assert said(luis.write(undoing.undo).what) == [f"the tags of #{number}"]
    with pytest.raises(Conflict, match=rf"Carla wrote in #{number} since"):
        luis.write(undoing.undo)


def test_of_several_all_go_back_or_none(cast: Cast, customer: Door, luis: Door, rita: Door, number: int):
    numbers = (number, ask.file(customer), ask.file(customer))
    luis.write_once(Command("closing.close"), bulk.each, numbers, closing.close, reason=CloseReason.NOT_OURS)
    rita.write(closing.reopen, numbers[1])
    before = [stored(cast, each) for each in numbers]
    with pytest.raises(Conflict, match=rf"Rita changed #{numbers[1]} since: status"):
        luis.write(undoing.undo)
    assert [stored(cast, each) for each in numbers] == before
    rita.write(undoing.undo)
    undone = luis.write(undoing.undo)
    assert (undone.numbers, said(undone.what)) == (numbers, ["closing 3 tickets"])
    assert {ask.as_staff(rita, each).row.category for each in numbers} == {Category.NEW}
    assert is_sound(cast)


def test_each_session_undoes_its_own_and_any_by_name(cast: Cast, luis: Door, rita: Door, number: int):
    other = cast.sign_in("luis")
    luis.write(tickets.take, number)
    other.write(tagging.tag, number, ("fire",))
    with pytest.raises(Conflict, match="nothing to undo"):
        cast.sign_in("luis").write(undoing.undo)
    with pytest.raises(NotFound, match="You did nothing that is called"):
        rita.write(undoing.undo, batch_of(cast, "tickets.take"))
    assert luis.write(undoing.undo, batch_of(cast, "tagging.tag")).command == "tagging.tag"
    with pytest.raises(Conflict, match="undone already"):
        other.write(undoing.undo, batch_of(cast, "tagging.tag"))
    with pytest.raises(NotFound):
        luis.write(undoing.undo, batch_of(cast, "undoing.undo"))
    assert luis.write(undoing.undo).command == "tickets.take"
    with pytest.raises(Conflict, match="nothing to undo"):
        luis.write(undoing.undo)


def test_who_comes_by_a_key_undoes_what_they_did_by_it(cast: Cast, luis: Door, number: int, clock: Clock):
    visitor = bound(luis, "luis")
    luis.write(tagging.tag, number, ("fire",))
    visitor.write(tickets.take, number)
    assert visitor.write(undoing.undo).command == "tickets.take"
    visitor.write(tickets.take, number)
    beside = connected(cast.desk, "luis")
    beside.write(tagging.tag, number, ("ice",))
    assert visitor.write(undoing.undo, here=visitor.batches).command == "tickets.take"
    with pytest.raises(Conflict, match="nothing to undo"):
        visitor.write(undoing.undo, here=visitor.batches)
    clock.advance(hours=13)
    with pytest.raises(Conflict, match="nothing to undo"):
        visitor.write(undoing.undo)


def test_only_staff_undo_and_only_what_they_work_on(cast: Cast, customer: Door, number: int):
    customer.write(closing.close, number)
    with pytest.raises(Forbidden):
        customer.write(undoing.undo)
    own = ask.file(cast.operator("nora", topics=()), topic="general")
    cast.operator("nora").write(closing.close, own)
    with pytest.raises(Forbidden):
        cast.operator("nora").write(undoing.undo)
    with pytest.raises(Conflict, match="nothing to undo"):
        cast.itself.write(undoing.undo)


def test_what_did_more_than_its_tickets_tell_stays(cast: Cast, luis: Door, number: int):
    luis.write(tickets.take, number)
    cast.admin().write(accounts.disable, "luis@desk.example", release=True)
    with pytest.raises(Conflict, match=rf"What was done to #{number} cannot be undone"):
        cast.admin().write(undoing.undo)


def test_nobody_gets_work_back_who_works_here_no_more(cast: Cast, luis: Door, rita: Door, number: int):
    rita.write(tickets.take, number)
    luis.write(tickets.assign, number, "luis@desk.example")
    cast.admin().write(accounts.disable, "rita@desk.example", hand_over_to="ada@desk.example")
    with pytest.raises(Conflict, match="Rita no longer works here"):
        luis.write(undoing.undo)


def test_what_somebody_has_does_not_become_new(luis: Door, rita: Door, number: int):
    luis.write(editing.edit, number, {TicketField.STATUS: "waiting"})
    rita.write(tickets.take, number)
    with pytest.raises(Conflict, match=rf"Rita has #{number} now"):
        luis.write(undoing.undo)


def test_a_ticket_that_was_moved_away_comes_back_and_is_a_secret_if_it_cannot(
    cast: Cast, luis: Door, rita: Door, number: int
):
    cast.topic("Payroll")
    luis.write(editing.edit, number, {TicketField.TOPIC: "payroll"})
    with pytest.raises(NotFound):
        luis.read(reading.show, number)
    luis.write(undoing.undo)
    assert ask.as_staff(luis, number).row.topic == "General"
    luis.write(editing.edit, number, {TicketField.TOPIC: "payroll"})
    cast.admin().write(editing.edit, number, {TicketField.TOPIC: "general"})
    cast.admin().write(editing.edit, number, {TicketField.TOPIC: "payroll"})
    with pytest.raises(NotFound) as hidden:
        luis.write(undoing.undo)
    with pytest.raises(NotFound) as missing:
        luis.read(reading.show, 999)
    assert str(hidden.value).replace(f"{number}", "999") == str(missing.value)


def test_an_undo_gives_nobody_a_ticket_back_that_they_may_not_know_of_any_more(
    cast: Cast, luis: Door, rita: Door, number: int, clock: Clock
):
    for door in (luis, rita):
        door.write(tagging.watch, number)
        door.write(tagging.unwatch, number)
    cast.admin().write(topic_upkeep.remove_operators, "general", ["luis@desk.example"])
    luis.write(undoing.undo)
    luis.write(tagging.unwatch, number)
    clock.advance(minutes=6)
    ask.note(cast.admin(), number, "Not for Luis.")
    with pytest.raises(NotFound):
        luis.write(undoing.undo)
    with pytest.raises(NotFound):
        luis.read(reading.show, number)
    assert said(rita.write(undoing.undo).what) == [f"no longer watching #{number}"]


def test_nothing_goes_back_into_a_topic_that_takes_no_tickets_any_more(cast: Cast, luis: Door, number: int):
    cast.topic("Payroll")
    mara = cast.manager()
    mara.write(editing.edit, number, {TicketField.TOPIC: "payroll"})
    mara.write(editing.edit, number, {TicketField.TOPIC: "general"})
    cast.admin().write(topic_upkeep.archive, "payroll")
    with pytest.raises(Conflict, match=r"The topic Payroll is archived.* Nothing is undone") as refused:
        mara.write(undoing.undo)
    assert refused.value.field == "topic"
    assert ask.as_staff(luis, number).row.topic == "General"
    cast.admin().write(topic_upkeep.unarchive, "payroll")
    mara.write(undoing.undo)
    assert ask.as_staff(mara, number).row.topic == "Payroll"


def test_a_close_that_is_undone_at_once_was_none(cast: Cast, customer: Door, luis: Door, number: int):
    luis.write(closing.close, number, reason=CloseReason.NOT_OURS)
    assert waiting(cast) == [CARLA]
    luis.write(undoing.undo)
    assert waiting(cast) == []
    assert [event.kind for event in ask.as_customer(customer, number, with_history=True).events] == [
        CustomerEventKind.FILED
    ]


def test_who_was_told_of_a_close_is_told_that_it_is_none(
    cast: Cast, customer: Door, luis: Door, number: int, clock: Clock
):
    luis.write(closing.close, number, reason=CloseReason.NOT_OURS)
    send_all(cast)
    clock.advance(minutes=4)
    luis.write(undoing.undo)
    told = [(mail.address, mail.template) for mail in mails(cast.desk) if mail.sent_at is None]
    assert told == [(CARLA, Template.LABEL_CHANGED)]
    seen = ask.as_customer(customer, number, with_history=True)
    assert [event.kind for event in seen.events][1:] == [
        CustomerEventKind.CLOSED,
        CustomerEventKind.STATUS_CHANGED,
    ]
    assert seen.row.updated_at == clock.now
    assert is_sound(cast)


@pytest.mark.parametrize(("minutes", "reopenings"), [(5, 0), (6, 1)])
def test_a_close_counts_as_reopened_when_it_is_undone_after_five_minutes(
    cast: Cast, luis: Door, number: int, clock: Clock, minutes: int, reopenings: int
):
    luis.write(closing.close, number, reason=CloseReason.NOT_OURS)
    clock.advance(minutes=minutes)
    luis.write(undoing.undo)
    with cast.desk.store.reading() as session:
        counted = session.execute(sa.text("SELECT reopenings, closed_at FROM cycle")).one()
    assert tuple(counted) == (reopenings, None)
    assert is_sound(cast)


def test_a_reopening_that_is_undone_leaves_the_close_as_it_was(
    cast: Cast, luis: Door, rita: Door, number: int, clock: Clock
):
    ask.reply(luis, number, closes=True)
    clock.advance(days=9)
    before, kept = stored(cast, number), ("cycles", "status_id", "closed_at", "close_reason", "waiting_since")
    rita = cast.sign_in("rita")
    rita.write(closing.reopen, number)
    assert len(stored(cast, number)["cycles"]) == 2
    clock.advance(hours=3)
    rita.write(undoing.undo)
    after = stored(cast, number)
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert is_sound(cast)


def test_a_rating_by_who_asked_is_undone(cast: Cast, luis: Door, rita: Door):
    own = ask.file(luis)
    ask.reply(rita, own, closes=True)
    before = stored(cast, own)
    luis.write(ratings.rate, own, 5)
    assert said(luis.write(undoing.undo).what) == [f"rating #{own}"]
    assert stored(cast, own) == before
    assert is_sound(cast)


def test_a_note_is_taken_back_until_somebody_reads_it(cast: Cast, luis: Door, rita: Door, number: int):
    ask.note(luis, number, "The zebra did it, @rita.")
    assert ask.as_staff(rita, number).is_watched
    undone = luis.write(undoing.undo)
    assert (said(undone.what), undone.texts) == ([f"the note in #{number}"], (number,))
    assert not ask.as_staff(rita, number).is_watched
    assert waiting(cast) == []
    assert rita.read(inboxes.page, Inbox.ALL, query="zebra").page.items == ()
    kept = luis.read(drafts.load, number, DraftKind.NOTE)
    assert kept is not None
    assert kept.fields["body"] == "The zebra did it, @rita."
    ask.note(luis, number, "The zebra did it.")
    ask.open_ticket(rita, number)
    with pytest.raises(Conflict, match="Rita has read it already"):
        luis.write(undoing.undo)
    rita.write(tagging.watch, number)
    ask.note(luis, number, "Again.")
    send_all(cast)
    with pytest.raises(Conflict, match="mail has left already"):
        luis.write(undoing.undo)
    assert is_sound(cast)


def test_an_answer_that_was_lost_on_the_way_is_given_again(cast: Cast, luis: Door, number: int):
    luis.write(tickets.take, number)
    luis.write(tagging.tag, number, ("fire",))
    command = Command("undoing.undo")
    first = luis.write_once(command, undoing.undo)
    assert luis.write_once(command, undoing.undo) == first
    assert luis.write(undoing.undo).command == "tickets.take"


def test_all_mail_of_what_staff_do_at_the_terminal_waits_for_second_thoughts(
    cast: Cast, luis: Door, rita: Door, number: int, clock: Clock
):
    luis.write(tickets.assign, number, "rita@desk.example")
    clock.advance(seconds=9)
    assert cast.itself.touch(outbox.claim, "sender", 10) == ()
    clock.advance(seconds=1)
    assert {mail.template for mail in cast.itself.touch(outbox.claim, "sender", 10)} == {
        Template.ASSIGNED,
        Template.LABEL_CHANGED,
    }
    rita.write(thread.note, number, Outgoing("At once."))
    assert cast.itself.touch(outbox.claim, "sender", 10) == ()
