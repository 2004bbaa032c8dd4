"""A conversation of ten mails over real servers: three customers with a program each, and two operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.domain.enums import Category, EntryKind, MailReason, Verdict
from sysmo_tui.domain.quoting import own_words
from sysmo_tui.domain.views import TicketView
from sysmo_tui.mail import receiving
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import closing, cycles, files
from sysmo_tui.services.history import show as show_history
from tests.cast import Cast
from tests.mail.clients import Writer, gmail, outlook, thunderbird
from tests.mail.dovecot import Dovecot
from tests.mail.post_office import (
    DESK,
    PostOffice,
    desk_with_mail,
    post_office,
    surroundings,
    working,
)
from tests.mails import kept
from tests.services import requests as ask
from tests.waiting import until

MARTA = Writer("Marta Díaz", "marta@acme.example", "es", gmail)
BRUNO = Writer("Bruno Paz", "bruno@acme.example", "en", outlook)
CLARA = Writer("Clara Ruiz", "clara@partner.example", "es", thunderbird)
STAFF = ("luis@desk.example", "lola@desk.example", "ada@desk.example")
SUBJECT = "La impresora no enciende: ¿qué hago? 🖨"


def sent_all(cast: Cast) -> bool:
    rows = table(Outbox)
    with cast.desk.store.reading() as session:
        return session.execute(sa.select(rows.c.id).where(rows.c.sent_at.is_(None))).first() is None


def cited(mail: EmailMessage) -> list[str]:
    """What a mail hangs below, the nearest last."""
    return str(mail["References"] or mail["In-Reply-To"] or "").split()


def conversations(mails: Sequence[EmailMessage]) -> set[str]:
    """The roots of the trees that mail programs make of mails, by what they cite alone (J. Zawinski)."""
    above: dict[str, str] = {}

    def root(one: str) -> str:
        while one in above:
            one = above[one]
        return one

    for mail in mails:
        line = [*cited(mail), str(mail["Message-ID"])]
        for parent, child in pairwise(line):
            if child not in above and root(parent) != child:
                above[child] = parent
    return {root(str(mail["Message-ID"])) for mail in mails}


class Talk:
    """The conversation: who writes, what then lies where, and what was said."""

    def __init__(self, cast: Cast, office: PostOffice) -> None:
        self.cast, self.office = cast, office
        self.written: list[EmailMessage] = []
        self.words: list[str] = []

    def newest(self, who: Writer) -> EmailMessage:
        return self.office.inbox(who.address)[-1]

    def send(self, mail: EmailMessage, words: str) -> None:
        """Send a customer's mail, and wait until it is decided and everybody was told."""
        self.written.append(mail)
        self.words.append(words)
        self.office.send(mail)
        until(self._is_all_decided)
        until(lambda: sent_all(self.cast))

    def say(self, name: str, number: int, words: str, **more: object) -> None:
        """Let an operator answer, and wait until everybody was told."""
        self.words.append(words)
        ask.reply(self.cast.operator(name), number, words, **more)
        until(lambda: sent_all(self.cast))

    def join(self, name: str, stranger: Writer) -> None:
        """Let an operator accept the mail of a stranger, who takes part from then on."""
        row = kept(self.cast.desk)[-1]
        assert (row.sender, row.verdict, row.reason) == (
            stranger.address,
            Verdict.QUARANTINED,
            MailReason.STRANGER,
        )
        receiving.accept(self.cast.operator(name), row.id, as_new=False, joins=True)
        until(lambda: sent_all(self.cast))

    def known_to(self, address: str) -> list[EmailMessage]:
        """The mails that somebody wrote or got."""
        mine = [mail for mail in self.written if address in str(mail["From"])]
        return [*mine, *self.office.inbox(address)]

    def _is_all_decided(self) -> bool:
        rows = kept(self.cast.desk)
        return len(rows) == len(self.written) and all(row.verdict is not Verdict.PENDING for row in rows)


@contextmanager
def world(url: str, dovecot: Dovecot, prefix: str) -> Iterator[tuple[Cast, PostOffice]]:
    with post_office(dovecot, prefix) as office, desk_with_mail(url, office) as cast:
        for name in ("luis", "lola"):
            cast.operator(name)
        yield cast, office


