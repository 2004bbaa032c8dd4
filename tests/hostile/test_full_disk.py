"""The disk is full: who writes is told, nothing is lost, and everything goes on once there is room."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.assembly import open_desk
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.screens import drafting
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import drafts, files, proof, reading, thread
from sysmo_tui.storage import integrity
from tests.cast import Cast
from tests.databases import SqliteServer
from tests.hostile.fragile import FragileServer
from tests.hostile.small_disk import SmallDisk, small_disk
from tests.screens.conftest import Kept, seen, until, until_seen
from tests.services import requests as ask

FULL = "The disk that holds the desk is full. Make room, then try again."


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    """A disk with room for a desk and little more."""
    with small_disk(8) as small:
        yield small


@pytest.fixture
def disk_of_a_server() -> Iterator[SmallDisk]:
    """A disk with room for a server and little more."""
    with small_disk(200) as small:
        yield small


@pytest.fixture
def cast(sqlite_server: SqliteServer, disk: SmallDisk) -> Iterator[Cast]:
    """People for a desk on it."""
    desk = open_desk(sqlite_server.fresh(disk.folder))
    people = Cast(desk)
    people.found()
    yield people
    desk.close()


def refused(write: Callable[[], object]) -> None:
    """Write until the disk takes no more, which is told in one sentence."""

    def until_full() -> None:
        for _ in range(1000):
            write()

    with pytest.raises(Unavailable) as caught:
        until_full()
    assert str(caught.value) == FULL


def test_everything_goes_on_when_there_is_room_again(cast: Cast, disk: SmallDisk):
    carla, luis = cast.customer(), cast.operator()
    number = ask.file(carla)
    content = os.urandom(1_000_000)
    disk.fill()
    bodies: list[str] = []

    def answer() -> None:
        ask.reply(luis, number, f"Answer {len(bodies)}")
        bodies.append(f"Answer {len(bodies)}")

    refused(answer)
    refused(lambda: files.stage(carla, io.BytesIO(content), "large.bin"))
    refused(lambda: luis.touch(drafts.save, number, DraftKind.NOTE, {"body": "Half a note " * 500}))
    view = luis.read(reading.show, number)
    assert [entry.body for entry in view.entries[1:]] == bodies
    assert str(ask_in_another_program(cast, number)) == str(view.row.number)

    disk.make_room()
    answer()
    upload = files.stage(carla, io.BytesIO(content), "large.bin")
    carla.write(thread.attach, number, (upload,))
    luis.touch(drafts.save, number, DraftKind.NOTE, {"body": "A whole note"})
    [file] = luis.read(files.of_ticket, number)
    assert b"".join(files.chunks(luis, number, file.key)) == content
    bodies_now = [entry.body for entry in luis.read(reading.show, number).entries[1:-1]]
    assert bodies_now == bodies
    assert [str(problem) for problem in integrity.check(cast.desk.store)] == []
    assert cast.itself.read(proof.check) == ()


def test_who_comes_when_the_disk_is_full_and_nobody_is_there_is_told(cast: Cast, disk: SmallDisk):
    url = cast.desk.store.url
    cast.desk.close()
    disk.fill()
    refused(lambda: open_desk(url))
    disk.make_room()
    open_desk(url).close()


def ask_in_another_program(cast: Cast, number: int) -> int:
    """Read a ticket as a program does that comes when the disk is full already."""
    desk = open_desk(cast.desk.store.url)
    try:
        return desk.read(cast.operator().caller, reading.show, number).row.number
    finally:
        desk.close()


async def test_screens_keep_what_is_typed_and_save_it_when_there_is_room(
    cast: Cast, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drafting, "RETRY_SECONDS", 0.1)
    luis = cast.operator()
    number = ask.file(cast.customer())
    text = "Unplug it " * 2_000
    app = SysmoApp(cast.desk, session=Kept(luis.caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        disk.fill()
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        screen = app.screen
        assert isinstance(screen, ComposeScreen)
        screen.text = text
        await pilot.press("ctrl+s")
        await until_seen(pilot, "The disk that holds the desk is full")
        assert "Unplug it" in seen(pilot)
        disk.make_room()
        await until_seen(pilot, "draft saved")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    assert luis.read(reading.show, number).entries[-1].body.strip() == text.strip()


def test_a_server_goes_on_as_well(disk_of_a_server: SmallDisk):
    server = FragileServer(disk_of_a_server.folder)
    try:
        cast = Cast(open_desk(server.fresh()))
        cast.found()
        carla, luis = cast.customer(), cast.operator()
        number = ask.file(carla)
        content = os.urandom(1_000_000)
        disk_of_a_server.fill(2_000_000)
        refused(lambda: files.stage(carla, io.BytesIO(content), "large.bin"))
        assert luis.read(reading.show, number).row.number == number
        disk_of_a_server.make_room()
        carla.write(thread.attach, number, (files.stage(carla, io.BytesIO(content), "large.bin"),))
        [file] = luis.read(files.of_ticket, number)
        assert b"".join(files.chunks(luis, number, file.key)) == content
        assert cast.itself.read(proof.check) == ()
        cast.desk.close()
    finally:
        server.close()
