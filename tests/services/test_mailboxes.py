"""Mailboxes: who may say where mail comes from, and what is remembered of fetching."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.domain.mail_servers import ImapAddress, read_imap
from sysmo_tui.services import audit, leases, mailboxes, topic_upkeep
from sysmo_tui.services.mailboxes import MailboxEdits, Struggle
from tests.cast import START, Cast, Clock

STRUGGLE = Struggle(3, "UID 3: no", tries=2, next_at=START)
URL = "imaps://support@mail.example"


def test_a_mailbox_is_made_changed_and_archived_and_each_is_audited(cast: Cast) -> None:
    admin = cast.admin()
    admin.write(topic_upkeep.new, "Hardware")
    edits = MailboxEdits("Ayuda@Desk.Example", URL, moves_to="Done", topic="hardware")
    line = admin.write(mailboxes.new, "support", edits)
    assert (line.address, line.url, line.folder, line.moves_to, line.topic) == (
        "Ayuda@desk.example",
        URL,
        "INBOX",
        "Done",
        "hardware",
    )
    changed = admin.write(mailboxes.edit, "support", MailboxEdits(folder="Requests", topic=""))
    assert (changed.folder, changed.topic, changed.url) == ("Requests", None, URL)
    assert admin.write(mailboxes.archive, "support").is_archived
    assert admin.read(mailboxes.lines) == ()
    assert cast.itself.read(mailboxes.to_fetch) == ()
    assert not admin.write(mailboxes.archive, "support", archived=False).is_archived
    noted = [line.detail for line in admin.read(audit.page).items if line.kind is AuditKind.CONFIGURED]
    assert len([detail for detail in noted if detail.get("mailbox") == "support"]) == 4
    assert noted[-2]["folder"] == "INBOX → Requests"
    assert noted[-1]["moves_to"] == "— → Done"


def test_only_administrators_say_where_secrets_go(cast: Cast) -> None:
    manager = cast.manager()
    assert manager.write(mailboxes.new, "pipe", MailboxEdits()).url == ""
    for edits in (MailboxEdits(url=URL), MailboxEdits(address="a@desk.example")):
        with pytest.raises(Forbidden):
            manager.write(mailboxes.new, "other", edits)
        with pytest.raises(Forbidden):
            manager.write(mailboxes.edit, "pipe", edits)
    cast.admin().write(mailboxes.edit, "pipe", MailboxEdits(url=URL))
    same = MailboxEdits(url=URL, moves_to="Done")
    assert manager.write(mailboxes.edit, "pipe", same).moves_to == "Done"
    for door in (cast.operator(), cast.customer()):
        with pytest.raises(Forbidden):
            door.read(mailboxes.lines)
        with pytest.raises(Forbidden):
            door.write(mailboxes.archive, "pipe")


@pytest.mark.parametrize(
    "url",
    [
        "imaps://support:secret@mail.example",
        "imaps://support:@mail.example",
        "imaps://mail.example",
        "imaps://@mail.example",
        "https://support@mail.example",
        "imaps://support@",
        "imaps://support@mail.example/INBOX",
        "imaps://support@mail.example:99999",
        "imaps://support@mail.example?tls=off",
        "imap://support@mail.example?tls=maybe",
        "imap://support@mail.example?keep=perhaps",
        "imap://support@mail.example?tsl=off",
        "imaps://sup%0d%0aport@mail.example",
        "imaps://support @mail.example",
        "support@mail.example",
        "imaps://[::1",
    ],
)
def test_an_address_that_is_none_or_holds_a_password_changes_nothing(cast: Cast, url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cast.admin().write(mailboxes.new, "support", MailboxEdits(url=url))
    assert refusal.value.field == "url"
    assert "secret" not in str(refusal.value)
    assert cast.admin().read(mailboxes.lines, archived=True) == ()


def test_an_address_is_read_as_it_says() -> None:
    assert read_imap("imaps://a%40b@mail.example") == ImapAddress("mail.example", 993, "a@b")
    assert read_imap("imap://a@mail.example:99?keep=yes&ca=/x.pem") == ImapAddress(
        "mail.example", 99, "a", is_tls_first=False, authority="/x.pem", keeps=True
    )
    assert not read_imap("imap://a@localhost").is_tls_required
    assert read_imap("imap://a@127.0.0.1?tls=required").is_tls_required
    assert not read_imap("imap://a@mail.example?tls=off").is_tls_required
    assert read_imap("imap://a@[::1]").shown == "imap://a@[::1]:143"


@pytest.mark.parametrize(
    ("edits", "field"),
    [
        (MailboxEdits(folder=" "), "folder"),
        (MailboxEdits(folder="x" * 256), "folder"),
        (MailboxEdits(moves_to="INBOX"), "moves_to"),
        (MailboxEdits(url=f"{URL}?keep=yes", moves_to="Done"), "moves_to"),
        (MailboxEdits(address="nobody"), "address"),
        (MailboxEdits(topic="nothing"), "topic"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(cast: Cast, edits: MailboxEdits, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cast.admin().write(mailboxes.new, "support", edits)
    assert refusal.value.field == field


def test_a_name_is_short_and_taken_once(cast: Cast) -> None:
    admin = cast.admin()
    with pytest.raises(Invalid):
        admin.write(mailboxes.new, "Our Support", MailboxEdits())
    admin.write(mailboxes.new, "support", MailboxEdits())
    admin.write(mailboxes.archive, "support")
    with pytest.raises(Conflict):
        admin.write(mailboxes.new, "support", MailboxEdits())
    with pytest.raises(NotFound):
        admin.write(mailboxes.edit, "sales", MailboxEdits())
    with pytest.raises(NotFound):
        admin.read(mailboxes.show, "sales")


def test_fetching_remembers_how_far_it_came_and_since_when_it_fails(cast: Cast, clock: Clock) -> None:
    cast.admin().write(mailboxes.new, "support", MailboxEdits(url=URL))
    [mailbox] = cast.itself.read(mailboxes.to_fetch)
    itself = cast.itself
    itself.touch(mailboxes.note_progress, mailbox, 7, 41, [STRUGGLE])
    [mailbox] = itself.read(mailboxes.to_fetch)
    assert (mailbox.uid_validity, mailbox.last_uid, mailbox.struggles) == (7, 41, (STRUGGLE,))
    first = clock.now
    itself.touch(mailboxes.note_failed, mailbox, "Connection\nrefused")
    clock.advance(minutes=5)
    itself.touch(mailboxes.note_failed, mailbox, "timed out")
    line = cast.manager().read(mailboxes.show, "support")
    assert (line.failing_since, line.error, line.checked_at) == (first, "timed out", None)
    assert cast.manager().read(mailboxes.failing) == 1
    itself.touch(mailboxes.note_checked, mailbox, "UID 3: no")
    line = cast.manager().read(mailboxes.show, "support")
    assert (line.failing_since, line.error, line.checked_at) == (first, "UID 3: no", clock.now)
    itself.touch(mailboxes.note_checked, mailbox)
    line = cast.manager().read(mailboxes.show, "support")
    assert (line.failing_since, line.error) == (None, "")


def test_another_folder_is_read_from_its_beginning_also_by_who_still_reads_the_old_one(cast: Cast) -> None:
    admin, itself = cast.admin(), cast.itself
    admin.write(mailboxes.new, "support", MailboxEdits(url=URL))
    [old] = itself.read(mailboxes.to_fetch)
    itself.touch(mailboxes.note_progress, old, 7, 41, [STRUGGLE])
    admin.write(mailboxes.edit, "support", MailboxEdits(folder="Requests"))
    itself.touch(mailboxes.note_progress, old, 7, 50, [STRUGGLE])
    itself.touch(mailboxes.note_failed, old, "gone")
    [now] = itself.read(mailboxes.to_fetch)
    assert (now.uid_validity, now.last_uid, now.struggles) == (None, 0, ())
    assert admin.read(mailboxes.show, "support").error == ""


def test_each_mailbox_is_one_holders(cast: Cast) -> None:
    for name in ("a", "b"):
        cast.admin().write(mailboxes.new, name, MailboxEdits(url=URL))
    touch = cast.itself.touch
    assert touch(leases.take, leases.fetching("a"), "one", 30, "worker")
    assert touch(leases.take, leases.fetching("b"), "two", 30, "tui")
    assert not touch(leases.take, leases.fetching("a"), "two", 30, "tui")
    assert [line.fetcher for line in cast.manager().read(mailboxes.lines)] == ["worker", "tui"]
    touch(leases.release, "one", (leases.fetching("a"),))
    assert touch(leases.take, leases.fetching("a"), "two", 30, "tui")
