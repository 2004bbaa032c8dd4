"""Files that go along with what is written."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import DraftKind, Inbox
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.picker import Picker
from sysmo_tui.services import drafts, files, inboxes, thread
from tests.cast import Cast
from tests.screens.conftest import Stage, fill, seen, until, until_seen
from tests.screens.test_compose import file_one


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    """Two files of this machine, by name."""
    made = {"meter.txt": b"12 A", "plan.txt": b"north" * 300}
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


async def attach(pilot: Pilot[Any], path: Path) -> None:
    app = pilot.app
    await pilot.press("f8")
    await until(pilot, lambda: isinstance(app.screen, Prompt | Picker))
    if isinstance(app.screen, Picker):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
    await pilot.press(*str(path), "enter")
    await until_seen(pilot, f"▪ {path.name}")


async def reply(app: SysmoApp, pilot: Pilot[Any]) -> None:
    await until_seen(pilot, "The printer")
    await pilot.press("r")
    await until_seen(pilot, "PUBLIC REPLY →")


async def test_files_stay_with_a_draft_and_can_be_taken_off(
    stage: Stage, cast: Cast, papers: dict[str, Path]
) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await reply(app, pilot)
        await attach(pilot, papers["meter.txt"])
        await attach(pilot, papers["plan.txt"])
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until_seen(pilot, "≡ The printer")
        await pilot.press("r")
        await until_seen(pilot, "▪ meter.txt", "▪ plan.txt", "Your draft")
        await pilot.press("f8")
        await until_seen(pilot, "take off meter.txt", "take off plan.txt")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "▪ meter.txt" not in seen(pilot))
        await pilot.press(*"See the plan", "ctrl+s")
        await until_seen(pilot, "Reply sent")
    [file] = cast.customer("carla").read(files.of_ticket, number)
    assert file.filename == "plan.txt"
    assert cast.operator().read(drafts.load, number, DraftKind.REPLY) is None


async def test_files_go_along_when_a_reply_becomes_a_note(
    stage: Stage, cast: Cast, papers: dict[str, Path]
) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await reply(app, pilot)
        await attach(pilot, papers["meter.txt"])
        await pilot.press("f6")
        await until_seen(pilot, "INTERNAL NOTE", "▪ meter.txt")
        await pilot.press(*"Measured", "ctrl+s")
        await until_seen(pilot, "Note saved")
    assert [file.filename for file in cast.operator().read(files.of_ticket, number)] == ["meter.txt"]
    assert cast.customer("carla").read(files.of_ticket, number) == ()


async def test_a_new_tickets_files_stay_with_its_draft(
    stage: Stage, cast: Cast, papers: dict[str, Path]
) -> None:
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET")
        await attach(pilot, papers["meter.txt"])
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "▪ meter.txt")
        fill(pilot, subject="The meter", body="It shows this.")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Filed #")
    [row] = cast.customer("carla").read(inboxes.page, Inbox.CREATED).page.items
    assert [file.filename for file in cast.operator().read(files.of_ticket, row.number)] == ["meter.txt"]


async def test_what_is_no_file_is_refused_and_the_text_stays_even_where_the_folder_is_gone(
    stage: Stage, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_one(cast)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await reply(app, pilot)
        await pilot.press(*"Look", "f8")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("/", "enter")
        await until_seen(pilot, "“/” is not an ordinary file.")
        assert isinstance(app.screen, Prompt)
        await pilot.press("escape")
        await until_seen(pilot, "PUBLIC REPLY →", "Look")


async def test_tab_completes_a_path_as_in_a_shell(stage: Stage, cast: Cast, papers: dict[str, Path]) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await reply(app, pilot)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        field = app.screen.query_one(Input)
        await pilot.press(*str(papers["meter.txt"].parent), "/", "m")
        await until_seen(pilot, "meter.txt")
        await pilot.press("tab")
        await until(pilot, lambda: field.value == str(papers["meter.txt"]))
        await pilot.press("enter")
        await until_seen(pilot, "▪ meter.txt")


async def test_a_file_is_saved_beside_what_is_there_and_its_name_hides_nothing(
    stage: Stage, cast: Cast, tmp_path: Path
) -> None:
    number = file_one(cast)
    luis = cast.operator()
    luis.write(thread.attach, number, (files.stage(luis, io.BytesIO(b"sh"), ".profile"),))
    (tmp_path / "profile").write_text("mine")
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out")
        await pilot.press("o")
        await until_seen(pilot, "Files of #1")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = str(tmp_path)
        await pilot.press("enter")
        await until_seen(pilot, "Saved as")
    assert (tmp_path / "profile").read_text() == "mine"
    assert (tmp_path / "profile-2").read_bytes() == b"sh"
    assert (tmp_path / "profile-2").stat().st_mode & 0o777 == 0o600
