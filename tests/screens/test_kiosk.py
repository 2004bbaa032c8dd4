"""The screens through the SSH door: nothing reaches the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import SuspendNotSupported
from textual.pilot import Pilot
from textual.screen import Screen

from sysmo_tui import keys
from sysmo_tui.app import PLACES, SysmoApp
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.came_in import CameInScreen
from sysmo_tui.screens.catalogue import CatalogueScreen, Kind
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.editor import edited
from sysmo_tui.screens.help import HelpScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.mail_texts import MailTextsScreen
from sysmo_tui.screens.mailbox_form import MailboxScreen
from sysmo_tui.screens.mailboxes import MailboxesScreen
from sysmo_tui.screens.new_ticket import NewTicketScreen
from sysmo_tui.screens.palette import commands
from sysmo_tui.screens.sessions import SessionsScreen
from sysmo_tui.screens.settings import SettingsScreen
from sysmo_tui.screens.ssh_keys import SshKeysScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.screens.whole_mail import WholeMailScreen
from sysmo_tui.services import desk_settings, mailboxes
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.kept import keep
from tests.keys_of_people import bound
from tests.screens.acting import settled
from tests.screens.by_key import arrived, by_key, through_door
from tests.screens.conftest import fill, mailing, seen, until_seen
from tests.services import requests as ask

CHANGES = frozenset(
    {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.chmod", "os.chown"}
    | {"tempfile.mkstemp", "tempfile.mkdtemp", "shutil.copyfile", "shutil.move"}
)
STARTS = frozenset(
    {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.forkpty", "os.system", "pty.spawn"}
    | {"webbrowser.open", "os.spawn"}
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

watchers: list[Callable[[str, tuple[Any, ...]], None]] = []
"""Who wants to know; a hook of the interpreter stays, and tells nobody then."""


def _tell(event: str, args: tuple[Any, ...]) -> None:
    for watch in watchers:
        watch(event, args)


@pytest.fixture(scope="module", autouse=True)
def hook() -> None:
    """Listen to what the interpreter is asked to do, from these tests on."""
    sys.addaudithook(_tell)


@contextmanager
def watched(data: Path) -> Iterator[list[str]]:
    """What the interpreter is asked to write outside of ``data``, or to start, in the meantime."""
    found: list[str] = []

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event in STARTS:
            found.append(f"{event} {args!r}")
        elif event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITING):
            path = args[0]
            is_device = str(path).startswith("/dev/") and not str(path).startswith("/dev/shm/")
            is_data = isinstance(path, int) or is_device or str(path).startswith(str(data))
            if not is_data and "__pycache__" not in str(path):
                found.append(f"{event} {args!r}")

    watchers.append(watch)
    try:
        yield found
    finally:
        watchers.remove(watch)


def test_what_is_written_or_started_is_seen(tmp_path: Path) -> None:
    with watched(tmp_path / "data") as touched:
        (tmp_path / "file").write_text("x")
        subprocess.run(["/bin/true"], check=True)
    assert [each.split()[0] for each in touched][:2] == ["open", "subprocess.Popen"]


def everywhere(number: int, mail: int) -> dict[str, Callable[[], Screen[Any]]]:
    """Every screen that has keys of its own."""
    return {
        "ticket": lambda: TicketScreen(number),
        "reply": lambda: ComposeScreen(number, DraftKind.REPLY),
        "new ticket": NewTicketScreen,
        "files": lambda: FilesScreen(number, is_staff=True),
        "mail": lambda: WholeMailScreen(mail),
        "came in": CameInScreen,
        "accounts": AccountsScreen,
        "mailboxes": MailboxesScreen,
        "a mailbox": lambda: MailboxScreen("box"),
        "settings": SettingsScreen,
        "words": MailTextsScreen,
        "statuses": lambda: CatalogueScreen(Kind.STATUS),
        "keys": SshKeysScreen,
        "sessions": SessionsScreen,
        "help": lambda: HelpScreen(keys.Context.COMPOSE),
        "login": LoginScreen,
        **{
            name: lambda name=name: SysmoApp.place(None, name)  # type: ignore[misc,arg-type]
            for name in PLACES
            if name != "login"
        },
    }


ALWAYS = ("ctrl+z", "ctrl+backslash", "ctrl+c", "f4", "ctrl+g", "f8", "plus", "e", "s", "enter")
LEFT_OUT = frozenset({"quit", "sign_out", "help_quit"})
"""Ends the program, which other tests try."""

MOVES = ("move_", "scroll_", "cursor_", "page_", "half_page", "select_", "delete_", "box_", "section_")
"""How actions begin that only move about or edit a line."""


async def test_no_key_of_any_screen_writes_a_file_or_starts_a_process(cast: Cast, tmp_path: Path) -> None:
    admin = cast.admin()
    number = ask.file(cast.customer(), files=(ask.upload(cast.customer()),))
    mail = keep(cast, ticket_number=number, sender="carla@customer.example")
    admin.write(mailboxes.new, "box", MailboxEdits())
    app = by_key(admin, "laptop")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await arrived(pilot)
        tried: set[tuple[str, str]] = set()
        of_machine = {key.help[:1].upper() + key.help[1:] for key in keys.KEYS if key.of_machine}
        with watched(tmp_path) as touched:
            for name, make in everywhere(number, mail).items():
                here = await opened(pilot, make)
                listed = {each[0] for each in commands(app.screen)}  # type: ignore[arg-type]
                assert listed & of_machine == set(), name
                for key in keys_to_try(here, tried):
                    await pilot.press(key)
                    assert app.is_running, (name, key)
                    assert touched == [], (name, key)
                    if app.screen is not here:
                        here = await back_to(pilot, here, make)
            for action in ("screenshot", "suspend_process", "app.screenshot('x')", "app.suspend_process"):
                await app.run_action(action)
            app.action_screenshot()
            app.action_suspend_process()
            app.open_url("https://evil.example")
        assert touched == []
        assert len(tried) > 200
        assert app._exception is None
        with pytest.raises(SuspendNotSupported), app.suspend():
            raise AssertionError


def keys_to_try(screen: Screen[Any], tried: set[tuple[str, str]]) -> list[str]:
    """The keys of a screen and of what has the focus there, and those that a machine might heed.

    What was ``tried`` in the same place before is left out: what every screen has, each kind of widget.
    """
    found: dict[tuple[str, str], str] = {}
    everywhere_ = {key.action for key in keys.of_context(keys.Context.EVERYWHERE)}
    for key, active in screen.active_bindings.items():
        action = active.binding.action.rpartition(".")[2]
        place = type(screen if isinstance(active.node, Screen) else active.node).__name__
        if action not in LEFT_OUT and not action.startswith(MOVES):
            found["" if action in everywhere_ else place, action] = key
    focused = type(screen.focused).__name__
    found |= {(focused, key): key for key in ALWAYS}
    context = getattr(screen, "CONTEXT", keys.Context.EVERYWHERE)
    for each in keys.of_context(context):
        if each.of_machine:
            found |= {(type(screen).__name__, key): key for key in each.keys.split(",")}
    new = {where: key for where, key in found.items() if where not in tried}
    tried |= set(new)
    return list(new.values())


async def back_to(pilot: Pilot[Any], here: Screen[Any], make: Callable[[], Screen[Any]]) -> Screen[Any]:
    """Answer what a key opened, and come back to the screen it was pressed on, or to another like it."""
    app: Any = pilot.app
    if here in app.screen_stack:
        await pilot.press("enter")
    if here not in app.screen_stack:
        return await opened(pilot, make)
    while app.screen is not here:
        app.pop_screen()
    return here


async def opened(pilot: Pilot[Any], make: Callable[[], Screen[Any]]) -> Screen[Any]:
    """A new screen, alone over the inbox."""
    app: Any = pilot.app
    while len(app.screen_stack) > 2:
        app.pop_screen()
    app.push_screen(screen := make())
    await settled(pilot)
    return screen


async def test_nothing_of_the_machine_is_offered(cast: Cast, tmp_path: Path) -> None:
    number = ask.file(cast.customer(), files=(ask.upload(cast.customer()),))
    cast.admin().write(mailboxes.new, "box", MailboxEdits(url="imaps://desk@mail.example"))
    app = by_key(cast.admin(), "laptop")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await arrived(pilot)
        assert app.is_kiosk
        for context in {context for key in keys.KEYS if key.of_machine for context in key.contexts}:
            app.push_screen(HelpScreen(context))
            await settled(pilot)
            assert not any(key.help in seen(pilot) for key in keys.KEYS if key.of_machine)
            app.pop_screen()
        app.push_screen(FilesScreen(number, is_staff=True))
        await until_seen(pilot, f"sysmo ticket attach {number}")
        await pilot.press("s")
        await until_seen(pilot, f"sysmo ticket download {number}")
        app.pop_screen()
        app.push_screen(SettingsScreen())
        await until_seen(pilot, "Name of the desk")
        assert "How mail leaves" not in seen(pilot)
        app.pop_screen()
        app.push_screen(MailboxScreen("box"))
        await settled(pilot)
        assert set(app.screen.form.values()) == {"address", "topic"}
        assert "SYSMO_" not in seen(pilot)
        with pytest.raises(Exception, match="No editor"):
            edited(app, "text", {"EDITOR": "touch /tmp/x"})


async def test_who_asks_for_a_code_hears_of_no_place_on_the_desks_machine(
    sqlite_store: Store, clock: Clock
) -> None:
    app = through_door(mailing(sqlite_store, clock).desk, "nobody's")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f6")
        await until_seen(pilot, "PASSWORD FORGOTTEN")
        fill(pilot, email="nobody@customer.example")
        await pilot.press("enter")
        await until_seen(pilot, "YOUR CODE", "If nobody@customer.example has an account")
        await settled(pilot)
        assert "written to files" not in seen(pilot)


def test_places_are_set_at_the_desk_alone(cast: Cast) -> None:
    admin = cast.admin()
    admin.write(mailboxes.new, "box", MailboxEdits())
    remote = bound(admin, "laptop")
    for use_case, given in (
        (desk_settings.change, ("mail_url", "smtp://evil.example")),
        (mailboxes.new, ("other", MailboxEdits(url="imap://127.0.0.1"))),
        (mailboxes.edit, ("box", MailboxEdits(url="imap://127.0.0.1"))),
        (mailboxes.edit, ("box", MailboxEdits(folder="Private"))),
        (mailboxes.edit, ("box", MailboxEdits(moves_to="Away"))),
    ):
        with pytest.raises(Forbidden):
            remote.write(use_case, *given)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        remote.read(mailboxes.to_try, "box")
    remote.write(desk_settings.change, "name", "The desk")
    remote.write(mailboxes.edit, "box", MailboxEdits(topic="general"))
    assert "mail_url" not in {each.name for each in remote.read(desk_settings.listed) if each.can_change}
    assert "mail_url" in {each.name for each in admin.read(desk_settings.listed) if each.can_change}
