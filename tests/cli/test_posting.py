from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Office
from tests.mail.conftest import Mailbox, mailbox, serve

__all__ = ["mailbox", "serve"]

FILING = ("ticket", "new", "--topic", "general", "--subject", "x", "--body", "y")


def mails_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def test_without_a_mail_server_mail_is_written_beside_the_desk_and_the_command_says_so(
    small_office: Office, tmp_path: Path
):
    small_office.cast.operator()
    ran = small_office.customer.ok(*FILING)
    assert str(tmp_path / "desk.db.mail") in ran.err
    assert mails_in(tmp_path / "desk.db.mail")


def test_this_process_can_send_its_mail_elsewhere(small_office: Office, tmp_path: Path):
    customer = small_office.customer
    customer.environ["SYSMO_MAIL_URL"] = f"file://{tmp_path}/elsewhere"
    customer.ok(*FILING)
    assert mails_in(tmp_path / "elsewhere")
    assert not (tmp_path / "desk.db.mail").exists()


def test_trouble_with_mail_does_not_undo_what_was_done(small_office: Office):
    customer: Cli = small_office.customer
    for url in ("gopher://x", "smtp://127.0.0.1:1?tls=off"):
        customer.environ["SYSMO_MAIL_URL"] = url
        ran = customer.ok(*FILING, "--json")
        assert ran.json["number"]
        assert "mail" in ran.err.lower()


def test_a_command_that_only_reads_says_nothing_about_mail(small_office: Office):
    assert small_office.customer.ok("ticket", "list").err == "No tickets here.\n"


VISITS = [
    ("password", "forgot", "--email", "{}"),
    ("verify", "--resend", "--email", "{}"),
    (
        *("register", "--email", "{}", "--name", "Eva Paz", "--company", "Acme", "--tax-id", "30-71659554-0"),
        *("--phone", "011 4321 1234", "--password-stdin"),
    ),
]


@pytest.mark.parametrize("visit", VISITS)
def test_visitors_are_told_where_mail_lies_whether_or_not_they_have_any(
    small_office: Office, tmp_path: Path, visit: tuple[str, ...]
):
    assert small_office.customer
    said = []
    for address in ("carla@customer.example", "nobody@customer.example"):
        ran = small_office.ok(*(word.format(address) for word in visit), stdin="gravel lantern 88 otter\n")
        assert str(tmp_path / "desk.db.mail") in ran.err
        said.append(ran.err.replace(address, "…"))
    assert said[0] == said[1]


@pytest.mark.parametrize("visit", VISITS)
def test_visitors_wait_for_no_mail_server(
    small_office: Office, serve: Callable[..., int], mailbox: Mailbox, visit: tuple[str, ...]
):
    assert small_office.customer
    small_office.environ["SYSMO_MAIL_URL"] = f"smtp://127.0.0.1:{serve()}?tls=off"
    said = []
    for address in ("nobody@customer.example", "carla@customer.example"):
        ran = small_office.ok(*(word.format(address) for word in visit), stdin="gravel lantern 88 otter\n")
        said.append(ran.err.replace(address, "…"))
    assert said[0] == said[1]
    if "--resend" not in visit:
        end = time.monotonic() + 60
        while "carla@customer.example" not in mailbox.recipients and time.monotonic() < end:
            time.sleep(0.05)
        assert "carla@customer.example" in mailbox.recipients


def test_visitors_of_a_desk_that_cannot_send_are_all_told_so(small_office: Office):
    assert small_office.customer
    small_office.environ["SYSMO_MAIL_URL"] = "smtp://user@127.0.0.1:1"
    said = {
        small_office.ok("password", "forgot", "--email", address).err.replace(address, "…")
        for address in ("nobody@customer.example", "carla@customer.example")
    }
    assert len(said) == 1
    assert "sysmo worker" in said.pop()


def test_who_caused_refused_mail_is_sent_where_they_may_read_why(
    small_office: Office, serve: Callable[..., int], mailbox: Mailbox
):
    staff = ("luis@desk.example", "ada@desk.example", "new@desk.example")
    mailbox.answers = dict.fromkeys(staff, "550 no such user")
    environ = {"SYSMO_MAIL_URL": f"smtp://127.0.0.1:{serve()}?tls=off"}
    filed = small_office.customer.ok(*FILING, **environ)
    assert filed.err.strip().endswith("The mail server refused mail.")
    mailbox.answers["carla@customer.example"] = "550 no such user"
    replied = small_office.operator.ok("ticket", "reply", "1", "--body", "Soon.", **environ)
    assert "See: sysmo ticket show 1" in replied.err
    assert "550" in small_office.operator.ok("ticket", "show", "1").out
    words = ("account", "new", "--email", "new@desk.example", "--name", "New")
    assert "sysmo mail queue --failed" in small_office.admin.ok(*words, **environ).err


def test_staff_are_told_why_mail_waits_and_customers_are_not(small_office: Office):
    small_office.customer.ok(*FILING)
    for person, is_told in ((small_office.operator, True), (small_office.customer, False)):
        person.environ["SYSMO_MAIL_URL"] = "smtp://127.0.0.1:1?tls=off"
        ran = person.ok("ticket", "reply", "1", "--body", "x")
        assert ("refused" in ran.err) is is_told, ran.err
        assert ("nobody is sending" in ran.err) is not is_told, ran.err
