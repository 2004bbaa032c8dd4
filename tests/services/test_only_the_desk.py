"""What is for the desk's own background duties is for nobody below administrators."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.errors import DeskError, Forbidden, NotSignedIn
from sysmo_tui.services import cleaning, digests, follow_ups, inbound, mailboxes, unfetched
from sysmo_tui.services.mailboxes import Fetched
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock

BOX = Fetched("support", "imaps://support@mail.example", "INBOX", "", None, 0)
DUTIES: dict[str, Callable[[Door], object]] = {
    "what is to be fetched": lambda door: door.read(mailboxes.to_fetch),
    "how far it was fetched": lambda door: door.touch(mailboxes.note_progress, BOX, 1, 1, []),
    "that it was fetched": lambda door: door.touch(mailboxes.note_checked, BOX),
    "that it was not fetched": lambda door: door.touch(mailboxes.note_failed, BOX, "no"),
    "what was fetched": lambda door: door.read(mailboxes.verdicts, [1]),
    "what cannot be fetched": lambda door: door.touch(unfetched.keep, "support", "1", "no"),
    "what is to be decided": lambda door: door.read(inbound.due, 1),
    "beginning to decide": lambda door: door.touch(inbound.take_first_turns, 1),
    "taking a turn": lambda door: door.touch(inbound.take_turn, 1),
    "putting off": lambda door: door.touch(inbound.put_off, 1, "no", is_counted=True),
    "how much came in": lambda door: door.read(inbound.summary),
    "who waits": lambda door: door.read(follow_ups.is_any_due),
    "whose digest is due": lambda door: door.read(digests.next_due),
    "files that nothing has": lambda door: door.read(cleaning.unreferenced_files),
    "dropping files": lambda door: door.touch(cleaning.drop_files, []),
    "dropping secrets": lambda door: door.touch(cleaning.drop_dead_secrets),
}


def test_a_background_duty_is_done_by_nobody_below_administrators(sqlite_store: Store, clock: Clock) -> None:
    cast = Cast(Desk(sqlite_store, clock=clock))
    cast.found()
    people = (cast.manager(), cast.operator(), cast.customer())
    for name, duty in DUTIES.items():
        for door in people:
            assert refusal(duty, door) is Forbidden, name
        assert refusal(duty, cast.visitor()) is NotSignedIn, name
        duty(cast.itself)


def refusal(duty: Callable[[Door], object], door: Door) -> type[DeskError]:
    with pytest.raises(DeskError) as refused:
        duty(door)
    return type(refused.value)
