"""Writing made easy: responses, names of colleagues, files that are dropped, a status with the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.text import cell_width
from sysmo_tui.screens import drafting
from sysmo_tui.screens.attaching import dropped
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.file_prompt import FilePrompt
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.picker import Picker
from sysmo_tui.services import drafts, thread
from sysmo_tui.storage.engine import Store
from sysmo_tui.widgets.composing_area import MentionList
from tests.cast import Cast
from tests.screens.conftest import Kept, Stage, seen, until, until_seen
from tests.screens.test_compose import file_one
from tests.services import requests as ask


async def opened(app: SysmoApp, pilot: Pilot[Any], key: str = "r") -> ComposeScreen:
    """Begin a reply, or a note."""
    await until_seen(pilot, "The printer")
    await pilot.press(key)
    await until_seen(pilot, "Smoke", "INTERNAL NOTE" if key == "i" else "PUBLIC REPLY →")
    assert isinstance(app.screen, ComposeScreen)
    return app.screen


async def test_one_key_sends_and_sets_the_status(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(app, pilot)
        await until_seen(pilot, "f5 Send as")
        await pilot.press(*"Which printer?", "f5")
        await until_seen(pilot, "Send, and then", "status: Waiting", "close it")
        await pilot.press("4")
        await until_seen(pilot, "Reply sent: #1, Waiting.")
    view = ask.as_staff(cast.operator(), number)
    assert (view.row.category, view.entries[-1].body) == ("waiting", "Which printer?")


async def test_leaving_the_choice_of_a_status_sends_nothing_and_a_note_has_none(
    stage: Stage, cast: Cast
) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot)
        await pilot.press(*"Wait", "ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("f6", "f5")
        await until_seen(pilot, "INTERNAL NOTE", "Wait")
        assert app.screen is screen
        assert "Send as" not in seen(pilot)
    assert len(ask.as_staff(cast.operator(), number).entries) == 1


async def test_names_of_colleagues_are_completed_in_a_note_which_says_whom_it_tells(
    stage: Stage, cast: Cast
) -> None:
    number = file_one(cast)
    cast.manager("mara")
    cast.operator("max", topics=[])
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot, "i")
        await until(pilot, lambda: len(screen.area.colleagues) == 4)
        await pilot.press(*"Ask @m")
        await until_seen(pilot, "@Mara  mara@desk.example", "@Max  max@desk.example")
        await pilot.press("tab")
        await until(pilot, lambda: screen.text == "Ask @mara ")
        await until_seen(pilot, "will be told: Mara")
        await pilot.press(*"and @m")
        await until_seen(pilot, "@Max  max@desk.example")
        await pilot.click(MentionList, offset=(2, 1))
        await until(pilot, lambda: screen.text == "Ask @mara and @max@desk.example ")
        await until_seen(pilot, "will be told: Mara, Max")
        await pilot.press(*"@lu", "enter", "@", "escape", "enter")
        assert screen.text.endswith(" @lu\n@\n")
        assert app.screen is screen
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Note saved in #1. Told: Mara, Max")
    assert {each.name for each in ask.as_staff(cast.operator(), number).watchers} == {"Mara", "Max"}


async def test_names_typed_ahead_of_the_screen_are_completed_too_and_never_in_a_reply(
    stage: Stage, cast: Cast
) -> None:
    file_one(cast)
    cast.manager("mara")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot, "i")
        await until(pilot, lambda: screen.area.colleagues)
        await pilot.press("@", "m", "a", "tab", "h", "i", "f6")
        await until_seen(pilot, "PUBLIC REPLY →")
        assert screen.text == "@mara hi"
        assert "will be told" not in seen(pilot)
        await pilot.press("enter", "@", "m", "enter", "y")
        assert screen.text == "@mara hi\n@m\ny"


def paste(pilot: Pilot[Any], text: str) -> None:
    pilot.app.post_message(Paste(text))


async def test_a_file_dropped_on_the_terminal_is_attached(stage: Stage, cast: Cast, tmp_path: Path) -> None:
    file_one(cast)
    (tmp_path / "a plan.txt").write_text("north")
    (tmp_path / "b.txt").write_text("south")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot)
        await pilot.press(*"See ")
        paste(pilot, f"'{tmp_path}/a plan.txt' {tmp_path}/b.txt ")
        await until_seen(pilot, "a plan.txt, b.txt", "attach the 2 files")
        await pilot.press("enter")
        await until_seen(pilot, "▪ a plan.txt", "▪ b.txt")
        assert screen.text == "See "
        paste(pilot, f"file://{tmp_path}/a%20plan.txt")
        await until_seen(pilot, "attach the file", "leave its path in the text")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen is screen)
        assert screen.text == f"See file://{tmp_path}/a%20plan.txt"
        paste(pilot, "/etc/nothing is here")
        await until(pilot, lambda: screen.text.endswith("/etc/nothing is here"))
        assert app.screen is screen


@pytest.mark.parametrize(
    ("pasted", "names"),
    [
        ("{here}/a.txt", ["a.txt"]),
        ("  {here}/a.txt \n", ["a.txt"]),
        ("{here}/two words.txt", ["two words.txt"]),
        ("{here}/two\\ words.txt {here}/a.txt", ["two words.txt", "a.txt"]),
        ('"{here}/two words.txt"', ["two words.txt"]),
        ("file://{here}/two%20words.txt", ["two words.txt"]),
        ("file://elsewhere{here}/a.txt", []),
        ("a.txt", []),
        ("{here}", []),
        ("{here}/a.txt {here}/missing.txt", []),
        ("{here}/a.txt is the file", []),
        ("'{here}/a.txt", []),
        ("/dev/null", []),
        ("/", []),
        ("{here}/a.txt ~\0", []),
        ("{here}/a.txt ~\ud800", []),
        ("file:///%00", []),
    ],
)
def test_only_whole_names_of_ordinary_files_are_files(
    cast: Cast, tmp_path: Path, pasted: str, names: list[str]
) -> None:
    for name in ("a.txt", "two words.txt"):
        (tmp_path / name).write_text("x")
    found = dropped(cast.itself, pasted.format(here=tmp_path))
    assert found == tuple(str(tmp_path / name) for name in names)


async def test_what_is_long_may_become_a_file(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    log = "\n".join(f"line {at}" for at in range(100))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot)
        for answer, text in (("enter", log), ("escape", log * 2)):
            paste(pilot, log.replace("\n", "\r"))
            await until_seen(pilot, "100 lines were pasted", "put it into the text")
            await pilot.press(answer)
            await until(pilot, lambda text=text: screen.text == text)  # type: ignore[misc]
        paste(pilot, log)
        await until_seen(pilot, "attach it as a file")
        await pilot.press("down", "enter")
        await until_seen(pilot, "▪ pasted.txt")
        assert screen.text == log * 2
        paste(pilot, "x" * (thread.BODY_LIMIT + 1))
        await until_seen(pilot, "attach it as a file")
        assert "put it into the text" not in seen(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.text == log * 2


async def test_a_shared_account_is_asked_about_no_files(cast: Cast, tmp_path: Path) -> None:
    file_one(cast)
    (tmp_path / "b.txt").write_text("south")
    door = cast.operator()
    app = SysmoApp(cast.desk, session=Kept(door.caller.secret), environ={}, is_kiosk=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot)
        long = "line\n" * 100
        paste(pilot, f"{tmp_path}/b.txt")
        paste(pilot, long)
        await until(pilot, lambda: screen.text == f"{tmp_path}/b.txt{long}")
        assert app.screen is screen


async def test_a_file_is_chosen_from_its_folder(stage: Stage, cast: Cast, tmp_path: Path) -> None:
    file_one(cast)
    (tmp_path / "Papers").mkdir()
    (tmp_path / "Papers" / "Invoice.pdf").write_bytes(b"x" * 2000)
    (tmp_path / "Papers" / ".secret").write_text("x")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, FilePrompt))
        line = app.screen.query_one(Input)
        await pilot.press(*f"{tmp_path}/pap", "enter")
        await until(pilot, lambda: line.value == f"{tmp_path}/Papers/")
        await until_seen(pilot, "Invoice.pdf", "2.0 kB")
        assert ".secret" not in seen(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "is not an ordinary file")
        await pilot.press("down", "enter")
        await until_seen(pilot, "▪ Invoice.pdf")
        await pilot.press("f8", "enter")
        await until(pilot, lambda: isinstance(app.screen, FilePrompt))
        await until_seen(pilot, " Invoice.pdf")
        await pilot.press(*"nothing")
        await until_seen(pilot, "nothing has these words")
        await pilot.press("enter")
        await until_seen(pilot, "cannot be read")


async def test_ones_own_answer_from_another_program_is_told_as_that_and_guarded(
    stage: Stage, cast: Cast
) -> None:
    number = file_one(cast)
    luis = cast.operator()
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press(*"Unplug it")
        ask.reply(cast.sign_in("luis"), number, "Unplug it, please")
        await until_seen(pilot, "You wrote here yourself meanwhile, in another program.", "Unplug it, please")
        assert "A newer message" not in seen(pilot)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "You answered already, in another program", "send it anyway")
        await pilot.press("down", "enter")
        await until_seen(pilot, "Reply sent")
    bodies = [entry.body for entry in ask.as_staff(luis, number).entries]
    assert bodies[1:] == ["Unplug it, please", "Unplug it"]


async def test_what_one_wrote_before_one_came_here_is_no_news(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator()
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press(*"Second thought", "escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        luis.write(thread.attach, number, (ask.upload(luis),))
        await pilot.press("r")
        await until_seen(pilot, "Second thought", "is back", "invoice.pdf")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Reply sent")
    assert len(ask.as_staff(luis, number).entries) == 3


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another program is writing into the file."""
    engine = sa.create_engine(store.url)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        connection.exec_driver_sql("ROLLBACK")
    engine.dispose()


