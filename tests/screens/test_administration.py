"""Administration: accounts, topics, the catalogue, settings and the audit log."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import AccountState, AuditKind, Category, Level, Role
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.administration import AdministrationScreen
from sysmo_tui.screens.audit import AuditScreen
from sysmo_tui.screens.catalogue import CatalogueScreen, Kind
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.issued import IssuedDialog
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.pending import PendingScreen
from sysmo_tui.screens.settings import SettingsScreen
from sysmo_tui.screens.topics_admin import TopicsScreen
from sysmo_tui.services import (
    account_list,
    accounts,
    audit,
    catalogue,
    desk_settings,
    filing,
    registration,
    tickets,
    topics,
)
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.registration_form import RegistrationForm
from sysmo_tui.storage.engine import Store
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, commands
from tests.screens.conftest import Kept, Stage, fill, mailing, seen, until, until_seen

SIZE = (80, 24)


async def go(pilot: Pilot[Any], screen: Any, *texts: str) -> None:
    """Open a screen once someone came in, and wait for what it shows."""
    await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))
    pilot.app.push_screen(screen)
    await until_seen(pilot, *texts)


async def choose(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on the row whose key is ``name``."""
    table = pilot.app.screen.table
    await until(pilot, lambda: any(table._key(item) == name for item in table.items))
    table.move_cursor(row=[table._key(item) for item in table.items].index(name))
    await pilot.pause()


def a_ticket(cast: Cast, topic: str = "general") -> int:
    door = cast.customer("carla")
    return door.write(
        filing.file, Filing(topic=topic, subject="It smokes", body="A lot", urgency=Level.NORMAL)
    ).number


async def test_each_role_finds_what_it_may_administer(stage: Stage, cast: Cast) -> None:
    for door, shown, hidden in (
        (cast.admin(), ("Accounts", "Waiting for", "Settings", "Audit log"), ()),
        (cast.manager(), ("Accounts", "Topics", "Outgoing mail"), ("Settings", "Audit log")),
        (
            cast.operator(),
            ("Accounts", "Topics", "Mail to decide"),
            ("Mail that waits", "Settings", "Audit log"),
        ),
    ):
        app = stage(door)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await go(pilot, AdministrationScreen(), *shown)
            assert not [text for text in hidden if text in seen(pilot)]
            await pilot.press("enter")
            await until_seen(pilot, "ACCOUNTS", "ada@desk.example")


async def test_the_key_a_leads_there_for_staff_alone(stage: Stage, cast: Cast) -> None:
    app = stage(cast.customer())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert not app.is_place("administration")
        assert app.is_place("profile")


async def test_an_administrator_invites_and_sees_the_code_once(stage: Stage, cast: Cast) -> None:
    app = stage(cast.admin())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen(), "ada@desk.example")
        await pilot.press("n")
        await until_seen(pilot, "INVITE SOMEONE", "general")
        fill(pilot, email="nina@desk.example", name="Nina", topics="general, nothing")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! There is no topic “nothing”")
        fill(pilot, topics="general")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, IssuedDialog))
        await until_seen(pilot, "nina@desk.example", "It is shown only now")
        await pilot.press("enter")
        assert isinstance(app.screen, IssuedDialog)
        await pilot.press("escape")
        await until_seen(pilot, "ACCOUNTS", "nina@desk.example", "pending")


async def test_accounts_are_searched_and_narrowed(stage: Stage, cast: Cast) -> None:
    cast.customer("carla")
    cast.manager()
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen(), "carla@customer", "mara@desk")
        await pilot.press("/", *"carl")
        await until(pilot, lambda: [line.name for line in app.screen.table.items] == ["Carla"])
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen.table.items) == 4)
        await pilot.press("f")
        await until_seen(pilot, "customer", "enter Choose")
        await pilot.press(*"manager", "enter")
        await until(pilot, lambda: [line.name for line in app.screen.table.items] == ["Mara"])
        assert app.screen.check_action("disable", ()) is False


async def test_who_is_disabled_hands_tickets_over(stage: Stage, cast: Cast) -> None:
    luis = cast.operator("luis")
    cast.operator("sofia")
    number = a_ticket(cast)
    luis.write(tickets.take, number)
    admin = cast.admin()
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen(), "luis@desk")
        await choose(pilot, str(cast.ids["luis"]))
        await pilot.press("enter")
        await until_seen(pilot, "Change the role")
        await pilot.press("escape", "x")
        await until_seen(pilot, "Disable the account of Luis?")
        await pilot.press("enter")
        await until_seen(pilot, "ACCOUNTS")
        await pilot.press("x", "y")
        await until_seen(pilot, "Who takes over the open tickets?", "nobody")
        await pilot.press("down")
        while app.screen._list.highlighted != [i.value for i in app.screen._shown].index(
            "sofia@desk.example"
        ):
            await pilot.press("down")
        await pilot.press("enter")
        await until_seen(pilot, "1 ticket was handed over")
        assert admin.read(account_list.show, "luis@desk.example").line.state == AccountState.DISABLED
        await until(pilot, lambda: app.screen.row.state == "disabled")
        await pilot.press("X")
        await until(pilot, lambda: app.screen.row.state == "active")


