"""Who is told what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain import addresses
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel, CloseReason, TicketField
from sysmo_tui.models import AccountEmail, Outbox, Ticket, table
from sysmo_tui.services import closing, editing, filing, follow_ups, notices, outbox, thread, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock

Told = list[tuple[str, str]]


@pytest.fixture
def cast(store: Store, clock: Clock) -> Cast:
    """People on a desk that owes mail."""
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people


class Post:
    """Reads what is owed since it last looked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = 0

    def new(self) -> Told:
        rows = table(Outbox)
        with self._store.reading() as session:
            found = session.execute(
                sa.select(rows.c.id, rows.c.address, rows.c.template)
                .where(rows.c.id > self._seen)
                .order_by(rows.c.address)
            ).all()
        self._seen = max([self._seen, *(row.id for row in found)])
        return [(row.address.partition("@")[0], row.template.value) for row in found]


@pytest.fixture
def post(store: Store) -> Iterator[Post]:
    return Post(store)


def file(door: Door, **given: object) -> int:
    made: dict[str, object] = {
        "topic": "general",
        "subject": "It broke",
        "body": "It does not turn on.",
        **given,
    }
    return door.write(filing.file, Filing(**made)).number  # type: ignore[arg-type]


def test_a_request_is_acknowledged_and_told_to_the_operators_of_its_topic(cast: Cast, post: Post) -> None:
    cast.operator("luis")
    cast.operator("lola")
    cast.topic("Elsewhere")
    cast.operator("otto", ["elsewhere"])
    file(cast.customer())
    told = post.new()
    assert ("carla", "acknowledged") in told
    assert {who for who, what in told if what == "new_in_topic"} >= {"luis", "lola"}
    assert not any(who == "otto" for who, _ in told)


def test_filing_for_a_customer_acknowledges_to_the_customer_and_not_to_the_operator(
    cast: Cast, post: Post
) -> None:
    operator = cast.operator()
    cast.customer()
    file(operator, requester=cast.email("carla"), channel=Channel.PHONE)
    told = post.new()
    assert ("carla", "acknowledged") in told
    assert "luis" not in dict(told)


def test_a_public_answer_is_told_to_the_customer_in_one_mail(cast: Cast, post: Post) -> None:
    operator = cast.operator()
    number = file(cast.customer())
    post.new()
    operator.write(thread.reply, number, Outgoing("Try the other cable."))
    assert post.new() == [("carla", "replied")]


def test_closing_with_a_last_answer_is_one_mail_that_has_both(cast: Cast, post: Post, store: Store) -> None:
    operator = cast.operator()
    number = file(cast.customer())
    post.new()
    operator.write(closing.close, number, message=Outgoing("Done."))
    assert post.new() == [("carla", "closed")]
    rows = table(Outbox)
    with store.reading() as session:
        found = session.execute(sa.select(rows.c.entry_id).where(rows.c.template == "closed")).scalar_one()
    assert found is not None


def test_a_note_is_told_to_staff_who_take_part_and_to_no_customer(cast: Cast, post: Post) -> None:
    luis, lola = cast.operator("luis"), cast.operator("lola")
    number = file(cast.customer())
    luis.write(tickets.take, number)
    lola.write(thread.note, number, Outgoing("Seen before."))
    post.new()
    luis.write(thread.note, number, Outgoing("By whom?"))
    assert post.new() == [("lola", "noted")]


def test_who_wrote_a_note_and_left_the_topic_is_not_told(cast: Cast, post: Post, store: Store) -> None:
    from sysmo_tui.models import TopicMember

    luis, lola = cast.operator("luis"), cast.operator("lola")
    number = file(cast.customer())
    lola.write(thread.note, number, Outgoing("Seen before."))
    with store.writing() as session:
        session.execute(
            sa.delete(table(TopicMember)).where(table(TopicMember).c.account_id == cast.ids["lola"])
        )
    post.new()
    luis.write(thread.note, number, Outgoing("Secret."))
    assert post.new() == []


def test_a_customers_reply_is_told_to_the_assignee_and_else_to_the_topic(cast: Cast, post: Post) -> None:
    luis = cast.operator("luis")
    cast.operator("lola")
    customer = cast.customer()
    number = file(customer)
    post.new()
    customer.write(thread.reply, number, Outgoing("Any news?"))
    told = post.new()
    assert {("luis", "customer_replied"), ("lola", "customer_replied")} <= set(told)
    luis.write(tickets.take, number)
    post.new()
    customer.write(thread.reply, number, Outgoing("Hello?"))
    assert post.new() == [("luis", "customer_replied")]