async def test_while_the_file_is_locked_no_draft_is_said_to_be_saved(
    stage: Stage, cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "STILL_SECONDS", 0.1)
    monkeypatch.setattr(drafting, "SLOW_SECONDS", 0.2)
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press(*"One")
        await until_seen(pilot, "draft saved")
        with locked(sqlite_store):
            await pilot.press(*" two")
            await until_seen(pilot, "The draft is being saved…")
            assert "draft saved" not in seen(pilot)
        await until_seen(pilot, "draft saved")


async def test_wide_characters_fold_where_the_room_ends(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(40, 20), notifications=True) as pilot:
        screen = await opened(app, pilot)
        screen.area.put_in("田中由紀さん、" * 8 + "👩‍🚒 ok 👍🏽" * 4)
        await until_seen(pilot, "ok")
        wide = [line for line in seen(pilot).splitlines() if "田" in line]
        assert len(wide) > 2
        assert all(cell_width(line) == 40 for line in wide)
        assert all(line.count("│") == 2 for line in wide)


@pytest.mark.parametrize(("end", "is_kept"), [("", True), ("kill -9 $$", True), ("exit 1", False)])
async def test_what_an_editor_saved_is_a_draft_at_once_unless_it_was_given_up(
    stage: Stage, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, is_kept: bool
) -> None:
    number = file_one(cast)
    script = tmp_path / "editor.sh"
    script.write_text(f"printf 'Written elsewhere' > \"$1\"\n{end}\n")
    monkeypatch.setenv("VISUAL", f"/bin/sh {script}")
    monkeypatch.setattr(SysmoApp, "suspend", lambda _app: nullcontext())
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(app, pilot)
        await pilot.press(*"Before", "f4")
        if is_kept:
            await until_seen(pilot, "Written elsewhere", "draft saved")
            assert drafted(cast, number) == "Written elsewhere"
        else:
            await until_seen(pilot, "The editor gave up")
            assert screen.text == "Before"


def drafted(cast: Cast, number: int) -> str:
    kept = cast.operator().read(drafts.load, number, DraftKind.REPLY)
    assert kept is not None
    return kept.fields["body"]
