"""What one reads in a ticket beside its thread."""

from __future__ import annotations

import io

from PIL import Image

from sysmo_tui.desk import Work
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import files, profile, thread, tickets
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.thread_pages import NEWEST
from sysmo_tui.widgets.entry import EntryView
from sysmo_tui.widgets.thread import Thread
from sysmo_tui.widgets.thread_ends import Later
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.screens.test_ticket import file_one


async def test_what_happened_between_the_entries_is_hidden_and_shown(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    luis.write(tickets.take, number)
    luis.write(thread.reply, number, Outgoing("Please unplug it"))
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "— Luis took it", "Please unplug it")
        await pilot.press("H")
        await until_seen(pilot, "is hidden · H shows it")
        assert "— Luis took it" not in seen(pilot)
        assert "Please unplug it" in seen(pilot)
        await pilot.press("H")
        await until_seen(pilot, "is shown · H hides it", "— Luis took it")
        await pilot.press("z")
        await until_seen(pilot, "No quotes or signatures are folded here.")


async def test_whoever_prefers_it_reads_without_what_happened(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    luis.write(tickets.take, number)
    luis.write(profile.prefer, {"events": False})
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        assert "— Luis took it" not in seen(pilot)
        await pilot.press("H")
        await until_seen(pilot, "— Luis took it")


async def test_words_are_found_in_the_whole_thread_which_is_read_on_from_there(
    stage: Stage, cast: Cast
) -> None:
    number = file_one(cast, body="The Café is shut.")
    luis = cast.operator("luis")
    quote = "On 3/3/26 10:00, Luis wrote:\n> at the cafe\n> again"

    def write_notes(work: Work) -> None:
        for n in range(101):
            thread.note(work, number, Outgoing(f"note {n:03}" + (f"\n{quote}" if n == 90 else "")))

    luis.write(write_notes)
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "note 100")
        await pilot.press("/", *"CAFE", "enter")
        await until_seen(pilot, "Found: 1 of 2 · n N go on", "The Café is shut.", "note 003")
        await pilot.press("n")
        await until_seen(pilot, "Found: 2 of 2", "note 090", "> at the cafe")
        shown = app.screen.query_one(Thread)
        assert len(shown.query(EntryView)) == NEWEST
        await pilot.press("N")
        await until_seen(pilot, "Found: 1 of 2", "The Café is shut.")
        shown.scroll_end(animate=False)
        await until_seen(pilot, "▾ 77 later entries · G")
        await pilot.press("j")
        await until(pilot, lambda: len(shown.query(EntryView)) == 25 + NEWEST)
        shown.scroll_end(animate=False)
        await until_seen(pilot, "note 073", "▾ 27 later entries · G")
        luis.write(thread.note, number, Outgoing("note 101"))
        await until_seen(pilot, "▾ 28 later entries · G")
        await pilot.click(Later)
        await until(pilot, lambda: len(shown.query(EntryView)) == 103)
        assert len({view.entry.key for view in shown.query(EntryView)}) == 103
        await pilot.press("/", *"nowhere to be found", "enter")
        await until_seen(pilot, "Not found in this ticket.")
        await pilot.press("n")
        await pilot.pause()
        await until_seen(pilot, "Not found in this ticket.")


async def test_links_are_listed_with_the_hosts_they_lead_to_and_copied(stage: Stage, cast: Cast) -> None:
    file_one(cast, body="Pay at https://bank.example@evil.example/now, or see www.help.example.")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Pay at")
        await pilot.press("L")
        await until_seen(
            pilot, "evil.example  Carla", "! what stands before @ is no place", "www.help.example  Carla"
        )
        await pilot.press("k", "enter")
        await until_seen(pilot, "It leads to evil.example.")
        assert app.clipboard == "https://bank.example@evil.example/now"
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_a_ticket_without_links_says_so_in_the_list_as_well(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(40, 20), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("L")
        await until_seen(pilot, "There are no links in this", "esc Back")
        assert "enter Copy" not in seen(pilot)


async def test_the_customers_card_leads_to_their_other_tickets_and_back(stage: Stage, cast: Cast) -> None:
    cast.customer("carla", company="ACME")
    file_one(cast, "The first", "one one one")
    file_one(cast, "The second", "two two two")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await pilot.press("enter")
        await until_seen(pilot, "one one one")
        await pilot.press("C")
        await until_seen(pilot, "Customer of #1", "ACME", "+54", "2 tickets, 2 open", "› #1  The first")
        await pilot.press("k", "enter")
        await until_seen(pilot, "two two two")
        await pilot.press("q")
        await until_seen(pilot, "one one one")


async def test_customers_have_no_card(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("C")
        await pilot.pause()
        assert isinstance(app.screen, TicketScreen)


async def test_the_history_ends_with_what_made_the_ticket_what_it_is(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    luis.write(tickets.take, number)
    app = stage(luis)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("w")
        await until_seen(
            pilot,
            "Why it is as it is",
            "status In progress · assignee Luis",
            "Luis took it ·",
            "Carla filed it ·",
        )


async def test_files_are_shown_as_text_and_pictures_and_saved_from_there(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    luis = cast.operator("luis")
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(out, "PNG")
    staged = [
        files.stage(luis, io.BytesIO(content), name)
        for name, content in (
            ("log.txt", b"\x1b[2Jall is well"),
            ("photo.png", out.getvalue()),
            ("a.pdf", b"%PDF-"),
        )
    ]
    luis.write(thread.attach, number, tuple(staged))
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("enter")
        await until_seen(pilot, "Smoke comes out.")
        await pilot.press("o")
        await until_seen(pilot, "log.txt", "photo.png", "a.pdf")
        await pilot.press("enter")
        await until_seen(pilot, "log.txt · 15 B", "�[2Jall is well")
        await pilot.press("q", "j", "enter")
        await until_seen(pilot, "photo.png · 300 × 200", "▀▀▀▀▀▀▀▀")
        await pilot.press("q", "G", "enter")
        await until_seen(pilot, "“a.pdf” is neither text nor a picture")
        await pilot.press("s")
        await until_seen(pilot, "Save to folder")
