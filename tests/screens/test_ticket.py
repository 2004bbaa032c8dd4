"""Inside a ticket."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import TicketView
from sysmo_tui.models import Outbox, table
from sysmo_tui.screens.edit import EditScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import filing, reading, thread, tickets, topic_upkeep
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from sysmo_tui.widgets.entry import EntryView
from tests.cast import Cast, Clock
from tests.screens.acting import settled
from tests.screens.conftest import Kept, Stage, fill, mailing, seen, until, until_seen


def file_one(cast: Cast, subject: str = "The printer is on fire", body: str = "Smoke comes out.") -> int:
    return cast.customer("carla").write(filing.file, Filing("general", subject, body)).number


def view_of(cast: Cast, number: int) -> TicketView:
    view = cast.admin().read(reading.show, number)
    assert isinstance(view, TicketView)
    return view


async def test_the_thread_tells_sides_apart_by_words(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    luis.write(tickets.take, number)
    luis.write(thread.note, number, Outgoing("Burned in March too"))
    luis.write(thread.reply, number, Outgoing("Please unplug it"))
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(
            pilot, "INTERNAL  Luis  staff only", "Luis  desk", "Carla  customer", "— Luis took it"
        )
        assert "1 of 1" in seen(pilot)
        assert "In progress" in seen(pilot)


async def test_a_thing_done_is_told_where_it_covers_nothing(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    luis.write(tickets.take, number)
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("i")
        await until_seen(pilot, "INTERNAL NOTE")
        await pilot.press("h", "i", "ctrl+s")
        await until_seen(pilot, f"✓ Note saved in #{number}.", "Smoke comes out.")
        assert seen(pilot).splitlines()[22].startswith(" ✓ Note saved")
        assert not list(app._notifications)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert seen(pilot).splitlines()[22].startswith(" ✓ Note saved")


async def test_what_is_due_stands_early_in_the_line_of_facts(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        facts = seen(pilot).splitlines()[1]
        assert facts.index("unassigned") < facts.index("General")


async def test_the_facts_stand_beside_the_thread_where_there_is_room(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Assignee", "t takes it", "carla@customer.example", "+54")


async def test_reading_marks_it_read_and_tab_and_brackets_go_on(stage: Stage, cast: Cast) -> None:
    file_one(cast, "The first", "one one one")
    file_one(cast, "The second", "two two two")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second", "●")
        await pilot.press("enter")
        await until_seen(pilot, "one one one", "1 of 2")
        await pilot.press("tab")
        await until_seen(pilot, "two two two", "2 of 2")
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "one one one", "1 of 2")
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until_seen(pilot, "That was the last of the list.")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until(pilot, lambda: seen(pilot).count("●") == 1)
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        row = screen.row()
        assert row is not None
        assert row.number == 2


async def test_long_quotes_are_folded_and_come_back(stage: Stage, cast: Cast) -> None:
    quote = "\n".join(f"> line {n}" for n in range(9))
    file_one(cast, body=f"My answer\n{quote}\nbelow\n-- \nCarla\nACME")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 30), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "┄ 9 quoted lines · z", "┄ signature · z", "below")
        await pilot.press("z")
        await until_seen(pilot, "> line 8", "ACME")


async def test_earlier_entries_come_on_demand(stage: Stage, cast: Cast) -> None:
    number = file_one(cast, body="the very first")
    luis = cast.operator("luis")
    for n in range(60):
        luis.write(thread.note, number, Outgoing(f"note {n:02}"))
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "note 59")
        await until(pilot, lambda: len(app.screen.query("EntryView")) == 50)
        assert "note 59" in seen(pilot)
        await pilot.press("g")
        await until(pilot, lambda: len(app.screen.query("EntryView")) == 61)
        await pilot.press("g")
        await until_seen(pilot, "the very first")


async def test_what_comes_meanwhile_is_added_below(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        cast.customer("carla").write(thread.reply, number, Outgoing("It is out now"))
        await until_seen(pilot, "It is out now")


async def test_fields_and_tags_are_edited_in_a_form(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("e")
        await until_seen(pilot, "EDIT #1", "Subject", "Follow up on")
        form = app.screen.query_one("Form")
        form.field("subject").value = "The printer burns"  # type: ignore[attr-defined]
        form.field("tags").value = "fire hardware"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Changed #1.", "The printer burns")
    view = view_of(cast, number)
    assert view.row.subject == "The printer burns"
    assert view.tags == ("fire", "hardware")


async def test_status_and_priority_are_picked_from_lists(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("p")
        await until_seen(pilot, "Priority of #1", "Urgent", "• Normal")
        await pilot.press("k", "k", "enter")
        await until_seen(pilot, "!! Urgent")
        await pilot.press("s")
        await until_seen(pilot, "Status of #1", "• New", "Waiting")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: view_of(cast, number).row.status == "Waiting")


async def test_files_are_attached_and_saved_and_nothing_is_overwritten(
    stage: Stage, cast: Cast, tmp_path: Path
) -> None:
    source = tmp_path / "report.txt"
    source.write_text("all is well")
    target = tmp_path / "target"
    target.mkdir()
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("o")
        await until_seen(pilot, "There are no files in this ticket.")
        await pilot.press("f8")
        await until_seen(pilot, "Attach a file")
        app.screen.query_one("Input").value = str(source)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_seen(pilot, "Who may see it?")
        await pilot.press("escape")
        await until_seen(pilot, "There are no files in this ticket.")
        await pilot.press("f8")
        app.screen.query_one("Input").value = str(source)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_seen(pilot, "Who may see it?")
        await pilot.press("2")
        await until_seen(pilot, "report.txt", "s Save")
        for name in ("report.txt", "report-2.txt"):
            await pilot.press("s")
            await until_seen(pilot, "Save to folder")
            app.screen.query_one("Input").value = str(target)  # type: ignore[attr-defined]
            await pilot.press("enter")
            saved = target / name
            await until(pilot, lambda: saved.exists() and saved.read_text() == "all is well")  # noqa: B023
            assert (target / name).stat().st_mode & 0o777 == 0o600
    assert view_of(cast, number).entries[-1].files[0].filename == SafeText("report.txt")


async def test_the_history_tells_what_from_and_what_to(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    luis.write(tickets.take, number)
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("w")
        await until_seen(pilot, "History of #1", "Luis took it", "status New → In progress", "Carla filed it")
        await pilot.press("escape")
        await until_seen(pilot, "esc" if "esc" in seen(pilot) else "The printer")


async def test_finding_in_a_ticket_goes_to_the_place(stage: Stage, cast: Cast) -> None:
    file_one(cast, body="\n".join(["needle", *(f"line {n}" for n in range(60))]))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "line 59")
        await pilot.press("slash", *"NEEDLE", "enter")
        await until_seen(pilot, "needle", "Found: 1 of 1")


async def test_the_palette_goes_to_a_number(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    file_one(cast, "Another", "other other")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Another")
        await pilot.press("colon", *"#2")
        await until_seen(pilot, "Go to #2")
        await pilot.press("enter")
        await until_seen(pilot, "other other", "o Files  esc Back")


async def test_a_number_that_one_may_not_know_is_refused_in_words(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.customer("otto"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "You have created no tickets.")
        app.open_ticket(number)
        await until_seen(pilot, "There is no ticket #1.")


async def test_hostile_text_is_shown_as_it_is_and_breaks_nothing(stage: Stage, cast: Cast) -> None:
    hostile = "[/b] [URGENT] \x1b]52;c;aGk=\x07 [@click=app.quit]x[/] $x {0}"
    number = file_one(cast, "[/] " + hostile, hostile)
    cast.operator().write(thread.note, number, Outgoing(hostile))
    app = stage(cast.operator())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "[URGENT]")
        await pilot.press("enter")
        await until_seen(pilot, "INTERNAL", "[@click=app.quit]x[/]")
        assert "\x1b" not in seen(pilot)
        for key, told in (("w", "History"), ("o", "Files"), ("r", "PUBLIC REPLY"), ("e", "EDIT")):
            await pilot.press(key)
            await until_seen(pilot, told)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_a_shared_account_gets_no_editor_and_no_paths(cast: Cast) -> None:
    file_one(cast)
    app = SysmoApp(cast.desk, session=Kept(cast.operator().caller.secret), is_kiosk=True, environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY")
        assert "Editor" not in seen(pilot)
        assert "Attach" not in seen(pilot)
        await pilot.press("f4", "f8")
        assert "Attach a file" not in seen(pilot)


async def test_a_form_that_was_refused_is_corrected_and_saved(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditScreen))
        fill(pilot, subject="No smoke", tags="a,b")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "A tag is one word")
        assert view_of(cast, number).row.subject == "The printer is on fire"
        fill(pilot, tags="a b", follow_up="soon")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Follow up on", "is not a date")
        fill(pilot, follow_up="", contact_email="nobody")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Answers go to", "is not an e-mail address")
        fill(pilot, contact_email="other@customer.example")
        await pilot.press("ctrl+s")
        await until_seen(pilot, f"Changed #{number}.")
    row = view_of(cast, number).row
    assert (row.subject, row.contact_email) == ("No smoke", "other@customer.example")
    assert view_of(cast, number).tags == ("a", "b")


def topmost(app: SysmoApp) -> str:
    """The key of the entry at the top of the thread."""
    assert isinstance(app.screen, TicketScreen)
    thread_view = app.screen.thread
    top = thread_view.scroll_offset.y
    views = [view for view in thread_view.query(EntryView) if view.virtual_region.bottom > top]
    return views[0].entry.key


async def test_unfolding_quotes_stays_at_the_entry_that_is_read(stage: Stage, cast: Cast) -> None:
    quote = "\n".join(f"> quoted {n}" for n in range(30))
    number = file_one(cast)
    for n in range(12):
        cast.operator().write(thread.reply, number, Outgoing(f"Answer {n}\n{quote}\nend of {n}"))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "end of 11")
        await until(pilot, lambda: len(app.screen.query(EntryView)) == 13)
        await settled(pilot)
        await pilot.press("ctrl+u", "ctrl+u")
        await pilot.pause()
        read = topmost(app)
        for shown in (True, False, True):
            await pilot.press("z")
            await until(pilot, lambda is_so=shown: ("> quoted" in seen(pilot)) is is_so)
            await until(pilot, lambda: topmost(app) == read)


async def test_finding_goes_on_from_where_one_reads_and_says_how_far(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    for n in range(9):
        word = "needle" if n % 2 else "nothing"
        cast.operator().write(thread.reply, number, Outgoing(f"{word} {n}\n" + "line\n" * 12))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "nothing 8")
        await pilot.press("g")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("slash", *"needle", "enter")
        await until_seen(pilot, "needle 1", "Found: 1 of 4")
        await pilot.press("n")
        await until_seen(pilot, "needle 3", "Found: 2 of 4")
        await pilot.press("N", "N")
        await until_seen(pilot, "needle 7", "Found: 4 of 4")


async def test_a_ticket_that_one_may_see_no_more_goes_from_the_screen(
    sqlite_store: Store, clock: Clock
) -> None:
    cast = mailing(sqlite_store, clock)
    file_one(cast)
    with sqlite_store.touching() as session:
        session.execute(sa.update(table(Outbox)).values(failed_at=clock()))
    app = SysmoApp(cast.desk, session=Kept(cast.operator("luis").caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.", "t Take", "carla@customer.example could not be")
        cast.admin().write(topic_upkeep.remove_operators, "general", [cast.email("luis")])
        await pilot.press("t")
        await until_seen(pilot, "There is no ticket #1.", "esc leads back to the list.")
        await until(pilot, lambda: "t Take" not in seen(pilot))
        assert not any(word in seen(pilot) for word in ("Smoke", "carla@"))
