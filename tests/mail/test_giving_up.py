"""What a server never gives, of mail that is left there: known in the end, and passed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.domain.message import N_
from sysmo_tui.mail.fetching import MOST_TRIES, Haul, fetch_once
from sysmo_tui.mail.keeping import keep
from sysmo_tui.models import InboundMail, Mailbox, table
from sysmo_tui.services import kept_mail, quarantine
from tests.cast import Cast, Clock
from tests.mail.dovecot import Dovecot
from tests.mail.fetches import SECRET, cast, current, hashes, kept, letters, line, made, shown, user

__all__ = ["cast", "user"]

_MAIL = table(InboundMail)


def visited(
    cast: Cast, clock: Clock, visits: int, keep: Callable[[Desk, str, Raw], Kept] = keep
) -> list[Haul]:
    """Fetch as often, each time by a process that knows nothing of the others, an hour after the last."""
    hauls = []
    for _ in range(visits):
        hauls.append(fetch_once(cast.desk, current(cast), SECRET, keep))
        clock.advance(minutes=61)
    return hauls


def stubs(cast: Cast) -> list[sa.Row[tuple[int, str]]]:
    with cast.desk.store.reading() as session:
        where = (_MAIL.c.verdict == Verdict.QUARANTINED, _MAIL.c.size == 0)
        return list(session.execute(sa.select(_MAIL.c.id, _MAIL.c.reason).where(*where)))


def test_a_message_that_is_never_given_waits_for_a_person_and_is_asked_for_no_more(
    cast: Cast, clock: Clock, dovecot: Dovecot, user: str
) -> None:
    mails = letters(3)
    dovecot.deliver(user, mails[0])
    dovecot.deliver_broken(user)
    dovecot.deliver(user, *mails[1:])
    with line(dovecot.port) as way:
        made(cast, dovecot.url(user, options="?keep=yes", port=way.port))
        hauls = visited(cast, clock, MOST_TRIES)
        assert current(cast).last_uid == 4, "the others are read past it"
        assert [(len(haul.new), haul.known, haul.skipped) for haul in hauls] == [
            (3, 0, 1),
            *[(0, 0, 1)] * (MOST_TRIES - 1),
        ]
        assert stubs(cast) == []
        [last] = visited(cast, clock, 1)
        assert (len(last.new), last.skipped, last.error) == (1, 0, "")
        [(mail, reason)] = stubs(cast)
        assert reason is MailReason.UNREADABLE
        way.heard.clear()
        dovecot.mend(user)
        assert [haul.new for haul in visited(cast, clock, 2)] == [(), ()]
        assert not any(b"FETCH" in said for said in way.heard)
    assert (current(cast).struggles, shown(cast).error) == ((), "")
    assert len(dovecot.held(user)) == 4
    record = cast.admin().read(kept_mail.show, mail)
    [step] = record.steps
    assert step.detail.startswith("UID 2, INBOX: ")
    assert (record.line.mailbox, record.line.is_cut) == ("support", True)
    cast.admin().write(quarantine.reject, mail)
    assert stubs(cast) == []


def test_a_message_that_comes_late_is_no_less_welcome(
    cast: Cast, clock: Clock, dovecot: Dovecot, user: str
) -> None:
    dovecot.deliver(user, *letters(1))
    dovecot.deliver_broken(user)
    made(cast, dovecot.url(user, options="?keep=yes"))
    visited(cast, clock, MOST_TRIES - 1)
    dovecot.mend(user)
    [haul] = visited(cast, clock, 1)
    assert (len(haul.new), haul.skipped) == (1, 0)
    assert (stubs(cast), current(cast).struggles, current(cast).last_uid) == ([], (), 2)


def test_a_server_that_gives_nothing_at_all_is_not_taken_for_bad_messages(
    cast: Cast, clock: Clock, dovecot: Dovecot, user: str
) -> None:
    mails = letters(2)
    dovecot.deliver(user, *mails)

    def refuse(desk: Desk, mailbox: str, raw: Raw) -> Kept:
        raise Invalid(N_("Not now."))

    made(cast, dovecot.url(user, options="?keep=yes"))
    visited(cast, clock, MOST_TRIES + 2, refuse)
    assert stubs(cast) == []
    visited(cast, clock, 1)
    assert kept(cast.desk) == hashes(mails)


def test_a_message_that_ends_every_connection_is_given_up_too(
    cast: Cast, clock: Clock, dovecot: Dovecot, user: str
) -> None:
    mails = letters(3)
    dovecot.deliver(user, *mails)
    with line(dovecot.port) as way:
        made(cast, dovecot.url(user, options="?keep=yes", port=way.port))
        way.cut = lambda _who, said: "before" if b"UID FETCH 2 " in said else ""
        visited(cast, clock, MOST_TRIES + 1)
        assert [row.id for row in stubs(cast)] != []
        [haul] = visited(cast, clock, 1)
    assert (haul.skipped, haul.error, current(cast).last_uid) == (0, "", 3)
    with cast.desk.store.reading() as session:
        assert (
            session.execute(sa.select(_MAIL.c.verdict).where(_MAIL.c.verdict == Verdict.PENDING)).all() == []
        )


@pytest.mark.parametrize("stays", [True, False])
def test_the_same_message_is_given_up_once(
    cast: Cast, clock: Clock, dovecot: Dovecot, user: str, stays: bool
) -> None:
    dovecot.deliver(user, *letters(1))
    dovecot.deliver_broken(user)
    made(cast, dovecot.url(user, options="?keep=yes" if stays else ""))
    before = current(cast)
    for _ in range(2):
        visited(cast, clock, MOST_TRIES + 1)
        cast.itself.touch(_forget, before.name)
    assert len(stubs(cast)) == (1 if stays else 0), "what would be removed is never given up"


def _forget(work: Work, name: str) -> None:
    mailbox = table(Mailbox)
    values = {"last_uid": 0, "struggles": []}
    work.session.execute(sa.update(mailbox).where(mailbox.c.name == name).values(values))
