"""Quotes and signatures are folded where a person reads a ticket, and nowhere else."""

from __future__ import annotations

import pytest

from sysmo_tui.cli.output import Output
from tests.cli.conftest import Office
from tests.kept import RAW, keep

ANSWER = "Yes.\n\nOn 3/3/26 10:00, Luis wrote:\n> Is it in?\n> Really?\n\n-- \nCarla\nACME"
FOLDS = ("┄ 3 quoted lines", "┄ signature")
HINT = "Quotes and signatures are folded. The whole text: sysmo ticket show 1 --full"


@pytest.fixture
def answered(small_office: Office) -> Office:
    customer = small_office.customer
    customer.ok("ticket", "new", "--topic", "general", "--subject", "Printer", "--body", "It burns.")
    customer.ok("ticket", "reply", "1", "--body", ANSWER)
    return small_office


def test_a_terminal_shows_them_folded_and_says_how_to_see_all(answered: Office):
    ran = answered.operator.on_a_terminal("ticket", "show", "1", COLUMNS="80")
    assert ran.code == 0, ran
    assert all(text in ran.out for text in ("   Yes.", *(f"   {fold}" for fold in FOLDS), HINT))
    assert "> Is it in?" not in ran.out
    assert "ACME" not in ran.out


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Output, "is_terminal", property(lambda _output: True))


def test_all_is_one_option_away(answered: Office, on_a_terminal: None):
    folded, full = (answered.operator.ok("ticket", "show", "1", *option) for option in ((), ("--full",)))
    assert HINT in folded.err
    assert all(text in full.out for text in ("   Yes.", "   > Is it in?", "   ACME"))
    assert "┄" not in full.out
    assert full.err == ""


def test_a_thread_without_quotes_gives_no_hint(small_office: Office, on_a_terminal: None):
    small_office.customer.ok("ticket", "new", "--topic", "general", "--subject", "Printer", "--body", "Fire")
    shown = small_office.operator.ok("ticket", "show", "1")
    assert "Fire" in shown.out
    assert shown.err == ""


def test_a_mail_that_waits_is_folded_like_a_ticket(answered: Office, on_a_terminal: None):
    mail = keep(answered.cast, RAW.split(b"\r\n\r\n")[0] + b"\r\n\r\n" + ANSWER.encode(), ticket_number=1)
    operator = answered.operator
    folded, full = (
        operator.ok("mail", "quarantine", "show", str(mail), *option) for option in ((), ("--full",))
    )
    assert f"The whole text: sysmo mail quarantine show {mail} --full" in folded.err
    assert all(fold in folded.out for fold in FOLDS)
    assert "> Is it in?" not in folded.out
    assert all(text in full.out for text in ("> Is it in?", "ACME"))
    assert "┄" not in full.out + full.err


def test_a_pipe_and_scripts_get_all(answered: Office):
    operator = answered.operator
    for option in ((), ("--full",), ("--raw",), ("--plain",)):
        shown = operator.ok("ticket", "show", "1", *option)
        assert "> Is it in?" in shown.out
        assert "ACME" in shown.out
        assert "┄" not in shown.out
        assert shown.err == ""
    for full in ((), ("--full",)):
        shape = operator.ok("ticket", "show", "1", "--json", *full).json
        assert shape["entries"][-1]["body"] == ANSWER