def test_taking_a_ticket_tells_the_customer_the_new_label(cast: Cast, post: Post) -> None:
    luis = cast.operator()
    number = file(cast.customer())
    post.new()
    luis.write(tickets.take, number)
    assert post.new() == [("carla", "label_changed")]


def test_assigning_tells_the_assignee_unless_they_did_it(cast: Cast, post: Post) -> None:
    luis = cast.operator("luis")
    cast.operator("lola")
    number = file(cast.customer())
    post.new()
    luis.write(tickets.assign, number, cast.email("lola"))
    assert ("lola", "assigned") in post.new()


def test_a_topic_without_operators_tells_the_managers(cast: Cast, post: Post) -> None:
    cast.topic("Orphans")
    cast.manager("mara")
    file(cast.customer(), topic="orphans")
    assert set(post.new()) == {
        ("carla", "acknowledged"),
        ("ada", "unattended_topic"),
        ("mara", "unattended_topic"),
    }


def test_operators_read_that_a_request_was_moved_to_their_topic(cast: Cast, post: Post) -> None:
    cast.topic("Elsewhere")
    cast.operator("otto", ["elsewhere"])
    number = file(cast.customer())
    post.new()
    cast.operator().write(editing.edit, number, {TicketField.TOPIC: "elsewhere"})
    assert ("otto", "moved_in") in post.new()


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_follow_up_date_reminds_who_has_the_ticket_and_else_the_topic(
    cast: Cast, post: Post, clock: Clock, is_taken: bool
) -> None:
    luis = cast.operator()
    cast.operator("lola")
    number = file(cast.customer())
    if is_taken:
        luis.write(tickets.take, number)
    luis.write(editing.edit, number, {TicketField.STATUS: "on-hold", TicketField.FOLLOW_UP: "+1d"})
    post.new()
    clock.advance(days=1)
    cast.itself.write(follow_ups.wake_due)
    told = {who for who, what in post.new() if what == "follow_up"}
    assert told >= ({"luis"} if is_taken else {"luis", "lola"})
    assert ("lola" in told) is not is_taken


def test_spam_is_closed_without_mail(cast: Cast, post: Post) -> None:
    luis = cast.operator()
    number = file(cast.customer())
    post.new()
    luis.write(closing.spam, number)
    luis.write(closing.reopen, number)
    assert post.new() == []


def test_a_customer_who_answers_what_was_wrongly_marked_as_spam_is_heard(cast: Cast, post: Post) -> None:
    luis, customer = cast.operator(), cast.customer()
    cast.operator("lola")
    for come_back, told in (
        (lambda number: customer.write(thread.reply, number, Outgoing("I am no robot.")), "reopened"),
        (lambda number: customer.write(closing.reopen, number), "reopened"),
    ):
        number = file(customer)
        luis.write(closing.spam, number)
        post.new()
        come_back(number)
        assert {("luis", told), ("lola", told)} <= set(post.new())


def test_an_answer_to_a_spam_mark_that_was_corrected_reaches_the_customer(cast: Cast, post: Post) -> None:
    luis = cast.operator()
    number = file(cast.customer())
    luis.write(closing.spam, number)
    luis.write(closing.reopen, number)
    post.new()
    luis.write(thread.reply, number, Outgoing("Sorry, here is your answer."))
    assert post.new() == [("carla", "replied")]


def test_a_customer_who_returns_to_a_closed_ticket_is_told_as_reopening(cast: Cast, post: Post) -> None:
    luis, customer = cast.operator(), cast.customer()
    number = file(customer)
    luis.write(tickets.take, number)
    luis.write(closing.close, number, reason=CloseReason.NO_REPLY)
    post.new()
    customer.write(thread.reply, number, Outgoing("Not yet."))
    assert post.new() == [("luis", "reopened")]


def test_closing_by_the_customer_is_told_to_the_assignee_alone(cast: Cast, post: Post) -> None:
    luis, customer = cast.operator(), cast.customer()
    number = file(customer)
    luis.write(tickets.take, number)
    post.new()
    customer.write(closing.close, number)
    assert post.new() == [("luis", "watched_news")]


