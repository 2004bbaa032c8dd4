"""Mailboxes and fetching from the command line."""

from __future__ import annotations

import threading
from itertools import count

import pytest

from sysmo_tui.services import leases
from tests.cli.conftest import Office
from tests.mail.dovecot import PASSWORD, Dovecot

_USERS = count(1)
MAIL = b"From: Carla <carla@customer.example>\r\nSubject: It broke\r\n\r\nIt does not turn on.\r\n"


@pytest.fixture
def user() -> str:
    """Somebody whose mail store nobody used before."""
    return f"commanded{next(_USERS)}"


def test_a_mailbox_is_made_and_says_what_is_missing(small_office: Office) -> None:
    admin = small_office.admin
    made = admin.ok("mail", "mailbox", "new", "support", "--url", "imaps://s@mail.example", "--json")
    assert made.json["url"] == "imaps://s@mail.example"
    assert "SYSMO_MAILBOX_PASSWORD" in made.err
    assert "sysmo config edit mail_comes_in on" in made.err
    admin.ok("config", "edit", "mail_comes_in", "on")
    edited = admin.ok("mail", "mailbox", "edit", "support", "--url", "imaps://t@mail.example")
    assert "mail_comes_in" not in edited.err
    listed = admin.ok("mail", "mailbox", "list", "--json").json["items"]
    assert [(item["name"], item["checked_at"]) for item in listed] == [("support", None)]
    assert "never fetched" in admin.ok("mail", "mailbox", "show", "support").out
    admin.ok("mail", "mailbox", "archive", "support", "--dry-run")
    assert admin.ok("mail", "mailbox", "archive", "support", "--json").json["is_archived"]
    assert admin.ok("mail", "mailbox", "list", "--json").json["items"] == []
    assert not admin.ok("mail", "mailbox", "unarchive", "support", "--json").json["is_archived"]
    assert admin("mail", "mailbox", "edit", "support").code == 2
    assert admin("mail", "mailbox", "show", "sales").code == 4


def test_a_password_in_the_address_is_refused_and_not_repeated(small_office: Office) -> None:
    ran = small_office.admin("mail", "mailbox", "new", "support", "--url", "imaps://s:hunter22@mail.example")
    assert ran.code == 2
    assert "SYSMO_MAILBOX_PASSWORD" in ran.err
    assert "hunter22" not in ran.out + ran.err


def test_mail_is_fetched_once_and_told_by_verdict(small_office: Office, dovecot: Dovecot, user: str) -> None:
    admin, secret = small_office.admin, {"SYSMO_MAILBOX_PASSWORD": PASSWORD}
    admin.ok("mail", "mailbox", "new", "support", "--url", dovecot.url(user))
    dovecot.deliver(user, MAIL, MAIL.replace(b"broke", b"burns"))
    without = admin("mail", "fetch")
    assert without.code == 7
    assert "SYSMO_MAILBOX_PASSWORD" in without.out
    opened = admin.ok("mail", "mailbox", "test", "support", "--json", **secret)
    assert opened.json == {"name": "support", "waiting": 2, "tells": True}
    [looked] = admin.ok("mail", "fetch", "--dry-run", "--json", **secret).json["items"]
    assert (looked["waiting"], looked["verdicts"]) == (2, {})
    [came] = admin.ok("mail", "fetch", "--json", **secret).json["items"]
    assert came["verdicts"] == {"ticket": 2}
    assert dovecot.held(user) == []
    assert "nothing new" in admin.ok("mail", "fetch", "--mailbox", "support", **secret).out
    assert admin("mail", "fetch", "--mailbox", "sales", **secret).code == 4


def test_mail_that_cannot_be_fetched_is_exit_7_unless_another_came(
    small_office: Office, dovecot: Dovecot, user: str
) -> None:
    admin = small_office.admin
    admin.ok("mail", "mailbox", "new", "gone", "--url", "imap://x@127.0.0.1:1")
    failed = admin("mail", "fetch", SYSMO_MAILBOX_PASSWORD="x-secret-x")
    assert failed.code == 7
    assert "Connection refused" in failed.out
    tested = admin("mail", "mailbox", "test", "gone", SYSMO_MAILBOX_PASSWORD="x-secret-x")
    assert (tested.code, "Connection refused" in tested.err) == (7, True)
    admin.ok("mail", "mailbox", "new", "support", "--url", dovecot.url(user))
    secrets = {"SYSMO_MAILBOX__GONE__PASSWORD": "x-secret-x", "SYSMO_MAILBOX__SUPPORT__PASSWORD": PASSWORD}
    both = admin.ok("mail", "fetch", **secrets)
    assert "x-secret-x" not in both.out + both.err + failed.out + failed.err + tested.err


def test_the_doctor_names_mailboxes_that_nobody_fetches(
    small_office: Office, dovecot: Dovecot, user: str
) -> None:
    admin, secret = small_office.admin, {"SYSMO_MAILBOX_PASSWORD": PASSWORD}

    def told(**environ: str) -> tuple[str, str]:
        items = admin("doctor", "--json", **environ).json["items"]
        [found] = [(item["health"], item["text"]) for item in items if item["name"] == "Mailboxes"]
        return found

    admin.ok("mail", "mailbox", "new", "support", "--url", dovecot.url(user))
    assert told() == ("wrong", "Nobody fetches from support, and its secret is not here.")
    assert told(**secret) == ("wrong", "Nobody fetches from support.")
    itself = small_office.cast.itself
    itself.touch(leases.take, leases.fetching("support"), "w", 30, "worker")
    itself.touch(leases.release, "w", (leases.fetching("support"),))
    admin("mail", "fetch", SYSMO_MAILBOX_PASSWORD="wrong")
    health, text = told(**secret)
    assert health == "wrong"
    assert "Authentication failed" in text


def test_the_worker_fetches_once(small_office: Office, dovecot: Dovecot, user: str) -> None:
    small_office.admin.ok("mail", "mailbox", "new", "support", "--url", dovecot.url(user))
    dovecot.deliver(user, MAIL)
    small_office.admin.ok("worker", "--once", SYSMO_MAILBOX_PASSWORD=PASSWORD)
    assert dovecot.held(user) == []
    assert not [each for each in threading.enumerate() if each.name.startswith("mailbox")]
