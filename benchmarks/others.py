"""Others at work on a filled desk, until the process is ended: ``URL``, and commands a second.

They file, answer, note, give away, change and close, all of it through the services, in lists that the
operator of the benchmarks has open.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from benchmarks import data, long_ticket
from benchmarks.data import NOW, People
from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import CloseReason, Inbox, TicketField
from sysmo_tui.services import closing, editing, filing, inboxes, notices, outbox, thread, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import open_store

PRIORITIES = ("low", "normal", "high", "urgent")


def main(url: str, per_second: str) -> None:
    """Work steadily."""
    begun = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - begun)

    desk = Desk(open_store(url), consequences=(notices.owe, outbox.write), clock=now)
    for number, _command in enumerate(commands(data.people(desk)), 1):
        time.sleep(max(0.0, begun + number / float(per_second) - time.monotonic()))


def commands(people: People) -> Iterator[object]:
    """One command after another, of all kinds in turn."""
    topic = people.operator.read(long_ticket.topic)
    colleague, chance = people.manager, random.Random(1)
    for number in count():
        shown = [
            row.number
            for inbox in (Inbox.ASSIGNED, Inbox.TOPICS)
            for row in people.operator.read(inboxes.page, inbox).page.items
        ]
        subject = f"The printer is on fire, {number}"
        filed = people.customer.write(filing.file, Filing(topic, subject, "It burns. " * 20)).number
        yield filed
        yield colleague.write(editing.edit, filed, {TicketField.PRIORITY: PRIORITIES[number % 4]})
        yield people.customer.write(thread.reply, filed, Outgoing("It still burns."))
        yield colleague.write(thread.note, chance.choice(shown), Outgoing("Burned in March, too."))
        yield colleague.write(tickets.assign, filed, "operator.0@operator.example")
        yield colleague.write(thread.reply, chance.choice(shown), Outgoing("We bring water. " * 20))
        yield colleague.write(closing.close, filed, unanswered=CloseReason.SOLVED_ELSEWHERE)


if __name__ == "__main__":
    main(*sys.argv[1:])