@pytest.mark.parametrize("column", ["state", "undeliverable"])
def test_who_cannot_be_reached_is_not_written_to(cast: Cast, post: Post, store: Store, column: str) -> None:
    luis, customer = cast.operator(), cast.customer()
    number = file(customer)
    post.new()
    with store.writing() as session:
        if column == "state":
            session.execute(sa.text("UPDATE account SET state = 'disabled' WHERE name = 'Carla'"))
        else:
            session.execute(
                sa.text("UPDATE account_email SET undeliverable_at = verified_at WHERE folded LIKE 'carla%'")
            )
    luis.write(thread.reply, number, Outgoing("Hello."))
    assert post.new() == []


def test_an_address_that_fails_is_found_however_it_is_written(cast: Cast, post: Post, store: Store) -> None:
    luis, customer = cast.operator(), cast.customer()
    number, address = file(customer), "\u01f0UAN@customer.example"
    post.new()
    emails, carla = table(AccountEmail), cast.ids["carla"]
    with store.writing() as session:
        session.execute(
            sa.update(emails)
            .where(emails.c.account_id == carla)
            .values(address=address, folded=addresses.folded(address), undeliverable_at=emails.c.verified_at)
        )
        session.execute(sa.update(table(Ticket)).values(contact_email=address))
    luis.write(thread.reply, number, Outgoing("Hello."))
    assert post.new() == []


def test_an_answer_from_the_tui_waits_ten_seconds_and_others_do_not(
    cast: Cast, store: Store, clock: Clock
) -> None:
    cast.operator()
    number = file(cast.customer())
    tui = cast.sign_in("luis", Channel.TUI)
    tui.write(thread.reply, number, Outgoing("Try again."))
    rows = table(Outbox)
    with store.reading() as session:
        found = {
            row.template: row.next_attempt_at
            for row in session.execute(sa.select(rows.c.template, rows.c.next_attempt_at))
        }
    waits = {template.value: (at - clock.now).total_seconds() for template, at in found.items()}
    assert waits["replied"] == 10
    assert waits["acknowledged"] == 0


def test_who_leaves_ends_the_wait_of_what_was_written_in_that_session_alone(
    cast: Cast, store: Store, clock: Clock
) -> None:
    cast.operator("luis"), cast.operator("lola")
    numbers = [file(cast.customer(name)) for name in ("carla", "dora")]
    leaving, staying = cast.sign_in("luis", Channel.TUI), cast.sign_in("lola", Channel.TUI)
    leaving.write(thread.reply, numbers[0], Outgoing("Good night."))
    staying.write(thread.reply, numbers[1], Outgoing("Still thinking."))
    leaving.touch(outbox.hurry)
    rows = table(Outbox)
    with store.reading() as session:
        waits = dict(
            session.execute(
                sa.select(rows.c.address, rows.c.next_attempt_at).where(rows.c.template == "replied")
            ).all()
        )
    assert waits == {
        "carla@customer.example": clock.now,
        "dora@customer.example": clock.now + notices.MAIL_WAITS,
    }


def test_filing_with_ten_operators_costs_mail_a_handful_of_statements(cast: Cast, store: Store) -> None:
    for n in range(10):
        cast.operator(f"op{n}")
    customer = cast.customer()
    file(customer)
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        file(customer)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    about_mail = [s for s in statements if "outbox" in s or "DISTINCT" in s]
    assert len(about_mail) <= 2, "\n".join(about_mail)


def test_what_the_desk_itself_does_tells_the_customer(cast: Cast, post: Post) -> None:
    number = file(cast.customer())
    post.new()
    itself = Door(cast.desk, Caller(Channel.DESK, is_desk=True))
    itself.write(closing.close, number, reason=CloseReason.NO_REPLY)
    assert post.new() == [("carla", "closed")]


def test_the_address_that_mail_went_to_is_told_once_when_staff_choose_another(
    cast: Cast, post: Post, operator: Door, customer: Door
):
    number = file(customer)
    post.new()
    operator.write(editing.edit, number, {TicketField.CONTACT_EMAIL: "elsewhere@customer.example"})
    assert post.new() == [("carla", "contact_changed")]
    operator.write(thread.reply, number, Outgoing("Try it now."))
    assert post.new() == [("elsewhere", "replied")]
    operator.write(editing.edit, number, {TicketField.CONTACT_EMAIL: "ELSEWHERE@customer.example"})
    assert post.new() == []
