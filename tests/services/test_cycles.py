from __future__ import annotations

from datetime import timedelta

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.cycles import Span, Spans
from sysmo_tui.domain.enums import CloseReason, TicketField
from sysmo_tui.services import closing, cycles, editing, filing, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cast import START, Cast, Clock

HOUR = 3600


def spans(cast: Cast, number: int) -> Spans:
    def read(work: Work) -> Spans:
        return cycles.of_ticket(work, number)

    return cast.itself.read(read)


def filed(cast: Cast) -> tuple[int, Door, Door]:
    customer, operator = cast.customer(), cast.operator()
    number = customer.write(filing.file, Filing("general", "Printer", "It burns.")).number
    return number, customer, operator


def test_filing_opens_the_first_cycle(cast: Cast) -> None:
    number, _, _ = filed(cast)
    (span,) = spans(cast, number)
    assert span == Span(n=1, opened_at=START, topic_id=span.topic_id)


def test_the_first_public_reply_of_staff_is_the_response_and_notes_and_files_are_not(
    cast: Cast, clock: Clock
) -> None:
    number, customer, operator = filed(cast)
    clock.advance(hours=1)
    operator.write(thread.note, number, Outgoing("Who knows?"))
    customer.write(thread.reply, number, Outgoing("Hurry."))
    clock.advance(hours=1)
    operator.write(thread.reply, number, Outgoing("Coming."))
    clock.advance(hours=1)
    operator.write(thread.reply, number, Outgoing("Nearly there."))

    (span,) = spans(cast, number)
    assert (span.response_seconds, span.response_by_id) == (2 * HOUR, cast.ids["luis"])
    assert span.public_replies == 2


def test_a_close_lasts_from_the_filing_and_names_who_closed(cast: Cast, clock: Clock) -> None:
    for who, closer in (("luis", "operator"), ("carla", "customer"), ("itself", "automatic")):
        number, customer, operator = filed(cast)
        clock.advance(hours=3)
        reason = None if who == "carla" else CloseReason.NO_REPLY
        door = {"luis": operator, "carla": customer, "itself": cast.itself}[who]
        door.write(closing.close, number, reason=reason)

        (span,) = spans(cast, number)
        assert (span.seconds, span.closer) == (3 * HOUR, closer)
        assert span.closed_by_id == cast.ids.get(who)


def test_reopened_within_seven_days_the_same_cycle_goes_on(cast: Cast, clock: Clock) -> None:
    number, _, operator = filed(cast)
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    clock.advance(days=7)
    cast.sign_in("carla").write(closing.reopen, number)
    (span,) = spans(cast, number)
    assert (span.closed_at, span.seconds, span.closer) == (None, None, "")
    assert (span.reopenings, span.reopened_from_id) == (1, cast.ids["luis"])


def test_reopened_later_the_old_close_stands_and_a_new_cycle_begins(cast: Cast, clock: Clock) -> None:
    number, _, operator = filed(cast)
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    clock.advance(days=7, seconds=1)
    cast.sign_in("carla").write(thread.reply, number, Outgoing("Again."))
    clock.advance(hours=1)
    cast.sign_in("luis").write(thread.reply, number, Outgoing("Done.", closes=True))

    first, second = spans(cast, number)
    assert (first.closed_at, first.seconds) == (START, 0)
    assert second.opened_at == START + timedelta(days=7, seconds=1)
    assert second.seconds == 7 * 24 * HOUR + 1 + HOUR
    assert (second.reopenings, second.response_seconds) == (1, None)
    assert second.response_at == clock.now


def test_whoever_takes_a_close_back_at_once_has_not_reopened_the_ticket(cast: Cast, clock: Clock) -> None:
    number, customer, operator = filed(cast)
    for door, counted in ((operator, 0), (customer, 1)):
        operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
        clock.advance(minutes=5)
        door.write(closing.reopen, number)
        assert spans(cast, number)[0].reopenings == counted


def test_spam_is_voided_until_it_is_taken_back(cast: Cast, clock: Clock) -> None:
    number, _, operator = filed(cast)
    operator.write(closing.spam, number)
    assert spans(cast, number)[0].is_voided
    clock.advance(days=30)
    cast.sign_in("luis").write(closing.reopen, number)
    (span,) = spans(cast, number)
    assert (span.is_voided, span.closed_at, span.reopenings) == (False, None, 0)


def test_an_open_cycle_follows_its_ticket_to_another_topic_and_a_closed_one_stays(cast: Cast) -> None:
    number, _, operator = filed(cast)
    billing = cast.topic("Billing")
    general = spans(cast, number)[0].topic_id
    admin = cast.admin()
    admin.write(editing.edit, number, {TicketField.TOPIC: "billing"})
    assert spans(cast, number)[0].topic_id == billing

    admin.write(editing.edit, number, {TicketField.TOPIC: "general"})
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    admin.write(editing.edit, number, {TicketField.TOPIC: "billing"})
    assert spans(cast, number)[0].topic_id == general
