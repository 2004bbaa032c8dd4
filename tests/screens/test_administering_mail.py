"""Administration of mail: what goes out, and the mailboxes that it comes from."""

from __future__ import annotations

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Standing
from sysmo_tui.domain.text import clean_line
from sysmo_tui.mail.trying import try_out
from sysmo_tui.screens.mail_queue import MailQueueScreen
from sysmo_tui.screens.mailboxes import MailboxesScreen
from sysmo_tui.services import (
    mail_queue,
    mailboxes,
    outbox,
    profile,
)
from sysmo_tui.services.mailboxes import MailboxEdits, Trial
from sysmo_tui.services.profile import ProfileEdits
from sysmo_tui.settings import MailboxAccess
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock, hold_all_mail
from tests.screens.conftest import Kept, Stage, fill, mailing, until_seen
from tests.screens.test_administration import SIZE, choose, go, staged


async def test_a_manager_decides_about_mail(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    manager = cast.manager()
    app = staged(cast, manager)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailQueueScreen(), "OUTGOING MAIL", "No mail waits")
        await pilot.press("n", "enter")
        await until_seen(pilot, "trial mail", "waiting")
        hold_all_mail(cast)
        await pilot.press("ctrl+r")
        await until_seen(pilot, "held")
        assert app.screen.check_action("retry", ()) is False
        await pilot.press("l")
        await until_seen(pilot, "waiting")
        await pilot.press("x", "y")
        await until_seen(pilot, "No mail waits")
        assert manager.read(mail_queue.queue).items == ()


async def test_the_columns_of_the_mail_that_goes_out_are_named_whole_in_spanish(
    sqlite_store: Store, clock: Clock
) -> None:
    cast = mailing(sqlite_store, clock)
    manager = cast.manager()
    manager.write(profile.edit, ProfileEdits(locale="es"))
    app = staged(cast, manager)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailQueueScreen(), "Solicitud", "Intentos", "Desde")


async def test_a_manager_has_all_failed_mail_tried_again(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    manager = cast.manager()
    for address in ("a@x.example", "b@x.example"):
        manager.write(mail_queue.try_out, address)
    for mail in cast.itself.touch(outbox.claim, "me", 10):
        cast.desk.settle(cast.itself.caller, outbox.mark_failed, mail, "me", "554 no", is_permanent=True)
    app = staged(cast, manager)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailQueueScreen(), "a@x.example", "b@x.example", "failed", "554 no")
        await pilot.press("T")
        await until_seen(pilot, "2 mails will be tried again", "waiting")
    assert {mail.standing for mail in manager.read(mail_queue.queue).items} == {Standing.WAITING}


async def test_a_mailbox_is_made_edited_and_archived(stage: Stage, cast: Cast) -> None:
    admin = cast.admin()
    cast.topic("[/b]oats")
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailboxesScreen(), "MAILBOXES", "There is no mailbox yet.")
        await pilot.press("n")
        await until_seen(pilot, "NEW MAILBOX", "SYSMO_MAILBOX_PASSWORD")
        fill(pilot, name="support", url="imaps://support:secret@mail.example")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "A password does not belong in the address")
        fill(pilot, url="imaps://support@mail.example", address="support@desk.example")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Mailbox support is saved.", "imaps://support@mail.ex", "never fetched")
        [mailbox] = cast.itself.read(mailboxes.to_fetch)
        cast.itself.touch(mailboxes.note_failed, mailbox, "Connection refused")
        await pilot.press("ctrl+r")
        await until_seen(pilot, "fails since", "Connection refused")
        await pilot.press("e")
        await until_seen(pilot, "MAILBOX SUPPORT", "imaps://support@mail.example")
        fill(pilot, moves_to="Done")
        app.screen.query_one("#field-topic Select").focus()
        await pilot.press("enter", *"boa", "enter")
        await until_seen(pilot, "[/b]oats")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Mailbox support is saved.", "Done")
        await pilot.press("x", "y")
        await until_seen(pilot, "There is no mailbox yet.")
        assert admin.read(mailboxes.show, "support").is_archived


async def test_a_manager_does_not_say_where_mail_comes_from(stage: Stage, cast: Cast) -> None:
    cast.admin().write(mailboxes.new, "support", MailboxEdits(url="imaps://support@mail.example"))
    app = stage(cast.manager())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailboxesScreen(), "support")
        await pilot.press("e")
        await until_seen(pilot, "MAILBOX SUPPORT", "imaps://support@mail.example")
        assert app.screen.form.field("url").control.disabled
        fill(pilot, folder="Requests")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Mailbox support is saved.")
        assert cast.manager().read(mailboxes.show, "support").folder == "Requests"


async def test_a_mailbox_is_tried_out_with_the_secrets_of_this_program(cast: Cast) -> None:
    admin = cast.admin()
    admin.write(mailboxes.new, "support", MailboxEdits(url="imap://support@127.0.0.1:1?tls=off"))
    admin.write(mailboxes.new, "walk-in", MailboxEdits())
    asked: list[str] = []

    def trial(door: Door, name: str) -> Trial:
        asked.append(name)
        if len(asked) == 3:
            return Trial(clean_line(name), clean_line("INBOX"), 3, tells=False)
        return try_out(door, name, {"support": MailboxAccess(password="s3")} if len(asked) == 2 else {})

    session = Kept(cast.manager().caller.secret)
    app = SysmoApp(cast.desk, session=session, environ={}, mailbox_trial=trial)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailboxesScreen(), "support", "t Test")
        for said in (
            "SYSMO_MAILBOX_PASSWORD",
            "cannot be opened: Connection refused",
            "3 mails wait in INBOX.",
        ):
            await pilot.press("t")
            await until_seen(pilot, said)
        await choose(pilot, "walk-in")
        await until_seen(pilot, "walk-in")
        await pilot.press("t")
        await pilot.pause()
    assert asked == ["support"] * 3, "what a pipe delivers for is not opened"
    assert cast.itself.read(mailboxes.to_fetch)[0].last_uid == 0
