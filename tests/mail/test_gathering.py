"""Digests are made once, on each database."""

from __future__ import annotations

import threading

import pytest

from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.mail.digesting import gather_due
from sysmo_tui.mail.sending import write
from sysmo_tui.services import closing, thread, withdrawing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mail.conftest import file
from tests.mail.test_compose import each_owed
from tests.mail.test_digests import rows, told, wants


def test_a_digest_gathers_a_day_in_one_mail(cast: Cast, clock: Clock) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(carla, "digest")
    one, two = file(carla, subject="Printer"), file(carla, subject="Scanner")
    luis.write(thread.reply, one, Outgoing("Is it plugged in?"))
    luis.write(closing.close, two, message=Outgoing("Solved."))
    assert "carla" not in told(cast)
    clock.advance(hours=19)
    gather_due(cast.desk)
    assert "carla" not in told(cast)
    clock.advance(hours=1)
    gather_due(cast.desk)
    ((template, text),) = told(cast)["carla"]
    assert template is Template.DIGEST
    for words in ("#1: Printer", "> Is it plugged in?", "#2: Scanner", "> Solved.", "new answer", "closed"):
        assert words in text
    assert "You get this because you chose to be told once a day." in text
    assert "sysmo profile edit --mail" in text
    gather_due(cast.desk)
    assert told(cast) == {}


def test_several_workers_make_one_digest(cast: Cast, clock: Clock, store: Store) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(carla, "digest")
    numbers = [file(carla) for _n in range(4)]
    for number in numbers:
        luis.write(thread.reply, number, Outgoing("Yes."))
    clock.advance(days=1)
    workers = [threading.Thread(target=gather_due, args=(cast.desk,)) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    made = [row for row in rows(store, "template", "payload", "address") if row.template is Template.DIGEST]
    assert len(made) == 1
    assert [item["ticket"] for item in made[0].payload["items"]] == numbers
    assert {row.sent_at for row in rows(store, "digest_at", "sent_at") if row.digest_at} == {clock()}


def test_what_a_digest_told_is_not_taken_back_nor_cited(cast: Cast, clock: Clock) -> None:
    luis, carla = cast.operator(), cast.customer()
    wants(carla, "digest")
    number = file(carla)
    luis.write(thread.reply, number, Outgoing("First."))
    luis.write(withdrawing.withdraw, number)
    luis.write(thread.reply, number, Outgoing("Second."))
    clock.advance(days=1)
    gather_due(cast.desk)
    ((_template, text),) = told(cast)["carla"]
    assert "> Second." in text
    assert "First." not in text
    with pytest.raises(Conflict):
        cast.sign_in("luis").write(withdrawing.withdraw, number)
    wants(cast.sign_in("carla"), "immediate")
    cast.sign_in("luis").write(thread.reply, number, Outgoing("Third."))
    mail = next(mail for mail in each_owed(cast) if mail.address.startswith("carla"))
    assert write(cast.desk, mail)[1]["References"] is None
