"""A desk in many languages, filled at random: the same seed gives the same desk on every database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.enums import CloseReason, PersonRole, TicketField
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.models import TicketPerson
from sysmo_tui.services import closing, editing, filing, notices, outbox, tagging, thread, tickets
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.services import requests as ask

CANARY = "zanahoria"
"""A word that only staff write, in notes, their files and tags."""

WORDS = (
    "impresora", "IMPRESORA", "humo", "corazón", "CORAZON", "corazo\u0301n", "niño", "año", "fire",
    "FIRE", "smoke", "tray", "e-mail", "don't", "Straße", "STRASSE", "straßen", "ΚΌΣΜΟΣ", "κόσμος",
    "кофе", "ёлка", "елка", "印刷机", "プリンター", "印刷", "프린터가", "เครื่องพิมพ์", "😀", "🔥fire", "naïve",
    "NAIVE", "v2.0", "192.168.0.1", "ñandú", "œuvre", "İstanbul", "istanbul", "ﬁle", "file", "łódź",
    "LODZ", "½", "²", "100%", "a_b_c", "C++", "#42", "and", "or", "not",
)  # fmt: skip
CUSTOMERS = {
    "carla": None,
    "josé": "Beltrán SRL",
    "李雷": "Beltrán SRL",
    "Øyvind": None,
    "ana-maría": "ΑΦΟΙ Ελλάς",
}
TOPICS = {"general": "General", "nomina": "Nómina", "caffe": "Caffè ☕"}
_STEPS = (
    "reply",
    "reply",
    "ask",
    "note",
    "take",
    "assign",
    "close",
    "reopen",
    "edit",
    "tag",
    "watch",
    "read",
)


@dataclass
class MixedDesk:
    """One desk that is being filled; ``refused`` are the steps that it did not allow."""

    cast: Cast
    clock: Clock
    dice: Random
    numbers: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def people(self) -> dict[str, Door]:
        """Everybody with a name, each signed in anew."""
        return {name: self.cast.sign_in(name) for name in self.cast.ids}

    def text(self, most: int) -> str:
        """Some words, of which some are rarer than others."""
        squared = (int(len(WORDS) * self.dice.random() ** 2) for _ in range(self.dice.randint(1, most)))
        return " ".join(WORDS[at] for at in squared)


def mixed_desk(store: Store, seed: int, tickets: int, steps: int) -> MixedDesk:
    """Fill ``store``, which is empty, with ``tickets`` tickets and then ``steps`` steps of work."""
    clock = Clock()
    clock.now -= timedelta(days=60)
    desk = Desk(store, consequences=(notices.owe, outbox.write), clock=clock)
    made = MixedDesk(Cast(desk), clock, Random(seed))
    cast, dice = made.cast, made.dice
    cast.found()
    for name in list(TOPICS.values())[1:]:
        cast.topic(name)
    cast.operator("luis", ["general", "nomina"])
    cast.operator("paula", ["nomina"])
    cast.operator("rita", [])
    cast.manager()
    for name, company in CUSTOMERS.items():
        cast.customer(name, company)
    for _ in range(tickets):
        clock.advance(minutes=dice.choice((0, 1, 90)))
        _file(made)
    _share(made)
    for _ in range(steps):
        # Everybody signs in anew: sessions end with the night.
        clock.advance(minutes=dice.choice((0, 7, 300)))
        _step(made)
    clock.advance(days=1)
    return made


def _file(made: MixedDesk) -> None:
    dice = made.dice
    by = made.cast.sign_in(dice.choice([*CUSTOMERS, *CUSTOMERS, "luis", "rita"]))
    files = (ask.upload(by, b"x", f"{dice.choice(WORDS)}.pdf"),) if dice.random() < 0.2 else ()
    asked = Filing(dice.choice(list(TOPICS)), made.text(4), made.text(12), files)
    made.numbers.append(by.write(filing.file, asked).number)


def _share(made: MixedDesk) -> None:
    """Let some tickets have a collaborator on the customer's side, staff among them."""
    people = made.dice.choices([made.cast.ids[name] for name in (*CUSTOMERS, "rita")], k=8)
    numbers = made.dice.sample(made.numbers, 8)

    def share(work: Work) -> None:
        for number, account_id in zip(numbers, people, strict=True):
            role = PersonRole.COLLABORATOR
            work.session.add(
                TicketPerson(ticket_number=number, account_id=account_id, role=role, added_at=work.now)
            )

    made.cast.desk.touch(made.cast.itself.caller, share)


def _step(made: MixedDesk) -> None:
    dice = made.dice
    step, number = dice.choice(_STEPS), dice.choice(made.numbers)
    staff = made.cast.sign_in(dice.choice(["luis", "paula", "mara", "ada", "rita"]))
    customer = made.cast.sign_in(dice.choice(list(CUSTOMERS)))
    body = made.text(10)
    try:
        match step:
            case "reply":
                staff.write(thread.reply, number, Outgoing(body, status=dice.choice((None, None, "waiting"))))
            case "ask":
                customer.write(thread.reply, number, Outgoing(body))
            case "note":
                hidden = (ask.upload(staff, b"x", f"{CANARY}.txt"),)
                staff.write(thread.note, number, Outgoing(f"{CANARY} {body}", files=hidden))
            case "take":
                staff.write(tickets.take, number)
            case "assign":
                to = made.cast.email(dice.choice(("luis", "paula", "rita")))
                made.cast.sign_in("mara").write(tickets.assign, number, to)
            case "close":
                staff.write(
                    closing.close, number, reason=dice.choice((CloseReason.DUPLICATE, CloseReason.NOT_OURS))
                )
            case "reopen":
                staff.write(closing.reopen, number)
            case "edit":
                staff.write(editing.edit, number, _edits(made))
            case "tag":
                staff.write(tagging.tag, number, (dice.choice(("vip", "más", CANARY)),))
            case "watch":
                staff.write(tagging.watch, number)
            case _:
                reader = dice.choice((staff, customer))
                ask.open_ticket(reader, number)
    except DeskError as error:
        made.refused.append(f"{step} {number} {type(error).__name__}")


def _edits(made: MixedDesk) -> dict[TicketField, str]:
    choices = {
        TicketField.PRIORITY: ("low", "high", "urgent"),
        TicketField.TYPE: ("incident", "question"),
        TicketField.TOPIC: tuple(TOPICS),
        TicketField.STATUS: ("on-hold", "waiting", "in-progress"),
        TicketField.SUBJECT: (made.text(3),),
        TicketField.FOLLOW_UP: ("+1d", "+30d"),
    }
    name = made.dice.choice(list(choices))
    return {name: made.dice.choice(choices[name])}
