"""Whatever happens in whatever order: each mail is decided once, and none tells what is not its reader's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.enums import MailReason, Template, Verdict
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.mail import receiving
from sysmo_tui.services import closing, proof, thread
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, mails
from tests.hostile.attacks_by_mail import bounce
from tests.hostile.test_mail_in import cast
from tests.hostile.test_mail_loops import leaving, to
from tests.mail.test_answering import plain
from tests.mails import kept, written

__all__ = ["cast"]

SENDERS = [
    "carla@customer.example",
    "dora@customer.example",
    "eve@evil.example",
    "one@acme.example",
    "luis@desk.example",
    "no-reply@acme.example",
    "help@desk.example",
]
STAFF = "@desk.example"
SECRET = "SECRET of the staff"
EXAMPLES = 4
_NUMBERS = count(1)

WRITING = st.tuples(
    st.just("write"),
    st.sampled_from(SENDERS),
    st.sampled_from(["new", "cites", "addressed", "numbered", "both"]),
    st.sampled_from(["Hello.", "5", SECRET[:6], "> quoted"]),
    st.sampled_from(["no", "auto-replied"]),
    st.integers(0, 30),
)
WORKING = st.tuples(st.sampled_from(["reply", "note", "close", "accept"]), st.integers(0, 30))
BOUNCING = st.tuples(st.just("bounce"), st.integers(0, 30))
STEPS = st.lists(st.one_of(WRITING, WORKING, BOUNCING), min_size=6, max_size=10)


class World:
    """A desk with what it sent so far, and what must be so after each step."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.letters: list[EmailMessage] = []
        self.acknowledged: Counter[str] = Counter()
        self.seen = 0
        self.settle("")

    def write(self, sender: str, how: str, body: str, automatic: str, which: int) -> None:
        letter = self.letters[-1 - which % len(self.letters)]
        number = 1 + which % 3
        given = {"auto_submitted": automatic}
        address, subject = "help@desk.example", f"Mail {next(_NUMBERS)}"
        if how in ("cites", "both"):
            given["in_reply_to"] = str(letter["Message-ID"])
        if how in ("addressed", "both"):
            address = str(letter["Reply-To"])
        if how == "numbered":
            subject = f"Re: [#{number}]"
        self.receive(written(sender, subject, body, address, **given))
        self.settle(sender)

    def bounce(self, which: int) -> None:
        letter = self.letters[-1 - which % len(self.letters)]
        self.receive(bounce(f"Message-ID: {letter['Message-ID']}", to(letter), "4.2.2"))
        row = kept(self.cast.desk)[-1]
        assert (row.verdict, row.reason) == (Verdict.SYSTEM, MailReason.BOUNCED)
        self.settle(to(letter))

    def work(self, what: str, which: int) -> None:
        luis, number = self.cast.operator(), 1 + which % 2
        try:
            if what == "reply":
                luis.write(thread.reply, number, Outgoing(f"Answer {which}"))
            elif what == "note":
                luis.write(thread.note, number, Outgoing(SECRET))
            elif what == "close":
                luis.write(closing.close, number)
            else:
                waiting = [row for row in kept(self.cast.desk) if row.verdict is Verdict.QUARANTINED]
                if waiting:
                    receiving.accept(
                        luis, waiting[which % len(waiting)].id, as_new=False, joins=which % 2 == 0
                    )
        except DeskError:
            pass  # one line says why, and nothing changed
        self.settle("")

    def receive(self, raw: bytes) -> None:
        before = kept(self.cast.desk)
        receiving.receive(self.cast.desk, "", raw)
        after = kept(self.cast.desk)
        assert after[:-1] == before
        assert after[-1].verdict is not Verdict.PENDING
        assert (after[-1].attempts, after[-1].error) == (1, "")
        again = receiving.receive(self.cast.desk, "", raw)
        assert not again.is_new
        assert kept(self.cast.desk) == after

    def settle(self, author: str) -> None:
        """Look at what is owed: an acknowledgement at most to its author, to customers nothing internal."""
        owed = mails(self.cast.desk)
        new, self.seen = owed[self.seen :], len(owed)
        assert {mail.template for mail in new if mail.address == author} <= {Template.ACKNOWLEDGED}
        self.acknowledged.update(mail.address for mail in new if mail.template is Template.ACKNOWLEDGED)
        for letter in leaving(self.cast):
            self.letters.append(letter)
            if not to(letter).endswith(STAFF):
                assert SECRET not in plain(letter)


def test_what_happens_in_any_order_breaks_no_promise(cast: Cast) -> None:
    world = World(cast)
    world.acknowledged.clear()
    acts: dict[str, Callable[..., None]] = {"write": world.write, "bounce": world.bounce}

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def play(steps: list[tuple[Any, ...]]) -> None:
        for what, *how in steps:
            if what in acts:
                acts[what](*how)
            else:
                world.work(what, *how)

    play()
    assert max(world.acknowledged.values(), default=0) <= 1
    assert cast.itself.read(proof.check) == ()
