"""Who else has a ticket open is on every screen of it, within a second, and nowhere for its customer."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import TextArea

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import DraftKind, TicketField
from sysmo_tui.domain.text import cell_width
from sysmo_tui.models import Account, Presence, table
from sysmo_tui.screens import attending, editor
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.inbox_words import legend
from sysmo_tui.screens.lock import LOCKS_AFTER, LockScreen
from sysmo_tui.screens.picker import Picker
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import drafts, editing, presence, tickets
from sysmo_tui.storage.engine import Store
from sysmo_tui.widgets.present_words import READING, WRITING
from sysmo_tui.widgets.title_bar import TitleBar
from tests.cast import PASSWORD, Cast, Clock
from tests.screens.acting import settled
from tests.screens.conftest import Stage, fill, seen, until, until_seen
from tests.services import requests as ask

NARROW, WIDE, PHONE = (80, 24), (120, 40), (50, 30)


@pytest.fixture
def number(cast: Cast) -> int:
    return ask.file(cast.customer(), "The printer is on fire")


@pytest.fixture
def rita(cast: Cast) -> Door:
    return cast.operator("rita")


def here(store: Store, but_not: str = "r") -> list[tuple[int, bool]]:
    """Where the program is, as it told: the ticket, and whether something is written."""
    rows = table(Presence)
    with store.reading() as session:
        found = session.execute(
            sa.select(rows.c.ticket_number, rows.c.is_writing).where(rows.c.visit != but_not)
        )
        return [(each.ticket_number, each.is_writing) for each in found]


async def until_gone(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: text not in seen(pilot))


def line_of(pilot: Pilot[Any], text: str) -> str:
    """The first line on the screen that has ``text``."""
    return next(line for line in seen(pilot).splitlines() if text in line)


def test_the_marks_take_one_cell_and_the_same_in_every_theme():
    assert [cell_width(WRITING), cell_width(READING)] == [1, 1]


async def test_a_ticket_says_who_reads_and_who_writes_in_it(
    stage: Stage, cast: Cast, number: int, rita: Door, clock: Clock
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out")
        rita.touch(presence.beat, "r", number, is_writing=False)
        await until_seen(pilot, "◦ Rita is reading · 1 of 1")
        rita.touch(presence.beat, "r", number, is_writing=True)
        await until_seen(pilot, "✎ Rita is writing · 1 of 1")
        cast.operator("nora").touch(presence.beat, "n", number, is_writing=False)
        await until_seen(pilot, "✎ Rita is writing +1 · 1 of 1", "The printer is on fire")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await until_seen(pilot, "✎ Rita is writing +1")
        rita.touch(presence.leave, "r")
        await until_seen(pilot, "◦ Nora is reading")
        # Nora's program was killed: nobody writes that she is gone.
        clock.advance(seconds=31)
        await until_gone(pilot, "Nora")


async def test_beside_a_ticket_its_dates_stand_and_everybody_who_has_it_open(
    stage: Stage, cast: Cast, number: int, rita: Door
) -> None:
    cast.operator().write(editing.edit, number, {TicketField.ACTION_DUE: "2099-01-01"})
    rita.touch(presence.beat, "r", number, is_writing=True)
    cast.operator("nora").touch(presence.beat, "n", number, is_writing=False)
    app = stage(cast.operator())
    cast.sign_in("luis").touch(presence.beat, "other", number, is_writing=False)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until_seen(pilot, "✎ Rita is writing +2")
        await pilot.press("enter")
        await until_seen(
            pilot, "Here now", "✎ Rita is writing", "◦ Nora is reading", "◦ you are reading elsewhere"
        )
        await until_seen(pilot, "Due          in ", "Action due   1 Jan 2099")


async def test_a_list_marks_the_tickets_that_somebody_has_open_and_moves_no_line(
    stage: Stage, cast: Cast, number: int, rita: Door
) -> None:
    other = ask.file(cast.customer(), "The second one")
    app = stage(cast.operator())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until_seen(pilot, "The printer", "The second one")
        before = line_of(pilot, f"  {other}      New")
        assert "someone" not in seen(pilot)
        rita.touch(presence.beat, "r", other, is_writing=False)
        await until_seen(pilot, f"●◦ {other}", "◦ someone reads")
        assert "someone writes" not in seen(pilot)
        rita.touch(presence.beat, "r", other, is_writing=True)
        await until_seen(pilot, f"●✎ {other}", "✎ someone writes")
        assert "someone reads" not in seen(pilot)
        await pilot.press("j")
        await until_seen(pilot, f"#{other}  The second one", "✎ Rita is writing")
        rita.touch(presence.beat, "r", number, is_writing=True)
        await until_seen(pilot, f"●✎ {number}")
        await until_gone(pilot, "✎ Rita is writing")
        rita.touch(presence.leave, "r")
        await until_gone(pilot, "✎")
        assert line_of(pilot, f"  {other}      New")[:80] == before[:80]
        assert "someone" not in seen(pilot)


def test_the_line_below_a_list_explains_no_mark_by_half() -> None:
    def said(width: int, *mail: str, begun: str = "") -> str:
        return legend(
            "12:30:00",
            refresh="ctrl+r",
            new=0,
            has_stale=False,
            present={READING, WRITING},
            is_staff=True,
            mail=mail,
            waiting="2 mails wait for a decision · Q",
            width=width,
            begun=begun,
        ).plain

    assert said(120).endswith("  ✎ someone writes  ◦ someone reads  ● unread  ▲ overdue")
    assert said(78).endswith("updated 12:30:00  ✎ someone writes  ● unread")
    assert said(40, begun="≡ new ticket begun · c") == "2 mails wait for a decision · Q"
    assert said(38, "mail waits: sysmo worker", "mail waits") == "2 mails wait for a decision · Q"
    assert said(60, "mail waits: sysmo worker", "mail waits").endswith("Q  mail waits: sysmo worker")
    assert said(50, "mail waits: sysmo worker", "mail waits").endswith("Q  mail waits")


async def test_on_a_phone_the_mark_stands_before_the_number(
    stage: Stage, cast: Cast, number: int, rita: Door
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=PHONE, notifications=True) as pilot:
        await until_seen(pilot, f"  #{number}")
        rita.touch(presence.beat, "r", number, is_writing=True)
        await until_seen(pilot, f"✎ #{number}")


async def test_the_program_tells_what_one_does_in_it_and_that_one_left(
    stage: Stage, cast: Cast, number: int, sqlite_store: Store
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        assert here(sqlite_store) == []
        await pilot.press("enter")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        assert here(sqlite_store) == [(number, False)]
        await pilot.press("U")
        await until(pilot, lambda: here(sqlite_store) == [(number, True)])
        await pilot.press("backspace")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        await pilot.press(*"Unplug it", "f6")
        await until_seen(pilot, "INTERNAL NOTE")
        await until(pilot, lambda: here(sqlite_store) == [(number, True)])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        await pilot.press("escape")
        await until(pilot, lambda: here(sqlite_store) == [])
        await pilot.press("enter")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)
    assert here(sqlite_store) == []


async def test_a_draft_that_came_back_is_not_being_written_until_somebody_types(
    stage: Stage, cast: Cast, number: int, sqlite_store: Store
) -> None:
    cast.operator().touch(drafts.save, number, DraftKind.REPLY, {"body": "Left before"})
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "Left before")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        await pilot.press("x")
        await until(pilot, lambda: here(sqlite_store) == [(number, True)])


async def test_who_has_a_ticket_open_keeps_beating_and_the_next_ticket_is_another_place(
    stage: Stage,
    cast: Cast,
    number: int,
    sqlite_store: Store,
    clock: Clock,
    rita: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attending, "BEAT_SECONDS", 0.05)
    other = ask.file(cast.customer(), "The second one")
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        for _ in range(4):
            clock.advance(seconds=20)
            app.attend()
            await until(pilot, lambda: rita.read(presence.of_ticket, number))
        await pilot.press("]")
        await until(pilot, lambda: here(sqlite_store) == [(other, False)])


async def test_a_locked_screen_is_nobodys_presence(
    stage: Stage, cast: Cast, number: int, sqlite_store: Store
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        app.used_at -= LOCKS_AFTER + 1
        app.lock_when_idle()
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await until(pilot, lambda: here(sqlite_store) == [])
        fill(pilot, password=PASSWORD)
        await pilot.press("enter")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])


async def test_signing_out_leaves_the_ticket(
    stage: Stage, cast: Cast, number: int, sqlite_store: Store
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: here(sqlite_store) == [(number, False)])
        app.leave()
        await until(pilot, lambda: here(sqlite_store) == [])


async def test_a_customer_is_seen_nowhere_and_sees_nobody(
    stage: Stage, cast: Cast, number: int, rita: Door, sqlite_store: Store
) -> None:
    rita.touch(presence.beat, "r", number, is_writing=True)
    app = stage(cast.customer())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out", "Operator")
        await pilot.press("r")
        await until_seen(pilot, "YOUR ANSWER")
        await pilot.press("x")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        app.attend()
        assert "Rita" not in seen(pilot)
        assert "Here now" not in seen(pilot)
    assert here(sqlite_store) == []


async def test_a_name_with_markup_stands_as_it_is(
    stage: Stage, cast: Cast, number: int, rita: Door, sqlite_store: Store
) -> None:
    accounts = table(Account)
    with sqlite_store.writing() as session:
        session.execute(
            sa.update(accounts).where(accounts.c.id == cast.ids["rita"]).values(name="[red]Ri[/b]ta Paz")
        )
    rita.touch(presence.beat, "r", number, is_writing=True)
    app = stage(cast.operator())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until_seen(pilot, "✎ [red]Ri[/b]ta is writing")
        await pilot.press("enter")
        await until_seen(pilot, "✎ [red]Ri[/b]ta is writing · 1 of 1", "✎ [red]Ri[/b]ta Paz is writing")


async def test_who_writes_in_an_editor_of_their_own_is_writing(
    stage: Stage,
    cast: Cast,
    number: int,
    sqlite_store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = tmp_path / "editor.py"
    waits.write_text(
        "import sqlite3, sys, time\n"
        f"desk, end = sqlite3.connect({str(sqlite_store.path)!r}), time.monotonic() + 20\n"
        "asked = 'SELECT is_writing FROM presence WHERE is_writing'\n"
        "while not desk.execute(asked).fetchall():\n"
        "    if time.monotonic() > end: sys.exit(1)\n"
        "    time.sleep(0.01)\n"
        "open(sys.argv[1], 'w').write('Written elsewhere')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {waits}")
    monkeypatch.setattr(editor, "AT_FIRST_SECONDS", 0.05)
    monkeypatch.setattr(editor, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(SysmoApp, "suspend", lambda _app: nullcontext())
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press("ctrl+g")
        await until_seen(pilot, "Written elsewhere")
        await until(pilot, lambda: here(sqlite_store) == [(number, True)])


async def test_what_comes_while_one_writes_is_shown_and_still_asked_about(
    stage: Stage, cast: Cast, number: int, rita: Door
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        await pilot.press(*"Mine")
        ask.reply(rita, number, "Rita was faster.")
        await until_seen(pilot, "Rita was faster.", "A newer message came while you were writing.", "Mine")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await until_seen(pilot, "There is a newer message")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        assert app.screen.query_one(TextArea).text == "Mine"
    assert len(ask.as_staff(rita, number).entries) == 2


@pytest.mark.parametrize(
    ("key", "value", "meanwhile", "told"),
    [
        ("s", "on-hold", {TicketField.STATUS: "in-progress"}, "Someone changed #1 meanwhile: status"),
        ("p", "low", {TicketField.PRIORITY: "urgent"}, "Someone changed #1 meanwhile: priority"),
        ("a", "nora@desk.example", {}, "Rita has #1 now. Look at it again."),
    ],
)
async def test_a_choice_replaces_only_the_value_that_was_seen(
    stage: Stage,
    people: Cast,
    number: int,
    rita: Door,
    key: str,
    value: str,
    meanwhile: dict[TicketField, str],
    told: str,
) -> None:
    app = stage(people.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Picker))
        if meanwhile:
            rita.write(editing.edit, number, meanwhile)
        else:
            rita.write(tickets.take, number)
        before = ask.as_staff(rita, number).row
        app.screen.dismiss(value)
        await until_seen(pilot, told)
        assert ask.as_staff(rita, number).row == before
        # Looked at again, the same choice is made.
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        inbox = app.screen
        assert isinstance(inbox, InboxScreen)
        await until(pilot, lambda: getattr(inbox.row(), "version", 0) == before.version)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Picker))
        app.screen.dismiss(value)
        await until(pilot, lambda: ask.as_staff(rita, number).row.version > before.version)


async def test_a_change_of_another_field_is_no_conflict(
    stage: Stage, people: Cast, number: int, rita: Door
) -> None:
    app = stage(people.operator())
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        rita.write(editing.edit, number, {TicketField.SUBJECT: "It burns"})
        app.screen.dismiss("low")
        await until(pilot, lambda: ask.as_staff(rita, number).row.priority == "Low")
    assert ask.as_staff(rita, number).row.subject == "It burns"


async def test_a_long_name_takes_no_place_from_the_place_in_the_list(stage: Stage, cast: Cast) -> None:
    ask.file(cast.customer("carla"), "The printer is on fire")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(40, 20), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.", "1 of 1")
        await settled(pilot)
        app.screen.query_one(TitleBar).identify(Content("◦ Maximilianadelina is reading +12"), "1 of 1")
        await until_seen(pilot, "◦ Maximi")
        first = seen(pilot).splitlines()[0]
        assert first.startswith(" ‹ #1  The")
        assert first.rstrip().endswith("… · 1 of 1")
