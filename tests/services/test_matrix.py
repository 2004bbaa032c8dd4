"""Who may do what to a ticket: every role in every capacity against every verb."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import CloseReason, TicketField
from sysmo_tui.domain.errors import DeskError, Forbidden, NotFound
from sysmo_tui.services import closing, editing, files, filing, history, reading, tagging, thread, tickets
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.services import requests as ask

ALLOWED, FORBIDDEN, MISSING = "allowed", "forbidden", "missing"

Verb = Callable[[Door, int], object]

FOR_BOTH: dict[str, Verb] = {
    "show": lambda door, n: door.read(reading.show, n),
    "files": lambda door, n: door.read(files.of_ticket, n),
    "reply": lambda door, n: door.write(thread.reply, n, Outgoing("Words")),
    "attach": lambda door, n: door.write(thread.attach, n, (ask.upload(door),)),
    "close": lambda door, n: door.write(closing.close, n, message=Outgoing("Done")),
    "mark read": lambda door, n: door.touch(reading.mark_read, n, "any"),
}
FOR_STAFF: dict[str, Verb] = {
    "note": lambda door, n: door.write(thread.note, n, Outgoing("Words")),
    "attach internally": lambda door, n: door.write(thread.attach, n, (ask.upload(door),), is_internal=True),
    "take": lambda door, n: door.write(tickets.take, n),
    "assign": lambda door, n: door.write(tickets.assign, n, "ada@desk.example"),
    "edit": lambda door, n: door.write(editing.edit, n, {TicketField.TYPE: "claim"}),
    "read originals": lambda door, n: door.read(editing.originals, n),
    "read history": lambda door, n: door.read(history.show, n),
    "spam": lambda door, n: door.write(closing.spam, n),
    "tag": lambda door, n: door.write(tagging.tag, n, ("vip",)),
    "watch": lambda door, n: door.write(tagging.watch, n),
    "clone": lambda door, n: door.write(filing.clone, n),
}
WHO: dict[str, tuple[Callable[[Cast], Door], str, str]] = {
    "the requester": (lambda cast: cast.customer("carla"), ALLOWED, FORBIDDEN),
    "another customer": (lambda cast: cast.customer("otto"), MISSING, MISSING),
    "an operator of the topic": (lambda cast: cast.operator("luis"), ALLOWED, ALLOWED),
    "an operator of another topic": (lambda cast: cast.operator("rita", topics=[]), MISSING, MISSING),
    "a manager": (lambda cast: cast.manager("mara"), ALLOWED, ALLOWED),
    "an administrator": (lambda cast: cast.admin("ada"), ALLOWED, ALLOWED),
}


def outcome(act: Verb, door: Door, number: int) -> str:
    try:
        act(door, number)
    except NotFound:
        return MISSING
    except Forbidden:
        return FORBIDDEN
    return ALLOWED


@pytest.mark.parametrize("who", WHO)
def test_what_each_may_do_to_a_ticket(cast: Cast, who: str):
    make, expected_both, expected_staff = WHO[who]
    door, customer = make(cast), cast.customer("carla")
    for verbs, expected in ((FOR_BOTH, expected_both), (FOR_STAFF, expected_staff)):
        for name, act in verbs.items():
            number = ask.file(customer)
            assert (name, outcome(act, door, number)) == (name, expected)


@pytest.mark.parametrize("verb", ["reopen", "release", "untag", "unwatch"])
def test_what_undoes_is_allowed_to_whom_doing_is(cast: Cast, verb: str):
    customer, operator, stranger = cast.customer(), cast.operator(), cast.operator("rita", topics=[])
    number = ask.file(customer)
    operator.write(tickets.take, number)
    operator.write(tagging.tag, number, ("vip",))
    if verb == "reopen":
        operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    acts: dict[str, Verb] = {
        "reopen": lambda door, n: door.write(closing.reopen, n),
        "release": lambda door, n: door.write(tickets.release, n),
        "untag": lambda door, n: door.write(tagging.untag, n, ("vip",)),
        "unwatch": lambda door, n: door.write(tagging.unwatch, n),
    }
    assert outcome(acts[verb], stranger, number) == MISSING
    if verb != "reopen":
        assert outcome(acts[verb], customer, number) == FORBIDDEN
    assert outcome(acts[verb], operator, number) == ALLOWED


def test_a_refusal_says_the_same_for_a_foreign_ticket_and_for_none(cast: Cast):
    foreign = ask.file(cast.customer("carla"))
    door = cast.customer("otto")
    for name, act in (FOR_BOTH | FOR_STAFF).items():
        said = []
        for number in (foreign, foreign + 1):
            with pytest.raises(DeskError) as refused:
                act(door, number)
            said.append(
                (type(refused.value), str(refused.value).replace(str(number), "N"), refused.value.field)
            )
        assert said[0] == said[1], name
