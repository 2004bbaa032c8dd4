"""Fetching by IMAP from a real server: every message once, whatever is cut, and none blocks the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.domain.message import N_
from sysmo_tui.mail import fetching
from sysmo_tui.mail.fetching import Progress, fetch_all, fetch_once, open_mailbox
from sysmo_tui.mail.imap import Unreachable
from sysmo_tui.mail.keeping import keep
from sysmo_tui.models import InboundMail, table
from sysmo_tui.services import desk_settings, mailboxes
from sysmo_tui.services.inbound import KEPT_OF_LARGE
from tests.cast import Cast, Clock
from tests.mail.dovecot import Dovecot
from tests.mail.fetches import (
    SECRET,
    anywhere,
    cast,
    current,
    hashes,
    kept,
    letter,
    letters,
    line,
    made,
    shown,
    user,
)

__all__ = ["anywhere", "cast", "user"]


def test_mail_is_kept_and_leaves_the_server(anywhere: Cast, dovecot: Dovecot, user: str) -> None:
    mails = letters(5)
    dovecot.deliver(user, *mails)
    mailbox = made(anywhere, dovecot.tls_url(user))
    haul = fetch_once(anywhere.desk, mailbox, SECRET)
    assert (len(haul.new), haul.known, haul.skipped, haul.error) == (5, 0, 0, "")
    assert kept(anywhere.desk) == hashes(mails)
    assert dovecot.held(user) == []
    line = shown(anywhere)
    assert (line.checked_at, line.failing_since, line.error) == (anywhere.desk.clock(), None, "")


def test_what_was_fetched_is_decided_in_groups(
    anywhere: Cast, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    real = Desk.write_together

    def noting(desk: Desk, caller: Caller, use_case: Any, tasks: Sequence[Any], *more: Any) -> Any:
        groups.append(len(tasks))
        return real(desk, caller, use_case, tasks, *more)

    monkeypatch.setattr(Desk, "write_together", noting)
    monkeypatch.setattr(fetching, "AT_ONCE", 4)
    dovecot.deliver(user, *letters(6))
    haul = fetch_once(anywhere.desk, made(anywhere, dovecot.tls_url(user)), SECRET)
    assert groups == [4, 2]
    assert anywhere.itself.read(mailboxes.verdicts, haul.new) == {Verdict.TICKET: 6}


def test_what_was_kept_before_the_line_broke_is_decided(cast: Cast, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(3))
    came: list[Kept] = []
    with line(dovecot.port) as way:
        way.cut = lambda who, said: "before" if who == "client" and b"UID FETCH 3 " in said else ""
        mailbox = made(cast, dovecot.url(user, port=way.port))
        with pytest.raises(Unreachable), open_mailbox(mailbox, SECRET) as folder:
            fetch_all(cast.desk, folder, Progress(mailbox), came)
    assert len(came) == 2
    numbers = [each.id for each in came]
    assert cast.itself.read(mailboxes.verdicts, numbers) == {Verdict.TICKET: 2}


def test_fetched_mail_moves_to_a_folder_that_is_made_for_it(cast: Cast, dovecot: Dovecot, user: str) -> None:
    mails = letters(3)
    dovecot.deliver(user, *mails)
    fetch_once(cast.desk, made(cast, dovecot.url(user), moves_to="Año & más"), SECRET)
    assert dovecot.held(user) == []
    assert dovecot.held(user, "A&APE-o &- m&AOE-s") == mails
    assert kept(cast.desk) == hashes(mails)


def test_another_folder_is_fetched_from(cast: Cast, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, letter(1))
    dovecot.deliver(user, letter(2), folder="Requests")
    fetch_once(cast.desk, made(cast, dovecot.url(user), folder="Requests"), SECRET)
    assert kept(cast.desk) == hashes([letter(2)])
    assert dovecot.held(user) == [letter(1)]


@pytest.mark.parametrize("lacks", [b" MOVE", b" MOVE| UIDPLUS"])
def test_a_server_that_can_less_loses_and_doubles_nothing(
    cast: Cast, dovecot: Dovecot, user: str, lacks: bytes
) -> None:
    mails = letters(4)
    dovecot.deliver(user, *mails)
    with line(dovecot.port) as way:
        way.rewrite = lambda said: re.sub(lacks, lambda found: found[0].replace(b" ", b" X"), said)
        mailbox = made(cast, dovecot.url(user, port=way.port), moves_to="Done")
        fetch_once(cast.desk, mailbox, SECRET)
    assert not re.search(rb"UID MOVE|\bIDLE", b"".join(way.heard))
    assert kept(cast.desk) == hashes(mails)
    assert (dovecot.held(user), dovecot.held(user, "Done")) == ([], mails)


def test_mail_that_is_left_is_marked_as_read_and_comes_once(cast: Cast, dovecot: Dovecot, user: str) -> None:
    first, later = letters(6)[:4], letters(6)[4:]
    dovecot.deliver(user, *first)
    made(cast, dovecot.url(user, options="?keep=yes"))
    fetch_once(cast.desk, current(cast), SECRET)
    dovecot.deliver(user, *later)
    haul = fetch_once(cast.desk, current(cast), SECRET)
    assert (len(haul.new), haul.known) == (2, 0)
    assert kept(cast.desk) == hashes(first + later)
    assert dovecot.held(user) == first + later
    assert dovecot.flags(user) == ["S"] * 6


def test_new_numbers_begin_again_and_double_nothing(cast: Cast, dovecot: Dovecot, user: str) -> None:
    mails = letters(4)
    dovecot.deliver(user, *mails[:3])
    made(cast, dovecot.url(user, options="?keep=yes"))
    fetch_once(cast.desk, current(cast), SECRET)
    before = current(cast)
    dovecot.renumber(user)
    dovecot.deliver(user, mails[3])
    haul = fetch_once(cast.desk, current(cast), SECRET)
    assert (len(haul.new), haul.known) == (1, 3)
    assert current(cast).uid_validity != before.uid_validity
    assert kept(cast.desk) == hashes(mails)


STEPS = {
    "before signing in": ("client", b"LOGIN", "before"),
    "after signing in": ("client", b"LOGIN", "after"),
    "before the folder opens": ("client", b"SELECT", "before"),
    "in the search": ("client", b"UID SEARCH", "after"),
    "before a message": ("client", b"UID FETCH 2 ", "before"),
    "in a message": ("server", b"(UID 2 ", "half"),
    "behind a message": ("server", b"(UID 2 ", "after"),
    "before moving": ("client", b"UID MOVE 2 ", "before"),
    "behind moving, before the answer": ("client", b"UID MOVE 2 ", "after"),
    "behind the answer to moving": ("server", b"COPYUID", "after"),
    "in saying goodbye": ("client", b"LOGOUT", "before"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_cut_at_any_step_loses_and_doubles_nothing(
    cast: Cast, dovecot: Dovecot, user: str, step: str
) -> None:
    who, words, how = STEPS[step]
    mails, cuts = letters(3), count()

    def cut(speaker: str, said: bytes) -> str:
        return how if speaker == who and words in said and next(cuts) == 0 else ""

    dovecot.deliver(user, *mails)
    with line(dovecot.port) as way:
        way.cut = cut
        mailbox = made(cast, dovecot.url(user, port=way.port), moves_to="Done")
        fetch_once(cast.desk, mailbox, SECRET)
        assert next(cuts) > 0, "the step was never reached"
        haul = fetch_once(cast.desk, mailbox, SECRET)
    assert haul.error == ""
    assert sorted(kept(cast.desk)) == sorted(hashes(mails))
    assert (dovecot.held(user), sorted(dovecot.held(user, "Done"))) == ([], sorted(mails))
    assert shown(cast).error == ""


@pytest.mark.parametrize("lacks", [b"$", b" UIDPLUS"])
def test_what_was_cut_between_marking_and_removing_is_removed_later(
    cast: Cast, dovecot: Dovecot, user: str, lacks: bytes
) -> None:
    mails, cuts = letters(3), count()
    dovecot.deliver(user, *mails)

    def cut(speaker: str, said: bytes) -> str:
        return "before" if speaker == "client" and b"EXPUNGE" in said and next(cuts) == 0 else ""

    with line(dovecot.port) as way:
        way.rewrite = lambda said: re.sub(lacks, lambda found: found[0].replace(b" ", b" X"), said)
        way.cut = cut
        fetch_once(cast.desk, made(cast, dovecot.url(user, port=way.port)), SECRET)
        assert next(cuts) > 0, "the step was never reached"
    assert sorted(kept(cast.desk)) == sorted(hashes(mails))
    assert dovecot.held(user) == []


def test_a_message_that_the_server_cannot_read_blocks_no_other(
    cast: Cast, dovecot: Dovecot, user: str
) -> None:
    mails = letters(3)
    dovecot.deliver(user, mails[0])
    dovecot.deliver_broken(user)
    dovecot.deliver(user, *mails[1:])
    mailbox = made(cast, dovecot.url(user))
    haul = fetch_once(cast.desk, mailbox, SECRET)
    assert (len(haul.new), haul.skipped) == (3, 1)
    assert kept(cast.desk) == hashes(mails)
    assert len(dovecot.held(user)) == 1
    line = shown(cast)
    assert line.error.startswith("Messages that could not be fetched: 1. UID 2: ")
    assert line.failing_since == line.checked_at == cast.desk.clock()
    dovecot.mend(user)
    fetch_once(cast.desk, mailbox, SECRET)
    assert dovecot.held(user) == []
    assert shown(cast).error == ""


def test_a_message_that_cannot_be_kept_stays_and_blocks_no_other(
    cast: Cast, dovecot: Dovecot, user: str
) -> None:
    mails = letters(3)
    dovecot.deliver(user, *mails)

    def picky(desk: Desk, mailbox: str, raw: Raw) -> Kept:
        if raw.content == mails[0]:
            raise Invalid(N_("Not this one."))
        return keep(desk, mailbox, raw)

    haul = fetch_once(cast.desk, made(cast, dovecot.url(user)), SECRET, picky)
    assert (len(haul.new), haul.skipped) == (2, 1)
    assert dovecot.held(user) == [mails[0]]
    assert "UID 1: Not this one." in shown(cast).error


def test_nothing_leaves_the_server_while_the_database_is_away(
    cast: Cast, dovecot: Dovecot, user: str
) -> None:
    mails = letters(2)
    dovecot.deliver(user, *mails)

    def away(desk: Desk, mailbox: str, raw: Raw) -> Kept:
        raise Unavailable(N_("The database is away."))

    mailbox = made(cast, dovecot.url(user))
    with pytest.raises(Unavailable):
        fetch_once(cast.desk, mailbox, SECRET, away)
    assert dovecot.held(user) == mails
    fetch_once(cast.desk, mailbox, SECRET)
    assert kept(cast.desk) == hashes(mails)


def test_what_struggles_is_tried_last_and_waits_longer_each_time(
    cast: Cast, clock: Clock, dovecot: Dovecot, user: str
) -> None:
    dovecot.deliver(user, *letters(2))
    tried: list[bytes] = []

    def picky(desk: Desk, mailbox: str, raw: Raw) -> Kept:
        tried.append(raw.content)
        raise Invalid(N_("Not now."))

    mailbox = made(cast, dovecot.url(user))
    progress = Progress(mailbox)
    with open_mailbox(mailbox, SECRET) as folder:
        for step, more in ((0.0, 2), (59.0, 0), (2.0, 2), (119.0, 0), (2.0, 2)):
            clock.advance(seconds=step)
            before = len(tried)
            fetch_all(cast.desk, folder, progress, [], picky)
            assert len(tried) - before == more
        dovecot.deliver(user, letter(3))
        clock.advance(seconds=10_000)
        fetch_all(cast.desk, folder, progress, [], picky)
    assert tried[-3:] == [letter(3), *letters(2)]


def test_of_a_message_over_the_limit_only_the_beginning_is_fetched(
    cast: Cast, dovecot: Dovecot, user: str
) -> None:
    large = letter(1) + b"x" * 45_000_000
    dovecot.deliver(user, large, letter(2))
    passed: list[int] = []

    def counted(said: bytes) -> bytes:
        passed.append(len(said))
        return said

    with line(dovecot.port) as way:
        way.rewrite = counted
        fetch_once(cast.desk, made(cast, dovecot.url(user, port=way.port)), SECRET)
    rows = table(InboundMail)
    with cast.desk.store.reading() as session:
        found = session.execute(sa.select(rows.c.size, rows.c.is_cut).order_by(rows.c.id)).all()
    size = len(large) + large.count(b"\n") - large.count(b"\r\n")
    assert [tuple(row) for row in found] == [(size, True), (len(letter(2)), False)]
    assert KEPT_OF_LARGE < sum(passed) < 1_000_000
    assert dovecot.held(user) == []


def test_a_large_message_below_the_limit_is_kept_to_the_last_byte(
    cast: Cast, dovecot: Dovecot, user: str
) -> None:
    cast.admin().write(desk_settings.change, "mail_limit", "3000000")
    mails = [letter(n, "y" * size) for n, size in enumerate((KEPT_OF_LARGE, 2_000_000, 2_999_000))]
    exact = letter(9) + b"z" * (KEPT_OF_LARGE - len(letter(9)))
    dovecot.deliver(user, *mails, exact)
    fetch_once(cast.desk, made(cast, dovecot.url(user)), SECRET)
    assert kept(cast.desk) == hashes([*mails, exact])