async def test_a_role_is_changed_and_a_password_taken_away(stage: Stage, cast: Cast) -> None:
    cast.operator("luis")
    admin = cast.admin()
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen(), "luis@desk")
        await choose(pilot, str(cast.ids["luis"]))
        await pilot.press("r")
        await until_seen(pilot, "Role of Luis")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen.row is not None and app.screen.row.role is Role.MANAGER)
        await pilot.press("p", "y")
        await until_seen(pilot, "One-time code", "luis@desk.example")
        await pilot.press("escape")
        assert not admin.read(account_list.show, "luis@desk.example").has_password


async def test_whoever_takes_the_own_password_away_is_warned_and_keeps_the_code(
    stage: Stage, cast: Cast
) -> None:
    admin = cast.admin()
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen(), "ada@desk")
        await choose(pilot, str(cast.ids["ada"]))
        await pilot.press("p")
        await until_seen(pilot, "Take your own password away?", "this one too")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AccountsScreen))
        assert admin.read(account_list.show, "ada@desk.example").has_password
        await pilot.press("p")
        await until_seen(pilot, "Take your own password away?")
        await pilot.press("y")
        await until_seen(pilot, "One-time code", "ada@desk.example")
        dialog = app.screen
        assert isinstance(dialog, IssuedDialog)
        beneath = app.screen_stack[-2]
        assert isinstance(beneath, AccountsScreen)
        beneath.load()
        # What the screen beneath asks is refused, and waits for somebody to sign in again.
        await until(pilot, lambda: app.is_waited_for)
        assert app.screen is dialog
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))


async def test_an_account_is_edited(stage: Stage, cast: Cast) -> None:
    cast.customer("carla", company="ACME S.A.")
    admin = cast.admin()
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen(), "carla@customer")
        await choose(pilot, str(cast.ids["carla"]))
        await pilot.press("e")
        await until_seen(pilot, "Carla", "ACME S.A.")
        fill(pilot, phone="nonsense")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! ")
        fill(pilot, name="Carla Gómez", phone="+54 11 5555 0100")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "ACCOUNTS", "Carla Gómez")


async def test_a_topic_is_made_staffed_hidden_and_archived(cast: Cast) -> None:
    cast.operator("luis")
    admin = cast.admin()
    own = {"topics.add": "f9"}
    app = SysmoApp(cast.desk, session=Kept(admin.caller.secret), environ={}, keymap=own)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, TopicsScreen(), "General")
        await pilot.press("n")
        await until_seen(pilot, "NEW TOPIC", "the desk's default")
        fill(pilot, name="General")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! ")
        fill(pilot, name="Networks", default_priority="high")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "TOPICS", "Networks", "nobody", "Networks is made. f9 adds its operators.")
        await until(pilot, lambda: app.screen.row.slug == "networks")
        await pilot.press("enter")
        await until_seen(pilot, "Archive it")
        await pilot.press("f9")
        await until_seen(pilot, "Who serves Networks?")
        await pilot.press("down", "enter")
        await until(pilot, lambda: [p.name for p in app.screen.row.operators] == ["Luis"])
        await pilot.press("v")
        await until(pilot, lambda: not app.screen.row.is_public)
        assert admin.read(topics.show, "networks").default_priority == "high"
        a_ticket(cast)
        await pilot.press("v")
        await until(pilot, lambda: app.screen.row.is_public)
        await choose(pilot, "general")
        await pilot.press("x")
        await until_seen(pilot, "Which topic takes the open tickets?")
        await pilot.press("enter")
        await until(pilot, lambda: [line.slug for line in app.screen.table.items] == ["networks"])
        assert admin.read(topics.show, "networks").line.open_tickets == 1
        await pilot.press("x")
        await until_seen(pilot, "! Networks is the last topic")


