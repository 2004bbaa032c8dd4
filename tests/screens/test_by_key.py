"""Who works on the screens through the SSH door: the owner of the key, for as long as that is true."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import DraftKind, Role
from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.hangup import HANG_UP
from sysmo_tui.screens.idling import STAYS, VISITOR_STAYS
from sysmo_tui.screens.lock import LOCKS_AFTER, LockScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.ssh_keys import SshKeysScreen
from sysmo_tui.services import accounts, arrival, drafts, sessions, ssh_keys, tagging
from tests.cast import PASSWORD, Cast
from tests.keys_of_people import SOURCE, bound, connected, public_key, public_line
from tests.screens.acting import settled
from tests.screens.by_key import arrived, by_key, through_door
from tests.screens.conftest import Kept, fill, seen, until, until_seen
from tests.services import requests as ask

ENDS: dict[str, Callable[[Door], object]] = {
    "revoked": lambda admin: admin.write(ssh_keys.revoke, public_key("laptop").fingerprint),
    "disabled": lambda admin: admin.write(accounts.disable, "luis@desk.example"),
    "another role": lambda admin: admin.write(accounts.set_role, "luis@desk.example", Role.MANAGER),
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_key_that_ended_leaves_nothing_on_the_screen(cast: Cast, end: str) -> None:
    number = ask.file(cast.customer(), "Printer on fire", "Secret smoke.")
    app = by_key(cast.operator(), "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        app.open_ticket(number)
        await until_seen(pilot, "Secret smoke.")
        ENDS[end](cast.admin())
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        await settled(pilot)
        assert app.arrival is None
        assert len(app.screen_stack) == 2
        for key in ("escape", "q", "ctrl+p", "escape", "ctrl+r"):
            await pilot.press(key)
            await settled(pilot)
            assert not {"Printer", "Secret", "Luis"} & set(seen(pilot).split()), key
        assert isinstance(app.screen, LoginScreen)


async def test_a_key_that_became_somebody_elses_does_not_change_who_works_here(cast: Cast) -> None:
    luis = cast.operator()
    app = by_key(luis, "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        luis.write(ssh_keys.revoke, public_key("laptop").fingerprint)
        bound(cast.admin(), "laptop")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        assert "Ada" not in seen(pilot)


async def test_a_window_undoes_what_was_done_in_it_not_what_the_same_key_did_elsewhere(cast: Cast) -> None:
    number = ask.file(cast.customer(), "Printer on fire")
    app = by_key(cast.operator(), "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        await pilot.press("t")
        await until_seen(pilot, "You have #1 now.")
        connected(cast.desk, "laptop").write(tagging.tag, number, ("ice",))
        await pilot.press("u")
        await until_seen(pilot, "Undone: taking #1.")
        await pilot.press("u")
        await until_seen(pilot, "There is nothing to undo")


async def test_an_unbound_key_asks_who_it_is_and_is_bound_from_the_profile(cast: Cast) -> None:
    cast.operator()
    kept = Kept()
    app = through_door(cast.desk, "new laptop", session=kept)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        await settled(pilot)
        fill(pilot, email="luis@desk.example", password=PASSWORD)
        app.screen.action_sign_in()
        await arrived(pilot)
        app.push_screen(app.place("profile"))
        await settled(pilot)
        await pilot.press("f4")
        await until_seen(pilot, "YOUR SSH KEYS", "No keys.")
        await pilot.press("n")
        await until_seen(pilot, "What do you call this key?")
        await pilot.press(*"work", "enter")
        await until_seen(pilot, "The key work is added.", "this one")
        await until(pilot, lambda: not app.screen.check_action("new", ()))
    again = through_door(cast.desk, "new laptop")
    async with again.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        assert again.actor.email == "luis@desk.example"
        again.push_screen(SshKeysScreen())
        await until_seen(pilot, "work", public_key("new laptop").fingerprint)
        await pilot.press("x")
        await until_seen(pilot, "It is the key of this connection")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(again.screen, LoginScreen))


async def test_who_signs_in_by_password_is_counted_and_turned_away_beyond_the_cap(cast: Cast) -> None:
    luis = cast.operator()
    account_id = luis.read(arrival.arrive).actor.account_id
    asked: list[int] = []

    def admit(account: int) -> None:
        asked.append(account)
        if len(asked) == 1:
            raise Unavailable(
                N_("There are {most} connections of your account. Close one, then try again."), most=10
            )

    kept = Kept()
    app = through_door(cast.desk, "nobody's", session=kept, admit=admit)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for times in (1, 2):
            await until(pilot, lambda: isinstance(app.screen, LoginScreen))
            await settled(pilot)
            assert (app.arrival, kept.load()) == (None, None)
            fill(pilot, email="luis@desk.example", password=PASSWORD)
            app.screen.action_sign_in()
            await until(pilot, lambda times=times: len(asked) == times)
            if times == 1:
                await until_seen(pilot, "There are 10 connections of your account.")
        await arrived(pilot)
    assert asked == [account_id] * 2
    through = [each for each in luis.read(sessions.mine) if each.source == SOURCE]
    assert len(through) == 1, "the session that was refused has ended"


async def test_administrators_add_and_revoke_the_keys_of_an_account(cast: Cast) -> None:
    cast.operator()
    app = SysmoApp(cast.desk, session=Kept(cast.admin().caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        app.push_screen(AccountsScreen())
        await until_seen(pilot, "luis@desk.example")
        app.screen.table.move_cursor(
            row=[row.email for row in app.screen.table.items].index("luis@desk.example")
        )
        await pilot.press("K")
        await until_seen(pilot, "SSH KEYS OF LUIS@DESK.EXAMPLE")
        await pilot.press("n")
        await settled(pilot)
        await pilot.press(*"nonsense", "enter")
        await until_seen(pilot, "! Give one public key")
        app.screen.query_one("Input").value = public_line("luis")
        await pilot.press("enter")
        await until_seen(pilot, "luis@laptop")
        await pilot.press("x", "y")
        await until_seen(pilot, "No keys.")
    assert cast.admin().read(ssh_keys.of_account, "luis@desk.example") == ()


async def test_the_lock_asks_for_the_password_of_the_keys_account(cast: Cast) -> None:
    app = by_key(cast.operator(), "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        app.used_at -= LOCKS_AFTER + 1
        app.lock_when_idle()
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await settled(pilot)
        app.screen.form.field("password").value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, LockScreen))
        app.used_at -= STAYS + 1
        app.lock_when_idle()
        await until(pilot, lambda: app.return_code == 0)


async def test_who_has_no_password_leaves_instead_of_being_locked_out(cast: Cast) -> None:
    bound(cast.operator(), "laptop")
    forget_password(cast, "luis")
    number = ask.file(cast.customer())
    app = through_door(cast.desk, "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        app.push_screen(ComposeScreen(number, DraftKind.REPLY))
        await settled(pilot)
        await pilot.press(*"Unplug")
        app.used_at -= LOCKS_AFTER + 1
        app.lock_when_idle()
        await until(pilot, lambda: app.return_code == 0)
    assert draft(cast, number) == "Unplug"


async def test_a_visitor_who_does_nothing_is_seen_off(cast: Cast) -> None:
    app = through_door(cast.desk, "nobody's")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        app.used_at -= VISITOR_STAYS - 60
        app.lock_when_idle()
        await settled(pilot)
        assert app.is_running
        app.used_at -= 61
        app.lock_when_idle()
        await until(pilot, lambda: app.return_code == 0)


async def test_a_connection_that_is_gone_keeps_the_draft(cast: Cast) -> None:
    number = ask.file(cast.customer())
    app = by_key(cast.operator(), "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        app.push_screen(ComposeScreen(number, DraftKind.REPLY))
        await settled(pilot)
        await pilot.press(*"Unplug")
        app.end_by(HANG_UP)
        await until(pilot, lambda: app.return_code == 128 + HANG_UP)
    assert draft(cast, number) == "Unplug"


async def test_signing_out_lets_the_key_in_no_more_until_one_connects_again(cast: Cast) -> None:
    app = by_key(cast.operator(), "laptop")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        app.leave()
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        await settled(pilot)
        assert (app.arrival, app.door.caller.key) == (None, None)


def draft(cast: Cast, number: int) -> str:
    saved = cast.operator().read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    return str(saved.fields["body"])


def forget_password(cast: Cast, name: str) -> None:
    """As for somebody who only ever wrote mail and was given a key."""
    import sqlalchemy as sa

    from sysmo_tui.models import Account, table

    account = table(Account)
    with cast.desk.store.writing() as session:
        session.execute(sa.update(account).where(account.c.id == cast.ids[name]).values(password_hash=None))