def test_ten_mails_of_five_people_are_one_conversation_to_each_of_them(
    sqlite_url: str, dovecot: Dovecot, tmp_path: Path
) -> None:
    with world(sqlite_url, dovecot, "ten") as (cast, office):
        environ, log = surroundings(sqlite_url, office, tmp_path), tmp_path / "worker.log"
        talk = Talk(cast, office)
        with working(environ, log):
            words = "Buen día:\n\nla impresora no enciende.\n\n¿Qué hago?"
            talk.send(MARTA.ask(DESK, SUBJECT, words), words)
            talk.say("luis", 1, "Is it plugged in?\nWhich model is it?", status="waiting")
            forwarded = talk.newest(MARTA)
            words = "It is. The model is an X-200.\n\nBest regards,\nBruno"
            talk.send(BRUNO.answer(forwarded, words), words)
            talk.join("lola", BRUNO)
            words = "Bruno tiene razón: es la X-200."
            talk.send(MARTA.answer(talk.newest(MARTA), words), words)
        with working(environ, log):
            talk.say("lola", 1, "Thank you both. We are sending somebody.")
            words = "Soy del servicio técnico: ¿mañana a las 10?"
            talk.send(CLARA.answer(talk.newest(BRUNO), words), words)
            talk.join("lola", CLARA)
            words = "Ten o'clock is fine.\n> or so they say"
            talk.send(BRUNO.answer(talk.newest(BRUNO), words), words)
            plan = ask.upload(cast.operator("luis"), b"%PDF plan", "plan ñ.pdf")
            talk.say("luis", 1, "The plan of the floor is attached.", files=(plan,))
        with working(environ, log):
            words = "Gracias. Ya estuve: era el fusible."
            talk.send(CLARA.answer(talk.newest(CLARA), words), words)
            words = "Funciona de nuevo. Adjunto la foto."
            talk.send(MARTA.answer(talk.newest(MARTA), words, ("foto ñandú.jpg", b"\xff\xd8 photo")), words)
            cast.operator("luis").write(closing.close, 1)
            until(lambda: sent_all(cast))
            talk.written.append(MARTA.answer(talk.newest(MARTA), "5"))
            office.send(talk.written[-1])
            until(lambda: len(kept(cast.desk)) == len(talk.written))
            until(lambda: kept(cast.desk)[-1].verdict is not Verdict.PENDING)
        view = ask.as_staff(cast.operator("luis"), 1)
        each_answer_is_there_once(cast, talk, view)
        each_person_sees_one_conversation(talk)
        files_went_both_ways(cast, talk)
        (cycle,) = cast.itself.read(cycles.of_ticket, 1)
        assert (view.row.category, cycle.rating) == (Category.CLOSED, 5)


def each_answer_is_there_once(cast: Cast, talk: Talk, view: TicketView) -> None:
    said = [entry for entry in view.entries if entry.kind in (EntryKind.REQUEST, EntryKind.REPLY)]
    assert [own_words(str(entry.body)).strip() for entry in said] == talk.words
    assert {row.verdict for row in kept(cast.desk)} == {Verdict.TICKET, Verdict.REPLY, Verdict.SYSTEM}
    assert {row.ticket_number for row in kept(cast.desk)} == {1}
    assert {str(each.name) for each in view.collaborators} == {BRUNO.name, CLARA.name}
    history = cast.operator("luis").read(show_history, 1)
    joined = [
        (line.actor, each.new) for line in history for each in line.changes if each.field == "collaborator"
    ]
    assert [(str(who), str(whom)) for who, whom in joined] == [("Lola", BRUNO.name), ("Lola", CLARA.name)]


def each_person_sees_one_conversation(talk: Talk) -> None:
    for address in (MARTA.address, BRUNO.address, CLARA.address, *STAFF):
        got = talk.office.inbox(address)
        known = talk.known_to(address)
        ids = [str(mail["Message-ID"]) for mail in known]
        assert len(set(ids)) == len(ids), address
        assert len(conversations(known)) == 1, address
        assert not [mail for mail in got if not set(cited(mail)) <= set(ids)], address
        assert {str(mail["Subject"]) for mail in got} == {f"Re: {SUBJECT} [#1]"}, address
        assert not [body for body, times in Counter(map(words_of, got)).items() if times > 1], address
        assert not any(talk.newest(who)["Cc"] for who in (MARTA, BRUNO, CLARA))
    for who in (MARTA, BRUNO, CLARA):
        authored = {mail["From"].addresses[0].addr_spec for mail in talk.office.inbox(who.address)}
        assert authored == {DESK}


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files_went_both_ways(cast: Cast, talk: Talk) -> None:
    sent = {
        who.name: [
            part.get_filename() for mail in talk.office.inbox(who.address) for part in mail.iter_attachments()
        ]
        for who in (MARTA, BRUNO, CLARA)
    }
    both = ["plan ñ.pdf", "foto ñandú.jpg"]
    assert sent == {MARTA.name: both[:1], BRUNO.name: both, CLARA.name: both}
    stored = cast.operator("luis").read(files.of_ticket, 1)
    assert [str(each.filename) for each in stored] == both