async def test_the_catalogue_grows_and_keeps_its_default(stage: Stage, cast: Cast) -> None:
    admin = cast.admin()
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CatalogueScreen(Kind.STATUS), "In progress", "default")
        await pilot.press("n")
        await until_seen(pilot, "NEW STATUS")
        fill(pilot, name="With supplier")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! Choose what the status means")
        fill(pilot, category=Category.HOLD.value, customer_label="In progress")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "With supplier")
        await choose(pilot, "with-supplier")
        await pilot.press("d")
        await until(pilot, lambda: app.screen.row.is_default)
        assert app.screen.check_action("archive", ()) is False
        await choose(pilot, "on-hold")
        await pilot.press("x")
        await until(pilot, lambda: "on-hold" not in [line.slug for line in app.screen.table.items])
        assert "on-hold" not in [line.slug for line in admin.read(catalogue.statuses)]
    assert {"catalogue.new_status", "catalogue.edit_status", "catalogue.archive_status"} <= commands(cast)


async def test_a_pending_code_is_issued_again(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    form = RegistrationForm(
        "nora@nn.example", PASSWORD, "Nora", "+541155550199", "Nuevo Norte S.A.", "30-71234567-1"
    )
    registration.register(cast.visitor(), form)
    app = staged(cast, cast.admin())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, PendingScreen(), "nora@nn.example", "registration")
        await pilot.press("p")
        await until_seen(pilot, "One-time code", code_in_mail(cast.desk, "nora@nn.example"))


async def test_a_setting_is_changed_and_a_secret_not_shown(stage: Stage, cast: Cast) -> None:
    admin = cast.admin()
    admin.write(desk_settings.change, "mail_url", "smtp://desk:hidden@mail.example")
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, SettingsScreen(), "Desk of the tests", "set, not shown")
        assert "hidden" not in seen(pilot)
        await choose(pilot, "time_zone")
        await pilot.press("enter")
        await until_seen(pilot, "TIME ZONE")
        fill(pilot, time_zone="Nowhere")
        await pilot.press("enter")
        await until_seen(pilot, "! “Nowhere” is not a time zone")
        fill(pilot, time_zone="Europe/Madrid")
        await pilot.press("enter")
        await until_seen(pilot, "SETTINGS", "Europe/Madrid")


async def test_the_audit_log_is_read_and_narrowed(stage: Stage, cast: Cast) -> None:
    admin = cast.admin()
    admin.write(desk_settings.change, "name", "Another name")
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AuditScreen(), "setting changed", "desk created", "Another name")
        await pilot.press("f", *"setting", "enter")
        await until(pilot, lambda: {line.kind for line in app.screen.table.items} == {AuditKind.CONFIGURED})
        assert admin.read(audit.page).items


async def test_a_list_has_no_column_that_is_always_empty(stage: Stage, cast: Cast) -> None:
    app = stage(cast.admin())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, CatalogueScreen(Kind.PRIORITY), "Meaning", "level 1")
        await pilot.press("escape")
        await go(pilot, CatalogueScreen(Kind.TYPE), "TICKET TYPES", "question")
        assert "Meaning" not in seen(pilot)


async def test_what_a_column_cuts_is_whole_at_the_bottom(stage: Stage, cast: Cast) -> None:
    name = "somebody.with.a.long.address"
    address = f"{name}@desk.example"
    admin = cast.admin()
    accounts.invite(admin, Invitation(address, "Nina", Role.OPERATOR))
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AccountsScreen())
        await pilot.press("/", *name[:14])
        await until_seen(pilot, f"E-mail {address}")
        await pilot.press("escape", "escape")
        await go(pilot, AuditScreen(), "invited")
        await choose(pilot, next(str(each.id) for each in app.screen.table.items if each.account == address))
        await until_seen(pilot, "Account", f" {address}   by command line")
        await pilot.press("escape")
        await go(pilot, PendingScreen(), f"E-mail {address}")


async def test_settings_are_named_in_full_and_their_numbers_read_easily(stage: Stage, cast: Cast) -> None:
    app = stage(cast.admin())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, SettingsScreen(), "Largest mail that comes in, in bytes", "40,000,000")


async def test_an_operator_is_refused_where_only_administrators_may(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, AuditScreen(), "! Only administrators can do this")


@pytest.mark.parametrize("name", ["[/b]", "[@click=app.quit]x[/]", "{x} [URGENT]"])
async def test_hostile_names_are_only_text(stage: Stage, cast: Cast, name: str) -> None:
    admin = cast.admin()
    admin.write(desk_settings.change, "name", name)
    app = stage(admin)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, SettingsScreen(), name)
        await pilot.press("enter")
        await until_seen(pilot, "NAME OF THE DESK", name)


def staged(cast: Cast, door: Door) -> SysmoApp:
    return SysmoApp(cast.desk, session=Kept(door.caller.secret), environ={})
