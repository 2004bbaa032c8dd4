"""Filing from the screens: for oneself and for somebody else, with all that staff may say of it."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import Channel, DraftKind, Inbox, Level
from sysmo_tui.domain.views import TicketView
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.new_ticket import NewTicketScreen
from sysmo_tui.services import drafts, inboxes, reading
from sysmo_tui.widgets.forms import Field
from tests.cast import Cast
from tests.screens.acting import ends_when_it_is_sent
from tests.screens.conftest import Stage, fill, seen, until, until_seen

SIZE = (80, 40)


async def new_ticket(app: SysmoApp, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    await pilot.press("c")
    await until(pilot, lambda: isinstance(app.screen, NewTicketScreen))
    await until_seen(pilot, "NEW TICKET", "Came by")


def the_ticket(cast: Cast) -> TicketView:
    door = cast.admin()
    [row] = door.read(inboxes.page, Inbox.ALL).page.items
    view = door.read(reading.show, row.number)
    assert isinstance(view, TicketView)
    return view


async def test_whom_it_is_for_is_found_by_name_and_by_company(stage: Stage, cast: Cast) -> None:
    cast.operator("marcelo")
    cast.customer("marta", company="Beltran SRL"), cast.customer("mario", company="Beltran SRL")
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await new_ticket(app, pilot)
        await pilot.press(*"beltran")
        await until_seen(pilot, "Marta  Beltran SRL · marta@customer.example", "Mario  Beltran SRL")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "Marta  Beltran" not in seen(pilot))
        await until_seen(pilot, "mario@customer.example")
        fill(pilot, requester="")
        app.screen.query_one("#field-requester Input").focus()
        await pilot.press(*"mar")
        await until_seen(pilot, "Mario  Beltran SRL", "Marcelo  marcelo@desk.example")
        assert seen(pilot).index("Mario  ") < seen(pilot).index("Marcelo  ")
        await pilot.press(*"ta")
        await until(pilot, lambda: "Mario  " not in seen(pilot))
        await until_seen(pilot, "Marta  Beltran SRL")
        await pilot.press("enter")
        await until_seen(pilot, "marta@customer.example")
        fill(pilot, subject="No sound", body="Since today.")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Filed #1.")
    assert the_ticket(cast).row.requester.email == "marta@customer.example"


async def test_staff_say_all_that_a_command_can_say(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.customer("carla")
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await new_ticket(app, pilot)
        fill(
            pilot,
            requester="carla@customer.example",
            subject="No sound",
            body="Since today.",
            urgency="high",
            impact="high",
            channel="visit",
            tags="sound vip,x",
            assign_to="luis@desk.example",
        )
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! A tag is one word")
        fill(pilot, tags="sound vip")
        await ends_when_it_is_sent(pilot, monkeypatch)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Filed #1.")
    assert cast.operator().read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET) is None
    view = the_ticket(cast)
    assert (view.urgency, view.impact, view.row.priority) == (Level.HIGH, Level.HIGH, "Urgent")
    assert (view.row.channel, view.tags) == (Channel.VISIT, ("sound", "vip"))
    assert view.row.assignee is not None
    assert view.row.assignee.name == "Luis"


async def test_who_came_by_is_asked_for_and_a_bad_address_is_told_beside_it(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await new_ticket(app, pilot)
        fill(pilot, subject="No sound", body="Since today.", channel="visit")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! Say whom the ticket is for.")
        assert app.focused is app.screen.query_one("#field-requester Input")
        fill(pilot, requester="nora")
        await until(pilot, lambda: "! Say whom" not in seen(pilot))
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! “nora” is not an e-mail address.")
        fill(pilot, requester="nora@customer.example", name="Nora Nueva")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Filed #1.")
    assert the_ticket(cast).row.requester.name == "Nora Nueva"


async def test_a_draft_with_only_a_person_is_kept(stage: Stage, cast: Cast) -> None:
    operator = cast.operator()
    app = stage(operator)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await new_ticket(app, pilot)
        await pilot.press(*"nora@customer.example", "escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until_seen(pilot, "≡ new ticket begun · c")
        await new_ticket(app, pilot)
        await until_seen(pilot, "nora@customer.example", "Your draft of")
        await pilot.press(*"It hums")
        await until_seen(pilot, "Subject          It hums")
    saved = operator.read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET)
    assert saved is not None
    assert saved.fields["requester"] == "nora@customer.example"


async def test_the_topic_is_chosen_from_a_list_that_typing_narrows(stage: Stage, cast: Cast) -> None:
    for name in ("Billing", "Hardware", "Mail", "Network", "Printers", "Sales", "Telephones", "Web"):
        cast.topic(name)
    app = stage(cast.customer("carla"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "choose one")
        await pilot.press("enter")
        await until_seen(pilot, "Telephones", "type to narrow the list")
        await pilot.press(*"print")
        await until(pilot, lambda: "Telephones" not in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, NewTicketScreen))
        await until_seen(pilot, "Printers")
        await pilot.press(*"Jam", "tab", *"Tray 2", "ctrl+s")
        await until_seen(pilot, "Filed #1.")
        await until(pilot, lambda: "new ticket begun" not in seen(pilot))
    assert the_ticket(cast).row.topic == "Printers"


async def test_what_a_draft_chose_and_is_gone_is_left_open(stage: Stage, cast: Cast) -> None:
    cast.topic("Spare")
    carla = cast.customer("carla")
    fields = {"subject": "The meter", "topic": "gone", "urgency": "high"}
    carla.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, fields)
    app = stage(carla)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "The meter")
        chosen = {field.field_name: field.value for field in app.screen.query(Field)}
        assert (chosen["topic"], chosen["urgency"]) == ("", "high")
