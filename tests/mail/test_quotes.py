"""Mails do not grow with every answer, and answers to the desk's own mails are told from what they quote."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.quoting import own_words
from sysmo_tui.models import Account, table
from sysmo_tui.services import thread, tickets
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.mail.conftest import file
from tests.mail.test_compose import Mails, mails, plain

__all__ = ["mails"]

QUOTE = "On 3/3/26 10:00, Desk wrote:\n> Is it in?\n> Really?"


def test_a_mail_leaves_out_what_a_customers_answer_quotes(cast: Cast, mails: Mails) -> None:
    luis = cast.operator()
    number = file(cast.customer(), body=f"Please read this\n\n{QUOTE}")
    luis.write(tickets.take, number)
    assert "> > Is it in?" in plain(mails()["luis"])
    cast.customer().write(thread.reply, number, Outgoing(f"Yes.\n\n{QUOTE}\n\n-- \nCarla"))
    told = plain(mails()["luis"])
    assert all(text in told for text in ("> Yes.", "> Carla", "… The rest is on the desk."))
    assert "Is it in?" not in told
    assert "Desk wrote" not in told
    cast.customer().write(thread.reply, number, Outgoing("Yes, really."))
    assert "The rest is on the desk" not in plain(mails()["luis"])


def test_what_staff_quotes_is_sent(cast: Cast, mails: Mails) -> None:
    number = file(cast.customer())
    luis = cast.operator()
    luis.write(tickets.take, number)
    mails()
    luis.write(thread.reply, number, Outgoing(f"Do this:\n\n{QUOTE}\n\nThen tell us."))
    assert "> > Is it in?" in plain(mails()["carla"])


def test_an_answer_that_is_all_quote_is_quoted_whole(cast: Cast, mails: Mails) -> None:
    number = file(cast.customer())
    cast.operator().write(tickets.take, number)
    mails()
    cast.customer().write(thread.reply, number, Outgoing(QUOTE))
    assert "> > Is it in?" in plain(mails()["luis"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_answer_above_or_below_the_desks_mail_is_found(cast: Cast, mails: Mails, language: str) -> None:
    number = file(cast.customer(), body="One\n\n> two\n\n-- \nCarla")
    accounts = table(Account)
    with cast.desk.store.writing() as connection:
        connection.execute(
            sa.update(accounts).where(accounts.c.id == cast.ids["carla"]).values(locale=language)
        )
    luis = cast.operator()
    luis.write(tickets.take, number)
    luis.write(thread.reply, number, Outgoing("Is it in?\n\n-- \nLuis"))
    letter = plain(mails()["carla"]).replace("\r\n", "\n")
    marked = "".join(f"> {line}".rstrip() + "\n" for line in letter.splitlines())
    head = "From: Desk\nSent: Tuesday, March 3, 2026\nTo: Carla\nSubject: Re: It broke"
    for quoted in (f"On 3/3/26 10:00, Desk wrote:\n{marked}", f"{head}\n\n{letter}"):
        assert own_words(f"Yes\n\n{quoted}") == "Yes"
        assert own_words(f"{quoted}\nYes\n") == "Yes"
